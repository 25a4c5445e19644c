# SPDX-License-Identifier: ISC
"""The fence as SQL: every change of a cached field has a number, whoever makes
it, in the order of commits; a verifier that was buried has to register."""

import threading

import psycopg2
import psycopg2.errors
import pytest

A, B, C = ("%032x" % n for n in (10, 11, 12))

# What a check's record holds, by hand-written SQL, and what it concerns.
CACHED = [
    ("UPDATE hasp.key SET name = 'other' WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET role = 'read' WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET allowed_ranges = '{10.0.0.0/8}' WHERE id = %(key)s",
     "key"),
    ("UPDATE hasp.key SET rate_per_second = 1, rate_burst = 1 "
     "WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET daily_quota = 5 WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET expires_at = now() WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET not_before = now() WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET disabled_at = now() WHERE id = %(key)s", "key"),
    ("UPDATE hasp.key SET revoked_at = now(), revoked_by = 'operator', "
     "revoked_why = '' WHERE id = %(key)s", "key"),
    ("UPDATE hasp.secret SET revoked_at = now() WHERE key_id = %(key)s",
     "key"),
    ("UPDATE hasp.secret SET expires_at = now() WHERE key_id = %(key)s",
     "key"),
    ("UPDATE hasp.secret SET overlap_seconds = 5 WHERE key_id = %(key)s",
     "key"),
    ("UPDATE hasp.secret SET digest = sha256('y') WHERE key_id = %(key)s",
     "key"),
    ("DELETE FROM hasp.secret WHERE key_id = %(key)s", "key"),
    ("UPDATE hasp.account SET status = 'suspended' WHERE id = %(account)s",
     "account"),
    ("UPDATE hasp.account SET legacy_deprecated_at = now() "
     "WHERE id = %(account)s", "account"),
    ("UPDATE hasp.account SET legacy_link = 'https://example.org/' "
     "WHERE id = %(account)s", "account"),
    ("UPDATE hasp.account SET legacy_policy = 'refuse' "
     "WHERE id = %(account)s", "account"),
    ("UPDATE hasp.plan SET active = NOT active WHERE code = 'standard'",
     "all"),
    ("UPDATE hasp.plan SET rate_per_second = 5, rate_burst = 5 "
     "WHERE code = 'standard'", "all"),
    ("UPDATE hasp.plan SET daily_quota = 5 WHERE code = 'standard'", "all"),
    ("UPDATE hasp.region SET api_host = 'b.example.org' WHERE code = 'main'",
     "all"),
    ("TRUNCATE hasp.secret", "all"),
]

# What no check looks at.
OTHER = [
    "UPDATE hasp.key SET name = name WHERE id = %(key)s",
    "UPDATE hasp.key SET revision = revision WHERE id = %(key)s",
    "UPDATE hasp.account SET name = 'other' WHERE id = %(account)s",
    "UPDATE hasp.account SET machine_keys = false WHERE id = %(account)s",
    "UPDATE hasp.plan SET name = 'Other', max_keys = 1 "
    "WHERE code = 'standard'",
    "UPDATE hasp.region SET name = 'Other' WHERE code = 'main'",
    "INSERT INTO hasp.secret (digest, key_id, version, last_four) "
    "VALUES (sha256('z'), %(key)s, 2, 'abcd')",
    "UPDATE hasp.key SET disabled_at = NULL WHERE id = 'key_nobody'",
]


NAMES = {"account": 4000000001, "key": "key_fence00000000001"}


@pytest.fixture
def owner(sql):
    """A superuser's connection, and one key; all is undone."""
    conn = sql()
    conn.autocommit = False
    cursor, names = conn.cursor(), NAMES
    cursor.execute("INSERT INTO hasp.account (id, name, plan, region) VALUES "
                   "(%(account)s, 'fence', 'standard', 'main')", names)
    cursor.execute("INSERT INTO hasp.key (id, account, name, kind, role, "
                   "environment, created_by) VALUES (%(key)s, %(account)s, "
                   "'k', 'access_token', 'admin', 'live', 'operator')", names)
    cursor.execute("INSERT INTO hasp.secret (digest, key_id, version, "
                   "last_four) VALUES (sha256('fence'), %(key)s, 1, 'abcd')",
                   names)
    conn.commit()
    yield conn
    conn.rollback()
    cursor.execute("DELETE FROM hasp.secret WHERE key_id = %(key)s", names)
    cursor.execute("DELETE FROM hasp.key WHERE id = %(key)s", names)
    cursor.execute("DELETE FROM hasp.account WHERE id = %(account)s", names)
    cursor.execute("DELETE FROM hasp.verifier")
    conn.commit()


