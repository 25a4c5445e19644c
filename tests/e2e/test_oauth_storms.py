# SPDX-License-Identifier: ISC
"""Programs of publishers, many at once, while access is revoked, without a
database; how many tokens there may be, and where no secret may be."""

import subprocess
import threading
import uuid

import keys
import pytest
from keys_world import Machine
from oauth_world import App, basic, refused
from test_keys_storms import storm

MOST = 10000


@pytest.fixture(name="world", scope="module")
def make_world(oauth):
    return oauth


@pytest.fixture(name="machine")
def make_machine(world):
    return Machine(world, world.make_account())


@pytest.fixture(name="app")
def make_app(world, machine):
    made = App(world)
    made.connection = made.connect(machine.account)
    made.owner = machine.account
    return made


def fetched(app, count, ends, secrets=False):
    """COUNT tokens that APP fetched and that end then."""
    app.world.sql(
        "CREATE TEMP TABLE t AS SELECT 'key_' || substr(md5(random()::text), "
        "1, 16) AS id FROM generate_series(1, %d); "
        "INSERT INTO hasp.key (id, account, name, kind, role, environment, "
        "app, connection, created_by, created_at, expires_at) SELECT t.id, "
        "c.account, 'a token', 'app_token', 'read', 'live', c.app, c.id, "
        "'app:' || c.app, now() - interval '9 days', %s FROM t, "
        "hasp.connection c WHERE c.id = %d; " % (count, ends, app.connection)
        + ("INSERT INTO hasp.secret (digest, key_id, version, last_four, "
           "expires_at) SELECT sha256(t.id::bytea), t.id, 1, 'abcd', %s "
           "FROM t; INSERT INTO hasp.secret_use (key_id, version, account, "
           "first_used_at, last_used_at) SELECT t.id, 1, %d, now(), now() "
           "FROM t;" % (ends, app.owner) if secrets else ""))


def count(app):
    return int(app.world.sql("SELECT count(*) FROM hasp.key WHERE connection "
                             "= %d" % app.connection))


def test_100_at_once(world, app, machine):
    answers = storm(100, lambda _: app.token())
    assert [a.status for a in answers] == [200] * 100
    texts = {a.json["access_token"] for a in answers}
    assert len(texts) == 100
    assert {world.check(text) for text in texts} == {204}
    assert app.events(machine.account) == [
        ("token_created", "app:" + app.guid)] * 100


@pytest.mark.parametrize("what", ["connection", "app"])
def test_access_is_revoked_in_the_middle(world, machine, what):
    """No token that was ever given out works once the call has returned, and
    none is given to who asks after that."""
    app = App(world, machine.account)
    app.connect(machine.account)
    answers, over = [], threading.Event()

    def fetch(_=None):
        while not over.is_set():
            answers.append(app.token())

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        assert world.cluster.wait_for(lambda: len(answers) > 40)
        answer = machine.call("DELETE", "/apps/%s/connection" % app.guid
                              if what == "connection" else
                              "/published-apps/" + app.guid)
        assert answer.status == 200, answer.json
        late = storm(20, lambda _: app.token(account=machine.account))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    code, status = (("connection_ended", 400) if what == "connection" else
                    ("client_invalid", 401))
    for one in late:
        # Of many that are refused the later ones are slowed.
        if one.status != 429:
            refused(one, status, code)
    texts = [a.json["access_token"] for a in answers if a.status == 200]
    assert len(texts) > 40
    assert {world.check(text) for text in texts} == {401}
    # Each has its event, all of them before the end.
    events = [event for event, _ in app.events(machine.account)
              if event not in ("client_refused",)]
    assert events == ["token_created"] * len(texts) + [
        "connection_revoked" if what == "connection" else "app_removed"]


