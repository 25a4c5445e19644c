# SPDX-License-Identifier: ISC
"""GET /audit-events/{id} and /audit-head: one event or use, by its own id or by
that of its request, explained; and how far the account's chain has come."""

import hashlib
import json
import secrets
import uuid

import pytest

from auth_world import header
from explained import words
from keys_world import Machine, Person
from manage_world import HOST, refused
from uses import HASHED, IDENTIFIED, REPEATED, Use, ship


def rid():
    """A request's id as nginx makes it."""
    return secrets.token_hex(16)


def make(who, request=None):
    """A key, made under that request's id."""
    answer = who.call("POST", "/keys", {"name": "a key", "role": "read"},
                      proved=True, REQUEST_ID=request or rid())
    assert answer.status == 201, answer.json
    return answer.json


def tell(world, *uses):
    """Uses as a journal would bring them; their ids, in that order."""
    world.sql(ship(uses))
    rows = world.sql(
        "SELECT 'use_' || hasp.unix_us(at) || '_' || journal || '_' || pos "
        "FROM hasp.usage_event ORDER BY journal DESC, pos LIMIT %d"
        % len(uses)).split()
    return rows


def last_event(world, account=None):
    """The id of the newest event of ACCOUNT."""
    return world.sql(
        "SELECT 'ev_' || hasp.unix_us(at) || '_' || seq FROM "
        "hasp.audit_event WHERE account = %d ORDER BY seq DESC LIMIT 1"
        % (account or world.account)).strip()


def reads(world, account=None):
    """What was read, as the log has it."""
    rows = world.sql("SELECT actor, detail FROM hasp.audit_event WHERE "
                     "account = %d AND event = 'audit_read' ORDER BY seq"
                     % (account or world.account)).splitlines()
    return [(actor, json.loads(detail)) for actor, detail in
            (row.split("|", 1) for row in rows)]


@pytest.fixture(name="admin", scope="module")
def make_admin(managed):
    return Machine(managed)


@pytest.fixture(name="person", scope="module")
def make_person(managed):
    return Person(managed)


def get(who, what):
    return who.call("GET", "/audit-events/" + what)


def shown(who, what):
    answer = get(who, what)
    assert answer.status == 200, answer.json
    assert header(answer, "Cache-Control") == "no-store"
    return answer.json


def test_an_event(managed, admin, person):
    request = rid()
    key = make(person, request)
    ident = last_event(managed)
    for who in (admin, person):
        event = shown(who, ident)
        assert (event["id"], event["kind"]) == (ident, "event")
        assert event["event"] == "key_created"
        assert event["actor"] == "member:%d" % person.id
        assert (event["key"], event["secret_version"]) == (key["id"], 1)
        assert (event["request_id"], event["address"]) == (request,
                                                           "192.0.2.7")
        assert event["detail"]["name"] == key["name"]
        assert (event["explanation"], event["mend"]) == words()["key_created"]
        assert "same_request" not in event
        assert key["secret"] not in json.dumps(event)


@pytest.mark.parametrize("code, status", [
    ("ok", 204), ("key_expired", 401), ("role_insufficient", 403),
    ("rate_limited", 429), ("database_down", 503)])
def test_a_use(managed, admin, code, status):
    app = str(uuid.uuid4())
    ident, = tell(managed, Use(
        managed.account, admin.id, code=code, status=status, method="PATCH",
        site=HOST, address="2001:db8::7", app=app, request=rid()))
    use = shown(admin, ident)
    assert (use["id"], use["kind"]) == (ident, "use")
    assert (use["key"], use["secret_version"], use["app"]) == (admin.id, 1,
                                                               app)
    assert (use["code"], use["status"]) == (code, status)
    assert use["decision"] == ("allowed" if code == "ok" else "refused")
    assert (use["method"], use["site"]) == ("PATCH", HOST)
    assert (use["address"], use["repeated"]) == ("2001:db8::7", False)
    assert (use["explanation"], use["mend"]) == words()[code]


def test_a_use_of_a_newer_version(managed, admin):
    ident, = tell(managed, Use(managed.account, admin.id, code="moon_phase",
                               status=403))
    use = shown(admin, ident)
    assert use["code"] == "moon_phase"
    assert (use["explanation"], use["mend"]) == words()["unknown_code"]


