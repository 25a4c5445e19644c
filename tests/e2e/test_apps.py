# SPDX-License-Identifier: ISC
"""The program apps: what accounts see of apps, and how they connect them."""

import re

import pytest
from apps_world import App, events, state, token
from auth_world import header
from keys_world import Machine, Person, code, confirmed, digits, use
from manage_world import refused

MEMBERS = {"guid", "name", "publisher", "home_page", "private", "removed_at",
           "connection"}


@pytest.fixture(name="admin")
def make_admin(managed):
    return Person(managed, managed.make_account())


@pytest.fixture(name="machine")
def make_machine(managed):
    return Machine(managed, managed.make_account())


@pytest.fixture(name="app")
def make_app(managed):
    return App(managed, home_page="https://example.org/app?a=b#c")


def approve(who, app, text, proved=True, **more):
    return who.call("POST", app.path + "/connection", {"code": text, **more},
                    proved=proved)


# -- connect codes -----------------------------------------------------------

def test_from_a_code_to_a_connection(managed, admin, app):
    text = app.code(admin.account, "write", "test")
    asked = admin.call("POST", "/connect-codes/inspection", {"code": text})
    assert asked.status == 200
    assert asked.json.pop("expires_at")
    assert asked.json == {
        "app": {"guid": app.guid, "name": app.name, "private": False,
                "publisher": app.publisher,
                "home_page": "https://example.org/app?a=b#c"},
        "role": "write", "environment": "test"}
    # Asking is no approval.
    assert admin.call("GET", "/apps").json["apps"] == []
    answer = approve(admin, app, text)
    assert answer.status == 201
    assert header(answer, "Location") == "/hasp/v1" + app.path
    assert set(answer.json) == MEMBERS
    connection = dict(answer.json["connection"])
    assert connection.pop("id") and connection.pop("granted_at")
    assert connection == {
        "role": "write", "environment": "test", "granted_by":
        "member:%d" % admin.id, "revoked_at": None, "revoked_by": None,
        "revoked_why": None, "last_used_at": None, "last_used_from": None,
        "tokens": 0, "tokens_more": False}
    listed = admin.call("GET", "/apps").json
    assert listed == {"apps": [answer.json], "has_more": False,
                      "next_cursor": None}
    assert events(managed, admin.account, app) == ["connection_granted"]
    detail = managed.sql(
        "SELECT detail ->> 'role', detail ->> 'environment', actor FROM "
        "hasp.audit_event WHERE account = %d AND event = 'connection_granted'"
        % admin.account)
    assert detail == "write|test|member:%d" % admin.id


@pytest.mark.parametrize("asked, chosen", [
    ("read", "read"), ("write", "read"), ("admin", "read"),
    ("admin", "write"), ("admin", "admin")])
def test_a_lower_role_may_be_chosen(machine, app, asked, chosen):
    answer = approve(machine, app, app.code(machine.account, asked),
                     role=chosen)
    assert answer.json["connection"]["role"] == chosen


@pytest.mark.parametrize("asked, chosen", [
    ("read", "write"), ("read", "admin"), ("write", "admin")])
def test_a_higher_role_may_not(managed, admin, app, asked, chosen):
    text, proof = app.code(admin.account, asked), admin.proof()
    before = state(managed, admin.account)
    answer = admin.call("POST", app.path + "/connection",
                        {"code": text, "role": chosen}, proof=proof)
    refused(answer, 422, "role_above_grant")
    assert state(managed, admin.account) == before
    # Code and proof are as good as before.
    assert admin.call("POST", app.path + "/connection", {"code": text},
                      proof=proof).status == 201


