# SPDX-License-Identifier: ISC
"""The program keys: what people and admin keys do with the keys of their
account."""

import datetime
import json
import subprocess
import time

import pytest
from auth_world import HASPCTL, header
from keys_world import (Machine, Person, code, confirmed, etag, events, make,
                        rotate, use)
from manage_world import refused

DAY = datetime.timedelta(days=1)


def after(span):
    """A point of time as bodies have it."""
    return (datetime.datetime.now(datetime.timezone.utc) + span).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def dated(body):
    """BODY with days from now made points of time."""
    return {name: after(value * DAY) if isinstance(value, int) else value
            for name, value in body.items()}


@pytest.fixture
def account(managed):
    return managed.make_account()


@pytest.fixture
def admin(managed, account):
    return Person(managed, account)


@pytest.fixture
def machine(managed, account):
    return Machine(managed, account)


def test_a_name_and_a_role_make_a_live_key(managed, admin):
    answer = admin.call("POST", "/keys", {"name": "Größe & 株", "role": "read"},
                        proved=True)
    made = answer.json
    assert answer.status == 201
    assert header(answer, "Location") == "/hasp/v1/keys/" + made["id"]
    assert header(answer, "Cache-Control") == "no-store"
    assert etag(answer) == '"1"'
    secret = made.pop("secret")
    assert secret.startswith("hasp_live_")
    assert code(managed, secret) == "ok"
    row, = made["secrets"]
    assert made == {
        "id": made["id"], "name": "Größe & 株", "kind": "access_token",
        "role": "read", "environment": "live", "status": "active",
        "hint": "hasp_live_..." + secret[-4:], "allowed_ips": [],
        "rate_limit": None, "daily_quota": None, "created_at": made["created_at"],
        "created_by": "member:%d" % admin.id, "not_before": None,
        "expires_at": None, "disabled_at": None, "revoked_at": None,
        "revoked_by": None, "revoked_why": None, "secrets": [row],
        "uses_known_until": made["uses_known_until"],
        "deprecation": None}
    assert row == {
        "version": 1, "last_four": secret[-4:], "status": "active",
        "created_at": made["created_at"], "not_before": None,
        "expires_at": None, "revoked_at": None, "overlap_seconds": None,
        "last_used_at": None, "last_used_from": None, "safe_to_end": False}
    again = admin.call("GET", "/keys/" + made["id"])
    assert (again.status, etag(again)) == (200, '"1"')
    again.json["secrets"][0].update(last_used_at=None, last_used_from=None)
    again.json["uses_known_until"] = made["uses_known_until"]
    assert again.json == made
    assert events(managed, made["id"]) == ["key_created"]


def test_everything_that_a_key_may_have(managed, machine):
    body = {"name": "all", "role": "write", "kind": "api_key",
            "environment": "test", "expires_at": after(DAY),
            "not_before": after(-DAY),
            "allowed_ips": ["192.0.2.0/24", "2001:db8::1"],
            "rate_limit": {"per_second": 5, "burst": 50},
            "daily_quota": 2000000000}
    made = make(machine, **body)
    assert made["secret"].startswith("hasp_test_")
    body["allowed_ips"][1] += "/128"
    assert {name: made[name] for name in body} == body
    assert made["created_by"] == "key:" + machine.id
    assert "warning" not in made
    assert managed.ask("Bearer " + made["secret"], HASP_ENVIRONMENT="test"
                       ).status == 204
    assert managed.ask("Bearer " + made["secret"], HASP_ENVIRONMENT="test",
                       REMOTE_ADDR="198.51.100.1").status == 403
    plain = make(machine, expires_at=None, not_before=None, allowed_ips=None,
                 rate_limit=None, daily_quota=None)
    assert plain["expires_at"] is plain["rate_limit"] is None
    assert plain["daily_quota"] is None
    assert plain["allowed_ips"] == []


