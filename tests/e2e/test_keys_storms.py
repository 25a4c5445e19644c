# SPDX-License-Identifier: ISC
"""The program keys with many at once, and killed in the middle of it."""

import signal
import threading

import pytest
from fcgi_raw import Closed
from keys_world import Machine, Person, code, digits, events, make

GOOD = {"name": "a key", "role": "read"}


def storm(count, act):
    """What ACT(number) gave, called from COUNT threads at the same time."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(number):
        gate.wait()
        results[number] = act(number)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def machine(managed):
    return Machine(managed, managed.make_account())


def count(managed, account, table="key"):
    return int(managed.sql("SELECT count(*) FROM hasp.%s WHERE account = %d"
                           % (table, account)))


def test_200_creations_with_one_idempotency_key_make_one_key(managed,
                                                             machine):
    again = {"Idempotency-Key": digits(8)}
    answers = storm(200, lambda _: machine.call("POST", "/keys", GOOD,
                                                headers=again))
    made = [a.json for a in answers if a.status == 201]
    assert len(made) == 1
    others = {(a.status, a.json["code"], a.json.get("key_id"))
              for a in answers if a.status != 201}
    assert others == {(409, "secret_already_shown", made[0]["id"])}
    assert count(managed, machine.account) == 2
    assert events(managed, made[0]["id"]) == ["key_created"]


def test_200_rotations_with_one_idempotency_key_make_one_secret(managed,
                                                                machine):
    made, again = make(machine), {"Idempotency-Key": digits(8)}
    answers = storm(200, lambda _: machine.call(
        "POST", "/keys/%s/rotation" % made["id"], {}, headers=again))
    assert sorted({a.status for a in answers}) == [200, 409]
    assert sum(a.status == 200 for a in answers) == 1
    assert events(managed, made["id"]) == ["key_created", "key_rotated"]


def test_the_plans_limit_holds(managed):
    managed.sql("INSERT INTO hasp.plan (code, name, max_keys) VALUES "
                "('eleven', 'Eleven', 11) ON CONFLICT DO NOTHING")
    machine = Machine(managed, managed.make_account(plan="'eleven'"))
    answers = storm(50, lambda _: machine.call("POST", "/keys", GOOD))
    assert sum(a.status == 201 for a in answers) == 10
    assert {a.json["code"] for a in answers if a.status != 201} == {
        "key_limit_reached"}
    assert count(managed, machine.account) == 11


def test_one_proof_proves_one_change(managed):
    admin = Person(managed, managed.make_account())
    proof = admin.proof()
    answers = storm(20, lambda _: admin.call("POST", "/keys", GOOD,
                                             proof=proof))
    assert sum(a.status == 201 for a in answers) == 1
    assert {a.json["code"] for a in answers if a.status != 201} == {
        "proof_invalid"}


def test_of_two_who_revoke_one_does(managed, machine):
    made = make(machine)
    answers = storm(20, lambda _: machine.call("DELETE",
                                               "/keys/" + made["id"]))
    assert sum(a.status == 200 for a in answers) == 1
    assert {a.json["code"] for a in answers if a.status != 200} == {
        "already_revoked"}
    assert events(managed, made["id"]) == ["key_created", "key_revoked"]


def test_of_many_with_one_if_match_one_changes(managed, machine):
    made = make(machine)
    answers = storm(20, lambda n: machine.call(
        "PATCH", "/keys/" + made["id"], {"name": "name %d" % n},
        headers={"If-Match": '"1"'}))
    assert sum(a.status == 200 for a in answers) == 1
    assert {a.status for a in answers} == {200, 412}
    assert events(managed, made["id"]) == ["key_created", "key_changed"]


def test_every_old_key_comes_once_while_others_are_made(managed):
    """10 000 of them, in pages."""
    account = managed.make_account()
    machine = Machine(managed, account)
    managed.sql("""
        SET ROLE hasp_owner;
        INSERT INTO hasp.key (id, account, name, kind, role, environment,
            created_by, created_at)
        SELECT 'key_' || left(md5(%d || ':' || g), 16), %d, 'k',
            'access_token', 'read', 'live', 'operator',
            now() - (g / 10) * interval '1 second'
        FROM generate_series(1, 9999) g;
        INSERT INTO hasp.secret (digest, key_id, version, last_four)
        SELECT sha256(id::bytea), id, 1, 'abcd' FROM hasp.key
        WHERE account = %d AND name = 'k'""" % (account, account, account))
    old = set(managed.sql("SELECT id FROM hasp.key WHERE account = %d"
                          % account).split())
    assert len(old) == 10000
    done = threading.Event()
    new = []

    def disturb():
        while not done.is_set():
            new.append(make(machine)["id"])

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        seen, target = [], "/keys?limit=100"
        while target:
            page = machine.call("GET", target).json
            seen += [k["id"] for k in page["keys"]]
            target = page["has_more"] and "/keys?limit=100&cursor=" + (
                page["next_cursor"])
    finally:
        done.set()
        thread.join()
    assert new
    assert len(seen) == len(set(seen))
    assert old <= set(seen) <= old | set(new)


def test_killed_in_a_storm_of_creations(managed):
    """Each key is whole, with its secret and its row of the log; whoever got
    an answer has a key that works."""
    account = managed.make_account()
    machine = Machine(managed, account)
    program = managed.programs["keys"]
    made, begun = [], threading.Semaphore(0)

    def act(_):
        for _ in range(200):
            try:
                answer = machine.call("POST", "/keys", GOOD)
            except (Closed, OSError):
                return
            if answer.status == 201:
                made.append(answer.json)
                begun.release()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        assert begun.acquire(timeout=30)
    program.process.send_signal(signal.SIGKILL)
    program.process.wait()
    for thread in threads:
        thread.join()
    managed.programs["keys"] = program.start()
    rows = managed.sql("""
        SELECT k.id, count(DISTINCT s.version), count(DISTINCT e.seq)
        FROM hasp.key k LEFT JOIN hasp.secret s ON s.key_id = k.id
        LEFT JOIN hasp.audit_event e ON e.key_id = k.id
        WHERE k.account = %d AND k.id <> '%s' GROUP BY 1"""
                       % (account, machine.id)).split()
    assert len(rows) >= len(made) >= 40
    assert {row.partition("|")[2] for row in rows} == {"1|1"}
    assert {k["id"] for k in made} <= {r.partition("|")[0] for r in rows}
    assert all(code(managed, k["secret"]) == "ok" for k in made[-20:])
    assert count(managed, account, "audit_event") == len(rows)
    make(machine)
