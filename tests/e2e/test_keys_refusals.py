# SPDX-License-Identifier: ISC
"""What the program keys refuses: each with a clear error, and nothing
changed."""

import time

import pytest
from auth_world import header
from keys_world import Machine, Person, digits, events, make
from manage_world import Session, refused

GOOD = {"name": "a key", "role": "read"}


@pytest.fixture
def admin(managed):
    return Person(managed, managed.make_account())


@pytest.fixture
def machine(managed, admin):
    return Machine(managed, admin.account)


def count(who):
    return int(who.world.sql("SELECT count(*) FROM hasp.key WHERE account = "
                             "%d" % who.account))


def pointers(answer):
    return [e["pointer"] for e in answer.json["errors"]]


# -- bodies ----------------------------------------------------------------

@pytest.mark.parametrize("raw, status, code", [
    (b'{"name":"' + b"a" * 65536 + b'"}', 413, "body_too_large"),
    (b"[" * 1000 + b"]" * 1000, 400, "body_too_deep"),
    (b'{"name":"a","name":"b","role":"read"}', 400, "body_member_twice"),
    (b'{"name":"a","\\u006eame":"b","role":"read"}', 400,
     "body_member_twice"),
    (b'{"name":"\xff","role":"read"}', 400, "body_not_utf8"),
    (b'{"name":"\\ud800","role":"read"}', 400, "body_not_utf8"),
    (b'{"name":"a\\u0000b","role":"read"}', 400, "body_nul"),
    (b'{"name":"a\0b","role":"read"}', 400, "body_nul"),
    (b"{'name':'a','role':'read'}", 400, "body_malformed"),
    (b'["name"]', 400, "body_malformed"), (b"null", 400, "body_malformed"),
    (b'{"name":"a","role":"read"}x', 400, "body_malformed"),
    (b'{"name":"a","role"', 400, "body_malformed")],
    ids=lambda value: str(value)[:20])
def test_bodies_that_are_none(admin, raw, status, code):
    for path in "/keys", "/keys/%s/rotation" % make(admin)["id"]:
        before = count(admin)
        refused(admin.call("POST", path, raw=raw, proved=True), status, code)
        assert count(admin) == before


def test_a_body_that_is_not_called_json(admin):
    for kind in None, "text/plain", "application/x-www-form-urlencoded":
        refused(admin.call("POST", "/keys", GOOD, proved=True,
                           CONTENT_TYPE=kind), 415, "media_type")
    refused(admin.call("POST", "/keys", proved=True), 415, "media_type")
    assert count(admin) == 0


