# SPDX-License-Identifier: ISC
"""Apps that an account makes for itself: their names, secrets and end."""

import pytest
from apps_world import App, state, token
from auth_world import header
from keys import digest
from keys_world import Machine, Person, code, confirmed
from manage_world import refused

PATH = "/published-apps"


@pytest.fixture(name="machine")
def make_machine(managed):
    return Machine(managed, managed.make_account())


def publish(who, **members):
    answer = who.call("POST", PATH, {"name": "Our app", **members},
                      proved=True)
    assert answer.status == 201, answer.json
    return answer.json


def counts(managed, made, text):
    """Whether the app authenticates by that secret."""
    return managed.sql("SELECT secret_version FROM hasp.find_client('%s', "
                       "'\\x%s')" % (made["guid"], digest(text)))


def own_events(managed, account):
    return managed.sql("SELECT event FROM hasp.audit_event WHERE account = %d "
                       "AND event ~ '^app_' ORDER BY seq" % account).split()


def test_one_comes_back_as_made(managed, machine):
    answer = machine.call("POST", PATH, {
        "name": "Größe", "publisher": "We", "home_page": "https://a.example/"})
    assert answer.status == 201
    made = dict(answer.json)
    secret = made.pop("client_secret")
    assert secret.startswith("haspsec_app_")
    assert counts(managed, made, secret) == "1"
    assert header(answer, "Cache-Control") == "no-store"
    assert header(answer, "ETag") == '"1"'
    path = PATH + "/" + made["guid"]
    assert header(answer, "Location") == "/hasp/v1" + path
    only, = made["secrets"]
    assert {k: only[k] for k in only if k != "created_at"} == {
        "version": 1, "last_four": secret[-4:], "status": "active",
        "expires_at": None}
    assert {k: made[k] for k in made if k not in (
        "guid", "created_at", "secrets")} == {
        "name": "Größe", "publisher": "We", "home_page": "https://a.example/",
        "created_by": "key:" + machine.id, "removed_at": None,
        "removed_by": None}
    shown = machine.call("GET", path)
    assert shown.json == made and header(shown, "ETag") == '"1"'
    row = {k: v for k, v in made.items() if k != "secrets"}
    assert machine.call("GET", PATH).json == {
        "published_apps": [row], "has_more": False, "next_cursor": None}
    # It is not connected to anybody, but there.
    seen = machine.call("GET", "/apps/" + made["guid"]).json
    assert (seen["connection"], seen["private"], seen["revocation"]) == (
        None, True, None)
    assert managed.sql("SELECT a::text || s::text FROM hasp.app a JOIN "
                       "hasp.app_secret s ON s.app = a.guid WHERE a.guid = "
                       "'%s'" % made["guid"]).find(secret[-38:]) == -1
    assert own_events(managed, machine.account) == ["app_created"]


def test_the_account_is_the_publisher(managed, machine):
    made = publish(machine)
    name = managed.sql("SELECT name FROM hasp.account WHERE id = %d"
                       % machine.account)
    assert (made["publisher"], made["home_page"]) == (name, None)


@pytest.mark.parametrize("body, pointer", [
    ({}, "#/name"), ({"name": ""}, "#/name"), ({"name": "x" * 101}, "#/name"),
    ({"name": "a", "publisher": "\u202e"}, "#/publisher"),
    ({"name": "a", "publisher": None}, "#/publisher"),
    ({"name": "a", "account": 1}, "#/account"),
] + [({"name": "a", "home_page": page}, "#/home_page") for page in (
    "", "x", "https://", "ftp://a.example/", "javascript:alert(1)",
    "https://a.example/ b", "https://a.example/\"", "https://a.example/<",
    "https://a.example/;", "https://\u00e9.example/", "HTTPS://a.example/",
    "https://a.example/" + "x" * 283, 5)])
