# SPDX-License-Identifier: ISC
"""Revoking the access of an app, however many tokens it has: one row, one
number, and nothing of it is let in once the answer is there."""

import random
import threading
import time

import fence_world
import pytest
from apps_world import App, events, token
from auth_world import header
from keys_world import CERTAINTY, Machine, Person, code, confirmed
from manage_world import refused
from test_keys_fence import late, wait
from test_keys_storms import storm

MANY = 10000


@pytest.fixture(name="verifier")
def make_verifiers(managed):
    yield from fence_world.made(managed.cluster.conninfo(
        "hasp", user="hasp_auth",
        passfile=managed.folder / "pass" / "hasp_auth.pgpass"))


@pytest.fixture(name="machine")
def make_machine(managed):
    return Machine(managed, managed.make_account())


@pytest.fixture(name="app")
def make_app(managed):
    return App(managed)


def changes(managed, above):
    return managed.sql("SELECT kind, ref FROM hasp.change WHERE seq > %d "
                       "ORDER BY seq" % above)


def last(managed):
    return int(managed.sql("SELECT seq FROM hasp.fence"))


def test_access_is_revoked(managed, machine, app):
    connection = app.connect(machine)["connection"]["id"]
    made = token(machine, app)
    fetched, = app.fetch(machine.account)
    assert code(managed, made["secret"]) == code(managed, fetched) == "ok"
    before = last(managed)
    answer = machine.call("DELETE", app.path + "/connection?why=moved%20on")
    assert header(answer, "ETag") is None
    assert answer.json["seq"] == before + 1
    told = confirmed(answer)
    assert told.pop("revoked_at") and told.pop("guid") == app.guid
    notice = told.pop("notice")
    assert told == {"connection": connection, "revoked_by":
                    "key:" + machine.id, "revoked_why": "moved on"}
    assert "revoked for good" in notice and \
        "a new connection takes a new connect code" in notice
    assert changes(managed, before) == "connection|%d" % connection
    assert code(managed, made["secret"]) == code(managed, fetched) == \
        "connection_revoked"
    refused(machine.call("DELETE", app.path + "/connection"), 409,
            "not_connected")
    assert last(managed) == before + 1
    assert events(managed, machine.account, app) == [
        "connection_granted", "token_created", "connection_revoked"]
    assert managed.sql(
        "SELECT detail ->> 'revoked_why' FROM hasp.audit_event WHERE account "
        "= %d AND event = 'connection_revoked'" % machine.account) == \
        "moved on"
    shown = machine.call("GET", app.path).json
    assert shown["connection"]["revoked_why"] == "moved on"
    assert (shown["connection"]["tokens"], shown["revocation"]) == (0, None)


def test_other_tokens_go_on(managed, machine, app):
    """Those of other apps, other accounts, other connections of the app."""
    other, second = Machine(managed, managed.make_account()), App(managed)
    for who, which in ((machine, app), (machine, second), (other, app)):
        which.connect(who)
    kept = [token(machine, second)["secret"], token(other, app)["secret"]]
    gone = token(machine, app)["secret"]
    assert [code(managed, text) for text in kept + [gone]] == ["ok"] * 3
    confirmed(machine.call("DELETE", app.path + "/connection"))
    assert code(managed, gone) == "connection_revoked"
    app.connect(machine)
    assert code(managed, gone) == "connection_revoked"
    assert [code(managed, text) for text in kept] == ["ok", "ok"]
    assert code(managed, token(machine, app)["secret"]) == "ok"


def test_it_is_waited_for(machine, app, verifier):
    path = app.path + "/connection"
    app.connect(machine)
    silent = verifier()
    told = late(machine.call("DELETE", path, **wait(0)))
    # Who repeats it is not told that it was done before it is true.
    again = late(machine.call("DELETE", path, **wait(0)))
    assert again["revoked_at"] == told["revoked_at"]
    assert set(CERTAINTY) < set(again)
    silent.follow()
    refused(machine.call("DELETE", path, **wait(0)), 409, "not_connected")


