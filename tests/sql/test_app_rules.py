# SPDX-License-Identifier: ISC
"""Apps, connections and tokens as SQL: what the tables refuse whoever asks, and
what of it is a change that verifiers have to know of."""

import random
import threading

import psycopg2
import psycopg2.errors
import pytest

import keys
from uses import Use, ship

APP, OWN = ("0000000%d-0000-4000-8000-000000000000" % n for n in (1, 2))
ACCOUNT, OTHER = 4000000101, 4000000102
REVOKED = "revoked_at = now(), revoked_by = 'operator', revoked_why = ''"
REMOVED = "removed_at = now(), removed_by = 'operator'"
FETCHER = "app:" + APP


@pytest.fixture(name="cursor")
def make_cursor(sql):
    """Of a superuser's transaction with two accounts and two apps, one of them
    ACCOUNT's own; all is undone."""
    conn = sql()
    conn.autocommit = False
    cursor = conn.cursor()
    # What tests left that had to commit.
    cursor.execute("SET LOCAL session_replication_role = replica; "
                   "DELETE FROM hasp.secret; DELETE FROM hasp.key; "
                   "DELETE FROM hasp.connection; DELETE FROM hasp.app; "
                   "SET LOCAL session_replication_role = origin")
    cursor.execute(
        "INSERT INTO hasp.account (id, name, plan, region) VALUES "
        "(%s, 'a', 'standard', 'main'), (%s, 'b', 'standard', 'main')",
        (ACCOUNT, OTHER))
    cursor.execute(
        "INSERT INTO hasp.app (guid, account, name, publisher, created_by) "
        "VALUES (%s, NULL, 'a', 'p', 'operator'), (%s, %s, 'b', 'p', "
        "'operator')", (APP, OWN, ACCOUNT))
    yield cursor
    conn.rollback()


def one(cursor, text, *values):
    cursor.execute(text, values)
    return cursor.fetchone()[0]


def connect(cursor, app=APP, account=ACCOUNT, role="write"):
    return one(cursor, "INSERT INTO hasp.connection (account, app, role, "
               "environment, granted_by) VALUES (%s, %s, %s, 'live', "
               "'operator') RETURNING id", account, app, role)


def token(cursor, connection, app=APP, account=ACCOUNT, role="read",
          environment="live", by="operator", expires=None):
    """A token's id; its secret's digest is that of its id."""
    key = keys.make_id()
    cursor.execute(
        "INSERT INTO hasp.key (id, account, name, kind, role, environment, "
        "app, connection, created_by, expires_at) VALUES (%s, %s, 't', "
        "'app_token', %s, %s, %s, %s, %s, now() + %s * interval '1 s')",
        (key, account, role, environment, app, connection, by, expires))
    cursor.execute(
        "INSERT INTO hasp.secret (digest, key_id, version, last_four, "
        "expires_at) SELECT sha256(id::bytea), id, 1, 'abcd', expires_at "
        "FROM hasp.key WHERE id = %s", (key,))
    return key


def refuse(cursor, error, text, *values):
    """TEXT is refused with ERROR, and the transaction goes on."""
    cursor.execute("SAVEPOINT before")
    with pytest.raises(error):
        cursor.execute(text, values)
    cursor.execute("ROLLBACK TO before")


def changes(cursor):
    """What this transaction has numbered so far."""
    cursor.execute("SELECT number FROM hasp.close_change()")
    number = cursor.fetchone()[0]
    if number == 0:
        return []
    cursor.execute("SELECT kind, ref FROM hasp.change WHERE seq = %s "
                   "ORDER BY 1, 2", (number,))
    return cursor.fetchall()


INTEGRITY = psycopg2.errors.IntegrityConstraintViolation
CHECK = psycopg2.errors.CheckViolation


# -- tokens ------------------------------------------------------------------

@pytest.mark.parametrize("wrong", [
    {"role": "admin"}, {"environment": "test"}, {"app": OWN},
    {"connection": 1 << 60}])
def test_a_token_is_within_its_connection(cursor, wrong):
    connection = connect(cursor)
    token(cursor, connection, role="write")
    cursor.execute("SAVEPOINT before")
    with pytest.raises(psycopg2.IntegrityError):
        token(cursor, **{"connection": connection, **wrong})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("ROLLBACK TO before")


