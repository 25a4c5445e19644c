# SPDX-License-Identifier: ISC
"""haspctl app, haspctl connection: apps of publishers as the operator sees
them, and what accounts granted them."""

import hashlib
import json
import os
import pty
import re
import subprocess
import uuid

import pytest

from cluster import Cluster
from haspctl_run import PROGRAM, clean_environment
from haspctl_world import World

SECRET = re.compile(r"haspsec_app_[0-9A-Za-z]{38}")
NEW = ["--name", "An app", "--publisher", "A publisher"]


@pytest.fixture(name="world", scope="module")
def make_world(folder):
    cluster = Cluster(folder / "pg")
    cluster.start()
    yield World(cluster, folder / "pass", "hasp")
    cluster.stop("immediate")


def stored(world, app):
    """Digests of the secrets that the database has, in order."""
    return world.sql("SELECT encode(digest, 'hex') FROM hasp.app_secret WHERE "
                     f"app = '{app}' ORDER BY version").splitlines()


def digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


# -- apps --------------------------------------------------------------------

def test_an_app_is_made_and_its_secret_shown_once(world):
    app = world.json("app", "create", *NEW, "--home-page",
                     "https://a.example/?b")
    assert list(app)[:2] == ["secret", "guid"]
    secret, guid = app.pop("secret"), app["guid"]
    assert SECRET.fullmatch(secret) and uuid.UUID(guid).version == 4
    assert stored(world, guid) == [digest(secret)]
    assert {n: app[n] for n in ("name", "publisher", "home_page", "account",
                                "state", "created_by", "removed_at")} == {
        "name": "An app", "publisher": "A publisher",
        "home_page": "https://a.example/?b", "account": None,
        "state": "active", "created_by": "operator", "removed_at": None}
    (one,) = app["secrets"]
    assert (one["version"], one["last_four"], one["state"],
            one["expires_at"]) == (1, secret[-4:], "active", None)
    assert world.json("app", "show", guid) == app
    assert world.json("app", "show", guid.upper()) == app
    assert "app_created" in world.events()
    assert guid in world.sql("SELECT detail ->> 'app' FROM hasp.audit_event "
                             "WHERE event = 'app_created' AND account = 0")
    every = world.sql("SELECT detail::text FROM hasp.audit_event")
    assert secret not in every and digest(secret) not in every


def test_two_lines_for_a_publisher(world):
    for words in (("-q",), ()):
        done = world.run(*words, "app", "create", *NEW)
        guid, secret = done.stdout.splitlines()
        assert stored(world, guid) == [digest(secret)]
        assert secret not in done.stderr
        if words:
            assert done.stderr == ""
        else:
            assert guid in done.stderr and "client_secret" in done.stderr


def test_an_app_of_one_account(world):
    account = world.account()
    app = world.app("--account", account)
    other = world.app()
    assert app["account"] == account
    assert [a["guid"] for a in world.json("app", "list", "--account",
                                          account)] == [app["guid"]]
    every = [a["guid"] for a in world.json("app", "list")]
    assert every.index(app["guid"]) < every.index(other["guid"])
    assert "app_created" in world.events(account)
    assert world.run("-q", "app", "list").stdout.split() == every
    table = world.run("app", "list").stdout
    assert "GUID" in table and app["guid"] in table
    world.refused(1, "app", "create", *NEW, "--account", "999999")


def test_a_list_of_many(world):
    account = world.account()
    world.sql("INSERT INTO hasp.app (account, name, publisher, created_by) "
              f"SELECT {account}, 'n' || g, 'p', 'operator' FROM "
              "generate_series(1, 250) g")
    listed = world.json("app", "list", "--account", account)
    assert {a["name"] for a in listed} == {f"n{g}" for g in range(1, 251)}
    assert len(listed) == 250
    assert "as many as it may" in world.refused(
        1, "app", "create", *NEW, "--account", account)


def test_a_secret_is_rotated(world):
    app = world.app()
    guid = app["guid"]
    for n, words in ((2, ()), (3, ("--overlap", "7d"))):
        told = world.json("app", "rotate-secret", guid, *words)
        assert stored(world, guid)[-1] == digest(told["secret"])
        states = [s["state"] for s in told["secrets"]]
        assert states == ["active", "active", "expired"][:n]
    done = world.run("-q", "app", "rotate-secret", guid, "--overlap", "0")
    (secret,) = done.stdout.splitlines()
    assert SECRET.fullmatch(secret) and done.stderr == ""
    shown = world.json("app", "show", guid)
    assert "secret" not in shown
    assert [s["state"] for s in shown["secrets"]] == ["active"] + \
        ["expired"] * 3
    assert world.events().count("app_secret_made") >= 3
    for text in ("31d", "-1", "x"):
        world.refused(64, "app", "rotate-secret", guid, "--overlap", text)


