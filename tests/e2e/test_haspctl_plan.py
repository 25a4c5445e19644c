# SPDX-License-Identifier: ISC
"""haspctl plan and haspctl region against a real PostgreSQL."""

import pytest

from cluster import Cluster
from haspctl_world import World


@pytest.fixture(name="world", scope="module")
def make_world(folder):
    cluster = Cluster(folder / "pg")
    cluster.start()
    yield World(cluster, folder / "pass", "hasp")
    cluster.stop("immediate")


def plan(world, code):
    return next(r for r in world.json("plan", "list") if r["code"] == code)


def region(world, code):
    return next(r for r in world.json("region", "list") if r["code"] == code)


def test_a_new_plan_limits_nothing(world):
    row = world.json("plan", "set", "open")
    assert row == {"code": "open", "name": "open", "active": True,
                   "self_service": True, "max_keys": None,
                   "rate_per_second": None, "rate_burst": None,
                   "daily_quota": None, "accounts": 0}
    assert plan(world, "open") == row


def test_a_plan_changes_in_what_is_given_alone(world):
    row = world.json("plan", "set", "pro", "--name", "Größe \\ 'x'",
                     "--self-service", "no", "--max-keys", "7", "--rate", "50",
                     "--burst", "200", "--active", "no", "--daily-quota",
                     "1000")
    assert row == {"code": "pro", "name": "Größe \\ 'x'", "active": False,
                   "self_service": False, "max_keys": 7,
                   "rate_per_second": 50, "rate_burst": 200,
                   "daily_quota": 1000, "accounts": 0}
    for words, change in (
            (["--name", "Pro"], {"name": "Pro"}),
            (["--active", "yes"], {"active": True}),
            (["--self-service", "yes"], {"self_service": True}),
            (["--max-keys", "0"], {"max_keys": 0}),
            (["--max-keys", "2147483647"], {"max_keys": 2147483647}),
            (["--max-keys", "none"], {"max_keys": None}),
            (["--rate", "1000000", "--burst", "10000000"],
             {"rate_per_second": 1000000, "rate_burst": 10000000}),
            (["--rate", "none", "--burst", "none"],
             {"rate_per_second": None, "rate_burst": None}),
            (["--rate", "1", "--burst", "1"],
             {"rate_per_second": 1, "rate_burst": 1}),
            (["--rate", "none"],
             {"rate_per_second": None, "rate_burst": None}),
            (["--daily-quota", "2000000000"], {"daily_quota": 2000000000}),
            (["--daily-quota", "none"], {"daily_quota": None}),
            (["--daily-quota", "1"], {"daily_quota": 1}),
            ([], {})):
        row.update(change)
        assert world.json("plan", "set", "pro", *words) == row
    assert world.sql("SELECT count(*) FROM hasp.audit_event WHERE event = "
                     "'plan_set' AND detail->>'code' = 'pro'") == "15"
    assert world.run("-q", "plan", "set", "pro").stdout == "pro\n"


def test_plans_count_their_accounts(world):
    world.json("plan", "set", "counted")
    for _ in range(3):
        assert world.run("account", "create", "--name", "n", "--plan",
                         "counted", "--region", "main").returncode == 0
    assert plan(world, "counted")["accounts"] == 3


@pytest.mark.parametrize("status,words,said", [
    (64, ["Big"], "code"), (64, ["a b"], "code"), (64, ["1a"], "code"),
    (64, ["a" * 32], "code"), (64, ["a\n"], "code"), (64, [], "CODE"),
    (64, ["x", "--active", "true"], "--active is yes or no"),
    (64, ["x", "--self-service", "Yes"], "--self-service is yes or no"),
    (64, ["x", "--max-keys", "-1"], "--max-keys is a number"),
    (64, ["x", "--max-keys", "2147483648"], "--max-keys is a number"),
    (64, ["x", "--max-keys", "9" * 40], "--max-keys is a number"),
    (64, ["x", "--max-keys", "1.5"], "--max-keys is a number"),
    (64, ["x", "--rate", "0", "--burst", "1"], "--rate is a number"),
    (64, ["x", "--rate", "1000001", "--burst", "1"], "--rate is a number"),
    (64, ["x", "--rate", "1", "--burst", "10000001"], "--burst is a number"),
    (64, ["x", "--daily-quota", "0"], "--daily-quota is a number"),
    (64, ["x", "--daily-quota", "2000000001"], "--daily-quota is a number"),
    (64, ["x", "--daily-quota", "1.5"], "--daily-quota is a number"),
    (64, ["x", "--rate", "1"], "go together"),
    (64, ["x", "--burst", "1"], "go together"),
    (64, ["x", "--burst", "none"], "go together"),
    (64, ["x", "--rate", "none", "--burst", "1"], "go together"),
    (65, ["x", "--name", "a\x1b[1m"], "--name"),
    (65, ["x", "--name", " "], "--name"),
    (65, ["x", "--name", "x" * 101], "--name"),
    (65, ["x", "--name", b"\xff"], "UTF-8"),
])
def test_a_plan_that_cannot_be(world, status, words, said):
    before = world.json("plan", "list"), world.events()
    words = [w if isinstance(w, str) else w.decode(errors="surrogateescape")
             for w in words]
    assert said in world.refused(status, "plan", "set", *words)
    assert (world.json("plan", "list"), world.events()) == before


def test_region(world):
    row = world.json("region", "set", "eu", "--api-host",
                     "api.eu.example.org:8443")
    assert row == {"code": "eu", "name": "eu", "accounts": 0,
                   "api_host": "api.eu.example.org:8443"}
    row = world.json("region", "set", "eu", "--name", "Europe")
    assert (row["name"], row["api_host"]) == ("Europe",
                                              "api.eu.example.org:8443")
    row = world.json("region", "set", "eu", "--api-host", "eu.example.org")
    assert (row["name"], row["api_host"]) == ("Europe", "eu.example.org")
    assert region(world, "eu") == row
    assert world.events()[-3:] == ["region_set"] * 3
    done = world.run("account", "create", "--name", "n", "--plan", "standard",
                     "--region", "eu")
    assert done.returncode == 0 and "eu.example.org" in done.stdout
    assert region(world, "eu")["accounts"] == 1


@pytest.mark.parametrize("status,words,said", [
    (64, ["new"], "needs --api-host"),
    (64, ["new", "--name", "New"], "needs --api-host"),
    (64, ["EU", "--api-host", "a"], "code"),
    (65, ["new", "--api-host", "a b"], "--api-host"),
    (65, ["new", "--api-host", "a/b"], "--api-host"),
    (65, ["main", "--api-host", "a\r\nb"], "--api-host"),
    (65, ["main", "--api-host", "x" * 256], "--api-host"),
    (65, ["main", "--api-host", "é"], "--api-host"),
    (65, ["main", "--name", "a\tb"], "--name"),
])
def test_a_region_that_cannot_be(world, status, words, said):
    before = world.json("region", "list"), world.events()
    assert said in world.refused(status, "region", "set", *words)
    assert (world.json("region", "list"), world.events()) == before