def test_a_token_of_another_accounts_connection(cursor):
    connection = connect(cursor)
    connect(cursor, account=OTHER)
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        token(cursor, connection, account=OTHER)


@pytest.mark.parametrize("change", [
    "hasp.connection SET " + REVOKED, "hasp.app SET " + REMOVED])
def test_no_token_of_what_has_ended(cursor, change):
    connection = connect(cursor)
    token(cursor, connection)
    cursor.execute("UPDATE " + change)
    with pytest.raises(INTEGRITY):
        token(cursor, connection)


def test_an_app_without_a_connection(cursor):
    for columns in ("app", "'%s'" % APP), ("connection", "1"):
        refuse(cursor, psycopg2.IntegrityError,
               "INSERT INTO hasp.key (id, account, name, kind, role, "
               "environment, created_by, %s) VALUES ('%s', %d, 't', "
               "'app_token', 'read', 'live', 'operator', %s)"
               % (columns[0], keys.make_id(), ACCOUNT, columns[1]))


@pytest.mark.parametrize("change", [
    "account = %d" % OTHER, "kind = 'access_token'", "app = NULL",
    "connection = NULL", "app = '%s'" % OWN, "connection = connection + 1",
    "id = 'key_0000000000000000'", "role = 'write'", "environment = 'test'",
    "kind = 'access_token', app = NULL, connection = NULL"])
def test_a_token_stays_what_it_is(cursor, change):
    key = token(cursor, connect(cursor))
    refuse(cursor, psycopg2.IntegrityError,
           "UPDATE hasp.key SET %s WHERE id = '%s'" % (change, key))
    # What every key can have done to it.
    for good in ("name = 'other'", "disabled_at = now()", REVOKED):
        cursor.execute("UPDATE hasp.key SET %s WHERE id = '%s'" % (good, key))


def test_a_key_never_becomes_a_token(cursor):
    connection = connect(cursor)
    cursor.execute(
        "INSERT INTO hasp.key (id, account, name, kind, role, environment, "
        "created_by) VALUES ('key_0000000000000000', %s, 'k', "
        "'access_token', 'read', 'live', 'operator')", (ACCOUNT,))
    refuse(cursor, INTEGRITY, "UPDATE hasp.key SET kind = 'app_token', app = "
           "%s, connection = %s WHERE id = 'key_0000000000000000'", APP,
           connection)


# -- connections and apps ----------------------------------------------------

@pytest.mark.parametrize("change", [
    "account = %d" % OTHER, "app = '%s'" % OWN, "role = 'admin'",
    "environment = 'test'", "granted_by = 'member:1'", "granted_at = now() - "
    "interval '1 s'", "id = id + 1", REVOKED + ", role = 'read'"])
def test_a_connection_stays_what_it_is(cursor, change):
    connect(cursor)
    refuse(cursor, INTEGRITY, "UPDATE hasp.connection SET " + change)


@pytest.mark.parametrize("change", [
    "revoked_at = NULL, revoked_by = NULL, revoked_why = NULL",
    "revoked_why = 'other'", "revoked_at = revoked_at + interval '1 s'"])
def test_its_end_is_final(cursor, change):
    connect(cursor)
    cursor.execute("UPDATE hasp.connection SET " + REVOKED)
    refuse(cursor, INTEGRITY, "UPDATE hasp.connection SET " + change)


def test_one_at_a_time(cursor):
    first = connect(cursor)
    refuse(cursor, psycopg2.errors.UniqueViolation,
           "INSERT INTO hasp.connection (account, app, role, environment, "
           "granted_by) VALUES (%s, %s, 'read', 'live', 'operator')", ACCOUNT,
           APP)
    connect(cursor, account=OTHER)
    connect(cursor, app=OWN)
    cursor.execute("UPDATE hasp.connection SET %s WHERE id = %d"
                   % (REVOKED, first))
    assert connect(cursor) > first


def test_a_private_app_is_its_accounts(cursor):
    connect(cursor, app=OWN)
    with pytest.raises(CHECK):
        connect(cursor, app=OWN, account=OTHER)


def test_an_app_that_was_removed_is_not_connected(cursor):
    cursor.execute("UPDATE hasp.app SET " + REMOVED)
    with pytest.raises(CHECK):
        connect(cursor)