def test_a_key_shows_as_what_it_is(managed, machine):
    for change, status in (
            ("not_before = now() + interval '1 day'", "not_yet_valid"),
            ("expires_at = now() - interval '1 day'", "expired"),
            ("disabled_at = now()", "disabled"),
            ("revoked_at = now(), revoked_by = 'operator', revoked_why = ''",
             "revoked")):
        made = make(machine)
        managed.change("UPDATE hasp.key SET %s WHERE id = '%s'" % (
            change, made["id"]))
        answer = machine.call("GET", "/keys/" + made["id"])
        assert answer.json["status"] == status


def test_lists_show_the_secrets_that_work(managed, admin, machine):
    made = [make(admin) for _ in range(3)]
    machine.call("POST", "/keys/%s/rotation" % made[1]["id"],
                 {"overlap_seconds": 0})
    answer = admin.call("GET", "/keys?limit=100")
    assert (answer.json["has_more"], answer.json["next_cursor"]) == (
        False, None)
    assert header(answer, "Link") is None
    assert [k["id"] for k in answer.json["keys"]] == [machine.id] + [
        k["id"] for k in made]
    assert [[s["version"] for s in k["secrets"]]
            for k in answer.json["keys"]] == [[1], [1], [2], [1]]
    first = admin.call("GET", "/keys?limit=3")
    assert first.json["has_more"] is True
    link = header(first, "Link")
    assert link == '</hasp/v1/keys?limit=3&cursor=%s>; rel="next"' % (
        first.json["next_cursor"])
    rest = admin.call("GET", link[1:].partition(">")[0][len("/hasp/v1"):])
    assert [k["id"] for k in rest.json["keys"]] == [made[2]["id"]]
    assert managed.call("GET", "/keys", key=Machine(
        managed, managed.make_account()).key).json["keys"] != []
    assert admin.call("HEAD", "/keys").body == b""


def test_a_full_page_of_keys_as_large_as_they_get(managed, admin):
    """It has to fit into the memory of a request."""
    account = admin.account
    managed.sql("""
        SET ROLE hasp_owner;
        INSERT INTO hasp.key (id, account, name, kind, role, environment,
            allowed_ranges, created_by, revoked_at, revoked_by, revoked_why)
        SELECT 'key_' || lpad(%d || 'a' || g, 16, '0'), %d,
            repeat(U&'\\+01F600', 100), 'access_token', 'admin', 'live',
            (SELECT array_agg(('2001:db8:1111:2222:3333:4444:5555:' ||
                to_hex(n + 60000))::cidr) FROM generate_series(1, 16) n),
            'member:9223372036854775807', now(), 'operator',
            repeat(U&'\\+01F600', 200)
        FROM generate_series(1, 101) g;
        INSERT INTO hasp.secret (digest, key_id, version, last_four,
            expires_at)
        SELECT sha256((k.id || v)::bytea), k.id, v, 'abcd',
            now() + interval '1 day'
        FROM hasp.key k, generate_series(1, 12) v WHERE k.account = %d;
        INSERT INTO hasp.secret_use (key_id, version, account, first_used_at,
            last_used_at, last_used_from)
        SELECT key_id, version, account, now(), now(),
            '2001:db8:1111:2222:3333:4444:5555:6666'
        FROM hasp.secret WHERE account = %d""" % (
            account, account, account, account))
    answer = admin.call("GET", "/keys?limit=100")
    assert answer.status == 200, answer.json
    assert len(answer.json["keys"]) == 100
    assert {len(k["secrets"]) for k in answer.json["keys"]} == {10}


# -- changes ---------------------------------------------------------------

def test_a_change_leaves_what_is_absent(managed, admin):
    made = make(admin, allowed_ips=["192.0.2.0/24"], expires_at=after(DAY),
                rate_limit={"per_second": 1, "burst": 2}, daily_quota=7)
    made.pop("secret")
    path = "/keys/" + made["id"]
    answer = admin.call("PATCH", path, {"name": "another"})
    assert (answer.status, etag(answer)) == (200, '"2"')
    assert answer.json == {**made, "name": "another",
                           "seq": answer.json["seq"]}
    answer = admin.call("PATCH", path, {})
    assert confirmed(answer) == {**made, "name": "another"}
    answer = admin.call("PATCH", path, {"rate_limit": None,
                                        "daily_quota": 8})
    assert answer.json["rate_limit"] is None
    assert answer.json["daily_quota"] == 8
    assert answer.json["allowed_ips"] == ["192.0.2.0/24"]
    assert events(managed, made["id"]) == ["key_created"] + [
        "key_changed"] * 3


