# SPDX-License-Identifier: ISC
"""The chain of events: recomputed here from its description alone, under odd
values, many writers, rollbacks, borders of months and an upgrade; and who may
not touch it."""

import datetime
import hashlib
import random
import threading

import psycopg2
import psycopg2.errors
import psycopg2.extras
import pytest
from driver import MIGRATIONS

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
ZERO = bytes(32)
LOG = ("SELECT hasp.log_event(%(account)s, %(actor)s, %(event)s, %(key)s, "
       "%(version)s, %(member)s, %(address)s, %(request)s, %(detail)s)")
PLAIN = {"actor": "operator", "event": "key_changed", "key": None,
         "version": None, "member": None, "address": "", "request": "",
         "detail": "{}"}


def log(cursor, account, **given):
    """Its number in the chain."""
    cursor.execute(LOG, {**PLAIN, "account": account, **given})
    return cursor.fetchone()[0]


# -- the chain as it is described --------------------------------------------

def field(value):
    if value is None:
        return "\\N"
    if isinstance(value, memoryview):
        return value.hex()
    return (str(value).replace("\\", "\\\\").replace("\t", "\\t")
            .replace("\n", "\\n").replace("\r", "\\r"))


def line(event):
    at = (event["at"] - EPOCH) // datetime.timedelta(microseconds=1)
    return "\t".join(["e", str(event["account"]), str(event["seq"]), str(at),
                      event["actor"], event["event"]] + [
                          field(event[name]) for name in (
                              "key_id", "secret_version", "member",
                              "request_id", "address_hash", "detail")])


def chain(conn, account):
    """The events of an account, whose chain is whole up to its head."""
    cursor = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
    cursor.execute("SELECT account, seq, at, actor, event::text, key_id, "
                   "secret_version, member, request_id, address_hash, "
                   "detail::text, hash FROM hasp.audit_event "
                   "WHERE account = %s ORDER BY seq", (account,))
    events, hash_, at = cursor.fetchall(), ZERO, EPOCH
    for number, event in enumerate(events, 1):
        assert event["seq"] == number
        assert event["at"] >= at
        hash_ = hashlib.sha256(b"hasp-audit-1\n" + hash_ +
                               line(event).encode()).digest()
        assert bytes(event["hash"]) == hash_, event
        at = event["at"]
    cursor.execute("SELECT seq, at, hash FROM hasp.audit_head "
                   "WHERE account = %s", (account,))
    head = cursor.fetchone()
    assert (head["seq"], head["at"], bytes(head["hash"])) == (
        len(events), at, hash_)
    cursor.execute("SELECT e.address_hash, p.salt, host(p.address) AS "
                   "address FROM hasp.audit_person p JOIN hasp.audit_event e "
                   "USING (account, at, seq) WHERE account = %s", (account,))
    for row in cursor.fetchall():
        assert bytes(row["address_hash"]) == hashlib.sha256(
            bytes(row["salt"]) + row["address"].encode()).digest()[:16]
    return events


ODD = ("", "\t", "\n", "\r", "\\", "\\N", "\\t", "\\\\", "a\tb\nc\rd\\e",
       "'", '"', "\x01", "\x7f", "\u0085", "\u2028", "\u00e4\u0308",
       "\ufeff", "\U0001f511", "%s", "$1", "x" * 3000, "\tN", "N")


def odd_event(rng):
    """One whose every value may be anything that is allowed there."""
    def maybe(values):
        return rng.choice((None,) + tuple(values))

    def text():
        return "".join(rng.choice(ODD) for _ in range(rng.randrange(4)))

    return {
        "actor": rng.choice(("nobody", "operator", "system", "member:1",
                             "member:9223372036854775807",
                             "key:key_0123456789abcdef",
                             "app:00000000-0000-4000-8000-00000000000f")),
        "event": rng.choice(("key_created", "a")),
        "key": maybe((text(), "key_0123456789abcdef")),
        "version": maybe((0, 1, -1, 2147483647)),
        "member": maybe((0, 1, -2**63, 2**63 - 1)),
        "address": rng.choice(("", "192.0.2.1", "2001:db8::1", "::",
                               "::ffff:192.0.2.1", "192.0.2.0/24")),
        "request": rng.choice(("", "a", "0" * 32, "x" * 64, "_-")),
        "detail": rng.choice((None, "{}", "[]", "null", psycopg2.extras.Json({
            text() or "a": text(), "n": rng.choice((None, 1e300, -0.0, 10**30,
                                                    True, [text()]))}))),
    }