BAD = [
    ({"name": ""}, "name"), ({"name": "  "}, "name"),
    ({"name": "x" * 101}, "name"), ({"name": "a\tb"}, "name"),
    ({"name": "a\u202eb"}, "name"), ({"name": 5}, "name"),
    ({"name": None}, "name"), ({"name": ["a"]}, "name"),
    ({"role": "root"}, "role"), ({"role": "none"}, "role"),
    ({"role": None}, "role"), ({"role": 1}, "role"),
    ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
    ({"expires_at": "9999-01-01T00:00:00Z"}, "expires_at"),
    ({"expires_at": "2099-02-30T00:00:00Z"}, "expires_at"),
    ({"expires_at": "tomorrow"}, "expires_at"),
    ({"expires_at": "2099-01-01"}, "expires_at"),
    ({"expires_at": 4070908800}, "expires_at"),
    ({"not_before": "1969-01-01T00:00:00Z"}, "not_before"),
    ({"not_before": "2099-01-02T00:00:00Z",
      "expires_at": "2099-01-01T00:00:00Z"}, "not_before"),
    ({"not_before": "2099-01-01T00:00:00Z",
      "expires_at": "2099-01-01T00:00:00Z"}, "not_before"),
    ({"allowed_ips": "192.0.2.1"}, "allowed_ips"),
    ({"allowed_ips": ["192.0.2.1"] * 17}, "allowed_ips"),
    ({"allowed_ips": ["192.0.2.1/24"]}, "allowed_ips/0"),
    ({"allowed_ips": ["192.0.2.0/33"]}, "allowed_ips/0"),
    ({"allowed_ips": ["192.0.2.0/24", "192.0.2.256"]}, "allowed_ips/1"),
    ({"allowed_ips": ["2001:db8::/129"]}, "allowed_ips/0"),
    ({"allowed_ips": ["example.org"]}, "allowed_ips/0"),
    ({"allowed_ips": [""]}, "allowed_ips/0"),
    ({"allowed_ips": [None]}, "allowed_ips/0"),
    ({"allowed_ips": ["192.0.2.1", "192.0.2.1/32"]}, "allowed_ips/1"),
    ({"allowed_ips": ["192.0.2.1", "::ffff:192.0.2.1"]}, "allowed_ips/1"),
    ({"rate_limit": 5}, "rate_limit"),
    ({"rate_limit": {"per_second": 5}}, "rate_limit/burst"),
    ({"rate_limit": {"per_second": 0, "burst": 1}}, "rate_limit/per_second"),
    ({"rate_limit": {"per_second": 1000001, "burst": 1}},
     "rate_limit/per_second"),
    ({"rate_limit": {"per_second": 1, "burst": 10000001}},
     "rate_limit/burst"),
    ({"rate_limit": {"per_second": 1.5, "burst": 1}},
     "rate_limit/per_second"),
    ({"rate_limit": {"per_second": 1, "burst": 1, "daily": 1}},
     "rate_limit/daily"),
    ({"daily_quota": 0}, "daily_quota"), ({"daily_quota": "5"}, "daily_quota"),
    ({"daily_quota": 2000000001}, "daily_quota"),
    ({"daily_quota": 1.5}, "daily_quota"), ({"daily_quota": -1}, "daily_quota"),
    ({"account": 1}, "account"), ({"secret": "mine"}, "secret")]


@pytest.mark.parametrize("members, pointer", BAD, ids=lambda v: str(v)[:40])
def test_members_that_are_wrong(admin, members, pointer):
    answer = admin.call("POST", "/keys", {**GOOD, **members}, proved=True)
    refused(answer, 422, "invalid")
    assert pointers(answer) == ["#/" + pointer]
    assert count(admin) == 0
    made = make(admin)
    answer = admin.call("PATCH", "/keys/" + made["id"], members, proved=True)
    refused(answer, 422, "invalid")
    assert pointers(answer) == ["#/" + pointer]
    assert events(admin.world, made["id"]) == ["key_created"]


@pytest.mark.parametrize("members, pointer", [
    ({"kind": "app_token"}, "kind"), ({"kind": ""}, "kind"),
    ({"environment": "prod"}, "environment"),
    ({"environment": ""}, "environment"),
    ({"environment": 1}, "environment")])
def test_members_that_only_new_keys_have(admin, members, pointer):
    answer = admin.call("POST", "/keys", {**GOOD, **members}, proved=True)
    refused(answer, 422, "invalid")
    assert pointers(answer) == ["#/" + pointer]
    answer = admin.call("PATCH", "/keys/" + make(admin)["id"],
                        {pointer: "live"}, proved=True)
    refused(answer, 422, "invalid")
    assert pointers(answer) == ["#/" + pointer]


def test_all_faults_at_once(admin):
    answer = admin.call("POST", "/keys", {"rôle": 1, "naem": "x", "kind": 1},
                        proved=True)
    refused(answer, 422, "invalid")
    assert sorted(pointers(answer)) == ["#", "#/kind", "#/naem", "#/name",
                                        "#/role"]
    answer = admin.call("POST", "/keys", {
        **GOOD, "expires_at": "2001-01-01T00:00:00Z",
        "allowed_ips": ["x", "192.0.2.1"], "environment": "none"},
        proved=True)
    assert sorted(pointers(answer)) == [
        "#/allowed_ips/0", "#/environment", "#/expires_at"]