def test_bad_bodies(managed, machine, body, pointer):
    made = publish(machine)
    before = state(managed, machine.account)
    calls = [("POST", PATH)]
    if body:
        calls.append(("PATCH", PATH + "/" + made["guid"]))
    for method, path in calls:
        problem = refused(machine.call(method, path, body), 422, "invalid")
        assert [e["pointer"] for e in problem["errors"]] == [pointer]
    assert state(managed, machine.account) == before


def test_the_longest_home_page(machine):
    page = "https://a.example/" + "x" * 282
    assert publish(machine, home_page=page)["home_page"] == page


def test_people_prove_who_they_are(managed):
    admin = Person(managed, managed.make_account())
    refused(admin.call("POST", PATH, {"name": "n"}), 403, "proof_required")
    path = PATH + "/" + publish(admin)["guid"]
    refused(admin.call("POST", path + "/secrets", {}), 403, "proof_required")
    assert len(admin.call("GET", path).json["secrets"]) == 1
    # What gives nothing takes none.
    assert admin.call("PATCH", path, {"name": "x"}).status == 200
    assert confirmed(admin.call("DELETE", path))


def test_other_names(managed, machine):
    made = publish(machine, home_page="https://a.example/")
    path = PATH + "/" + made["guid"]
    answer = machine.call("PATCH", path, {"name": "New"})
    assert (answer.json["name"], answer.json["publisher"],
            answer.json["home_page"]) == ("New", made["publisher"],
                                          made["home_page"])
    assert header(answer, "ETag") == '"2"'
    answer = machine.call("PATCH", path, {
        "publisher": "Them", "home_page": None},
        headers={"If-Match": '"2"'})
    assert (answer.json["publisher"], answer.json["home_page"]) == (
        "Them", None)
    refused(machine.call("PATCH", path, {"name": "x"},
                         headers={"If-Match": '"2"'}), 412,
            "precondition_failed")
    assert machine.call("GET", path).json["name"] == "New"
    assert own_events(managed, machine.account) == [
        "app_created", "app_changed", "app_changed"]


def test_rotation(managed, machine):
    made = publish(machine)
    path = PATH + "/" + made["guid"]
    first = made["client_secret"]
    turned = machine.call("POST", path + "/secrets")
    assert turned.status == 201 and header(turned, "ETag") == '"2"'
    second = turned.json["client_secret"]
    assert second != first
    assert (counts(managed, made, first), counts(managed, made, second)) == (
        "1", "2")
    new, old = turned.json["secrets"]
    assert (new["expires_at"], old["status"]) == (None, "active")
    assert managed.sql(
        "SELECT expires_at - now() BETWEEN interval '86390 s' AND interval "
        "'86400 s' FROM hasp.app_secret WHERE app = '%s' AND version = 1"
        % made["guid"]) == "t"
    # A third one: the oldest ends, the newest but one lives on as said.
    third = machine.call("POST", path + "/secrets",
                         {"overlap_seconds": 60}).json["client_secret"]
    assert [counts(managed, made, s) for s in (first, second, third)] == [
        "", "2", "3"]
    # None does.
    last = machine.call("POST", path + "/secrets",
                        {"overlap_seconds": 0}).json
    assert [counts(managed, made, s) for s in (
        second, third, last["client_secret"])] == ["", "", "4"]
    assert [s["status"] for s in last["secrets"]] == [
        "active", "ended", "ended", "ended"]
    assert own_events(managed, machine.account) == ["app_created"] + [
        "app_secret_made"] * 3
    assert managed.sql(
        "SELECT array_agg(detail ->> 'secret_version' ORDER BY seq) FROM "
        "hasp.audit_event WHERE account = %d AND event ~ '^app_'"
        % machine.account) == "{1,2,3,4}"


@pytest.mark.parametrize("body", [
    {"overlap_seconds": -1}, {"overlap_seconds": 2592001},
    {"overlap_seconds": None}, {"overlap_starts": "now"}, []])
def test_bad_rotations(managed, machine, body):
    made = publish(machine)
    before = state(managed, machine.account)
    answer = machine.call("POST", "%s/%s/secrets" % (PATH, made["guid"]),
                          body)
    assert answer.json["code"] in ("invalid", "body_malformed")
    assert state(managed, machine.account) == before
    assert counts(managed, made, made["client_secret"]) == "1"