def test_whatever_is_in_it_the_chain_can_be_recomputed(sql):
    rng, conn = random.Random(5), sql()
    cursor = conn.cursor()
    wanted = [odd_event(rng) for _ in range(600)]
    for number, values in enumerate(wanted, 1):
        assert log(cursor, 500, **values) == number
    events = chain(conn, 500)
    assert [e["key_id"] for e in events] == [w["key"] for w in wanted]
    assert [e["member"] for e in events] == [w["member"] for w in wanted]
    assert [e["request_id"] for e in events] == [
        w["request"] or None for w in wanted]
    # Who asks the database for the lines gets the same.
    cursor.execute("SELECT hasp.audit_line(e) FROM hasp.audit_event e "
                   "WHERE account = 500 ORDER BY seq")
    assert [row[0] for row in cursor.fetchall()] == [line(e) for e in events]
    assert len({line(e) for e in events}) == len(events)
    assert all("\n" not in line(e) and "\r" not in line(e) for e in events)


def test_values_that_differ_make_lines_that_differ(sql):
    """No value can be taken for NULL, for another, or for two fields."""
    cursor = sql().cursor()
    values = [None] + sorted(set(ODD))
    cursor.execute("SELECT " + ", ".join(["hasp.audit_field(%s)"] *
                                         len(values)), values)
    fields = cursor.fetchone()
    assert list(fields) == [field(v) for v in values]
    assert len(set(fields)) == len(values)
    assert not any(c in f for f in fields for c in "\t\n\r")


@pytest.mark.parametrize("given", [
    {"actor": "somebody"}, {"actor": "member:0"}, {"actor": "key:x"},
    {"actor": "app:00000000-0000-4000-8000-00000000000F"},
    {"actor": "operator\n"}, {"actor": None}, {"event": "Key"},
    {"event": "a b"}, {"event": None}, {"request": "a b"},
    {"request": "x" * 65}, {"address": "nowhere"}, {"account": -1}])
def test_what_is_malformed_is_not_logged(sql, given):
    conn = sql()
    cursor = conn.cursor()
    log(cursor, 501)
    before = chain(conn, 501)
    with pytest.raises((psycopg2.errors.IntegrityError,
                        psycopg2.errors.DataError)):
        cursor.execute(LOG, {**PLAIN, "account": 501, **given})
    assert chain(conn, 501) == before


# -- many at once ------------------------------------------------------------

def together(tasks, seconds=60):
    """Runs them at once; what they raised is raised."""
    raised = []

    def run(task):
        try:
            task()
        except BaseException as error:  # pylint: disable=broad-except
            raised.append(error)

    threads = [threading.Thread(target=run, args=(t,)) for t in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads)
    if raised:
        raise raised[0]


@pytest.mark.parametrize("accounts", [1, 3, 8])
def test_writers_at_once_leave_no_gap(sql, accounts):
    """Some of them change their mind. Whoever looks meanwhile sees all events
    up to the last: numbers are in the order of commits."""
    first, kept = 510 + 10 * accounts, []
    done = threading.Event()

    def write(conn, seed):
        rng = random.Random(seed)
        conn.autocommit = False
        for _ in range(40):
            account = first + rng.randrange(accounts)
            numbers = [log(conn.cursor(), account, address="192.0.2.1")
                       for _ in range(rng.choice((1, 1, 3)))]
            assert numbers == list(range(numbers[0],
                                         numbers[0] + len(numbers)))
            if rng.random() < 0.3:
                conn.rollback()
            else:
                conn.commit()
                kept.extend((account, n) for n in numbers)

    def look(conn):
        cursor, seen = conn.cursor(), 0
        while not done.is_set():
            cursor.execute(
                "SELECT account, count(*), max(seq) FROM hasp.audit_event "
                "WHERE account BETWEEN %s AND %s GROUP BY 1",
                (first, first + accounts - 1))
            for _, count, last in cursor.fetchall():
                assert count == last
                seen += count
        assert seen > 0

    def write_all():
        try:
            together([lambda c=sql(), s=s: write(c, s) for s in range(8)])
        finally:
            done.set()

    together([write_all, lambda conn=sql(): look(conn)])
    assert len(set(kept)) == len(kept) > 100
    conn = sql()
    for account in range(first, first + accounts):
        events = chain(conn, account)
        assert len(events) == len([k for k in kept if k[0] == account])