def head(cursor):
    cursor.execute("SELECT seq FROM hasp.fence")
    return cursor.fetchone()[0]


def changes(cursor, above):
    cursor.execute("SELECT seq, kind, ref FROM hasp.change WHERE seq > %s "
                   "ORDER BY 1, 2, 3", (above,))
    return cursor.fetchall()


@pytest.mark.parametrize("text, kind", CACHED)
def test_a_cached_field_is_numbered(owner, text, kind):
    cursor = owner.cursor()
    before = head(cursor)
    cursor.execute(text, NAMES)
    cursor.execute("SELECT number FROM hasp.close_change()")
    assert cursor.fetchone()[0] == before + 1
    ref = "" if kind == "all" else str(NAMES[kind])
    assert changes(cursor, before) == [(before + 1, kind, ref)]


@pytest.mark.parametrize("text", OTHER)
def test_what_no_check_looks_at_is_not(owner, text):
    cursor = owner.cursor()
    before = head(cursor)
    cursor.execute(text, NAMES)
    cursor.execute("SELECT number FROM hasp.close_change()")
    assert cursor.fetchone()[0] == 0
    assert changes(cursor, before) == []


def test_what_no_trigger_saw_can_be_numbered_by_hand(owner):
    """As docs/revocation.md says."""
    cursor = owner.cursor()
    before = head(cursor)
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(CACHED[1][0], NAMES)
    owner.commit()
    assert head(cursor) == before
    cursor.execute("SELECT hasp.note_change('all', '')")
    owner.commit()
    assert changes(cursor, before) == [(before + 1, "all", "")]


def test_a_transaction_has_one_number(owner):
    cursor = owner.cursor()
    before = head(cursor)
    for text, _ in CACHED[:5] + CACHED[14:20]:
        cursor.execute(text, NAMES)
    owner.commit()
    after = head(cursor)
    assert after == before + 1
    assert changes(cursor, before) == [
        (after, "account", str(NAMES["account"])), (after, "all", ""),
        (after, "key", NAMES["key"])]
    cursor.execute("UPDATE hasp.plan SET active = true, rate_per_second = "
                   "NULL, rate_burst = NULL WHERE code = 'standard'")


def test_a_number_is_kept_whatever_the_session_wants(owner):
    """Else a crash could take it back, and another change would get it."""
    cursor = owner.cursor()
    cursor.execute("SET LOCAL synchronous_commit = off")
    cursor.execute(OTHER[2], NAMES)
    cursor.execute("SELECT hasp.close_change()")
    cursor.execute("SHOW synchronous_commit")
    assert cursor.fetchone() == ("off",)
    cursor.execute(CACHED[1][0], NAMES)
    cursor.execute("SHOW synchronous_commit")
    assert cursor.fetchone() == ("remote_apply",)


def test_what_is_undone_has_no_number(owner):
    cursor = owner.cursor()
    before = head(cursor)
    cursor.execute(CACHED[1][0], NAMES)
    cursor.execute("SELECT hasp.close_change()")
    owner.rollback()
    assert head(cursor) == before and changes(cursor, before) == []
    cursor.execute("SAVEPOINT s")
    cursor.execute(CACHED[1][0], NAMES)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("ROLLBACK TO SAVEPOINT s")
    cursor.execute(CACHED[4][0], NAMES)
    owner.commit()
    assert head(cursor) == before + 1
    assert [c[0] for c in changes(cursor, before)] == [before + 1]


def test_numbers_are_in_the_order_of_commits(owner, sql):
    """Whoever is numbered second waits for the first to commit: no one sees
    a number while a smaller one is still to come."""
    cursor, other = owner.cursor(), sql()
    before = head(cursor)
    cursor.execute(CACHED[1][0], NAMES)
    cursor.execute("SELECT hasp.close_change()")
    done = threading.Event()

    def second():
        other.autocommit = False
        c = other.cursor()
        c.execute("UPDATE hasp.plan SET active = false WHERE code = "
                  "'standard'")
        c.execute("UPDATE hasp.plan SET active = true WHERE code = "
                  "'standard'")
        other.commit()
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert not done.wait(0.3)
    owner.commit()
    thread.join(10)
    assert done.is_set()
    assert [c[:2] for c in changes(cursor, before)] == [
        (before + 1, "key"), (before + 2, "all")]