def test_an_app_is_removed_for_good(world):
    accounts = [world.account() for _ in range(2)]
    app = world.app()
    for account in accounts:
        world.connect(account, app["guid"], 3)
    assert "--yes" in world.refused(64, "app", "remove", app["guid"])
    told = world.json("app", "remove", app["guid"], "--yes")
    assert (told["state"], told["removed_by"]) == ("removed", "operator")
    assert [s["state"] for s in told["secrets"]] == ["removed"]
    for account in (0, *accounts):
        assert world.events(account).count("app_removed") >= 1
    again = world.run("app", "remove", app["guid"], "-y")
    assert again.returncode == 0 and "nothing changed" in again.stderr
    assert "for good" in world.refused(1, "app", "rotate-secret", app["guid"])
    assert [c["state"] for c in world.json(
        "connection", "list", "--app", app["guid"])] == ["app removed"] * 2


# -- connections -------------------------------------------------------------

def test_connections_of_an_account_and_of_an_app(world):
    one, two = world.account(), world.account()
    apps = [world.app()["guid"] for _ in range(2)]
    ids = {(a, g): world.connect(a, g, 2) for a in (one, two) for g in apps}
    told = world.json("connection", "list", "--account", one)
    assert [c["id"] for c in told] == [ids[one, apps[1]], ids[one, apps[0]]]
    first = told[0]
    assert {n: first[n] for n in (
        "account", "app", "name", "publisher", "role", "environment", "state",
        "tokens", "tokens_more", "granted_by", "last_used_at",
        "revoked_at", "revoked_why")} == {
        "account": one, "app": apps[1], "name": "An app",
        "publisher": "A publisher", "role": "write", "environment": "live",
        "state": "connected", "tokens": 2, "tokens_more": False,
        "granted_by": "operator", "last_used_at": None, "revoked_at": None,
        "revoked_why": None}
    of = world.json("connection", "list", "--app", apps[0].upper())
    assert [(c["account"], c["id"]) for c in of] == [
        (two, ids[two, apps[0]]), (one, ids[one, apps[0]])]
    assert world.run("-q", "connection", "list", "--account", two
                     ).stdout.split() == [str(ids[two, g])
                                          for g in reversed(apps)]
    assert world.json("connection", "list", "--account", "999999") == []


def test_a_connection_is_revoked_for_good(world):
    account, app = world.account(), world.app()["guid"]
    first = world.connect(account, app)
    assert "--yes" in world.refused(64, "connection", "revoke", first)
    told = world.json("connection", "revoke", first, "--yes", "--why", "over")
    assert (told["state"], told["revoked_by"], told["revoked_why"],
            told["tokens"]) == ("revoked", "operator", "over", 0)
    assert world.events(account).count("connection_revoked") == 1
    # The account connects it again: the old number stays what it was.
    second = world.connect(account, app)
    again = world.run("connection", "revoke", first, "-y")
    assert again.returncode == 0 and "nothing changed" in again.stderr
    assert world.sql("SELECT revoked_at IS NULL FROM hasp.connection WHERE "
                     f"id = {second}").strip() == "t"
    assert world.events(account).count("connection_revoked") == 1
    # Of the newest to each app; of an app all.
    assert [c["id"] for c in world.json("connection", "list", "--account",
                                        account)] == [second]
    assert [c["id"] for c in world.json("connection", "list", "--app",
                                        app)] == [second, first]


def test_very_many_tokens_are_not_counted_to_the_end(world):
    account, app = world.account(), world.app()["guid"]
    number = world.connect(account, app, 1200)
    (told,) = world.json("connection", "list", "--account", account)
    assert (told["tokens"], told["tokens_more"]) == (1000, True)
    said = asked(world, "connection", "revoke", number, answer="no")
    assert "more than 1000 tokens stop working at once" in said