def test_time_never_goes_back(sql):
    """A clock that was ahead is waited for by the times alone."""
    conn = sql()
    cursor = conn.cursor()
    log(cursor, 560)
    cursor.execute("UPDATE hasp.audit_head SET at = at + interval '1 hour' "
                   "WHERE account = 560 RETURNING at")
    ahead = cursor.fetchone()[0]
    log(cursor, 560)
    log(cursor, 560)
    assert [e["at"] for e in chain(conn, 560)][1:] == [ahead, ahead]


def test_a_transaction_that_fails_leaves_nothing(sql):
    conn = sql()
    conn.autocommit = False
    cursor = conn.cursor()
    log(cursor, 561)
    conn.commit()
    for _ in range(3):
        assert log(cursor, 561, address="192.0.2.1") == 2
        cursor.execute("SAVEPOINT a")
        assert log(cursor, 561) == 3
        cursor.execute("ROLLBACK TO a")
        assert log(cursor, 561) == 3
        conn.rollback()
    assert log(cursor, 562) == 1
    conn.rollback()
    assert len(chain(conn, 561)) == 1
    cursor.execute("SELECT count(*) FROM hasp.audit_person WHERE account IN "
                   "(561, 562)")
    assert cursor.fetchone() == (0,)
    cursor.execute("SELECT count(*) FROM hasp.audit_head WHERE account = 562")
    assert cursor.fetchone() == (0,)


# -- who may -----------------------------------------------------------------

@pytest.fixture
def login(cluster, database, passfile):
    """A function: a cursor of one who logged in for real."""
    opened = []

    def connect(role):
        conn = psycopg2.connect(cluster.conninfo(
            database, user=role, passfile=passfile))
        conn.autocommit = True
        opened.append(conn)
        return conn.cursor()

    yield connect
    for conn in opened:
        conn.close()


TABLES = ("audit_event", "audit_person", "audit_head")
ATTEMPTS = [attempt % table for table in TABLES for attempt in (
    "INSERT INTO hasp.%s (account) VALUES (1)",
    "UPDATE hasp.%s SET account = 1", "DELETE FROM hasp.%s",
    "TRUNCATE hasp.%s", "COPY hasp.%s FROM STDIN", "DROP TABLE hasp.%s",
    "ALTER TABLE hasp.%s DISABLE TRIGGER ALL",
    "ALTER TABLE hasp.%s DISABLE ROW LEVEL SECURITY")] + [
        "SELECT hasp.chain_event(1, 'operator', 'a', NULL, NULL, NULL, NULL, "
        "NULL, NULL)", "SELECT hasp.make_audit_month(now())",
        "SELECT hasp.make_partition('audit_event', 'x', now(), now())",
        "CREATE OR REPLACE FUNCTION hasp.audit_guard() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"]


@pytest.mark.parametrize("role", ["hasp_accounts", "hasp_audit", "hasp_auth",
                                  "hasp_keys", "hasp_operator"])