@pytest.mark.parametrize("body, pointer", [
    ({"overlap_seconds": -1}, "overlap_seconds"),
    ({"overlap_seconds": 2592001}, "overlap_seconds"),
    ({"overlap_seconds": "60"}, "overlap_seconds"),
    ({"overlap_seconds": None}, "overlap_seconds"),
    ({"overlap_starts": "later"}, "overlap_starts"),
    ({"overlap": 60}, "overlap")])
def test_rotations_that_are_wrong(admin, body, pointer):
    made = make(admin)
    answer = admin.call("POST", "/keys/%s/rotation" % made["id"], body,
                        proved=True)
    refused(answer, 422, "invalid")
    assert pointers(answer) == ["#/" + pointer]
    assert events(admin.world, made["id"]) == ["key_created"]


def test_bodies_where_none_belongs(admin):
    path = "/keys/" + make(admin)["id"]
    for method, more in (("DELETE", ""), ("POST", "/disabled"),
                         ("DELETE", "/disabled"), ("DELETE", "/secrets/1")):
        answer = admin.call(method, path + more, {"why": "because"})
        refused(answer, 422, "invalid")
        assert pointers(answer) == ["#/why"]
    assert admin.call("GET", path).json["status"] == "active"


# -- addresses -------------------------------------------------------------

@pytest.mark.parametrize("query", [
    "limit=0", "limit=101", "limit=-1", "limit=1e1", "limit=",
    "limit=1&limit=2",
    "cursor=key_0000000000000000", "cursor=x", "cursor=%00", "cursor=%ff",
    "page=2", "limit=%zz", "cursor=" + "a" * 300])
def test_queries_that_are_wrong(admin, query):
    refused(admin.call("GET", "/keys?" + query), 400, "query_invalid")


def test_queries_where_none_belong(admin):
    made = make(admin)
    path = "/keys/" + made["id"]
    for method, target in (
            ("GET", path), ("GET", path + "/usage"), ("PATCH", path),
            ("POST", path + "/rotation"), ("POST", path + "/disabled"),
            ("DELETE", path + "/disabled"), ("POST", "/keys"),
            ("DELETE", path), ("DELETE", path + "/secrets/1")):
        refused(admin.call(method, target + "?x=1", {} if method != "GET"
                           else None, proved=True), 400, "query_invalid")
    for why in "a%0ab", "x" * 201, "%e2%80%ae":
        refused(admin.call("DELETE", path + "?why=" + why), 400,
                "query_invalid")
    assert events(admin.world, made["id"]) == ["key_created"]


def test_another_accounts_cursor(managed, admin):
    other = make(Person(managed, managed.make_account()))
    refused(admin.call("GET", "/keys?cursor=" + other["id"]), 400,
            "query_invalid")


@pytest.mark.parametrize("key", [
    "other", "key_0000000000000000", "key_1", "x", "key_' OR 1=1 --",
    "key_00000000000000%00", "key_\xff000000000000000", "key_" + "a" * 5000])
def test_keys_that_are_not_the_accounts(managed, admin, key):
    """404, never 403; and nothing tells whether it exists."""
    foreign = make(Person(managed, managed.make_account()))
    path = "/keys/" + (foreign["id"] if key == "other" else key)
    problems = []
    for method, more in (("GET", ""), ("GET", "/usage"), ("PATCH", ""),
                         ("DELETE", ""), ("POST", "/rotation"),
                         ("POST", "/disabled"), ("DELETE", "/disabled"),
                         ("DELETE", "/secrets/1")):
        answer = admin.call(method, path + more,
                            {} if method in ("PATCH", "POST") else None,
                            proved=True)
        problems.append(refused(answer, 404, "not_found"))
    assert all(p == problems[0] for p in problems)
    assert events(managed, foreign["id"]) == ["key_created"]


