# SPDX-License-Identifier: ISC
"""Tokens of connected apps as the account sees, makes and ends them."""

import datetime

import pytest
from apps_world import ROLES, App, events, state, token
from auth_world import header
from keys_world import Machine, Person, code, confirmed, digits
from keys_world import events as key_events
from manage_world import refused

GOOD = {"name": "by hand", "role": "read"}


@pytest.fixture(name="machine")
def make_machine(managed):
    return Machine(managed, managed.make_account())


@pytest.fixture(name="app")
def make_app(managed):
    return App(managed)


def soon(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(
        seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_one_comes_back_as_made(managed, machine, app):
    app.connect(machine, "write")
    ends = soon(9000)
    answer = machine.call("POST", app.path + "/tokens", {
        "name": "Größe", "role": "write", "expires_at": ends})
    assert answer.status == 201
    made = answer.json
    secret = made.pop("secret")
    assert secret.startswith("haspapp_live_")
    assert header(answer, "Location") == "/hasp/v1%s/tokens/%s" % (
        app.path, made["id"])
    assert header(answer, "Cache-Control") == "no-store"
    assert {k: made[k] for k in made if k not in ("id", "created_at",
                                                  "expires_at")} == {
        "name": "Größe", "role": "write", "environment": "live",
        "status": "active", "hint": "haspapp_live_..." + secret[-4:],
        "fetched": False, "created_by": "key:" + machine.id,
        "disabled_at": None, "revoked_at": None, "revoked_by": None,
        "revoked_why": None, "last_used_at": None, "last_used_from": None}
    assert machine.call("GET", app.path + "/tokens").json == {
        "tokens": [made], "has_more": False, "next_cursor": None}
    assert code(managed, secret, method="POST") == "ok"
    assert code(managed, secret, method="DELETE") == "role_insufficient"
    # The text is nowhere.
    assert managed.sql("SELECT count(*) FROM hasp.key k JOIN hasp.secret s ON "
                       "s.key_id = k.id WHERE (k::text || s::text) LIKE "
                       "'%%%s%%'" % secret[-38:]) == "0"
    # Lists of keys leave it out; its own address does not.
    assert [k["id"] for k in machine.call("GET", "/keys").json["keys"]] == [
        machine.id]
    assert machine.call("GET", "/keys/" + made["id"]).json[
        "kind"] == "app_token"
    refused(machine.call("PATCH", "/keys/" + made["id"], {"role": "read"}),
            409, "app_token_fixed")
    refused(machine.call("POST", "/keys/%s/rotation" % made["id"], {}), 409,
            "app_token_fixed")


@pytest.mark.parametrize("granted", ROLES)
@pytest.mark.parametrize("asked", ROLES)
def test_never_more_than_granted(managed, machine, app, granted, asked):
    app.connect(machine, granted)
    before = state(managed, machine.account)
    answer = machine.call("POST", app.path + "/tokens",
                          {**GOOD, "role": asked})
    if ROLES.index(asked) <= ROLES.index(granted):
        assert answer.status == 201 and answer.json["role"] == asked
    else:
        refused(answer, 422, "role_above_grant")
        assert state(managed, machine.account) == before


def test_it_has_the_connections_environment(managed, machine, app):
    app.connect(machine, environment="test")
    made = token(machine, app)
    assert made["environment"] == "test"
    assert made["secret"].startswith("haspapp_test_")
    assert code(managed, made["secret"]) == "wrong_environment"


@pytest.mark.parametrize("body, pointer", [
    ({"role": "read"}, "#/name"), ({"name": "n"}, "#/role"),
    ({**GOOD, "name": ""}, "#/name"), ({**GOOD, "name": "x" * 101}, "#/name"),
    ({**GOOD, "role": "owner"}, "#/role"),
    ({**GOOD, "expires_at": "2001-01-01T00:00:00Z"}, "#/expires_at"),
    ({**GOOD, "expires_at": "2999-01-01T00:00:00Z"}, "#/expires_at"),
    ({**GOOD, "expires_at": 5}, "#/expires_at"),
    ({**GOOD, "environment": "test"}, "#/environment"),
    ({**GOOD, "kind": "access_token"}, "#/kind")])
def test_bad_bodies(managed, machine, app, body, pointer):
    app.connect(machine)
    before = state(managed, machine.account)
    answer = machine.call("POST", app.path + "/tokens", body)
    problem = refused(answer, 422, "invalid")
    assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert state(managed, machine.account) == before


def test_people_prove_who_they_are(managed, app):
    admin = Person(managed, managed.make_account())
    app.connect(admin)
    before = state(managed, admin.account)
    refused(admin.call("POST", app.path + "/tokens", GOOD), 403,
            "proof_required")
    assert state(managed, admin.account) == before
    assert token(admin, app)["created_by"] == "member:%d" % admin.id


def test_a_repeated_request_makes_one(managed, machine, app):
    app.connect(machine)
    again = {"Idempotency-Key": digits(8)}
    made = machine.call("POST", app.path + "/tokens", GOOD, headers=again)
    assert made.status == 201
    problem = refused(machine.call("POST", app.path + "/tokens", GOOD,
                                   headers=again), 409,
                      "secret_already_shown")
    assert problem["key_id"] == made.json["id"]
    refused(machine.call("POST", app.path + "/tokens",
                         {**GOOD, "role": "write"}, headers=again), 422,
            "idempotency_key_reused")
    # For another app it is another request.
    other = App(managed)
    other.connect(machine)
    assert machine.call("POST", other.path + "/tokens", GOOD,
                        headers=again).status == 201


def test_they_count_as_keys_of_the_plan(managed, app):
    managed.sql("INSERT INTO hasp.plan (code, name, max_keys) VALUES "
                "('three', 'Three', 3) ON CONFLICT DO NOTHING")
    machine = Machine(managed, managed.make_account(plan="'three'"))
    app.connect(machine)
    # Those that the app fetches do not.
    app.fetch(machine.account, 5)
    token(machine, app)
    token(machine, app)
    refused(machine.call("POST", app.path + "/tokens", GOOD), 403,
            "key_limit_reached")
    refused(machine.call("POST", "/keys", GOOD), 403, "key_limit_reached")


def test_without_a_connection(managed, machine, app):
    refused(machine.call("POST", app.path + "/tokens", GOOD), 404,
            "not_found")
    app.connect(machine)
    made = token(machine, app)
    confirmed(machine.call("DELETE", app.path + "/connection"))
    before = state(managed, machine.account)
    refused(machine.call("POST", app.path + "/tokens", GOOD), 409,
            "not_connected")
    assert state(managed, machine.account) == before
    # What there was is shown still.
    listed, = machine.call("GET", app.path + "/tokens").json["tokens"]
    assert (listed["id"], listed["status"]) == (made["id"], "stopped")
    # A new connection has tokens of its own.
    app.connect(machine)
    assert machine.call("GET", app.path + "/tokens").json["tokens"] == []
    assert code(managed, made["secret"]) == "connection_revoked"
    managed.sql("UPDATE hasp.app SET removed_at = now(), removed_by = "
                "'operator' WHERE guid = '%s'" % app.guid)
    refused(machine.call("POST", app.path + "/tokens", GOOD), 409,
            "app_already_removed")


def test_pages(managed, machine, app):
    app.connect(machine)
    for n in range(3):
        token(machine, app)
        managed.sql("UPDATE hasp.key SET created_at = now() - interval '%d s' "
                    "WHERE connection IS NOT NULL AND created_at > now() - "
                    "interval '1 h' AND account = %d AND created_at = "
                    "(SELECT max(created_at) FROM hasp.key WHERE account = "
                    "%d)" % (n, machine.account, machine.account))
    app.fetch(machine.account, 4)
    all_ = machine.call("GET", app.path + "/tokens").json["tokens"]
    assert len(all_) == 7
    assert [t["created_at"] for t in all_] == sorted(
        (t["created_at"] for t in all_), reverse=True)
    assert sum(t["fetched"] for t in all_) == 4
    seen, target = [], app.path + "/tokens?limit=2"
    while target:
        page = machine.call("GET", target).json
        seen += page["tokens"]
        target = page["has_more"] and app.path + "/tokens?limit=2&cursor=" + \
            page["next_cursor"]
    assert seen == all_
    # A cursor of another app's is none.
    other = App(managed)
    other.connect(machine)
    strange = token(machine, other)["id"]
    for cursor in strange, machine.id, "key_" + "0" * 16, "x":
        refused(machine.call("GET", app.path + "/tokens?cursor=" + cursor),
                400, "query_invalid")


@pytest.mark.parametrize("change, status", [
    ("expires_at = now()", "expired"), ("disabled_at = now()", "disabled")])
def test_how_they_stand(managed, machine, app, change, status):
    app.connect(machine)
    made = token(machine, app)
    managed.sql("UPDATE hasp.key SET %s WHERE id = '%s'" % (change,
                                                            made["id"]))
    listed, = machine.call("GET", app.path + "/tokens").json["tokens"]
    assert listed["status"] == status


def test_one_is_revoked(managed, machine, app):
    app.connect(machine)
    made, other = token(machine, app), token(machine, app)
    assert code(managed, made["secret"]) == "ok"
    path = app.path + "/tokens/" + made["id"]
    told = confirmed(machine.call("DELETE", path + "?why=it%20leaked"))
    assert told.pop("revoked_at")
    assert told == {"id": made["id"], "revoked_by": "key:" + machine.id,
                    "revoked_why": "it leaked"}
    assert code(managed, made["secret"]) == "key_revoked"
    assert code(managed, other["secret"]) == "ok"
    refused(machine.call("DELETE", path), 409, "already_revoked")
    assert key_events(managed, made["id"]) == ["token_created",
                                               "token_revoked"]
    assert events(managed, machine.account, app) == [
        "connection_granted", "token_created", "token_created",
        "token_revoked"]


def test_one_that_was_fetched_is_revoked_as_well(managed, machine, app):
    app.connect(machine)
    text, = app.fetch(machine.account)
    assert code(managed, text) == "ok"
    listed, = machine.call("GET", app.path + "/tokens").json["tokens"]
    confirmed(machine.call("DELETE", app.path + "/tokens/" + listed["id"]))
    assert code(managed, text) == "key_revoked"


def test_in_an_emergency_any_address_does(managed, machine, app):
    app.connect(machine)
    made = token(machine, app)
    confirmed(machine.call("DELETE", "/keys/" + made["id"]))
    assert code(managed, made["secret"]) == "key_revoked"
    assert key_events(managed, made["id"])[-1] == "token_revoked"


@pytest.mark.parametrize("query", ["?why=" + "x" * 201, "?why=%00",
                                   "?why=%E2%80%AE", "?x=1", "?why=a&why=b"])
def test_bad_reasons(managed, machine, app, query):
    app.connect(machine)
    made = token(machine, app)
    before = state(managed, machine.account)
    for path in "/tokens/" + made["id"], "/connection":
        refused(machine.call("DELETE", app.path + path + query), 400,
                "query_invalid")
    assert state(managed, machine.account) == before
    assert code(managed, made["secret"]) == "ok"


def test_what_is_no_token_of_the_app(managed, machine, app):
    app.connect(machine)
    other = App(managed)
    other.connect(machine)
    before = state(managed, machine.account)
    for key in machine.id, token(machine, other)["id"], "key_" + "0" * 16, "x":
        refused(machine.call("DELETE", app.path + "/tokens/" + key), 404,
                "not_found")
    assert state(managed, machine.account)[:3] == before[:3]
