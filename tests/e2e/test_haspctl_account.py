# SPDX-License-Identifier: ISC
"""haspctl account: what changes one, against a real PostgreSQL."""

import subprocess

import pytest

from cluster import Cluster
from haspctl_run import PROGRAM, clean_environment
from haspctl_world import World


@pytest.fixture(name="world", scope="module")
def make_world(folder):
    cluster = Cluster(folder / "pg")
    cluster.start()
    made = World(cluster, folder / "pass", "hasp")
    made.sql("INSERT INTO hasp.plan (code, name, max_keys, self_service, "
             "rate_per_second, rate_burst) VALUES ('small', 'Small', 0, false,"
             " 5, 10)")
    yield made
    cluster.stop("immediate")


@pytest.fixture(name="account")
def make_account(world):
    return int(world.run("-q", "account", "create", "--name", "An account",
                         "--plan", "standard").stdout)


def test_create_is_logged(world, account):
    assert world.events(account) == ["account_created"]


def test_plan(world, account):
    done = world.run("account", "plan", account, "small")
    assert (done.returncode, done.stdout) == (0, "")
    row = world.json("account", "show", account)
    assert (row["plan"], row["max_keys"], row["self_service"],
            row["rate_per_second"], row["rate_burst"]) == \
        ("small", 0, False, 5, 10)
    again = world.run("account", "plan", account, "small")
    assert again.returncode == 0 and "nothing changed" in again.stderr
    assert world.events(account) == ["account_created",
                                     "account_plan_changed"]
    assert "no more keys" in world.refused(
        1, "key", "create", "--account", account, "--name", "n", "--role",
        "read")
    assert world.run("-q", "account", "plan", account,
                     "standard").stdout == f"{account}\n"
    assert world.sql("SELECT detail->>'plan' FROM hasp.audit_event WHERE "
                     f"account = {account} ORDER BY seq DESC LIMIT 1") == \
        "standard"


@pytest.mark.parametrize("plan", ["none", "Standard", "a b", "x" * 40,
                                  "'; --", "\x1b[1m"])
def test_there_is_no_such_plan(world, account, plan):
    said = world.refused(1, "account", "plan", account, plan)
    assert "haspctl plan list" in said and "\x1b" not in said
    assert world.json("account", "show", account)["plan"] == "standard"
    assert world.events(account) == ["account_created"]


def test_suspend_and_resume(world, account):
    key = world.key(account=account)
    for _ in range(2):
        done = world.run("account", "suspend", account, "--why", "unpaid é")
        assert (done.returncode, done.stdout) == (0, "")
    assert "nothing changed" in done.stderr
    assert world.json("account", "show", account)["status"] == "suspended"
    assert world.json("key", "show", key["id"])["revoked_at"] is None
    row = world.json("account", "resume", account)
    assert row["status"] == "active"
    assert "nothing changed" in world.run("account", "resume", account).stderr
    assert [e for e in world.events(account) if e.startswith("account")] == [
        "account_created", "account_suspended", "account_resumed"]
    assert world.sql("SELECT detail->>'why' FROM hasp.audit_event WHERE event "
                     f"= 'account_suspended' AND account = {account}") == \
        "unpaid é"


def test_a_closed_account_stays_closed(world, account):
    world.sql(f"UPDATE hasp.account SET status = 'closed' WHERE id = {account}")
    for verb in ("suspend", "resume"):
        assert "closed" in world.refused(1, "account", verb, account)
    assert world.json("account", "show", account)["status"] == "closed"


@pytest.mark.parametrize("why", ["x" * 201, "a\nb", "\u202e"])
def test_a_reason_that_cannot_be(world, account, why):
    assert "--why" in world.refused(65, "account", "suspend", account,
                                    "--why", why)
    assert world.json("account", "show", account)["status"] == "active"


def test_a_reason_of_200_characters(world, account):
    assert world.run("account", "suspend", account, "--why",
                     "é" * 200).returncode == 0