def test_everything_of_a_request(managed, admin, person):
    """The refusal first, whatever else happened."""
    request = rid()
    key = make(person, request)
    event = last_event(managed)
    one, two, again = tell(
        managed, Use(managed.account, key["id"], request=request),
        Use(managed.account, key["id"], request=request, code="key_expired",
            status=401),
        Use(managed.account, key["id"], request=request, code="key_expired",
            status=401, flags=IDENTIFIED | REPEATED))
    tell(managed, Use(managed.account, key["id"], request=rid()))
    found = shown(admin, request)
    assert (found["id"], found["code"]) == (two, "key_expired")
    assert (found["explanation"], found["mend"]) == words()["key_expired"]
    others = {row["id"]: row for row in found["same_request"]}
    assert set(others) == {event, one, again}
    for ident, name in ((event, "key_created"), (one, "ok"),
                        (again, "key_expired")):
        row = others[ident]
        assert (row["explanation"], row["mend"]) == words()[name]


def test_a_request_that_was_let_in_twice(managed, admin):
    request = rid()
    one, again = tell(
        managed, Use(managed.account, admin.id, request=request),
        Use(managed.account, admin.id, request=request,
            flags=IDENTIFIED | REPEATED))
    found = shown(admin, request)
    assert found["id"] == one
    assert [row["id"] for row in found["same_request"]] == [again]


@pytest.mark.parametrize("name", ["0123abc", "a" * 64, "A" * 32, "my_own-id",
                                  "ev_1", "use_1_2", "ev_x_1"])
def test_an_id_that_is_not_nginxs(managed, admin, person, name):
    """The log has it as it is, and uses have a hash of it."""
    hashed = str(uuid.UUID(bytes=hashlib.sha256(name.encode()).digest()[:16]))
    ident, = tell(managed, Use(managed.account, admin.id, request=hashed,
                               flags=IDENTIFIED | HASHED))
    make(person, name)
    event = last_event(managed)
    found = shown(admin, name)
    assert (found["id"], found["request_id"]) == (ident, None)
    assert event in [row["id"] for row in found["same_request"]]
    # The hash itself is nobody's id.
    refused(get(admin, hashed.replace("-", "")), 404, "not_found")


def test_the_newest_hundred(managed, admin):
    request = rid()
    idents = tell(managed, *[Use(managed.account, admin.id, request=request)
                             for _ in range(130)])
    found = shown(admin, request)
    assert len(found["same_request"]) == 99
    assert {row["id"] for row in found["same_request"]} < set(idents)


def test_what_met_no_key(managed, admin, person):
    """Found by the whole id of the request, by whoever may read a log."""
    request = rid()
    one, two = tell(
        managed, Use(managed.other, None, None, code="key_unknown",
                     status=401, flags=0, request=request, app=str(
                         uuid.uuid4())),
        Use(0, None, None, code="bearer_empty", status=401, flags=0,
            request=request))
    elsewhere = Machine(managed, managed.other)
    for who in (admin, person, elsewhere):
        found = shown(who, request)
        both = {row["id"]: row for row in [found, *found["same_request"]]}
        assert set(both) == {one, two}
        assert both[one]["claimed_account"] == managed.other
        assert both[one]["app"] is None and both[one]["key"] is None
        assert "claimed_account" not in both[two]
        assert both[two]["explanation"] == words()["bearer_empty"][0]
        assert both[two]["request_id"] == request
        for ident in both:
            refused(get(who, ident), 404, "not_found")


def test_a_guessable_id_of_nobodys_is_not_found(managed, admin):
    hashed = str(uuid.UUID(bytes=hashlib.sha256(b"guess").digest()[:16]))
    tell(managed, Use(0, None, None, code="key_unknown", status=401,
                      flags=HASHED, request=hashed))
    refused(get(admin, "guess"), 404, "not_found")
    refused(get(admin, hashed.replace("-", "")), 404, "not_found")


def test_nothing_of_another_account(managed, admin, person):
    elsewhere = Machine(managed, managed.other)
    request = rid()
    make(elsewhere, request)
    idents = [last_event(managed, managed.other), *tell(
        managed, Use(managed.other, elsewhere.id, request=request))]
    for what in (*idents, request):
        shown(elsewhere, what)
        for who in (admin, person):
            refused(get(who, what), 404, "not_found")


NUMBERS = "99999999999999999999999999"