def bad_codes(managed, admin, app):
    """What is sent, and the refusal of inspecting and of approving it."""
    other = App(managed)
    removed = App(managed)
    own = admin.account
    used = other.code(own)
    managed.sql("UPDATE hasp.connect_code SET used_at = now() "
                "WHERE app = '%s'" % other.guid)
    gone = removed.code(own)
    managed.sql("UPDATE hasp.app SET removed_at = now(), removed_by = "
                "'operator' WHERE guid = '%s'" % removed.guid)
    good = app.code(own)
    unknown = (404, "connect_code_unknown")
    last = "0" if good[-1] != "0" else "1"
    return [
        ("", app, (422, "invalid"), (422, "invalid")),
        (digits(51), app, unknown, unknown),
        (good[:-1], app, unknown, unknown),
        (good[:-1] + last, app, unknown, unknown),
        # Whole, and nobody made it.
        (re.sub("^haspcon_code", "hasp_live", good), app, unknown, unknown),
        (App(managed).code(managed.make_account()), app,
         (403, "connect_code_mismatch"), (403, "connect_code_mismatch")),
        # An account that there is not: no code is told from another.
        (App(managed).code(10**15), app, (403, "connect_code_mismatch"),
         (403, "connect_code_mismatch")),
        (app.code(own, seconds=-1), app, (410, "connect_code_expired"),
         (410, "connect_code_expired")),
        (used, other, (409, "connect_code_used"),
         (409, "connect_code_used")),
        (gone, removed, (409, "app_already_removed"),
         (409, "app_already_removed")),
        (good, other, None, (409, "connect_code_other_app")),
        (good, None, None, (409, "connect_code_other_app"))]


def test_bad_codes_change_nothing(managed, admin, app):
    proof = admin.proof()
    for text, which, inspected, approved in bad_codes(managed, admin, app):
        path = which.path if which else \
            "/apps/01234567-89ab-cdef-0123-456789abcdef"
        before = state(managed, admin.account)
        asked = admin.call("POST", "/connect-codes/inspection",
                           {"code": text})
        if inspected is not None:
            refused(asked, *inspected)
        else:
            assert asked.status == 200
        answer = admin.call("POST", path + "/connection", {"code": text},
                            proof=proof)
        refused(answer, *approved)
        assert state(managed, admin.account) == before, approved
    # The proof was used by none of them.
    assert admin.call("POST", app.path + "/connection",
                      {"code": app.code(admin.account)},
                      proof=proof).status == 201


def test_a_code_connects_once(managed, admin, app):
    text = app.code(admin.account)
    assert approve(admin, app, text).status == 201
    refused(approve(admin, app, text), 409, "connect_code_used")
    # Another code does not, either: there is a connection.
    again, proof = app.code(admin.account), admin.proof()
    before = state(managed, admin.account)
    refused(admin.call("POST", app.path + "/connection", {"code": again},
                       proof=proof), 409, "already_connected")
    assert state(managed, admin.account) == before
    assert confirmed(admin.call("DELETE", app.path + "/connection"))
    # The old code stays used, the new one was not.
    refused(approve(admin, app, text), 409, "connect_code_used")
    assert admin.call("POST", app.path + "/connection", {"code": again},
                      proof=proof).status == 201


def test_blanks_around_a_code_are_taken_off(machine, app):
    assert approve(machine, app, " %s\t" % app.code(
        machine.account)).status == 201


@pytest.mark.parametrize("body", [
    {}, {"code": 5}, {"code": None}, {"code": "x", "role": "none"},
    {"code": "x", "role": None}, {"code": "x", "more": 1}, [], "x"])
def test_bad_bodies(machine, app, body):
    answer = machine.call("POST", app.path + "/connection", body)
    assert answer.json["code"] in ("invalid", "body_malformed")


def test_people_prove_who_they_are(managed, admin, app):
    text = app.code(admin.account)
    before = state(managed, admin.account)
    refused(approve(admin, app, text, proved=False), 403, "proof_required")
    refused(admin.call("POST", app.path + "/connection", {"code": text},
                       proof=digits(43)), 403, "proof_invalid")
    assert state(managed, admin.account) == before


def test_who_may_not(managed, app):
    account = managed.make_account()
    member = Person(managed, account, may_administer=False)
    reader = Machine(managed, account, role="write")
    text = app.code(account)
    for who, refusal in ((member, "admin_required"),
                         (reader, "role_insufficient")):
        for method, path, body in (
                ("GET", "/apps", None), ("GET", app.path, None),
                ("POST", "/connect-codes/inspection", {"code": text}),
                ("POST", app.path + "/connection", {"code": text}),
                ("DELETE", app.path + "/connection", None),
                ("GET", app.path + "/tokens", None),
                ("GET", "/published-apps", None)):
            refused(who.call(method, path, body, proved=True), 403, refusal)
    assert events(managed, account, app) == []