@pytest.mark.parametrize("change", [
    "guid = gen_random_uuid()", "account = NULL", "account = %d" % OTHER,
    "created_by = 'member:1'", "created_at = now() - interval '1 s'"])
def test_an_app_stays_whose_it_is(cursor, change):
    refuse(cursor, INTEGRITY, "UPDATE hasp.app SET %s WHERE guid = '%s'"
           % (change, OWN))


def test_an_apps_end_is_final(cursor):
    cursor.execute("UPDATE hasp.app SET name = 'other'")
    assert one(cursor, "SELECT revision FROM hasp.app WHERE guid = %s",
               APP) == 2
    cursor.execute("UPDATE hasp.app SET " + REMOVED)
    for change in ("removed_at = NULL, removed_by = NULL", "name = 'x'",
                   "revision = 1"):
        refuse(cursor, INTEGRITY, "UPDATE hasp.app SET " + change)


@pytest.mark.parametrize("page, good", [
    ("", True), ("https://a.example/", True), ("http://a.example", True),
    ("https://a.example/" + "x" * 282, True),
    ("https://a.example/" + "x" * 283, False), ("https://", False),
    ("javascript:x", False), ("https://a b", False), ("https://a\"", False),
    ("https://a<", False), ("https://a;", False), ("https://a,", False),
    ("https://\u00e9", False), ("https://a\n", False)])
def test_home_pages(cursor, page, good):
    text = "UPDATE hasp.app SET home_page = %s WHERE guid = %s"
    if good:
        cursor.execute(text, (page, APP))
    else:
        refuse(cursor, CHECK, text, page, APP)


# -- what is numbered --------------------------------------------------------

def test_the_end_of_a_connection_is_one_change(cursor):
    connection = connect(cursor)
    for _ in range(3):
        token(cursor, connection)
    # Neither making nor granting is one.
    assert changes(cursor) == []
    cursor.execute("UPDATE hasp.connection SET " + REVOKED)
    assert changes(cursor) == [("connection", str(connection))]


def test_the_end_of_an_app_is_one_change(cursor):
    for account in ACCOUNT, OTHER:
        token(cursor, connect(cursor, account=account), account=account)
    cursor.execute("UPDATE hasp.app SET name = 'other'")
    assert changes(cursor) == []
    cursor.execute("UPDATE hasp.app SET %s WHERE guid = '%s'" % (REMOVED, APP))
    assert changes(cursor) == [("app", APP)]


@pytest.mark.parametrize("text", [
    "INSERT INTO hasp.app_secret (digest, app, version, last_four) VALUES "
    "(sha256('x'), '%s', 1, 'abcd')" % APP,
    "INSERT INTO hasp.connect_code (digest, app, account, role, environment, "
    "expires_at) VALUES (sha256('x'), '%s', 1, 'read', 'live', now())" % APP,
    "INSERT INTO hasp.app_use VALUES (1, '%s', now())" % APP])
def test_what_no_check_looks_at_is_not(cursor, text):
    cursor.execute(text)
    assert changes(cursor) == []


@pytest.mark.parametrize("text, kind", [
    ("DELETE FROM hasp.connection", "connection"),
    ("TRUNCATE hasp.connection CASCADE", "all"),
    ("TRUNCATE hasp.app CASCADE", "all")])
def test_by_hand_it_is_numbered_as_well(cursor, text, kind):
    connect(cursor)
    cursor.execute(text)
    assert kind in [k for k, _ in changes(cursor)]


def test_tidying_numbers_nothing(cursor):
    connection = connect(cursor)
    old = [token(cursor, connection, by=FETCHER, expires=-300000)
           for _ in range(12)]
    kept = [token(cursor, connection, by=FETCHER, expires=-3600),
            token(cursor, connection, by=FETCHER, expires=3600),
            token(cursor, connection, expires=-300000),
            token(cursor, connection)]
    cursor.execute("INSERT INTO hasp.secret_use SELECT id, 1, account, now(),"
                   " now() FROM hasp.key WHERE account = %s", (ACCOUNT,))
    assert [one(cursor, "SELECT hasp.tidy_tokens(%s)", connection)
            for _ in range(3)] == [10, 2, 0]
    assert changes(cursor) == []
    cursor.execute("SELECT id FROM hasp.key WHERE account = %s", (ACCOUNT,))
    assert {row[0] for row in cursor.fetchall()} == set(kept)
    cursor.execute("SELECT key_id FROM hasp.secret_use WHERE key_id = ANY "
                   "(%s)", (old,))
    assert cursor.fetchall() == []
    # A secret that counts still is another matter.
    cursor.execute("DELETE FROM hasp.secret WHERE key_id = %s", (kept[1],))
    assert changes(cursor) == [("key", kept[1])]


