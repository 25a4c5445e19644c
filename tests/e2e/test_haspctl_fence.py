# SPDX-License-Identifier: ISC
"""haspctl waits until what it changed is true everywhere, and for what others
changed; what it tells about the programs that follow."""

import json

import fence_world
import pytest

from cluster import Cluster
from haspctl_world import CERTAINTY, World


@pytest.fixture(name="world", scope="module")
def make_world(folder):
    cluster = Cluster(folder / "pg")
    cluster.start()
    made = World(cluster, folder / "pass", "hasp")
    made.json("plan", "set", "other")
    yield made
    cluster.stop("immediate")


@pytest.fixture(name="verifier")
def make_verifiers(world):
    yield from fence_world.made(world.conninfo("hasp_auth"))


def make_account(world):
    return world.json("account", "create", "--name", "An account", "--plan",
                      "standard")["id"]


def run(world, *words):
    """Status, what is told as JSON, words."""
    done = world.run("--json", *words)
    return done.returncode, json.loads(done.stdout), done.stderr


def late(world, *words):
    """It is kept, and not certain in time."""
    status, told, words = run(world, *words, "--wait", "0")
    assert status == 75, (told, words)
    assert told["confirmed"] is False and told["durability"] == "local"
    assert told["confirm_after"] > "2026" and "haspctl barrier" in words
    return told


CHANGES = [
    ("account", "suspend", "ACCOUNT"), ("account", "suspend", "ACCOUNT"),
    ("account", "resume", "ACCOUNT"), ("account", "plan", "ACCOUNT", "other"),
    ("account", "legacy", "ACCOUNT", "--policy", "refuse"),
    ("key", "rotate", "KEY", "--overlap", "0"),
    ("key", "revoke", "KEY", "--yes"), ("key", "revoke", "KEY", "--yes"),
    ("connection", "revoke", "CONNECTION", "--yes"),
    ("connection", "revoke", "CONNECTION", "--yes"),
    ("app", "remove", "APP", "--yes"), ("app", "remove", "APP", "--yes"),
    ("plan", "set", "other", "--rate", "5", "--burst", "5"),
    ("region", "set", "main", "--api-host", "b.example.org")]


def test_all_that_checks_look_at_is_waited_for(world, verifier):
    account = make_account(world)
    app = world.app()["guid"]
    named = {"ACCOUNT": account, "APP": app,
             "KEY": world.key(account=account)["id"],
             "CONNECTION": world.connect(account, app)}
    silent = verifier()
    numbers = []
    for words in CHANGES:
        words = [named.get(w, w) for w in words]
        numbers.append(late(world, *words)["seq"])
    # The second time it was so before.
    for again in (1, 7, 9, 11):
        assert numbers[again] == numbers[again - 1]
    assert numbers == sorted(numbers) and len(set(numbers)) == 10
    silent.follow()
    for words in CHANGES[6:]:
        words = [named.get(w, w) for w in words]
        status, told, _ = run(world, *words)
        assert status == 0 and told["confirmed"] and told["seq"]
        assert list(told)[-5:] == list(CERTAINTY)
        assert told["confirm_after"] is None


def test_what_it_says(world, verifier):
    account = make_account(world)
    silent = verifier()
    done = world.run("account", "suspend", account, "--wait", "0")
    assert (done.returncode, done.stdout) == (75, "")
    assert "is suspended" in done.stderr
    assert "certain everywhere as of 2" in done.stderr
    quiet = world.run("-q", "account", "suspend", account, "--wait", "0")
    assert (quiet.returncode, quiet.stdout) == (75, "%d\n" % account)
    with silent.following():
        done = world.run("account", "resume", account)
    assert (done.returncode, done.stdout) == (0, "")
    assert "is active" in done.stderr
    assert "true everywhere (change %d" % silent.last in done.stderr
    # The secret is shown all the same.
    key = world.key(account=account)["id"]
    done = world.run("key", "rotate", key, "--wait", "0")
    assert done.returncode == 75 and len(done.stdout.split()) == 1


