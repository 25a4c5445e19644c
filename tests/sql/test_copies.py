# SPDX-License-Identifier: ISC
"""What a secret copies of its key is never older than the key: after any
change, in either order of two at once, and for changes made by hand."""

import random
import threading

import psycopg2
import pytest

import keys

STALE = """SELECT s.key_id, s.record, hasp.secret_record(s, k)
    FROM hasp.secret s JOIN hasp.key k ON k.id = s.key_id
    WHERE s.record IS DISTINCT FROM hasp.secret_record(s, k)
        OR s.account <> k.account"""

KEY_CHANGES = [
    "name = 'other ' || random()", "role = 'admin'", "role = 'read'",
    "environment = 'test'", "allowed_ranges = '{192.0.2.0/24,::/0}'",
    "allowed_ranges = '{}'", "disabled_at = now()", "disabled_at = NULL",
    "expires_at = now() + interval '1 day'", "expires_at = NULL",
    "not_before = now() - interval '1 day'", "not_before = NULL",
    "revoked_at = coalesce(revoked_at, now()), revoked_by = 'operator', "
    "revoked_why = ''",
]
SECRET_CHANGES = [
    "expires_at = now()", "expires_at = NULL", "revoked_at = now()",
    "revoked_at = NULL", "not_before = now()", "record = 'forged'",
    "account = 1",
]


@pytest.fixture(scope="module")
def account(cluster, database):
    return int(cluster.psql(
        database, "INSERT INTO hasp.account (name, plan, region) "
        "VALUES ('a', 'standard', 'main') RETURNING id"))


def add_secret(key_id, version):
    text = keys.make()
    return ("INSERT INTO hasp.secret (digest, key_id, version, last_four) "
            "VALUES ('\\x%s', '%s', %d, '%s')"
            % (keys.digest(text), key_id, version, text[-4:]))


def test_every_change_is_copied(cluster, database, sql, account):
    cursor = sql().cursor()
    made = [keys.Key(cluster, database, account) for _ in range(5)]
    versions = {key.id: 1 for key in made}
    chance = random.Random(1)
    for _ in range(300):
        key = chance.choice(made).id
        kind = chance.random()
        if kind < 0.2:
            versions[key] += 1
            cursor.execute(add_secret(key, versions[key]))
        elif kind < 0.6:
            cursor.execute("UPDATE hasp.key SET %s WHERE id = '%s'"
                           % (chance.choice(KEY_CHANGES), key))
        else:
            cursor.execute("UPDATE hasp.secret SET %s WHERE key_id = '%s'"
                           % (chance.choice(SECRET_CHANGES), key))
        cursor.execute(STALE)
        assert cursor.fetchall() == []


class Other:
    """A statement in a connection of its own, which may have to wait."""

    def __init__(self, cluster, database, text):
        self.conn = psycopg2.connect(cluster.conninfo(database))
        self.pid = self.conn.info.backend_pid
        self.thread = threading.Thread(target=self.run, args=(text,))
        self.thread.start()

    def run(self, text):
        self.conn.cursor().execute(text)
        self.conn.commit()
        self.conn.close()


def waits(cluster, database, pid):
    return cluster.psql(database, "SELECT wait_event_type FROM "
                        "pg_stat_activity WHERE pid = %d" % pid) == "Lock"


@pytest.mark.parametrize("first", ["key", "secret"])
def test_two_at_once(cluster, database, sql, account, first):
    """A key is revoked while it gets another secret: whoever is second waits
    for the first and then sees what it did."""
    key = keys.Key(cluster, database, account)
    changes = {"key": "UPDATE hasp.key SET revoked_at = now(), revoked_by = "
                      "'operator', revoked_why = '' WHERE id = '%s'" % key.id,
               "secret": add_secret(key.id, 2)}
    conn = sql()
    conn.autocommit = False
    conn.cursor().execute(changes.pop(first))
    other = Other(cluster, database, changes.popitem()[1])
    assert cluster.wait_for(lambda: waits(cluster, database, other.pid))
    conn.commit()
    other.thread.join(20)
    assert not other.thread.is_alive()
    cursor = sql().cursor()
    cursor.execute(STALE)
    assert cursor.fetchall() == []
    cursor.execute("SELECT split_part(record, E'\\t', 7) FROM hasp.secret "
                   "WHERE key_id = %s", (key.id,))
    assert cursor.fetchall() == [("t",), ("t",)]


def test_a_secret_of_no_key(sql):
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        sql().cursor().execute(add_secret("key_" + "0" * 16, 1))