# -- what a check is told ----------------------------------------------------

def test_the_look_up_tells_of_the_connection(cluster, database, auth):
    """Through to the record; whoever ends it is seen at the next look-up."""
    conn = psycopg2.connect(cluster.conninfo(database))
    conn.autocommit = True
    cursor = conn.cursor()
    guid = "00000009-0000-4000-8000-000000000000"
    cursor.execute("INSERT INTO hasp.account (id, name, plan, region) VALUES "
                   "(%s, 'a', 'standard', 'main')", (ACCOUNT + 10,))
    cursor.execute("INSERT INTO hasp.app (guid, name, publisher, created_by) "
                   "VALUES (%s, 'a', 'p', 'operator')", (guid,))
    connection = connect(cursor, guid, ACCOUNT + 10)
    key = token(cursor, connection, guid, ACCOUNT + 10)

    def seen():
        found = auth.ok("look_up", one(
            cursor, "SELECT encode(digest, 'hex') FROM hasp.secret WHERE "
            "key_id = %s", key))
        return [found[name] for name in (
            "kind", "app", "connection", "connection_revoked", "app_removed")]

    assert seen() == ["app_token", guid, connection, False, False]
    cursor.execute("UPDATE hasp.connection SET %s WHERE id = %d"
                   % (REVOKED, connection))
    assert seen()[3:] == [True, False]
    cursor.execute("UPDATE hasp.app SET %s WHERE guid = '%s'"
                   % (REMOVED, guid))
    assert seen()[3:] == [True, True]
    conn.close()


# -- before the account is known ---------------------------------------------

def test_which_client_it_is(cursor):
    for app, version, expires in ((APP, 1, "now()"), (APP, 2, "NULL"), (
            APP, 3, "now() + interval '1 h'"), (OWN, 1, "NULL")):
        cursor.execute("INSERT INTO hasp.app_secret (digest, app, version, "
                       "last_four, expires_at) VALUES (sha256('%s%d'), '%s', "
                       "%d, 'abcd', %s)" % (app[7], version, app, version,
                                            expires))

    def found(app, secret):
        cursor.execute("SELECT account, secret_version FROM hasp.find_client("
                       "%s, sha256(%s))", (app, secret))
        return cursor.fetchall()

    assert found(APP, "12") == [(None, 2)] and found(APP, "13") == [(None, 3)]
    assert found(OWN, "21") == [(ACCOUNT, 1)]
    assert found(APP, "11") == found(APP, "21") == found(APP, "x") == []
    assert found("00000003-0000-4000-8000-000000000000", "12") == []
    cursor.execute("UPDATE hasp.app SET " + REMOVED)
    assert found(APP, "12") == []


def test_which_connections_it_has(cursor):
    def found(account=None):
        cursor.execute("SELECT id, account, revoked FROM "
                       "hasp.find_connections(%s, %s)", (APP, account))
        return cursor.fetchall()

    assert found() == found(ACCOUNT) == []
    first = connect(cursor)
    assert found() == found(ACCOUNT) == [(first, ACCOUNT, False)]
    second = connect(cursor, account=OTHER)
    assert found() == [(second, OTHER, False), (first, ACCOUNT, False)]
    cursor.execute("UPDATE hasp.connection SET %s WHERE id = %d"
                   % (REVOKED, first))
    assert found() == [(second, OTHER, False)]
    assert found(ACCOUNT) == [(first, ACCOUNT, True)]
    third = connect(cursor)
    assert found(ACCOUNT) == [(third, ACCOUNT, False),
                              (first, ACCOUNT, True)]


def code(cursor, number, account=ACCOUNT, seconds=900):
    return one(cursor, "SELECT hasp.make_connect_code(%s, sha256(%s), %s, "
               "'write', 'live', %s)", APP, str(number), account, seconds)