def test_the_most_that_work_at_a_time(world, app):
    fetched(app, MOST - 5, "now() + interval '1 hour'")
    answers = storm(20, lambda _: app.token())
    good = [a for a in answers if a.status == 200]
    assert len(good) == 5 and count(app) == MOST
    for one in answers:
        if one.status != 200:
            refused(one, 429, "too_many_tokens")
    # Others are not concerned; one that ends makes room for one.
    other = App(world)
    other.connect(world.other)
    assert other.token().status == 200
    assert app.revoke(good[0].json["access_token"]).status == 200
    assert app.token().status == 200
    refused(app.token(), 429, "too_many_tokens")
    # Those that ended do not count.
    world.change("UPDATE hasp.key SET expires_at = now() WHERE connection = "
                 "%d AND name = 'a token'" % app.connection)
    assert app.token().status == 200


def test_old_tokens_go(world, app):
    fetched(app, 15, "now() - interval '3 days'", secrets=True)
    fetched(app, 5, "now() - interval '1 day'", secrets=True)
    before = world.sql("SELECT seq FROM hasp.fence")
    assert count(app) == 20
    for left in (11, 7, 8):
        assert app.token().status == 200
        assert count(app) == left
    # What was refused for days is no change of what is refused.
    assert world.sql("SELECT seq FROM hasp.fence") == before
    assert world.sql(
        "SELECT count(*) FROM hasp.secret_use u WHERE account = %d AND NOT "
        "EXISTS (SELECT FROM hasp.key k WHERE k.id = u.key_id)"
        % app.owner) == "0"


def test_many_guesses_at_once(world, app):
    answers = storm(40, lambda n: app.token() if n % 4 == 0 else app.ask(
        "/oauth/token", secret=keys.make("app", "haspsec"),
        grant_type="client_credentials"))
    assert {a.status for a in answers[::4]} == {200}
    wrong = [a for n, a in enumerate(answers) if n % 4]
    assert sum(a.status == 401 for a in wrong) == 5
    assert {a.status for a in wrong} == {401, 429}
    assert app.events() == [("client_refused", "nobody")] * 5


def test_one_token_is_revoked_by_many(world, app, machine):
    text = app.fetch()
    answers = storm(20, lambda _: app.revoke(text))
    assert {a.status for a in answers} == {200}
    assert [e for e, _ in app.events(machine.account)] == [
        "token_created", "token_revoked"]


def test_the_database_stops(world, app):
    text = app.fetch()
    world.cluster.stop()
    try:
        for path, form in (
                ("/oauth/token", {"grant_type": "client_credentials"}),
                ("/oauth/introspect", {"token": text}),
                ("/oauth/revoke", {"token": text}),
                ("/connect-codes", {"account": 1, "role": "read"})):
            refused(app.ask(path, **form), 503, "database_down")
            refused(app.ask(path, secret=keys.make("app", "haspsec"), **form),
                    503, "database_down")
    finally:
        world.cluster.start()
    assert world.cluster.wait_for(lambda: app.token().status == 200)
    assert app.introspect(text)["active"]


def test_secrets_are_found_nowhere(world, app, machine):
    wrong = keys.make("app", "haspsec")
    text = app.fetch()
    code = app.ask("/connect-codes", account=machine.account,
                   role="read").json["code"]
    app.introspect(text)
    app.ask("/oauth/token", secret=wrong, grant_type="client_credentials")
    both = {"client_id": app.guid, "client_secret": app.secret}
    bodies = [world.form("/oauth/introspect", {**both, "token": text}).body,
              world.form("/oauth/revoke", {**both, "token": text}).body,
              world.form("/oauth/token", {**both, "grant_type": code}).body,
              world.form("/oauth/token", {**both, "scope": text,
                                          "grant_type": code}).body,
              world.form("/oauth/token?" + text, both,
                         basic(str(uuid.uuid4()), wrong)).body]
    places = b"".join(bodies).decode()
    for program in [*world.programs.values(), world.program]:
        places += program.log.read_text()
    places += world.cluster.log()
    places += subprocess.run(
        [world.cluster.bin + "/pg_dump", "-a", "hasp"],
        env=world.cluster.env("hasp"), check=True, text=True,
        stdout=subprocess.PIPE).stdout
    for secret in (app.secret, wrong, text, code):
        assert secret not in places
        # Nor without its prefix; the last four are shown.
        assert secret.rpartition("_")[2][:-4] not in places
    assert app.guid in places