def test_nobody_may_write_them(sql):
    for role in ("hasp_auth", "hasp_keys", "hasp_operator", "hasp_accounts"):
        for text in ("UPDATE hasp.fence SET seq = 0",
                     "DELETE FROM hasp.change",
                     "UPDATE hasp.verifier SET dead = true",
                     "SELECT hasp.note_change('all', '')",
                     "SELECT hasp.own_number()"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                sql(role).cursor().execute(text)


def enrol(cursor, own, before=""):
    cursor.execute("SELECT number, at FROM hasp.enrol_verifier(%s, 'host', "
                   "'auth-check', 10000, 2000, %s)", (own, before))
    return cursor.fetchone()


def renew(cursor, own, drained):
    cursor.execute("SELECT number FROM hasp.renew_verifier(%s, %s, "
                   "hasp.place(), 1, 2)", (own, drained))
    row = cursor.fetchone()
    return row and row[0]


def waited(cursor, number):
    cursor.execute("SELECT id, renewals FROM hasp.waited_verifiers(%s)",
                   (number,))
    return dict(cursor.fetchall())


def test_the_life_of_a_verifier(owner, sql):
    auth, keys = sql("hasp_auth").cursor(), sql("hasp_keys").cursor()
    cursor = owner.cursor()
    number, place = enrol(auth, A)
    assert number == head(cursor) and place % 2 == 1
    auth.execute("SELECT hasp.place()")
    assert auth.fetchone()[0] == place
    cursor.execute(CACHED[1][0], NAMES)
    owner.commit()
    number += 1
    assert waited(keys, number) == {A: 0}
    # It is told, and has acknowledged no more than it drained.
    assert renew(auth, A, number - 1) == number
    assert waited(keys, number) == {A: 1}
    auth.execute("SELECT * FROM hasp.changes_after(%s)", (number - 1,))
    assert auth.fetchone() == (number, True,
                               "key\t" + NAMES["key"])
    auth.execute("SELECT hasp.acknowledge(%s, %s)", (A, number))
    assert waited(keys, number) == {}
    # An old acknowledgement takes nothing back.
    assert renew(auth, A, 1) == number
    auth.execute("SELECT hasp.acknowledge(%s, 1)", (A,))
    assert waited(keys, number) == {}
    auth.execute("SELECT hasp.leave_verifier(%s)", (A,))
    assert renew(auth, A, number) is None


def test_the_buried_have_to_register(owner, sql):
    auth, keys = sql("hasp_auth").cursor(), sql("hasp_keys").cursor()
    number = enrol(auth, A)[0]
    renew(auth, A, number)
    # It was renewed since it was seen.
    keys.execute("SELECT hasp.bury_verifier(%s, 0)", (A,))
    assert keys.fetchone() == (False,)
    keys.execute("SELECT hasp.bury_verifier(%s, 1)", (A,))
    assert keys.fetchone() == (True,)
    assert waited(keys, number + 1) == {}
    assert renew(auth, A, number) is None
    auth.execute("SELECT hasp.acknowledge(%s, %s)", (A, number + 1))
    assert auth.fetchone() == (False,)
    # Registered anew it has acknowledged nothing.
    enrol(auth, A)
    assert waited(keys, 1) == {A: 2}


def test_a_successor_buries_its_predecessor_alone(owner, sql):
    auth, keys = sql("hasp_auth").cursor(), sql("hasp_keys").cursor()
    for one in (A, B):
        enrol(auth, one)
    enrol(auth, C, before=A)
    assert set(waited(keys, 1)) == {B, C}
    enrol(auth, C, before=C)
    assert set(waited(keys, 1)) == {B, C}


def test_more_changes_than_are_read_concern_all(owner, sql):
    cursor, auth = owner.cursor(), sql("hasp_auth").cursor()
    before = head(cursor)
    cursor.execute("INSERT INTO hasp.change (seq, kind, ref) SELECT %s, "
                   "'account', i FROM generate_series(1, 1001) i", (before,))
    owner.commit()
    auth.execute("SELECT number, complete FROM hasp.changes_after(%s)",
                 (before - 1,))
    assert auth.fetchone() == (before, False)
    # Below what is kept nothing can be said either.
    cursor.execute("DELETE FROM hasp.change WHERE seq = %s", (before,))
    cursor.execute("UPDATE hasp.fence SET kept = seq")
    owner.commit()
    for done, complete in ((before - 1, False), (before, True)):
        auth.execute("SELECT complete, changes FROM hasp.changes_after(%s)",
                     (done,))
        assert auth.fetchone() == (complete, "")
    cursor.execute("UPDATE hasp.fence SET kept = 0")
    owner.commit()