def test_the_same_for_a_token_and_an_app(machine, app, verifier):
    app.connect(machine)
    made = token(machine, app)
    own = machine.call("POST", "/published-apps", {"name": "n"}).json
    silent = verifier()
    for path in (app.path + "/tokens/" + made["id"],
                 "/published-apps/" + own["guid"]):
        told = late(machine.call("DELETE", path, **wait(0)))
        assert late(machine.call("DELETE", path, **wait(0)))["seq"] >= \
            told["seq"]
    silent.follow()
    refused(machine.call("DELETE", path, **wait(0)), 409,
            "app_already_removed")


def test_10000_tokens_end_together(managed, machine, app):
    """One transaction, one number; checks are under way all the while, and
    none that begins after the answer is let in."""
    connection = app.connect(machine)["connection"]["id"]
    texts = app.fetch(machine.account, MANY)
    sample = random.sample(texts, 200)
    # In memory, some of them; the others are looked up.
    assert {code(managed, text) for text in sample[:100]} == {"ok"}
    before = last(managed)
    keys_before = managed.sql(
        "SELECT md5(string_agg(k::text, ',' ORDER BY id)) FROM hasp.key k "
        "WHERE account = %d" % machine.account)
    over, codes, faults = threading.Event(), [], []
    done = threading.Event()

    def ask(seed):
        chance = random.Random(seed)
        while not over.is_set():
            was_done = done.is_set()
            said = code(managed, chance.choice(sample))
            codes.append(said)
            if was_done and said != "connection_revoked":
                faults.append(said)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    while codes.count("ok") < 50:
        time.sleep(0.01)
    answer = machine.call("DELETE", app.path + "/connection")
    done.set()
    refusals = {code(managed, text) for text in sample}
    over.set()
    for thread in threads:
        thread.join()
    confirmed(answer)
    assert refusals == {"connection_revoked"} and faults == []
    assert set(codes) <= {"ok", "connection_revoked"}
    # All of them, straight from the database.
    assert managed.sql(
        "SELECT count(*), bool_and(c.revoked_at IS NOT NULL) FROM hasp.key k "
        "JOIN hasp.connection c ON c.id = k.connection WHERE k.account = %d"
        % machine.account) == "%d|t" % MANY
    # One number, of the connection; no token was touched.
    assert last(managed) == before + 1 == answer.json["seq"]
    assert changes(managed, before) == "connection|%d" % connection
    assert managed.sql(
        "SELECT md5(string_agg(k::text, ',' ORDER BY id)) FROM hasp.key k "
        "WHERE account = %d" % machine.account) == keys_before
    # One transaction: the row, the log's row and the number.
    assert managed.sql(
        "SELECT count(DISTINCT x) FROM (SELECT xmin::text x FROM "
        "hasp.connection WHERE id = %d UNION ALL SELECT xmin::text FROM "
        "hasp.audit_event WHERE account = %d AND event = "
        "'connection_revoked' UNION ALL SELECT xmin::text FROM hasp.change "
        "WHERE seq = %d) o" % (connection, machine.account, before + 1)) == "1"


# -- many at once ------------------------------------------------------------

def test_one_code_approved_by_50_connects_once(managed, app):
    account = managed.make_account()
    people = [Person(managed, account) for _ in range(5)]
    proofs = [people[n % 5].proof() for n in range(50)]
    text = app.code(account)
    answers = storm(50, lambda n: people[n % 5].call(
        "POST", app.path + "/connection", {"code": text}, proof=proofs[n]))
    assert sum(a.status == 201 for a in answers) == 1
    assert {a.json["code"] for a in answers if a.status != 201} == {
        "connect_code_used"}
    assert events(managed, account, app) == ["connection_granted"]
    # The proofs of the others can be used still.
    assert managed.sql("SELECT count(*) FROM hasp.proof WHERE account = %d"
                       % account) == "49"