def asked(world, *words, answer):
    """What somebody at a terminal is asked, who answers that."""
    main, side = pty.openpty()
    with subprocess.Popen(
            [str(PROGRAM), "--database", world.conninfo(),
             *map(str, words)], stdin=side, stdout=subprocess.PIPE,
            stderr=side, env=clean_environment()) as process:
        os.close(side)
        said = b""
        while b"Type yes" not in said:
            said += os.read(main, 4096)
        os.write(main, answer.encode() + b"\n")
        assert process.wait(30) == (0 if answer == "yes" else 1), said
    os.close(main)
    return re.sub(r"\s+", " ", said.decode())


def test_what_stops_is_said_before(world):
    account, app = world.account(), world.app()["guid"]
    number = world.connect(account, app)
    said = asked(world, "connection", "revoke", number, answer="y")
    for part in (f"account {account}", app, "(An app by A publisher)",
                 "1 token stops working at once and for good",
                 "a new connect code from the publisher"):
        assert part in said
    said = asked(world, "app", "remove", app, answer="no")
    assert "connected to 1 account: all its tokens and its secrets will " \
        "stop working at once and for good" in said
    asked(world, "connection", "revoke", number, answer="yes")
    assert "connected to 0 accounts" in asked(world, "app", "remove", app,
                                              answer="")
    assert world.json("app", "show", app)["state"] == "active"


# -- what is refused ---------------------------------------------------------

@pytest.mark.parametrize("status, words, said", [
    (64, ["app", "create", "--name", "n"], "--publisher"),
    (64, ["app", "create", "--publisher", "p"], "--name"),
    (64, ["app", "create", *NEW, "--account", "x"], "numeric id"),
    (65, ["app", "create", "--name", "a\x01", "--publisher", "p"],
     "1 to 100"),
    (65, ["app", "create", "--name", "a" * 101, "--publisher", "p"],
     "1 to 100"),
    (65, ["app", "create", *NEW, "--home-page", "ftp://a.example"],
     "http or https"),
    (65, ["app", "create", *NEW, "--home-page", "https://a b"],
     "http or https"),
    (65, ["app", "create", *NEW, "--home-page", "javascript:alert(1)"],
     "http or https"),
    (64, ["app", "show"], "missing"), (64, ["app", "show", "1"], "GUID"),
    (1, ["app", "show", str(uuid.UUID(int=1))], "no app"),
    (1, ["app", "remove", str(uuid.UUID(int=1)), "-y"], "no app"),
    (1, ["app", "rotate-secret", str(uuid.UUID(int=1))], "no app"),
    (64, ["app", "remove", str(uuid.UUID(int=1)), "-y", "--wait", "x"],
     "--wait"),
    (64, ["connection", "list"], "--account or --app"),
    (64, ["connection", "list", "--account", "1", "--app",
          str(uuid.UUID(int=1))], "one of them"),
    (64, ["connection", "list", "--app", "x"], "GUID"),
    (64, ["connection", "revoke", "x"], "number"),
    (64, ["connection", "revoke", "0"], "number"),
    (64, ["connection", "revoke", "9223372036854775808"], "number"),
    (1, ["connection", "revoke", "9223372036854775807"], "no connection"),
])
def test_nonsense_is_refused(world, status, words, said):
    before = world.sql("SELECT count(*) FROM hasp.audit_event")
    assert said in world.refused(status, *words)
    assert world.sql("SELECT count(*) FROM hasp.audit_event") == before


def test_why_is_a_remark(world):
    number = world.connect(world.account(), world.app()["guid"])
    for why in ("x" * 201, "a\nb"):
        assert "nothing was revoked" in world.refused(
            65, "connection", "revoke", number, "-y", "--why", why)


def test_a_secret_is_never_taken_for_a_name(world):
    secret = world.app()["secret"]
    for words in (("app", "show", secret), ("app", "remove", secret, "-y"),
                  ("connection", "list", "--app", secret)):
        assert secret not in world.refused(64, *words)


def test_what_was_not_shown_can_be_made_anew(world):
    """A full disk, say: the secret is nowhere, and that is said."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [str(PROGRAM), "--database", world.conninfo(), "--json", "app",
             "create", *NEW], stdout=full, stderr=subprocess.PIPE,
            env=clean_environment(), timeout=60, check=False)
    assert done.returncode == 74
    words = done.stderr.decode()
    guid = re.search(r"app rotate-secret (\S+) --overlap 0", words)[1]
    assert SECRET.search(words) is None
    assert json.loads(world.run("--json", "app", "show", guid).stdout)["guid"] \
        == guid