def test_a_token_manages_nothing(managed, machine, app):
    app.connect(machine)
    text = token(machine, app, "admin")["secret"]
    for method, path in (("GET", "/apps"), ("GET", "/keys"),
                         ("DELETE", app.path + "/connection"),
                         ("POST", app.path + "/tokens"), ("GET", "/usage")):
        refused(managed.call(method, path, key=text), 403,
                "app_token_refused")


@pytest.mark.parametrize("change, refusal", [
    ("hasp.account SET status = 'suspended'", "account_suspended"),
    ("hasp.account SET status = 'closed'", "account_closed"),
    ("hasp.account SET plan = 'ended'", "plan_inactive"),
    ("hasp.account SET plan = 'served'", "self_service_refused")])
def test_what_the_account_does_not_allow(managed, admin, app, change,
                                         refusal):
    managed.sql("INSERT INTO hasp.plan (code, name, active, self_service) "
                "VALUES ('ended', 'Ended', false, true), ('served', 'Served',"
                " true, false) ON CONFLICT DO NOTHING")
    connected = App(managed)
    connected.connect(admin)
    text, proof = app.code(admin.account), admin.proof()
    managed.sql("UPDATE %s WHERE id = %d" % (change, admin.account))
    before = state(managed, admin.account)
    for path, body in ((app.path + "/connection", {"code": text}),
                       (connected.path + "/tokens",
                        {"name": "n", "role": "read"}),
                       ("/published-apps", {"name": "n"})):
        refused(admin.call("POST", path, body, proof=proof), 403, refusal)
    assert state(managed, admin.account) == before


def test_machines_that_the_account_refuses(managed, machine, app):
    managed.sql("UPDATE hasp.account SET machine_keys = false WHERE id = %d"
                % machine.account)
    refused(approve(machine, app, app.code(machine.account)), 403,
            "machine_keys_refused")
    refused(machine.call("POST", "/published-apps", {"name": "n"}), 403,
            "machine_keys_refused")


# -- lists -------------------------------------------------------------------

def test_pages(managed, machine):
    made = [App(managed, name="App %d" % n) for n in range(5)]
    for app in made:
        app.connect(machine)
    seen, target = [], "/apps?limit=2"
    while target:
        page = machine.call("GET", target)
        seen += [app["guid"] for app in page.json["apps"]]
        target = page.json["has_more"] and "/apps?limit=2&cursor=" + \
            page.json["next_cursor"]
        assert bool(target) == (header(page, "Link") is not None)
    assert seen == [app.guid for app in reversed(made)]


def test_which_ones(managed, machine):
    kept, ended, removed = (App(managed) for _ in range(3))
    for app in kept, ended, removed:
        app.connect(machine)
    confirmed(machine.call("DELETE", ended.path + "/connection"))
    managed.sql("UPDATE hasp.app SET removed_at = now(), removed_by = "
                "'operator' WHERE guid = '%s'" % removed.guid)

    def listed(query):
        return {app["guid"] for app in machine.call(
            "GET", "/apps" + query).json["apps"]}

    assert listed("") == listed("?status=connected") == {kept.guid}
    assert listed("?status=revoked") == {ended.guid, removed.guid}
    assert listed("?status=all") == {kept.guid, ended.guid, removed.guid}
    # Connected again, it is there once.
    ended.connect(machine, "read")
    assert listed("") == {kept.guid, ended.guid}
    assert listed("?status=revoked") == {removed.guid}
    shown = machine.call("GET", ended.path).json
    assert [c["role"] for c in shown["connections"]] == ["read", "admin"]
    assert shown["connection"] == shown["connections"][0]


@pytest.mark.parametrize("query", [
    "?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?cursor=0",
    "?cursor=-1", "?cursor=99999999999999999999", "?status=", "?status=x",
    "?more=1", "?limit=1&limit=1"])
def test_bad_queries(machine, app, query):
    app.connect(machine)
    refused(machine.call("GET", "/apps" + query), 400, "query_invalid")
    if "status" in query:
        query = "?why=x"
    refused(machine.call("GET", app.path + "/tokens" + query), 400,
            "query_invalid")
    refused(machine.call("GET", "/published-apps" + query), 400,
            "query_invalid")


@pytest.mark.parametrize("guid", [
    "x", "01234567-89ab-cdef-0123-456789abcde",
    "01234567-89ab-cdef-0123-456789abcdefg",
    "01234567-89ab-cdef-0123-456789abcdef",
    "0123456789abcdef0123456789abcdef", "%27", "key_0000000000000000"])