def test_machine_keys(world, account):
    assert world.json("account", "show", account)["machine_keys"] is True
    row = world.json("account", "machine-keys", account, "off")
    assert row["machine_keys"] is False
    assert "nothing changed" in world.run("account", "machine-keys", account,
                                          "off").stderr
    assert world.run("account", "machine-keys", account, "on").returncode == 0
    assert world.json("account", "show", account)["machine_keys"] is True
    assert world.events(account) == ["account_created"] + \
        2 * ["account_changed"]


@pytest.mark.parametrize("words,said", [
    (["plan"], "ID is missing"), (["plan", "1"], "PLAN is missing"),
    (["plan", "1", "a", "b"], "too many words"),
    (["machine-keys", "100001"], "on|off is missing"),
    (["machine-keys", "100001", "yes"], "on or off"),
    (["suspend", "0"], "numeric id"), (["suspend", "-q"], "ID is missing"),
    (["suspend", "9" * 19], "numeric id"), (["resume", "a"], "numeric id"),
    (["resume", "100001", "--why", "x"], "no option --why"),
    (["close", "100001"], "no verb close"),
])
def test_a_wrong_call_is_64(world, words, said):
    assert said in world.refused(64, "account", *words)


def test_no_such_account_is_1(world):
    for words in (["plan", "4", "standard"], ["suspend", "4"],
                  ["resume", "4"], ["machine-keys", "4", "off"]):
        assert "haspctl account list" in world.refused(1, "account", *words)


def test_two_at_once_are_logged_once(world, account):
    words = [PROGRAM, "--database", world.conninfo(), "account", "suspend",
             str(account)]
    at_once = [subprocess.Popen(words, env=clean_environment(),
                                stderr=subprocess.DEVNULL) for _ in range(6)]
    assert [p.wait(60) for p in at_once] == [0] * 6
    assert world.events(account) == ["account_created", "account_suspended"]


def legacy(row):
    return tuple(row["legacy_" + name] for name in (
        "deprecated_at", "sunset_at", "link", "policy"))


def test_legacy_changes_in_what_is_given_alone(world, account):
    for words, stands in (
            (["--deprecated", "2030-01-02", "--sunset", "2031-05-04T02:00:00Z",
              "--link", "https://example.org/keys?a=1", "--policy", "refuse"],
             ("2030-01-02T00:00:00Z", "2031-05-04T02:00:00Z",
              "https://example.org/keys?a=1", "refuse")),
            (["--sunset", "none"],
             ("2030-01-02T00:00:00Z", None, "https://example.org/keys?a=1",
              "refuse")),
            (["--deprecated", "2029-01-02"],
             ("2029-01-02T00:00:00Z", None, "https://example.org/keys?a=1",
              "refuse")),
            (["--link", "none", "--policy", "warn"],
             ("2029-01-02T00:00:00Z", None, None, "warn")),
            (["--deprecated", "none"], (None, None, None, "warn"))):
        assert legacy(world.json("account", "legacy", account, *words)) == \
            stands
        assert legacy(world.json("account", "show", account)) == stands
    assert world.events(account) == ["account_created"] + \
        5 * ["account_changed"]


@pytest.mark.parametrize("status,words,said", [
    (64, [], "say what to change"),
    (64, ["--deprecated", "soon"], "--deprecated"),
    (64, ["--sunset", "2030-02-30"], "--sunset"),
    (64, ["--policy", "none"], "--policy is"),
    (65, ["--sunset", "2030-01-01"], "needs a deprecation"),
    (65, ["--deprecated", "2030-01-02", "--sunset", "2030-01-01"],
     "not later"),
    (65, ["--link", "ftp://example.org"], "--link"),
    (65, ["--link", "https://a b"], "--link"),
    (65, ["--link", "https://a>"], "--link"),
    (65, ["--link", "https://" + "a" * 300], "--link"),
])
def test_legacy_that_cannot_be(world, account, status, words, said):
    assert said in world.refused(status, "account", "legacy", account, *words)
    assert legacy(world.json("account", "show", account)) == \
        (None, None, None, "warn")
    assert world.events(account) == ["account_created"]


def test_legacy_of_nobody(world):
    assert "haspctl account list" in world.refused(
        1, "account", "legacy", "4", "--policy", "warn")