@pytest.mark.parametrize("method, path, allow", [
    ("PUT", "/keys", "GET, HEAD, POST"),
    ("DELETE", "/keys", "GET, HEAD, POST"),
    ("POST", "/keys/key_0000000000000000", "GET, HEAD, PATCH, DELETE"),
    ("GET", "/keys/key_0000000000000000/rotation", "POST"),
    ("GET", "/keys/key_0000000000000000/disabled", "POST, DELETE"),
    ("GET", "/keys/key_0000000000000000/secrets/1", "DELETE"),
    ("POST", "/keys/key_0000000000000000/usage", "GET, HEAD")])
def test_wrong_methods(admin, method, path, allow):
    answer = admin.call(method, path)
    refused(answer, 405, "method_not_allowed")
    assert header(answer, "Allow") == allow


# -- who -------------------------------------------------------------------

def every(made):
    """A request of each action."""
    path = "/keys/" + made["id"]
    return [("GET", "/keys", None), ("POST", "/keys", GOOD),
            ("GET", path, None), ("PATCH", path, {"name": "b"}),
            ("DELETE", path, None), ("POST", path + "/rotation", {}),
            ("POST", path + "/disabled", None),
            ("DELETE", path + "/disabled", None),
            ("DELETE", path + "/secrets/1", None),
            ("GET", path + "/usage", None)]


def test_who_may_not(managed, admin):
    made = make(admin)
    plain = Person(managed, admin.account, may_administer=False)
    removed = Person(managed, admin.account)
    managed.sql("DELETE FROM hasp.member WHERE id = %d" % removed.id)
    disabled = Person(managed, admin.account)
    managed.sql("UPDATE hasp.member SET disabled_at = now() WHERE id = %d"
                % disabled.id)
    ended = Person(managed, admin.account)
    managed.sql("UPDATE hasp.session SET expires_at = now() WHERE member = %d"
                % ended.id)
    readers = [Machine(managed, admin.account, role=role)
               for role in ("read", "write")]
    for method, path, body in every(made):
        for reader in readers:
            refused(reader.call(method, path, body), 403,
                    "role_insufficient")
        refused(plain.call(method, path, body, proved=True), 403,
                "admin_required")
        for gone in removed, disabled, ended:
            refused(gone.call(method, path, body), 401, "session_ended")
        refused(managed.call(method, path, body), 401, "credential_missing")
    assert events(managed, made["id"]) == ["key_created"]
    assert count(admin) == 3


def test_changes_from_elsewhere(managed, admin):
    made = make(admin)
    for method, path, body in every(made):
        if method == "GET":
            continue
        for headers in ({"Origin": "https://evil.example"},
                        {"Sec-Fetch-Site": "cross-site"}):
            refused(admin.call(method, path, body, headers=headers), 403,
                    "cross_site")
        refused(admin.call(method, path, body, HTTP_X_CSRF_TOKEN=None), 403,
                "csrf_failed")
        refused(admin.call(method, path, body, HTTP_X_CSRF_TOKEN="0" * 64),
                403, "csrf_failed")
    assert events(managed, made["id"]) == ["key_created"]


def test_a_person_proves_who_they_are(managed, admin):
    made = make(admin)
    other = Person(managed, admin.account)
    turn = "/keys/%s/rotation" % made["id"]
    for path, body in (("/keys", GOOD), (turn, {})):
        refused(admin.call("POST", path, body), 403, "proof_required")
        for proof in (digits(), "x", other.proof(), admin.proof(seconds=-1)):
            refused(admin.call("POST", path, body, proof=proof), 403,
                    "proof_invalid")
        proof = admin.proof()
        assert admin.call("POST", path, body, proof=proof).status < 300
        refused(admin.call("POST", path, body, proof=proof), 403,
                "proof_invalid")
    assert events(managed, made["id"]) == ["key_created", "key_rotated"]
    assert count(admin) == 2


