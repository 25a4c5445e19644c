# SPDX-License-Identifier: ISC
"""The program keys waits until what it took away is taken away everywhere."""

import datetime
import threading
import time

import fence_world
import pytest
from auth_world import header
from keys_world import (CERTAINTY, Machine, Person, confirmed, events, make)
from manage_world import refused

DAY = 86400


@pytest.fixture(name="verifier")
def make_verifiers(managed):
    yield from fence_world.made(managed.cluster.conninfo(
        "hasp", user="hasp_auth",
        passfile=managed.folder / "pass" / "hasp_auth.pgpass"))


@pytest.fixture(name="machine", scope="module")
def make_machine(managed):
    return Machine(managed, managed.make_account())


def wait(seconds):
    return {"headers": {"Prefer": "wait=%s" % seconds}}


def after(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(
        seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def late(answer):
    """ANSWER says that it was done and is not certain yet."""
    assert answer.status == 202, answer.json
    assert set(CERTAINTY) < set(answer.json)
    assert answer.json["confirmed"] is False
    assert answer.json["confirm_after"] > after(0)
    return answer.json


def test_all_have_acknowledged(machine, verifier):
    one, two = verifier(), verifier()
    with one.following(), two.following():
        answer = machine.call("DELETE", "/keys/" + make(machine)["id"])
        assert confirmed(answer)
        # Long before their leases end.
        assert answer.json["waited_ms"] < 15000
        assert header(answer, "Preference-Applied") is None
        assert one.last >= answer.json["seq"] > 0


def test_one_is_silent(machine, verifier, managed):
    silent = verifier()
    made = make(machine)
    answer = machine.call("DELETE", "/keys/" + made["id"], **wait(1))
    told = late(answer)
    assert told["waited_ms"] >= 500
    assert header(answer, "Preference-Applied") == "wait=1"
    # 1.01 of its lease and some more.
    assert told["confirm_after"] > after(55)
    assert events(managed, made["id"]) == ["key_created", "key_revoked"]
    # Who repeats it is not told that it was done before it is true.
    again = machine.call("DELETE", "/keys/" + made["id"], **wait(0))
    assert late(again)["revoked_at"] == told["revoked_at"]
    assert again.json["seq"] >= told["seq"]
    assert machine.call("GET", "/keys/" + made["id"]).json[
        "status"] == "revoked"
    silent.follow()
    refused(machine.call("DELETE", "/keys/" + made["id"], **wait(0)), 409,
            "already_revoked")
    assert events(managed, made["id"]) == ["key_created", "key_revoked"]


def test_a_secret_that_ended_is_waited_for_as_well(machine, verifier):
    silent = verifier()
    made = make(machine)
    path = "/keys/" + made["id"]
    turned = machine.call("POST", path + "/rotation", {}, **wait(0))
    assert late(turned)["secret"] != made["secret"]
    path += "/secrets/1?force=true"
    told = late(machine.call("DELETE", path, **wait(0)))
    again = late(machine.call("DELETE", path, **wait(0)))
    assert again["revoked_at"] == told["revoked_at"]
    silent.follow()
    refused(machine.call("DELETE", path, **wait(0)), 409,
            "secret_already_ended")


def test_switching_off_again_is_not_certain_either(machine, verifier):
    silent = verifier()
    path = "/keys/%s/disabled" % make(machine)["id"]
    told = late(machine.call("POST", path, **wait(0)))
    assert late(machine.call("POST", path, **wait(0)))["disabled_at"] == \
        told["disabled_at"]
    silent.follow()
    assert confirmed(machine.call("POST", path, **wait(5)))


def test_a_lease_ends_by_itself(machine, verifier, managed):
    gone = verifier(lease=1000, answer=500)
    answer = machine.call("DELETE", "/keys/" + make(machine)["id"])
    assert confirmed(answer)
    # 1.01 of a second, 50 ms, half a second.
    assert answer.json["waited_ms"] >= 1560
    assert managed.sql("SELECT dead FROM hasp.verifier WHERE id = '%s'"
                       % gone.id) == "t"
    assert not gone.renew()
    managed.programs["keys"].wait_log(gone.id[:8])
    assert all(gone.id not in line
               for line in managed.programs["keys"].lines())
    # Nobody waits for the same one again.
    answer = machine.call("DELETE", "/keys/" + make(machine)["id"], **wait(1))
    assert confirmed(answer)


def test_who_renews_is_waited_for_but_not_for_ever(machine, verifier):
    """It has a lease and acknowledges nothing: its workers hang. What it read
    before the change is answered, or given up by its web server."""
    stuck = verifier(lease=1000, answer=500)
    end = threading.Event()

    def run():
        while not end.wait(0.1):
            stuck.renew()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        answer = machine.call("DELETE", "/keys/" + make(machine)["id"])
    finally:
        end.set()
        thread.join()
    assert confirmed(answer)["id"]
    assert answer.json["waited_ms"] >= 1560
    assert stuck.renew()


BEFORE = {"role": "write", "expires_at": after(9 * DAY),
          "not_before": after(3 * DAY), "allowed_ips": ["192.0.2.0/24"],
          "rate_limit": {"per_second": 10, "burst": 10},
          "daily_quota": 10}

# What takes something away, and what only gives.
NARROWS = [
    {"role": "read"}, {"expires_at": after(8 * DAY)},
    {"not_before": after(4 * DAY)}, {"allowed_ips": ["192.0.2.0/25"]},
    {"allowed_ips": ["192.0.2.0/25", "198.51.100.0/24"]},
    {"rate_limit": {"per_second": 9, "burst": 10}},
    {"rate_limit": {"per_second": 11, "burst": 9}}, {"rate_limit": None},
    {"daily_quota": 9}, {"daily_quota": None},
    {"daily_quota": 9, "rate_limit": {"per_second": 11, "burst": 11}},
    {"name": "other", "role": "read"}, {"role": "admin",
                                        "expires_at": after(8 * DAY)}]
GIVES = [
    {"name": "other"}, {"role": "admin"}, {"expires_at": None},
    {"expires_at": after(10 * DAY)}, {"not_before": None},
    {"not_before": after(2 * DAY)}, {"allowed_ips": []},
    {"allowed_ips": None}, {"allowed_ips": ["192.0.0.0/16"]},
    {"allowed_ips": ["198.51.100.0/24", "192.0.2.0/24"]},
    {"rate_limit": {"per_second": 10, "burst": 11}},
    {"rate_limit": {"per_second": 11, "burst": 10}}, {"daily_quota": 11}]


@pytest.mark.parametrize("change", NARROWS, ids=str)
def test_what_narrows_is_waited_for(machine, verifier, change):
    silent = verifier()
    path = "/keys/" + make(machine, **BEFORE)["id"]
    told = late(machine.call("PATCH", path, change, **wait(0)))
    # Changed already, which may be because the answer was lost.
    again = late(machine.call("PATCH", path, change, **wait(0)))
    assert again["seq"] == told["seq"]
    silent.follow()
    assert confirmed(machine.call("PATCH", path, change, **wait(5)))


@pytest.mark.parametrize("change", GIVES, ids=str)
def test_what_gives_is_not(machine, verifier, change):
    silent = verifier()
    path = "/keys/" + make(machine, **BEFORE)["id"]
    answer = machine.call("PATCH", path, change, **wait(20))
    assert answer.status == 200
    assert not {"confirmed", "waited_ms", "durability"} & set(answer.json)
    # But it has a number: others keep the record as it was.
    assert answer.json["seq"] == silent.last + 1
    assert header(answer, "Preference-Applied") is None


@pytest.mark.parametrize("change", [
    {"allowed_ips": ["192.0.2.0/24"]}, {"expires_at": after(DAY)},
    {"not_before": after(DAY)}, {"rate_limit": {"per_second": 1000000,
                                                "burst": 10000000}},
    {"daily_quota": 2000000000}], ids=str)
def test_a_limit_where_none_was_narrows(machine, verifier, change):
    verifier()
    path = "/keys/" + make(machine)["id"]
    late(machine.call("PATCH", path, change, **wait(0)))


def test_switching_on_is_not_waited_for(machine, verifier):
    silent = verifier()
    path = "/keys/%s/disabled" % make(machine)["id"]
    late(machine.call("POST", path, **wait(0)))
    on = machine.call("DELETE", path, **wait(20))
    assert (on.status, on.json["status"]) == (200, "active")
    assert "confirmed" not in on.json and on.json["seq"] == silent.last + 2
    # Nothing was changed.
    assert machine.call("DELETE", path).json["seq"] == 0
    # Nor is making one.
    made = machine.call("POST", "/keys", {"name": "n", "role": "read"},
                        **wait(20))
    assert made.status == 201 and "confirmed" not in made.json


@pytest.mark.parametrize("text, applied", [
    ("wait=0", "wait=0"), ("respond-async, wait=0", "wait=0"),
    ("WAIT = 0; x", "wait=0"), ("wait=0, wait=9", "wait=0"),
    ("wait=99", "wait=25"), ("wait=-1", None), ("wait=1.5", None),
    ("return=minimal", None), ("wait", None), ("", None)])
def test_prefer(machine, verifier, text, applied):
    with verifier().following():
        answer = machine.call("DELETE", "/keys/" + make(machine)["id"],
                              headers={"Prefer": text})
    # With 0 the one look may have come too early.
    assert answer.status == 200 or applied == "wait=0" and late(answer)
    assert header(answer, "Preference-Applied") == applied


def test_who_waits_leaves_room_for_others(machine, verifier):
    verifier()
    keys = [make(machine)["id"] for _ in range(24)]
    answers = []

    def revoke(key):
        answers.append(machine.call("DELETE", "/keys/" + key, **wait(6)))

    threads = [threading.Thread(target=revoke, args=(k,)) for k in keys]
    for thread in threads:
        thread.start()
    while len(answers) < len(keys) - 8:
        time.sleep(0.01)
    # Those that are left have the places, and others go on.
    for _ in range(20):
        assert machine.call("GET", "/keys").status == 200
    assert len(answers) == len(keys) - 8
    for thread in threads:
        thread.join()
    waited = sorted(late(a)["waited_ms"] for a in answers)
    assert all(w < 4000 for w in waited[:16])
    assert all(w > 4000 for w in waited[16:])
    # Places come back.
    answer = machine.call("DELETE", "/keys/" + make(machine)["id"], **wait(2))
    assert late(answer)["waited_ms"] > 600


def begun(act, done):
    """A thread that does ACT, once DONE() is true; its answer in a list."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(act()))
    thread.start()
    while not done():
        time.sleep(0.01)
    return thread, answers


def test_a_connection_that_ends_meanwhile(machine, verifier, managed):
    silent = verifier()
    key = make(machine)["id"]
    thread, answers = begun(
        lambda: machine.call("DELETE", "/keys/" + key),
        lambda: "key_revoked" in events(managed, key))
    managed.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = 'hasp_keys'")
    silent.follow()
    thread.join()
    assert confirmed(answers[0])["id"] == key


def test_a_database_that_goes_away_meanwhile(machine, verifier, managed):
    """The lease of who was alive ends by itself."""
    gone = verifier(lease=2000, answer=1000)
    key = make(machine)["id"]
    thread, answers = begun(
        lambda: machine.call("DELETE", "/keys/" + key),
        lambda: "key_revoked" in events(managed, key))
    time.sleep(0.5)
    managed.cluster.stop("immediate")
    try:
        thread.join()
    finally:
        managed.cluster.start()
        gone.conn.close()
        gone.close = lambda: None
    # The other connections find it again when they are next used.
    assert managed.cluster.wait_for(
        lambda: machine.call("GET", "/keys").status == 200)
    assert confirmed(answers[0])["id"] == key
    assert answers[0].json["waited_ms"] >= 3070
    managed.sql("DELETE FROM hasp.verifier WHERE id = '%s'" % gone.id)


def standbys(managed, names):
    managed.sql("ALTER SYSTEM SET synchronous_standby_names = '%s'" % names)
    managed.sql("SELECT pg_reload_conf()")
    while managed.sql("SHOW synchronous_standby_names") != names:
        time.sleep(0.01)


def test_a_commit_that_may_have_happened(machine, managed):
    """No standby confirms it; that it was done is told when it is."""
    key = make(machine)["id"]
    standbys(managed, "nobody")
    try:
        answer = machine.call("DELETE", "/keys/" + key)
        assert "again" in refused(answer, 503, "outcome_unknown")["detail"]
        assert header(answer, "Retry-After") == "1"
    finally:
        standbys(managed, "")
    for _ in range(100):
        answer = machine.call("DELETE", "/keys/" + key)
        if answer.status != 503:
            break
    refused(answer, 409, "already_revoked")


def test_a_drain_ends_waits(machine, verifier, managed):
    """What is waited for is answered before the program ends."""
    verifier()
    key = make(machine)["id"]
    program = managed.programs["keys"]
    thread, answers = begun(
        lambda: machine.call("DELETE", "/keys/" + key),
        lambda: "key_revoked" in events(managed, key))
    try:
        assert program.stop()[0] == 0
    finally:
        program.start()
    thread.join()
    late(answers[0])


def test_people_wait_as_well(managed, verifier):
    person = Person(managed, managed.make_account())
    verifier()
    late(person.call("DELETE", "/keys/" + make(person)["id"], **wait(0)))