def test_no_program_writes_past_the_function(sql, login, role):
    log(sql().cursor(), 570)
    cursor = login(role)
    for attempt in ATTEMPTS:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(attempt)
    # Nor to what is below the tables.
    admin = sql().cursor()
    admin.execute("SELECT relname FROM pg_class WHERE relnamespace = "
                  "'hasp'::regnamespace AND relispartition "
                  "AND relkind = 'r'")
    for name, in admin.fetchall():
        for attempt in ("SELECT FROM hasp.%s", "DELETE FROM hasp.%s",
                        "TRUNCATE hasp.%s"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(attempt % name)


@pytest.mark.parametrize("attempt", [
    "UPDATE hasp.%s SET actor = 'system'", "UPDATE hasp.%s SET hash = hash",
    "DELETE FROM hasp.%s", "TRUNCATE hasp.%s"])
def test_events_stay_even_for_the_owner(sql, attempt):
    """In the table and in its partition; and for the superuser."""
    admin = sql()
    log(admin.cursor(), 571)
    cursor = admin.cursor()
    cursor.execute("SELECT tableoid::regclass::text FROM hasp.audit_event "
                   "WHERE account = 571 LIMIT 1")
    part = cursor.fetchone()[0].split(".")[1]
    for conn, names in ((sql("hasp_owner"), ("audit_event",)),
                        (admin, ("audit_event", part))):
        for name in names:
            with pytest.raises(psycopg2.errors.IntegrityConstraintViolation,
                               match="stays as it is"):
                conn.cursor().execute(attempt % name)
    # The owner finds nothing in a partition: no policy lets it.
    try:
        owner = sql("hasp_owner").cursor()
        owner.execute(attempt % part)
        assert owner.rowcount == 0
    except psycopg2.errors.IntegrityConstraintViolation:
        assert "TRUNCATE" in attempt
    assert chain(admin, 571)


@pytest.mark.parametrize("role", ["hasp_accounts", "hasp_audit", "hasp_keys"])
def test_nobody_logs_for_another_account(sql, login, role):
    cursor = login(role)
    for setting in (None, "", "573", "0"):
        cursor.execute("BEGIN")
        if setting is not None:
            cursor.execute("SELECT set_config('hasp.account', %s, true)",
                           (setting,))
        for account in (572, None):
            cursor.execute("SAVEPOINT a")
            with pytest.raises((psycopg2.errors.InsufficientPrivilege,
                                psycopg2.errors.NotNullViolation)):
                log(cursor, account)
            cursor.execute("ROLLBACK TO a")
        cursor.execute("ROLLBACK")
    cursor.execute("BEGIN; SET LOCAL hasp.account = '572'")
    log(cursor, 572)
    cursor.execute("COMMIT")
    assert chain(sql(), 572)


def test_the_operator_logs_for_all(sql, login):
    cursor = login("hasp_operator")
    for account in (0, 574, 575):
        log(cursor, account)
    conn = sql()
    assert all(chain(conn, account) for account in (0, 574, 575))


def test_the_verifier_logs_nothing_but_an_overlap(login):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        log(login("hasp_auth"), 576)


# -- addresses ---------------------------------------------------------------

def test_an_address_can_be_erased(sql):
    conn = sql("hasp_owner")
    cursor = conn.cursor()
    for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1", ""):
        cursor.execute("RESET ROLE")
        log(cursor, 580, address=address)
    before = chain(conn, 580)
    hashes = [e["address_hash"] for e in before]
    # The same address is another hash each time.
    assert len({bytes(h) for h in hashes[:3]}) == 3 and hashes[3] is None
    cursor.execute("SET ROLE hasp_owner")
    cursor.execute("DELETE FROM hasp.audit_person WHERE account = 580 AND "
                   "address = '192.0.2.1'")
    assert cursor.rowcount == 2
    assert chain(conn, 580) == before
    cursor.execute("SELECT host(address) FROM hasp.audit_person WHERE "
                   "account = 580")
    assert cursor.fetchall() == [("2001:db8::1",)]


# -- months ------------------------------------------------------------------

def partitions(cursor, parent):
    cursor.execute("SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM "
                   "pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
                   "WHERE i.inhparent = %s::regclass ORDER BY 1",
                   ("hasp." + parent,))
    return dict(cursor.fetchall())


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati",
                                  "America/St_Johns"])
@pytest.mark.parametrize("at, suffix, begins, ends", [
    ("2031-01-01 00:00:00Z", "203101", "2031-01-01", "2031-02-01"),
    ("2031-01-31 23:59:59.999999Z", "203101", "2031-01-01", "2031-02-01"),
    ("2032-02-29 12:00:00+14", "203202", "2032-02-01", "2032-03-01"),
    ("2031-12-31 23:30:00-02", "203201", "2032-01-01", "2032-02-01"),
    ("2031-12-31 22:30:00Z", "203112", "2031-12-01", "2032-01-01"),
    ("1999-11-30 00:00:00Z", "199911", "1999-11-01", "1999-12-01")])