@pytest.mark.parametrize("before, change", [
    ({"role": "admin"}, {"role": "read"}),
    ({"role": "write"}, {"role": "write"}),
    ({}, {"expires_at": 1}),
    ({"expires_at": 2}, {"expires_at": 1}),
    ({}, {"not_before": 1}),
    ({"not_before": 1}, {"not_before": 2}),
    ({}, {"allowed_ips": ["0.0.0.0/0"]}),
    ({"allowed_ips": ["192.0.0.0/16", "2001:db8::/32"]},
     {"allowed_ips": ["192.0.2.0/24", "192.0.3.1", "2001:db8::/32"]}),
    ({"rate_limit": {"per_second": 1, "burst": 1}}, {"rate_limit": None})])
def test_what_narrows_a_key_takes_none(admin, before, change):
    path = "/keys/" + make(admin, **dated(before))["id"]
    assert admin.call("PATCH", path, dated(change)).status == 200


def test_limits_take_none(admin):
    """Nobody gets in by them who did not before."""
    path = "/keys/" + make(admin, daily_quota=1)["id"]
    for quota in (2000000000, 1, None):
        answer = admin.call("PATCH", path, {"daily_quota": quota})
        assert (answer.status, answer.json["daily_quota"]) == (200, quota)


@pytest.mark.parametrize("before, change", [
    ({"expires_at": 1}, {"expires_at": 2}),
    ({"expires_at": 1}, {"expires_at": None}),
    ({"not_before": 2}, {"not_before": 1}),
    ({"not_before": 1}, {"not_before": None}),
    ({"role": "read"}, {"role": "write"}),
    ({"role": "write"}, {"role": "admin"}),
    ({"allowed_ips": ["192.0.2.0/24"]}, {"allowed_ips": None}),
    ({"allowed_ips": ["192.0.2.0/24"]}, {"allowed_ips": []}),
    ({"allowed_ips": ["192.0.2.0/24"]}, {"allowed_ips": ["192.0.0.0/16"]}),
    ({"allowed_ips": ["192.0.2.0/24"]},
     {"allowed_ips": ["192.0.2.1", "192.0.3.1"]}),
    ({"allowed_ips": ["192.0.2.0/24"]}, {"allowed_ips": ["2001:db8::/32"]}),
    ({"allowed_ips": ["::/0"]}, {"allowed_ips": ["192.0.2.1"]})])
def test_what_extends_a_key_takes_a_proof(admin, before, change):
    made = make(admin, **dated(before))
    path = "/keys/" + made["id"]
    refused(admin.call("PATCH", path, dated(change)), 403, "proof_required")
    refused(admin.call("PATCH", path, dated(change), proof="x" * 43), 403,
            "proof_invalid")
    assert etag(admin.call("GET", path)) == '"1"'
    proof = admin.proof()
    assert admin.call("PATCH", path, dated(change), proof=proof).status == 200
    # The proof is used up.
    assert admin.call("PATCH", path, dated(before), proved=True).status == 200
    refused(admin.call("PATCH", path, dated(change), proof=proof), 403,
            "proof_invalid")


def test_a_proof_that_was_not_needed_is_left(admin):
    path = "/keys/" + make(admin)["id"]
    proof = admin.proof()
    for body in ({"name": "b"}, {"allowed_ips": ["192.0.2.0/24"]},
                 {"expires_at": after(DAY)},
                 {"rate_limit": {"per_second": 9, "burst": 9}}):
        assert admin.call("PATCH", path, body, proof=proof).status == 200
    assert admin.call("PATCH", path, {"role": "write"},
                      proof=proof).status == 200


