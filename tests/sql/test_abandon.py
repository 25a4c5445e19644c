# SPDX-License-Identifier: ISC
"""Up to when uses are known, and journals that will not come back."""

import json
import time

import pytest
from uses import KNOWN, Use, ship

ABANDONED, UNKNOWN, CLOSED, ALIVE = range(4)


def known(cursor):
    """Seconds since uses have arrived whole; None: nobody can say."""
    cursor.execute("SELECT extract(epoch FROM now() - hasp.usage_complete())")
    seconds = cursor.fetchone()[0]
    return None if seconds is None else float(seconds)


@pytest.fixture
def cursor(sql):
    """No journal is open."""
    made = sql().cursor()
    made.execute("UPDATE hasp.journal SET closed_at = now()")
    return made


def journal(cursor, late):
    """The number of one that is open, and was last heard of so long ago."""
    cursor.execute("SELECT own_number FROM hasp.open_journal("
                   "gen_random_uuid(), 'a host', 'auth-check', 7)")
    number = cursor.fetchone()[0]
    cursor.execute("UPDATE hasp.journal SET complete_at = now() - %s * "
                   "interval '1 second' WHERE number = %s", (late, number))
    return number


def test_uses_are_known_as_far_as_the_last_journal(cursor):
    assert known(cursor) is None
    first, second = journal(cursor, 100), journal(cursor, 500)
    assert 500 <= known(cursor) < 600
    cursor.execute("SELECT hasp.note_journal(%s, 7, 0, true)", (second,))
    assert 100 <= known(cursor) < 200
    # What was known before is not forgotten.
    cursor.execute("SELECT hasp.note_journal(%s, 7, 0, false)", (first,))
    assert 100 <= known(cursor) < 200
    cursor.execute("SELECT hasp.note_journal(%s, 7, %s, false)",
                   (first, round(time.time() * 1000000)))
    assert known(cursor) < 60


def test_one_that_is_gone_is_given_up(cursor, exercise):
    operator = exercise("hasp_operator")
    alive, gone = journal(cursor, 50), journal(cursor, 61)
    cursor.execute("SELECT count(*) FROM hasp.audit_event WHERE event = "
                   "'journal_abandoned'")
    before = cursor.fetchone()[0]

    def abandon(number):
        return operator.ok("abandon", number)["end"]

    assert abandon(2147483647) == UNKNOWN
    assert abandon(alive) == ALIVE
    assert 61 <= known(cursor) < 160
    assert abandon(gone) == ABANDONED
    assert known(cursor) < 61
    assert abandon(gone) == CLOSED
    cursor.execute("SELECT account, actor, detail::text FROM "
                   "hasp.audit_event WHERE event = 'journal_abandoned' "
                   "ORDER BY seq DESC")
    rows = cursor.fetchall()
    assert len(rows) == before + 1 and rows[0][:2] == (0, "operator")
    detail = json.loads(rows[0][2])
    assert {n: detail[n] for n in ("journal", "host", "program",
                                   "shipped")} == {
        "journal": gone, "host": "a host", "program": "auth-check",
        "shipped": 7}
    # It comes back after all.
    cursor.execute("SELECT hasp.note_journal(%s, 7, 0, false)", (gone,))
    assert known(cursor) > 60


@pytest.mark.parametrize("number", [-1, 0, 2**31 - 1])
def test_a_number_of_none(exercise, number):
    assert exercise("hasp_operator").ok("abandon", number)["end"] == UNKNOWN


@pytest.mark.parametrize("role", ["hasp_keys", "hasp_auth", "hasp_accounts",
                                  "hasp_audit"])
def test_operators_alone_give_up(exercise, cursor, role):
    number = journal(cursor, 3600)
    assert exercise(role).err("abandon", number) == "permission"
    assert known(cursor) > 3000


def test_they_are_listed(cursor, exercise):
    operator = exercise("hasp_operator")
    number = journal(cursor, 30)
    cursor.execute("UPDATE hasp.journal SET lost = 5 WHERE number = %s",
                   (number,))
    listed = operator.ok("journals", 0)["journals"]
    assert [j["number"] for j in listed] == [number]
    assert listed[0]["opened"] > 10**15 < listed[0]["known"]
    assert {n: listed[0][n] for n in ("host", "program", "shipped", "closed",
                                      "lost")} == {
        "host": "a host", "program": "auth-check", "shipped": 7, "closed": 0,
        "lost": 5}
    cursor.execute(ship([Use(1, "key_aaaaaaaaaaaaaaaa")]))
    listed = operator.ok("journals", 1)["journals"]
    numbers = [j["number"] for j in listed]
    assert numbers == sorted(numbers) and len(numbers) > 1
    assert [j["number"] for j in listed if j["closed"] == 0] == [number]


def test_what_a_secret_wrote_last(cursor):
    """The method counts, not the answer's order; refusals do not."""
    cursor.execute(KNOWN)
    key, now = "key_wrote00000000000", time.time()

    def last():
        cursor.execute("SELECT extract(epoch FROM last_wrote_at) FROM "
                       "hasp.secret_use WHERE key_id = %s", (key,))
        seconds = cursor.fetchone()[0]
        return None if seconds is None else round(now - float(seconds))

    cursor.execute("INSERT INTO hasp.account (id, name, plan, region) VALUES "
                   "(41, 'a', 'standard', 'main'); INSERT INTO hasp.key (id, "
                   "account, name, kind, role, environment, created_by) "
                   "VALUES (%s, 41, 'k', 'api_key', 'write', 'live', "
                   "'operator'); INSERT INTO hasp.secret (digest, key_id, "
                   "version, last_four) VALUES (sha256('w'), %s, 1, 'abcd')",
                   (key, key))
    for method, ago, code, wrote in (
            ("GET", 500, "ok", None), ("HEAD", 400, "ok", None),
            ("OPTIONS", 300, "ok", None), ("POST", 50, "role_not_enough",
                                           None),
            ("POST", 200, "ok", 200), ("GET", 100, "ok", 200),
            ("PATCH", 250, "ok", 200), ("other", 150, "ok", 150)):
        cursor.execute(ship([Use(41, key, at=now - ago, code=code,
                                 method=method)]))
        assert last() == wrote, (method, ago)
