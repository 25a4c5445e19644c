# SPDX-License-Identifier: ISC
"""Changes of keys through the C stores: revoked is final, rotation ends what
was before, what an account allows, and each change's row of the log."""

import hashlib
import secrets
import threading
import time

import pytest

DAY = 86400 * 10**6


def now_us():
    return time.time_ns() // 1000


@pytest.fixture
def operator(exercise):
    return exercise("hasp_operator")


@pytest.fixture
def account(operator):
    return operator.ok("create_account", "An account", "standard",
        "main")["account"]["id"]


def test_revoking_is_final(operator, auth, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    operator.ok("revoke", *key.ref, "lost on a train")
    first = operator.ok("find_key", account, key.id)["key"]
    assert first["revoked_why"] == "lost on a train"
    assert first["revoked_by"] == "operator"
    assert abs(first["revoked"] - now_us()) < 60 * 10**6
    assert operator.err("revoke", *key.ref, "again") == "already_revoked"
    assert operator.ok("find_key", account, key.id)["key"] == first
    assert auth.ok("look_up", key.digest)["key_revoked"] is True
    assert operator.err("revoke", account, "operator", "key_0000000000000000",
                        "") == "not_found"


@pytest.mark.parametrize("why", ["x" * 201, "a\x1bb"], ids=["long", "escape"])
def test_a_reason_is_plain_text(operator, account, new_key, why):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    assert operator.err("revoke", *key.ref, why) == "invalid"
    assert operator.ok("find_key", key.account, key.id)["key"]["revoked"] == 0


def rotate(operator, key, overlap, first_use=0):
    digest = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
    answer = operator.do("rotate", *key.ref, digest, "next", overlap,
                         first_use)
    return digest, answer


def test_rotation_ends_the_old_secret_later(operator, auth, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    digest, answer = rotate(operator, key, 3600)
    assert (answer["err"], answer["version"]) == ("ok", 2)
    old = auth.ok("look_up", key.digest)
    assert abs(old["secret_expires"] - now_us() - 3600 * 10**6) < 60 * 10**6
    new = auth.ok("look_up", digest)
    assert (new["version"], new["secret_expires"]) == (2, 0)
    assert new["key"] == old["key"] == key.id
    assert new["key_expires"] == old["key_expires"] == 0


def test_rotation_never_prolongs(operator, auth, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    second, _ = rotate(operator, key, 10)
    end = auth.ok("look_up", key.digest)["secret_expires"]
    third, answer = rotate(operator, key, 2592000)
    assert answer["version"] == 3
    assert auth.ok("look_up", key.digest)["secret_expires"] == end
    assert auth.ok("look_up", second)["secret_expires"] > end
    _, answer = rotate(operator, key, 0)
    assert answer["version"] == 4
    now = now_us()
    for digest in (key.digest, second, third):
        assert auth.ok("look_up", digest)["secret_expires"] <= max(now, end)


def test_an_overlap_waits_for_the_first_use(operator, auth, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    second, answer = rotate(operator, key, 60, 1)
    assert answer["version"] == 2
    assert auth.ok("look_up", key.digest)["secret_expires"] == 0
    assert auth.ok("look_up", second)["starts_overlap"] is True
    new, old = operator.ok("find_key", account, key.id)["key"]["secrets"]
    assert (new["overlap"], old["overlap"]) == (60, -1)
    # Whoever rotates again begins it, whatever the next overlap waits for.
    third, _ = rotate(operator, key, 3600, 1)
    first = auth.ok("look_up", key.digest)["secret_expires"]
    assert abs(first - now_us() - 60 * 10**6) < 30 * 10**6
    seen = auth.ok("look_up", second)
    assert (seen["secret_expires"], seen["starts_overlap"]) == (0, False)
    assert auth.ok("look_up", third)["starts_overlap"] is True


def test_ten_secrets_work_at_a_time(operator, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    for _ in range(9):
        assert rotate(operator, key, 60)[1]["err"] == "ok"
    for first_use in 0, 1:
        before = operator.ok("find_key", account, key.id)["key"]
        assert rotate(operator, key, 60, first_use)[1]["err"] == (
            "too_many_secrets")
        assert operator.ok("find_key", account, key.id)["key"] == before
    assert rotate(operator, key, 0)[1]["err"] == "ok"


def test_a_secret_ends_alone(operator, auth, account, new_key, sql):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    second, _ = rotate(operator, key, 3600)
    sql().cursor().execute(
        "INSERT INTO hasp.secret_use VALUES (%s, 1, %s, now(), now(), NULL)",
        (key.id, account))
    hour = now_us() - 3600 * 10**6
    for version, idle, err in ((2, hour, "secret_last"), (3, hour, "not_found"),
                               (1, hour, "secret_in_use"),
                               (1, now_us() + DAY, "ok"),
                               (1, now_us() + DAY, "secret_already_ended")):
        assert operator.err("end_secret", *key.ref, version, idle) == err
    assert auth.ok("look_up", key.digest)["secret_revoked"] is True
    assert auth.ok("look_up", second)["secret_revoked"] is False


def test_values_change_and_count(operator, auth, account, new_key, cluster,
                                 database):
    key = new_key(account, ranges="192.0.2.0/24", rate=1, burst=2)
    operator.ok("create_key", *key.words())
    key.name, key.role, key.ranges, key.rate, key.burst = "b", "admin", "", 0, 0
    key.expires = now_us() + DAY
    operator.ok("change_key", *key.ref, *key.values())
    found = operator.ok("find_key", account, key.id)["key"]
    assert {n: found[n] for n in ("name", "role", "ranges", "rate", "burst",
                                  "expires", "revision")} == {
        "name": "b", "role": "admin", "ranges": "", "rate": 0, "burst": 0,
        "expires": key.expires, "revision": 2}
    for off, revision in ((1, 3), (1, 3), (0, 4), (0, 4)):
        operator.ok("switch", *key.ref, off)
        found = operator.ok("find_key", account, key.id)["key"]
        assert (found["disabled"] != 0, found["revision"]) == (
            off == 1, revision)
    rotate(operator, key, 0)
    operator.ok("revoke", *key.ref, "")
    found = operator.ok("find_key", account, key.id)["key"]
    assert found["revision"] == 6
    for command in (("switch", *key.ref, 1),
                    ("change_key", *key.ref, *key.values()),
                    ("end_secret", *key.ref, 1, 0)):
        assert operator.err(*command) == "key_ended"
    # Each with its row of the log, in order, and none of what failed.
    assert cluster.psql(
        database, "SELECT event, actor, secret_version FROM hasp.audit_event "
        "WHERE key_id = '%s' AND account = %d ORDER BY seq" % (
            key.id, account)).split() == [
        "key_created|operator|1", "key_changed|operator|",
        "key_disabled|operator|", "key_enabled|operator|",
        "key_rotated|operator|2", "key_revoked|operator|"]


def test_what_an_account_has_to_allow(exercise, cluster, database, new_key):
    """As the program asks, for a person and for a key."""
    people = exercise("hasp_keys")
    cluster.psql(database, "INSERT INTO hasp.plan (code, name, max_keys) "
                 "VALUES ('own', 'Own', 3)")
    account = int(cluster.psql(
        database, "INSERT INTO hasp.account (name, plan, region) VALUES "
        "('a', 'own', 'main') RETURNING id"))
    key = new_key(account, actor="member:7")
    people.ok("create_key", *key.words())
    actors = {"person": "member:7", "key": "key:" + key.id}

    def outcomes(actor):
        made = new_key(account, actor=actors[actor])
        key.actor = made.actor
        return (people.err("create_key", *made.words()),
                rotate(people, key, 0)[1]["err"],
                people.err("switch", *key.ref, 0))

    for change, undo, person, machine in (
            ("account SET status = 'closed'", "account SET status = 'active'",
             ("account_closed",) * 3, ("account_closed",) * 3),
            ("account SET machine_keys = false",
             "account SET machine_keys = true", ("ok",) * 3,
             ("machine_keys_refused",) * 3),
            ("plan SET active = false", "plan SET active = true",
             ("plan_inactive", "plan_inactive", "ok"),
             ("plan_inactive", "plan_inactive", "ok")),
            ("plan SET self_service = false", "plan SET self_service = true",
             ("self_service_refused", "ok", "ok"),
             ("self_service_refused", "ok", "ok")),
            ("plan SET max_keys = 1", "plan SET max_keys = 9",
             ("key_limit_reached", "ok", "ok"),
             ("key_limit_reached", "ok", "ok"))):
        cluster.psql(database, "UPDATE hasp.%s WHERE %s" % (
            change, "code = 'own'" if change[0] == "p" else "id = %d"
            % account))
        assert outcomes("person") == person, change
        assert outcomes("key") == machine, change
        cluster.psql(database, "UPDATE hasp.%s WHERE %s" % (
            undo, "code = 'own'" if change[0] == "p" else "id = %d"
            % account))
    other = int(cluster.psql(
        database, "INSERT INTO hasp.account (name, plan, region) VALUES "
        "('b', 'own', 'main') RETURNING id"))
    for command in (("revoke", ""), ("switch", 1), ("end_secret", 1, 0)):
        assert people.err(command[0], other, "member:8", key.id,
                          *command[1:]) == "not_found"


def test_what_cannot_be_rotated(operator, account, new_key):
    key = new_key(account)
    _, answer = rotate(operator, key, 0)
    assert answer["err"] == "not_found"
    operator.ok("create_key", *key.words())
    for overlap in (-1, 2592001):
        assert rotate(operator, key, overlap)[1]["err"] == "invalid"
    operator.ok("revoke", *key.ref, "")
    assert rotate(operator, key, 0)[1]["err"] == "key_ended"
    over = new_key(account, expires=now_us() - DAY)
    operator.ok("create_key", *over.words())
    assert rotate(operator, over, 0)[1]["err"] == "key_ended"
    assert len(operator.ok("find_key", over.account, over.id)["key"]["secrets"]) == 1


def test_rotations_at_once_number_each(exercise, account, new_key):
    operators = [exercise("hasp_operator") for _ in range(6)]
    key = new_key(account)
    operators[0].ok("create_key", *key.words())
    versions = []

    def turn(operator):
        for _ in range(3):
            versions.append(rotate(operator, key, 0)[1]["version"])

    threads = [threading.Thread(target=turn, args=(o,)) for o in operators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(2, 20))