def test_an_expired_key_can_be_extended_but_not_rotated(managed, admin):
    made = make(admin)
    managed.change("UPDATE hasp.key SET expires_at = now() - interval '1 hour' "
                "WHERE id = '%s'" % made["id"])
    path = "/keys/" + made["id"]
    refused(admin.call("POST", path + "/rotation", proved=True), 409,
            "key_ended")
    refused(admin.call("PATCH", path, {"expires_at": None}), 403,
            "proof_required")
    assert code(managed, made["secret"]) == "key_expired"
    assert admin.call("PATCH", path, {"expires_at": None},
                      proved=True).json["status"] == "active"
    assert code(managed, made["secret"]) == "ok"


def test_two_admins_change_one_key(managed, admin):
    other = Person(managed, admin.account)
    path = "/keys/" + make(admin)["id"]
    seen = etag(admin.call("GET", path))
    assert other.call("PATCH", path, {"name": "theirs"},
                      headers={"If-Match": seen}).status == 200
    for method, more, body in (("PATCH", "", {"name": "mine"}),
                               ("DELETE", "", None), ("POST", "/disabled", None),
                               ("POST", "/rotation", {}),
                               ("DELETE", "/disabled", None)):
        refused(admin.call(method, path + more, body, proved=True,
                           headers={"If-Match": seen}), 412,
                "precondition_failed")
    answer = admin.call("GET", path)
    assert (answer.json["name"], answer.json["status"]) == (
        "theirs", "active")
    for match in ("*", "%s", '"77", %s', '%s,"77"'):
        tag = etag(admin.call("GET", path))
        done = admin.call("PATCH", path, {"name": "mine"}, headers={
            "If-Match": match.replace("%s", tag)})
        assert done.status == 200, match
    # A weak one never matches (RFC 9110 section 13.1.1).
    refused(admin.call("PATCH", path, {"name": "b"}, headers={
        "If-Match": "W/" + etag(done)}), 412, "precondition_failed")


def test_switching_off_and_on(managed, admin):
    made = make(admin)
    path = "/keys/%s/disabled" % made["id"]
    off = admin.call("POST", path)
    assert off.json["status"] == "disabled"
    assert code(managed, made["secret"]) == "key_disabled"
    again = admin.call("POST", path)
    assert (confirmed(again), etag(again)) == (confirmed(off), etag(off))
    on = admin.call("DELETE", path)
    assert (on.json["status"], on.json["disabled_at"]) == ("active", None)
    assert etag(admin.call("DELETE", path)) == etag(on)
    assert code(managed, made["secret"]) == "ok"
    assert events(managed, made["id"]) == [
        "key_created", "key_disabled", "key_enabled"]


def test_revoking_is_confirmed_and_final(managed, admin):
    made = make(admin)
    path = "/keys/" + made["id"]
    answer = admin.call("DELETE", path + "?why=lost+on%20a%20train")
    assert answer.status == 200
    assert confirmed(answer) == {
        "id": made["id"],
        "revoked_at": answer.json["revoked_at"],
        "revoked_by": "member:%d" % admin.id,
        "revoked_why": "lost on a train"}
    assert code(managed, made["secret"]) == "key_revoked"
    refused(admin.call("DELETE", path), 409, "already_revoked")
    for method, more, body in (
            ("PATCH", "", {"name": "b"}), ("POST", "/disabled", None),
            ("DELETE", "/disabled", None), ("POST", "/rotation", {}),
            ("DELETE", "/secrets/1", None)):
        refused(admin.call(method, path + more, body, proved=True), 409,
                "key_ended")
    assert admin.call("GET", path).json["status"] == "revoked"
    assert events(managed, made["id"]) == ["key_created", "key_revoked"]


# -- secrets ---------------------------------------------------------------

def ends(row):
    """In how many seconds a secret ends."""
    return datetime.datetime.fromisoformat(row["expires_at"].replace(
        "Z", "+00:00")).timestamp() - time.time()