def test_of_two_codes_one_connects(managed, machine, app):
    texts = [app.code(machine.account, role) for role in ("read", "write")]
    answers = storm(20, lambda n: machine.call(
        "POST", app.path + "/connection", {"code": texts[n % 2]}))
    assert sum(a.status == 201 for a in answers) == 1
    assert {a.json["code"] for a in answers if a.status != 201} <= {
        "connect_code_used", "already_connected"}
    assert managed.sql("SELECT count(*) FROM hasp.connect_code WHERE account "
                       "= %d AND used_at IS NOT NULL" % machine.account) == "1"
    assert managed.sql("SELECT count(*) FROM hasp.connection WHERE account = "
                       "%d" % machine.account) == "1"


def test_of_many_who_revoke_one_does(managed, machine, app):
    app.connect(machine)
    answers = storm(20, lambda _: machine.call("DELETE",
                                               app.path + "/connection"))
    assert sum(a.status == 200 for a in answers) == 1
    assert {a.json["code"] for a in answers if a.status != 200} == {
        "not_connected"}
    assert events(managed, machine.account, app) == ["connection_granted",
                                                     "connection_revoked"]


def test_tokens_that_are_made_while_access_is_revoked(managed, machine, app):
    """Each was made before, and ended; or was not made."""
    for _ in range(5):
        app.connect(machine)
        answers = storm(16, lambda n: machine.call(
            "DELETE", app.path + "/connection") if n == 8 else machine.call(
                "POST", app.path + "/tokens", {"name": "n", "role": "read"}))
        confirmed(answers.pop(8))
        made = [a.json["secret"] for a in answers if a.status == 201]
        assert {a.json["code"] for a in answers if a.status != 201} <= {
            "not_connected"}
        assert {code(managed, text) for text in made} <= {
            "connection_revoked"}
        assert managed.sql(
            "SELECT count(*) FROM hasp.key k JOIN hasp.connection c ON c.id = "
            "k.connection WHERE c.account = %d AND k.created_at > "
            "c.revoked_at + interval '1 minute'" % machine.account) == "0"


def test_an_app_that_is_removed_while_it_is_connected(managed):
    """Connected before, and dead; or not connected."""
    for _ in range(5):
        machine = Machine(managed, managed.make_account())
        own = machine.call("POST", "/published-apps", {"name": "n"}).json
        app = App.__new__(App)
        app.world, app.guid = managed, own["guid"]
        texts = [app.code(machine.account) for _ in range(6)]
        answers = storm(7, lambda n, a=app, m=machine, t=texts: m.call(
            "DELETE", "/published-apps/" + a.guid) if n == 3 else m.call(
                "POST", a.path + "/connection", {"code": t[n - (n > 3)]}))
        confirmed(answers.pop(3))
        assert {a.json["code"] for a in answers if a.status != 201} <= {
            "already_connected", "app_already_removed"}
        assert sum(a.status == 201 for a in answers) <= 1
        refused(machine.call("POST", app.path + "/tokens",
                             {"name": "n", "role": "read"}),
                *((409, "app_already_removed") if any(
                    a.status == 201 for a in answers) else
                  (404, "not_found")))


def test_100_apps_at_most_however_many_come(managed, machine):
    managed.sql("INSERT INTO hasp.app (account, name, publisher, created_by) "
                "SELECT %d, 'a', 'p', 'operator' FROM generate_series(1, 95)"
                % machine.account)
    answers = storm(20, lambda _: machine.call("POST", "/published-apps",
                                               {"name": "n"}))
    assert sum(a.status == 201 for a in answers) == 5
    assert {a.json["code"] for a in answers if a.status != 201} == {
        "too_many_apps"}


def test_of_many_rotations_two_secrets_work(managed, machine):
    made = machine.call("POST", "/published-apps", {"name": "n"}).json
    answers = storm(10, lambda _: machine.call(
        "POST", "/published-apps/%s/secrets" % made["guid"], {}))
    assert {a.status for a in answers} == {201}
    secrets = machine.call("GET", "/published-apps/" + made["guid"]).json[
        "secrets"]
    assert [s["version"] for s in secrets] == list(range(11, 1, -1))
    assert [s["status"] for s in secrets] == ["active"] * 2 + ["ended"] * 8