def test_what_no_check_looks_at_is_not_waited_for(world, verifier):
    account = make_account(world)
    verifier()
    for words in (("account", "machine-keys", account, "off"),
                  ("account", "show", account)):
        status, told, _ = run(world, *words)
        assert status == 0 and "confirmed" not in told
    assert "confirmed" not in world.key(account=account)
    app = world.app()
    assert "confirmed" not in app
    status, told, _ = run(world, "app", "rotate-secret", app["guid"])
    assert status == 0 and "confirmed" not in told


def test_wait_is_a_number_of_seconds(world):
    account = make_account(world)
    for text in ("-1", "x", "1.5", "3601", "1m", ""):
        world.refused(64, "account", "suspend", account, "--wait", text)
        world.refused(64, "barrier", "--wait", text)
    assert world.json("account", "show", account)["status"] == "active"
    world.refused(64, "account", "machine-keys", account, "off", "--wait",
                  "1")


def test_the_barrier_confirms_what_was_done_by_hand(world, verifier):
    silent = verifier()
    world.sql("UPDATE hasp.plan SET active = NOT active WHERE code = "
              "'other'")
    status, told, words = run(world, "barrier", "--wait", "0")
    assert (status, told["confirmed"]) == (75, False)
    assert told["seq"] == silent.last + 1
    assert "change %d is kept" % told["seq"] in words
    with silent.following():
        status, told, _ = run(world, "barrier")
    assert (status, list(told)) == (0, list(CERTAINTY))
    assert (told["seq"], told["confirmed"], told["durability"],
            told["confirm_after"]) == (silent.last, True, "local", None)
    done = world.run("barrier")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == [
        "CHANGE         %d" % silent.last, "CONFIRMED      yes"]
    assert world.run("-q", "barrier").stdout == "%d\n" % silent.last


def test_it_buries_whom_it_outwaited(world, verifier):
    gone = verifier(lease=1000, answer=500)
    world.sql("UPDATE hasp.plan SET active = NOT active WHERE code = "
              "'other'")
    status, told, _ = run(world, "barrier")
    assert (status, told["confirmed"]) == (0, True)
    assert told["waited_ms"] >= 1560
    rows = world.json("status")["verifiers"]
    assert [r["state"] for r in rows if r["id"] == gone.id[:8]] == ["dead"]


def test_status(world, verifier):
    one = verifier()
    world.sql("UPDATE hasp.plan SET active = NOT active WHERE code = "
              "'other'")
    told = world.json("status")
    assert list(told) == ["seq", "changes_kept", "queue_percent",
                          "verifiers"]
    assert told["seq"] == one.last + 1 and told["queue_percent"] == 0
    assert 0 < told["changes_kept"] <= told["seq"]
    row = told["verifiers"][0]
    assert 0 < row.pop("lease_left_ms") <= 60000
    assert row.pop("uptime_seconds") >= 0
    assert row == {"id": one.id[:8], "host": "a host",
                   "program": "auth-check", "state": "live", "lag": 1,
                   "hits": 7, "misses": 8}
    text = world.run("status").stdout
    assert text.startswith("LAST CHANGE ")
    assert "VERIFIERS:\n  ID        HOST    PROGRAM     STATE " in text
    assert one.id[:8] in text and one.id not in text


def test_a_database_that_does_not_confirm(world, verifier):
    """Only what is certain is told as certain."""
    verifier(lease=1000, answer=500)
    account = make_account(world)
    names = "ALTER SYSTEM SET synchronous_standby_names = '%s'"
    world.sql(names % "nobody")
    world.sql("SELECT pg_reload_conf()")
    try:
        done = world.run("account", "suspend", account)
        assert (done.returncode, done.stdout) == (69, "")
        assert "not known whether this was done" in done.stderr
    finally:
        world.sql(names % "")
        world.sql("SELECT pg_reload_conf()")
    for _ in range(50):
        done = world.run("account", "suspend", account)
        if done.returncode != 69:
            break
    assert done.returncode == 0 and "stood so before" in done.stderr