def test_rotation_keeps_the_id_and_the_old_secret_a_while(managed, admin):
    made = make(admin)
    turned = rotate(admin, made)
    assert turned["id"] == made["id"]
    new, old = turned["secrets"]
    assert (new["version"], old["version"]) == (2, 1)
    assert 86400 - 60 < ends(old) <= 86400
    assert code(managed, made["secret"]) == code(
        managed, turned["secret"]) == "ok"
    third = rotate(admin, made, overlap_seconds=0)
    assert code(managed, third["secret"]) == "ok"
    for text in made["secret"], turned["secret"]:
        assert code(managed, text) == "secret_ended"
    assert [s["status"] for s in third["secrets"]] == [
        "active", "ended", "ended"]
    longest = rotate(admin, made, overlap_seconds=2592000)
    assert 2592000 - 60 < ends(longest["secrets"][1]) <= 2592000
    assert ends(longest["secrets"][3]) <= 0
    assert events(managed, made["id"]) == ["key_created"] + [
        "key_rotated"] * 3


def test_an_overlap_that_starts_with_the_first_use(managed, admin):
    made = make(admin)
    turned = rotate(admin, made, overlap_seconds=3600,
                    overlap_starts="first_use")
    new, old = turned["secrets"]
    assert (new["status"], new["overlap_seconds"]) == ("waiting", 3600)
    assert (old["status"], old["expires_at"]) == ("active", None)
    tag = header(admin.call("GET", "/keys/" + made["id"]), "ETag")
    assert code(managed, made["secret"]) == "ok"
    assert code(managed, turned["secret"]) == "ok"
    # The same secret again begins nothing more.
    assert code(managed, turned["secret"]) == "ok"
    got = admin.call("GET", "/keys/" + made["id"])
    new, old = got.json["secrets"]
    assert (new["status"], new["overlap_seconds"]) == ("active", None)
    assert 3600 - 60 < ends(old) <= 3600
    assert events(managed, made["id"]) == ["key_created", "key_rotated",
                                           "overlap_begun"]
    # Who read it before has to read it again.
    refused(admin.call("PATCH", "/keys/" + made["id"], {"name": "n"},
                       headers={"If-Match": tag}), 412,
            "precondition_failed")


@pytest.mark.parametrize("starts", ["now", "first_use"])
def test_a_second_rotation_begins_the_overlap_that_waits(admin, starts):
    """Else nobody would know when the oldest secret ends."""
    made = make(admin)
    rotate(admin, made, overlap_seconds=60, overlap_starts="first_use")
    turned = rotate(admin, made, overlap_seconds=3600, overlap_starts=starts)
    third, second, first = turned["secrets"]
    assert 0 < ends(first) <= 60
    assert second["overlap_seconds"] is None
    if starts == "now":
        assert 3600 - 60 < ends(second) <= 3600
        assert third["status"] == "active"
    else:
        assert second["expires_at"] is None
        assert third["status"] == "waiting"


def test_ten_secrets_at_a_time(admin):
    made = make(admin)
    for _ in range(9):
        rotate(admin, made)
    path = "/keys/%s" % made["id"]
    for body in ({}, {"overlap_starts": "first_use"}):
        refused(admin.call("POST", path + "/rotation", body, proved=True),
                409, "too_many_secrets")
    assert len(admin.call("GET", path).json["secrets"]) == 10
    assert admin.call("DELETE", path + "/secrets/4?force=true").status == 200
    rotate(admin, made)
    rotate(admin, made, overlap_seconds=0)


def test_ending_a_secret(managed, admin):
    made = make(admin)
    second = rotate(admin, made)
    path = "/keys/%s/secrets/" % made["id"]
    use(managed, admin.account, made, 1, 1)
    for version, status, problem in (
            ("2", 409, "secret_last"), ("1", 409, "secret_in_use"),
            ("1?force=false", 409, "secret_in_use"), ("3", 404, "not_found"),
            ("0", 404, "not_found"), ("x", 404, "not_found"),
            ("99999999999", 404, "not_found"), ("01", 404, "not_found"),
            ("1?force=maybe", 400, "query_invalid"),
            ("1?forced=true", 400, "query_invalid"),
            ("1?force=true&force=true", 400, "query_invalid")):
        refused(admin.call("DELETE", path + version), status, problem)
    answer = admin.call("DELETE", path + "1?force=true")
    assert confirmed(answer) == {"id": made["id"], "version": 1,
                                 "revoked_at": answer.json["revoked_at"]}
    assert code(managed, made["secret"]) == "secret_ended"
    assert code(managed, second["secret"]) == "ok"
    refused(admin.call("DELETE", path + "1?force=true"), 409,
            "secret_already_ended")
    third = rotate(admin, made)
    use(managed, admin.account, made, 2, 25)
    assert admin.call("DELETE", path + "2").status == 200
    assert code(managed, third["secret"]) == "ok"
    assert events(managed, made["id"]) == [
        "key_created", "key_rotated", "secret_ended", "key_rotated",
        "secret_ended"]