@pytest.mark.parametrize("name", [
    "ev_1_1", "ev_1_0", "ev_0_1", "ev_1_9223372036854775806", "ev_1_%2D1",
    f"ev_{NUMBERS}_1", f"ev_1_{NUMBERS}", "use_1_1_1", "use_1_1_1_1",
    "use_1_2147483647_1", "use_1_2147483648_1", f"use_1_1_{NUMBERS}",
    "use_253402300800000000_1_9223372036854775806", "ev_", "use_", "ev__",
    "x" * 65, "x" * 2000, "%00", "a%00b", "%27%3B--", "a%20b", "%C3%A4",
    ".", "..", "key_aaaaaaaaaaaaaaaa"])
def test_there_is_none(admin, name):
    refused(get(admin, name), 404, "not_found")


def test_an_id_is_written_in_one_way(managed, admin, person):
    make(person)
    _, at, seq = last_event(managed).split("_")
    shown(admin, f"ev_{at}_{seq}")
    for other in (f"ev_0{at}_{seq}", f"ev_{at}_0{seq}", f"ev_{at}_{seq}_",
                  f"ev_+{at}_{seq}", f"EV_{at}_{seq}",
                  f"ev_{int(at) + 1}_{seq}", f"ev_{at}_{int(seq) + 1}",
                  f"use_{at}_1_{seq}"):
        refused(get(admin, other), 404, "not_found")


def test_reading_is_logged_and_looking_for_nothing_is_not(managed, admin,
                                                          person):
    make(person)
    ident, request = last_event(managed), rid()
    tell(managed, Use(managed.account, admin.id, request=request))
    before = reads(managed)
    for who in (admin, person):
        shown(who, ident)
    shown(admin, request)
    refused(get(admin, rid()), 404, "not_found")
    refused(get(admin, "ev_1_1"), 404, "not_found")
    assert reads(managed)[len(before):] == [
        ("key:" + admin.id, {"id": ident}),
        ("member:%d" % person.id, {"id": ident}),
        ("key:" + admin.id, {"id": request})]
    # That reading can be read, and is.
    ident = last_event(managed)
    event = shown(admin, ident)
    assert (event["event"], event["explanation"]) == (
        "audit_read", words()["audit_read"][0])


def test_nothing_is_shown_that_cannot_be_logged(managed, admin, person):
    make(person)
    ident = last_event(managed)
    managed.sql("REVOKE EXECUTE ON FUNCTION hasp.log_event FROM hasp_audit")
    try:
        refused(get(admin, ident), 503, "internal")
    finally:
        managed.sql("GRANT EXECUTE ON FUNCTION hasp.log_event TO hasp_audit")
    shown(admin, ident)


def test_who_may(managed, admin, person):
    make(person)
    for path in ("/audit-events/" + last_event(managed), "/audit-head"):
        refused(managed.call("GET", path), 401, "credential_missing")
        for role in ("read", "write"):
            refused(Machine(managed, role=role).call("GET", path), 403,
                    "role_insufficient")
        refused(Person(managed, may_administer=False).call("GET", path), 403,
                "admin_required")
        refused(admin.call("GET", path + "?a=b"), 400, "query_invalid")
        for method in ("POST", "PATCH", "DELETE"):
            refused(admin.call(method, path), 405, "method_not_allowed")


def test_head(managed, admin, person):
    make(person)
    answer = admin.call("GET", "/audit-head")
    assert answer.status == 200
    seq, digest = managed.sql(
        "SELECT seq, encode(hash, 'hex') FROM hasp.audit_head WHERE "
        "account = %d" % managed.account).strip().split("|")
    assert (answer.json["account"], answer.json["seq"],
            answer.json["hash"]) == (managed.account, int(seq), digest)
    event = shown(admin, last_event(managed))
    assert (answer.json["at"], event["hash"]) == (event["at"], digest)
    # Looking at the head moves nothing; that event was then read.
    again = admin.call("GET", "/audit-head").json
    assert again["seq"] == int(seq) + 1


def test_head_of_an_account_without_events(managed):
    account = managed.make_account()
    answer = Machine(managed, account).call("GET", "/audit-head")
    assert answer.json == {"account": account, "seq": 0, "hash": None,
                           "at": None, "checkpoint": None,
                           "checkpoint_at": None}


def test_head_and_the_last_checkpoint(managed, admin):
    managed.sql("".join(
        "INSERT INTO hasp.checkpoint VALUES (%d, sha256(''), "
        "'2031-05-04T03:02:0%d.5Z', 'note %d');" % (n, n, n)
        for n in (2, 1)))
    head = admin.call("GET", "/audit-head").json
    managed.sql("DELETE FROM hasp.checkpoint")
    assert head["checkpoint"] == "note 2"
    assert head["checkpoint_at"] == "2031-05-04T03:02:02.500000Z"