def test_connect_codes(cursor):
    """One for an account that there is not is made just the same."""
    ends = code(cursor, 1)
    assert ends == one(cursor, "SELECT hasp.unix_us(now() + interval "
                       "'900 s')")
    assert code(cursor, 2, account=1 << 62) == ends
    code(cursor, 3, seconds=-1)
    cursor.execute("UPDATE hasp.connect_code SET used_at = now() WHERE digest "
                   "= sha256('1')")
    cursor.execute("SELECT account, app, owner, removed, role, expired, used "
                   "FROM generate_series(1, 4) n, hasp.find_connect_code("
                   "sha256(n::text::bytea)) ORDER BY n")
    assert cursor.fetchall() == [
        (ACCOUNT, APP, None, False, "write", False, True),
        (1 << 62, APP, None, False, "write", False, False),
        (ACCOUNT, APP, None, False, "write", True, False)]


def test_a_thousand_codes_wait_at_most(cursor):
    for number in range(1000):
        assert code(cursor, number)
    assert code(cursor, 1000) is None
    cursor.execute("UPDATE hasp.connect_code SET used_at = now() WHERE digest "
                   "= sha256('7')")
    assert code(cursor, 1000)
    assert code(cursor, 1001) is None
    # Old ones go, ten at a time.
    cursor.execute("UPDATE hasp.connect_code SET expires_at = now() - "
                   "interval '2 days'")
    assert code(cursor, 1001)
    assert one(cursor, "SELECT count(*) FROM hasp.connect_code") == 992


# -- uses, and many at once --------------------------------------------------

def test_when_an_app_was_last_used(cursor):
    connection = connect(cursor)
    first, second = (token(cursor, connection) for _ in range(2))
    now = one(cursor, "SELECT extract(epoch FROM now())::float8")
    cursor.execute(ship([
        Use(ACCOUNT, first, at=now - 60, app=APP, address="192.0.2.1"),
        Use(ACCOUNT, second, at=now - 30, app=APP, address="192.0.2.2"),
        Use(ACCOUNT, second, at=now - 10, app=APP, code="key_revoked"),
        Use(ACCOUNT, "key_" + "0" * 16, at=now - 5)]))
    cursor.execute("SELECT account, app, extract(epoch FROM last_used_at)::"
                   "float8, host(last_used_from) FROM hasp.app_use")
    (account, app, at, address), = cursor.fetchall()
    assert (account, app, address) == (ACCOUNT, APP, "192.0.2.2")
    assert abs(at - (now - 30)) < 0.01
    # One that comes late changes nothing.
    cursor.execute(ship([Use(ACCOUNT, first, at=now - 50, app=APP,
                             address="192.0.2.3")]))
    assert one(cursor, "SELECT host(last_used_from) FROM hasp.app_use") == \
        "192.0.2.2"


def test_tokens_that_are_made_while_it_ends(cluster, database):
    """In any order: no token is made after the end, and nobody waits for
    each other in a circle."""
    conn = psycopg2.connect(cluster.conninfo(database))
    conn.autocommit = True
    cursor = conn.cursor()
    account = ACCOUNT + 20
    cursor.execute("INSERT INTO hasp.account (id, name, plan, region) VALUES "
                   "(%s, 'a', 'standard', 'main')", (account,))
    for turn in range(20):
        guid = "%08d-0000-4000-8000-000000000001" % turn
        cursor.execute("INSERT INTO hasp.app (guid, name, publisher, "
                       "created_by) VALUES (%s, 'a', 'p', 'operator')",
                       (guid,))
        connection = connect(cursor, guid, account)
        faults, gate = [], threading.Barrier(5)

        def act(number, guid=guid, connection=connection, faults=faults,
                gate=gate):
            own = psycopg2.connect(cluster.conninfo(database))
            gate.wait()
            try:
                with own.cursor() as mine:
                    if number == 0:
                        mine.execute("UPDATE hasp.connection SET %s WHERE id "
                                     "= %d" % (REVOKED, connection))
                    elif number == 1:
                        mine.execute("UPDATE hasp.app SET %s WHERE guid = "
                                     "'%s'" % (REMOVED, guid))
                    else:
                        for _ in range(random.randrange(1, 4)):
                            token(mine, connection, guid, account)
                own.commit()
            except INTEGRITY:
                own.rollback()
            except psycopg2.Error as error:
                faults.append(error)
            own.close()

        threads = [threading.Thread(target=act, args=(n,)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        with pytest.raises(INTEGRITY):
            token(cursor, connection, guid, account)
    conn.close()