# -- kinds -----------------------------------------------------------------

def test_a_deprecated_kind_warns_or_is_refused(managed):
    account = managed.make_account(
        legacy_deprecated_at="'2026-01-02 00:00:00Z'",
        legacy_sunset_at="'2099-01-02 00:00:00Z'",
        legacy_link="'https://example.org/old'")
    admin = Person(managed, account)
    answer = admin.call("POST", "/keys", {
        "name": "a", "role": "read", "kind": "api_key"}, proved=True)
    assert answer.status == 201 and answer.json["warning"]
    assert header(answer, "Deprecation") == "@1767312000"
    assert header(answer, "Sunset") == "Fri, 02 Jan 2099 00:00:00 GMT"
    assert header(answer, "Link") == (
        '<https://example.org/old>; rel="deprecation"')
    assert answer.json["deprecation"] == {
        "deprecated_at": "2026-01-02T00:00:00Z",
        "sunset_at": "2099-01-02T00:00:00Z",
        "link": "https://example.org/old"}
    assert make(admin)["deprecation"] is None
    managed.change("UPDATE hasp.account SET legacy_policy = 'refuse' WHERE id = "
                "%d" % account)
    body = {"name": "a", "role": "read", "kind": "api_key"}
    refused(admin.call("POST", "/keys", body, proved=True), 403,
            "legacy_refused")
    # Announced is not yet.
    managed.change("UPDATE hasp.account SET legacy_deprecated_at = '2098-01-01' "
                "WHERE id = %d" % account)
    assert make(admin, kind="api_key")["warning"]
    # Old ones go on, whatever is done with them.
    made = answer.json
    assert code(managed, made["secret"]) == "ok"
    assert rotate(admin, made)["deprecation"]


def test_a_site_may_deprecate_the_kind(managed, machine):
    site = {"HASP_LEGACY_DEPRECATED": "2026-02-03",
            "HASP_LEGACY_POLICY": "refuse"}
    body = {"name": "a", "role": "read", "kind": "api_key"}
    refused(machine.call("POST", "/keys", body, **site), 403,
            "legacy_refused")
    site["HASP_LEGACY_POLICY"] = "warn"
    answer = machine.call("POST", "/keys", body, **site)
    assert answer.json["deprecation"]["deprecated_at"] == (
        "2026-02-03T00:00:00Z")
    refused(machine.call("POST", "/keys", body,
                         HASP_LEGACY_POLICY="perhaps"), 503,
            "site_misconfigured")


# -- who keeps a secret ----------------------------------------------------

def test_a_secret_is_found_nowhere_afterwards(managed, admin):
    made = make(admin)
    texts = [made["secret"], rotate(admin, made)["secret"]]
    path = "/keys/" + made["id"]
    later = [admin.call("GET", p).body for p in (
        path, path + "/usage", "/keys")]
    later.append(admin.call("DELETE", path).body)
    places = b"".join(later).decode()
    for program in list(managed.programs.values()) + [managed.program]:
        places += program.log.read_text()
    places += managed.cluster.log()
    places += subprocess.run(
        [managed.cluster.bin + "/pg_dump", "-a", "hasp"],
        env=managed.cluster.env("hasp"), check=True, text=True,
        stdout=subprocess.PIPE).stdout
    for text in texts:
        assert text not in places
        assert text[10:] not in places
    assert made["id"] in places


def test_haspctl_sees_what_people_made(managed, admin):
    made = make(admin)
    row = json.loads(subprocess.run(
        [HASPCTL, "--json", "--database", managed.cluster.conninfo("hasp"),
         "key", "show", made["id"]], check=True, text=True,
        stdout=subprocess.PIPE).stdout)
    assert row["state"] == "active"