def test_a_refused_change_leaves_the_proof(managed, admin):
    proof = admin.proof()
    refused(admin.call("POST", "/keys", {"name": "a"}, proof=proof), 422,
            "invalid")
    refused(admin.call("POST", "/keys/key_0000000000000000/rotation", {},
                       proof=proof), 404, "not_found")
    assert admin.call("POST", "/keys", GOOD, proof=proof).status == 201


def test_real_sessions_and_proofs(managed):
    """Of the program accounts, if it is there."""
    if "accounts" not in managed.programs:
        pytest.skip("the program accounts is not built")
    member = managed.make_member()
    session = member.sign_in()
    assert isinstance(session, Session)
    answer = managed.call("POST", "/keys", GOOD, session=session,
                          proof=member.proof(session))
    assert answer.status == 201
    assert answer.json["created_by"] == "member:%d" % member.id


# -- plans -----------------------------------------------------------------

def plan(managed, **columns):
    """An account of a plan of its own, and its admin and admin key."""
    code = "p" + digits(12).lower()
    row = {"code": "'%s'" % code, "name": "'A plan'", **columns}
    managed.sql("INSERT INTO hasp.plan (%s) VALUES (%s)" % (
        ", ".join(row), ", ".join(row.values())))
    account = managed.make_account(plan="'%s'" % code)
    return code, Person(managed, account), Machine(managed, account)


def test_a_plan_without_self_service(managed):
    _, admin, machine = plan(managed, self_service="false")
    for who in admin, machine:
        refused(who.call("POST", "/keys", GOOD, proved=True), 403,
                "self_service_refused")
        # What is there can be looked after.
        path = "/keys/" + machine.id
        assert who.call("GET", path).status == 200
        assert who.call("PATCH", path, {"name": "b"}).status == 200
    assert count(admin) == 1


def test_a_plan_with_so_many_keys(managed):
    _, admin, machine = plan(managed, max_keys="2")
    made = make(admin)
    for who in admin, machine:
        refused(who.call("POST", "/keys", GOOD, proved=True), 403,
                "key_limit_reached")
    # Neither do they count that are revoked, nor rotations.
    assert admin.call("POST", "/keys/%s/rotation" % made["id"],
                      proved=True).status == 200
    assert machine.call("DELETE", "/keys/" + made["id"]).status == 200
    make(machine)


def test_a_plan_that_has_ended(managed):
    code, admin, machine = plan(managed)
    made = make(admin)
    managed.change("UPDATE hasp.plan SET active = false WHERE code = '%s'" % code)
    path = "/keys/" + made["id"]
    refused(admin.call("POST", "/keys", GOOD, proved=True), 403,
            "plan_inactive")
    refused(admin.call("POST", path + "/rotation", proved=True), 403,
            "plan_inactive")
    refused(machine.call("GET", path), 403, "plan_inactive")
    assert admin.call("DELETE", path).status == 200


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_an_account_that_is_not_live(managed, admin, machine, status):
    made = make(admin)
    managed.change("UPDATE hasp.account SET status = '%s' WHERE id = %d" % (
        status, admin.account))
    for method, path, body in every(made):
        for who in admin, machine:
            refused(who.call(method, path, body, proved=True), 403,
                    "account_" + status)


def test_an_account_where_people_alone_manage_keys(managed, admin, machine):
    made = make(machine)
    managed.change("UPDATE hasp.account SET machine_keys = false WHERE id = %d"
                % admin.account)
    for method, path, body in every(made):
        if method == "GET":
            assert machine.call(method, path).status == 200
        elif path != "/keys/" + made["id"] or method != "DELETE":
            refused(machine.call(method, path, body), 403,
                    "machine_keys_refused")
    assert events(managed, made["id"]) == ["key_created"]
    make(admin)
    # Rights can always be taken away.
    assert machine.call("DELETE", "/keys/" + made["id"]).status == 200