def test_an_app_that_there_is_not(machine, guid):
    path = "/apps/" + guid
    for method, target, body in (
            ("GET", path, None), ("DELETE", path + "/connection", None),
            ("GET", path + "/tokens", None),
            ("POST", path + "/tokens", {"name": "n", "role": "read"}),
            ("DELETE", path + "/tokens/key_0000000000000000", None),
            ("GET", "/published-" + path[1:], None),
            ("PATCH", "/published-" + path[1:], {}),
            ("DELETE", "/published-" + path[1:], None),
            ("POST", "/published-" + path[1:] + "/secrets", {})):
        refused(machine.call(method, target, body), 404, "not_found")


def test_letters_of_a_guid_may_be_large(machine, app):
    app.connect(machine)
    shown = machine.call("GET", "/apps/" + app.guid.upper())
    assert shown.json["guid"] == app.guid


def test_what_revoking_stops(managed, machine, app):
    app.connect(machine)

    def said():
        return machine.call("GET", app.path).json["revocation"]["text"]

    final = "This cannot be undone: a new connection takes a new connect code"
    assert "has no working token now" in said() and final in said()
    token(machine, app)
    assert said().startswith("1 token of An app by A publisher stops working")
    app.fetch(machine.account, 1001)
    connection = machine.call("GET", app.path).json["connection"]
    assert (connection["tokens"], connection["tokens_more"]) == (1000, True)
    assert said().startswith("More than 1000 tokens of An app by A publisher "
                             "stop working")
    # What does not work is not counted.
    managed.sql("UPDATE hasp.key SET expires_at = now() WHERE account = %d "
                "AND created_by ~ '^app:'" % machine.account)
    assert said().startswith("1 token")


def test_when_it_was_last_used(managed, machine, app):
    app.connect(machine)
    made = token(machine, app)
    use(managed, machine.account, made, 1, hours=-0.001, app=app.guid)
    connection = machine.call("GET", app.path).json["connection"]
    assert connection["last_used_from"] == "192.0.2.9"
    assert connection["last_used_at"] > connection["granted_at"]
    # A later connection was not used yet.
    managed.sql("UPDATE hasp.app_use SET last_used_at = now()")
    confirmed(machine.call("DELETE", app.path + "/connection"))
    assert app.connect(machine)["connection"]["last_used_at"] is None


# -- other accounts ----------------------------------------------------------

def test_nothing_is_told_of_other_accounts(managed, app):
    one, other = (Machine(managed, managed.make_account()) for _ in range(2))
    private = App(managed, account=other.account)
    for which in app, private:
        which.connect(other)
    made = token(other, app)
    before = state(managed, other.account)
    assert one.call("GET", "/apps?status=all").json["apps"] == []
    # As of what there is not at all: test_an_app_that_there_is_not.
    for which in app, private:
        for method, target, body in (
                ("GET", which.path, None),
                ("DELETE", which.path + "/connection", None),
                ("GET", which.path + "/tokens", None),
                ("POST", which.path + "/tokens",
                 {"name": "n", "role": "read"}),
                ("DELETE", which.path + "/tokens/" + made["id"], None),
                ("GET", "/published-" + which.path[1:], None),
                ("DELETE", "/published-" + which.path[1:], None)):
            refused(one.call(method, target, body), 404, "not_found")
    # Connected itself, it sees its own connection and tokens alone.
    app.connect(one, "read")
    assert one.call("GET", app.path + "/tokens").json["tokens"] == []
    assert len(one.call("GET", app.path).json["connections"]) == 1
    refused(one.call("DELETE", app.path + "/tokens/" + made["id"]), 404,
            "not_found")
    refused(one.call("GET", app.path + "/tokens?cursor=" + made["id"]), 400,
            "query_invalid")
    confirmed(one.call("DELETE", app.path + "/connection"))
    assert state(managed, other.account) == before
    assert code(managed, made["secret"]) == "ok"


def test_a_private_app_is_its_accounts(managed, machine):
    """Even if a code were made for somebody else."""
    private = App(managed, account=managed.make_account())
    text = private.code(machine.account)
    refused(approve(machine, private, text), 409, "app_already_removed")
    assert machine.call("GET", "/apps?status=all").json["apps"] == []