def test_a_month_is_one_of_utc_wherever_it_is_made(sql, zone, at, suffix,
                                                   begins, ends):
    conn = sql()
    conn.autocommit = False
    cursor = conn.cursor()
    cursor.execute("SET LOCAL TimeZone = '%s'" % zone)
    cursor.execute("SET LOCAL DateStyle = 'SQL, DMY'")
    for _ in range(2):
        cursor.execute("SELECT hasp.make_audit_month(%s)", (at,))
    cursor.execute("SET LOCAL TimeZone = 'UTC'")
    cursor.execute("SET LOCAL DateStyle = 'ISO'")
    for parent in ("audit_event", "audit_person"):
        assert partitions(cursor, parent)["%s_%s" % (parent, suffix)] == (
            "FOR VALUES FROM ('%s 00:00:00+00') TO ('%s 00:00:00+00')" % (
                begins, ends))
    conn.rollback()


def test_a_chain_goes_on_in_the_next_month(sql):
    """With partitions that nobody made ahead."""
    conn = sql()
    cursor = conn.cursor()
    wanted = ["2041-01-31 23:59:59.999999+00", "2041-02-01 00:00:00+00",
              "2041-02-01 00:00:00+00", "2041-12-31 23:59:59.999999+00",
              "2042-01-01 00:00:00+00"]
    log(cursor, 598, address="192.0.2.1")
    for at in wanted:
        cursor.execute("UPDATE hasp.audit_head SET at = %s "
                       "WHERE account = 598", (at,))
        log(cursor, 598, address="192.0.2.1")
    events = chain(conn, 598)
    assert [e["at"].isoformat(" ") for e in events[1:]] == [
        at + ":00" for at in wanted]
    assert {"audit_event_204101", "audit_event_204102", "audit_event_204112",
            "audit_event_204201"} <= set(partitions(cursor, "audit_event"))
    cursor.execute("SELECT count(DISTINCT tableoid) FROM hasp.audit_person "
                   "WHERE account = 598")
    assert cursor.fetchone() == (5,)
    # Made later, they are kept as all others are.
    with pytest.raises(psycopg2.errors.IntegrityConstraintViolation):
        cursor.execute("DELETE FROM hasp.audit_event_204102")
    with pytest.raises(psycopg2.errors.IntegrityConstraintViolation):
        cursor.execute("TRUNCATE hasp.audit_event_204102")


@pytest.mark.parametrize("month", range(1, 7))
def test_the_first_events_of_a_month_at_once(sql, month):
    """Each of another account, several in a transaction: one makes the month
    and the others wait until it is there."""
    accounts = range(600 + 10 * month, 608 + 10 * month)
    admin = sql()
    for account in accounts:
        log(admin.cursor(), account)
    admin.cursor().execute(
        "UPDATE hasp.audit_head SET at = make_timestamptz(2051, %s, 1, 0, 0, "
        "0, 'UTC') WHERE account BETWEEN %s AND %s",
        (month, accounts[0], accounts[-1]))
    gate = threading.Barrier(len(accounts))

    def write(conn, account):
        conn.autocommit = False
        # It knows that there is no such table, and holds the parent's lock.
        conn.cursor().execute("SELECT to_regclass('hasp.audit_event_20510%d'),"
                              " count(*) FROM hasp.audit_event" % month)
        gate.wait(30)
        for _ in range(3):
            log(conn.cursor(), account, address="192.0.2.1")
        conn.commit()

    together([lambda c=sql(), a=a: write(c, a) for a in accounts])
    for account in accounts:
        assert len(chain(admin, account)) == 4


# -- locks -------------------------------------------------------------------