# -- repetitions -----------------------------------------------------------

def test_a_repeated_request_shows_nothing_twice(managed, admin, machine):
    for who in admin, machine:
        again = {"Idempotency-Key": digits(8)}
        made = who.call("POST", "/keys", GOOD, headers=again, proved=True)
        assert made.status == 201
        before = count(who)
        for _ in range(2):
            problem = refused(
                who.call("POST", "/keys", GOOD, headers=again, proved=True),
                409, "secret_already_shown")
            assert problem["key_id"] == made.json["id"]
        refused(who.call("POST", "/keys", {**GOOD, "role": "write"},
                         headers=again, proved=True), 422,
                "idempotency_key_reused")
        # The same word for another action is another request.
        path = "/keys/%s/rotation" % made.json["id"]
        assert who.call("POST", path, {}, headers=again,
                        proved=True).status == 200
        problem = refused(who.call("POST", path, {}, headers=again,
                                   proved=True), 409, "secret_already_shown")
        assert problem["key_id"] == made.json["id"]
        assert count(who) == before
        assert events(managed, made.json["id"]) == [
            "key_created", "key_rotated"]
    # And so it is for somebody else.
    assert Person(managed, admin.account).call(
        "POST", "/keys", GOOD, headers=again, proved=True).status == 201


def test_a_repetition_comes_with_the_proof_that_is_used_up(admin):
    again, proof = {"Idempotency-Key": "a"}, admin.proof()
    assert admin.call("POST", "/keys", GOOD, headers=again,
                      proof=proof).status == 201
    refused(admin.call("POST", "/keys", GOOD, headers=again, proof=proof),
            409, "secret_already_shown")


def test_a_refused_request_leaves_no_claim(managed):
    code, admin, _ = plan(managed, max_keys="1")
    again = {"Idempotency-Key": "b"}
    refused(admin.call("POST", "/keys", GOOD, headers=again), 403,
            "proof_required")
    refused(admin.call("POST", "/keys", {**GOOD, "role": "x"}, headers=again,
                       proved=True), 422, "invalid")
    refused(admin.call("POST", "/keys", GOOD, headers=again, proved=True),
            403, "key_limit_reached")
    managed.change("UPDATE hasp.plan SET max_keys = 2 WHERE code = '%s'" % code)
    assert admin.call("POST", "/keys", GOOD, headers=again,
                      proved=True).status == 201


@pytest.mark.parametrize("word", ["", "a b", "a" * 201, "\x7f", "é"])
def test_idempotency_keys_that_are_none(admin, word):
    refused(admin.call("POST", "/keys", GOOD, proved=True,
                       headers={"Idempotency-Key": word}), 400,
            "idempotency_key_invalid")


def test_after_a_day_it_is_another_request(managed, admin):
    again = {"Idempotency-Key": "c"}
    first = admin.call("POST", "/keys", GOOD, headers=again, proved=True)
    managed.sql("UPDATE hasp.idempotency SET created_at = now() - interval "
                "'25 hours' WHERE account = %d" % admin.account)
    second = admin.call("POST", "/keys", GOOD, headers=again, proved=True)
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] != second.json["id"]


# -- the database ----------------------------------------------------------

def test_a_database_that_is_down(managed, admin):
    made = make(admin)
    proof = admin.proof()
    managed.cluster.stop("immediate")
    try:
        for method, path, body in every(made):
            answer = admin.call(method, path, body, proof=proof)
            assert answer.status == 503, (method, path)
            assert header(answer, "Retry-After")
    finally:
        managed.cluster.start()
    until = time.monotonic() + 10
    while admin.call("GET", "/keys").status != 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert events(managed, made["id"]) == ["key_created"]
    assert count(admin) == 1
    assert admin.call("POST", "/keys", GOOD, proof=proof).status == 201