def test_an_overlap_is_never_longer_than_it_was(managed, machine):
    made = publish(machine)
    path = PATH + "/" + made["guid"]
    machine.call("POST", path + "/secrets", {"overlap_seconds": 60})
    managed.sql("UPDATE hasp.app_secret SET expires_at = now() + interval "
                "'30 s' WHERE app = '%s' AND version = 2" % made["guid"])
    machine.call("POST", path + "/secrets", {"overlap_seconds": 3600})
    assert managed.sql(
        "SELECT expires_at < now() + interval '31 s' FROM hasp.app_secret "
        "WHERE app = '%s' AND version = 2" % made["guid"]) == "t"


def test_its_end(managed, machine):
    made = publish(machine)
    path = PATH + "/" + made["guid"]
    app = App.__new__(App)
    app.world, app.guid = managed, made["guid"]
    app.connect(machine)
    text = token(machine, app)["secret"]
    fetched, = app.fetch(machine.account)
    assert code(managed, text) == code(managed, fetched) == "ok"
    before = managed.sql("SELECT coalesce(max(seq), 0) FROM hasp.change")
    refused(machine.call("DELETE", path, headers={"If-Match": '"9"'}), 412,
            "precondition_failed")
    told = confirmed(machine.call("DELETE", path))
    assert told.pop("removed_at")
    assert told == {"guid": made["guid"], "removed_by": "key:" + machine.id}
    assert code(managed, text) == code(managed, fetched) == "app_removed"
    assert managed.sql("SELECT kind, ref FROM hasp.change WHERE seq > %s"
                       % before) == "app|" + made["guid"]
    refused(machine.call("DELETE", path), 409, "app_already_removed")
    refused(machine.call("PATCH", path, {"name": "x"}), 409,
            "app_already_removed")
    refused(machine.call("POST", path + "/secrets"), 409,
            "app_already_removed")
    assert counts(managed, made, made["client_secret"]) == ""
    assert machine.call("GET", path).json["secrets"][0]["status"] == "ended"
    # Told once, in the one log that it concerns.
    assert own_events(managed, machine.account) == ["app_created",
                                                    "app_removed"]
    # The connection can be tidied up still.
    assert confirmed(machine.call("DELETE", app.path + "/connection"))


def test_pages_and_the_most(managed, machine):
    managed.sql("INSERT INTO hasp.app (account, name, publisher, created_by) "
                "SELECT %d, 'a', 'p', 'operator' FROM generate_series(1, 99)"
                % machine.account)
    made = publish(machine)
    before = state(managed, machine.account)
    refused(machine.call("POST", PATH, {"name": "n"}), 409, "too_many_apps")
    assert state(managed, machine.account) == before
    seen, target = [], PATH + "?limit=33"
    while target:
        page = machine.call("GET", target).json
        seen += [a["guid"] for a in page["published_apps"]]
        target = page["has_more"] and PATH + "?limit=33&cursor=" + \
            page["next_cursor"]
    assert len(seen) == len(set(seen)) == 100 and seen[-1] == made["guid"]
    # Those that are removed do not count.
    confirmed(machine.call("DELETE", PATH + "/" + made["guid"]))
    publish(machine)


def test_apps_of_others_are_not_there(managed, machine):
    """An operator's that is connected is seen, and cannot be changed."""
    app = App(managed)
    app.connect(machine)
    assert machine.call("GET", app.path).status == 200
    path = PATH + "/" + app.guid
    for method, target, body in (
            ("GET", path, None), ("PATCH", path, {"name": "mine"}),
            ("DELETE", path, None), ("POST", path + "/secrets", {})):
        refused(machine.call(method, target, body), 404, "not_found")
    refused(machine.call("GET", PATH + "?cursor=" + app.guid), 400,
            "query_invalid")
    assert machine.call("GET", PATH).json["published_apps"] == []