def test_changes_of_two_accounts_do_not_wait_in_a_circle(
        cluster, database, exercise, new_key, sql):
    """Changes, revocations, first uses of new secrets and whole accounts that
    are shut, all at once: head before fence, rows before both."""
    operator = exercise("hasp_operator")
    accounts = [operator.ok("create_account", "An account", "standard",
                            "main")["account"]["id"] for _ in range(2)]
    keys = [new_key(account) for account in accounts for _ in range(4)]
    for key in keys:
        operator.ok("create_key", *key.words())
    before = cluster.log().count("deadlock detected")

    def change(worker, verifier, seed):
        rng = random.Random(seed)
        for number in range(40):
            key = rng.choice(keys)
            digest = hashlib.sha256(b"%d.%d" % (seed, number)).hexdigest()
            got = [worker.err(*words) for words in (
                ("switch", *key.ref, rng.randrange(2)),
                ("rotate", *key.ref, digest, "next", 0, rng.randrange(2)))]
            got.append(verifier.err("begin_overlap", key.id,
                                    1 + rng.randrange(number + 2)))
            assert set(got) <= {"ok", "key_ended", "check_unreachable",
                                "too_many_secrets"}, got
            fresh = new_key(rng.choice(accounts))
            assert worker.err("create_key", *fresh.words()) == "ok"
            assert worker.err("revoke", *fresh.ref, "") == "ok"

    def shut(conn):
        for number in range(60):
            conn.cursor().execute(
                "BEGIN; UPDATE hasp.account SET status = %s WHERE id = %s",
                (("suspended", "active")[number % 2],
                 accounts[number // 2 % 2]))
            log(conn.cursor(), accounts[number // 2 % 2])
            conn.cursor().execute("COMMIT")

    tasks = [lambda w=exercise("hasp_operator", query=20000),
             v=exercise("hasp_auth", query=20000), s=s: change(w, v, s)
             for s in range(6)]
    together(tasks + [lambda c=sql(): shut(c)], 120)
    assert cluster.log().count("deadlock detected") == before
    conn = sql()
    for account in accounts:
        assert len(chain(conn, account)) > 100


# -- an older database -------------------------------------------------------

def test_events_from_before_are_chained(cluster, template, exercise):
    """An upgrade: each with what it said, in the order in which they came."""
    name = "chain_former"
    cluster.dropdb(name)
    cluster.createdb(name)
    admin = exercise("postgres", name, query=60000)
    admin.ok("init", 0, "")
    older = [path for path in MIGRATIONS if int(path.name[:4]) <= 5]
    cluster.psql(name, "SET ROLE hasp_owner; BEGIN; CREATE TABLE "
                 "hasp.schema_migration (number integer PRIMARY KEY, name "
                 "text NOT NULL, digest text NOT NULL, applied_at timestamptz "
                 "NOT NULL DEFAULT now());" + "".join(
                     "%s; INSERT INTO hasp.schema_migration VALUES (%s, '%s',"
                     " '%s');" % (path.read_text(), path.name[:4], path.name,
                                  hashlib.sha256(path.read_bytes())
                                  .hexdigest()) for path in older) + "COMMIT;")
    conn = psycopg2.connect(cluster.conninfo(name))
    conn.autocommit = True
    cursor = conn.cursor()
    rng = random.Random(6)
    for number in range(300):
        values = odd_event(rng)
        # What did things in those days.
        if values["actor"].startswith(("system", "app:")):
            values["actor"] = "nobody"
        cursor.execute(
            "INSERT INTO hasp.audit_event (account, at, actor, event, key_id, "
            "secret_version, member, address, request_id, detail) VALUES (%s, "
            "now() - %s * interval '1 hour', %s, %s, %s, %s, %s, "
            "nullif(%s, '')::inet, nullif(%s, ''), '{\"name\": \"a\\tb\"}')",
            (number % 3, rng.randrange(5000), values["actor"],
             values["event"], values["key"], values["version"],
             values["member"], values["address"], values["request"]))
    query = ("SELECT account, actor, event::text, key_id, secret_version, "
             "member, request_id, %s FROM hasp.audit_event e %s ORDER BY "
             "account, %s")
    cursor.execute(query % ("host(address), at", "", "id"))
    wanted = cursor.fetchall()
    assert admin.ok("migrate", 0)["applied"] == len(MIGRATIONS) - len(older)
    cursor.execute(query % (
        "host(p.address), (e.detail->>'logged_at')::timestamptz",
        "LEFT JOIN hasp.audit_person p USING (account, at, seq)", "e.seq"))
    assert cursor.fetchall() == wanted
    for account in range(3):
        events = chain(conn, account)
        assert len(events) == 100
        assert all('"name": "a\\tb"' in e["detail"] for e in events)
    conn.close()
    admin.close()
    cluster.dropdb(name)
