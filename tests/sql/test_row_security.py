# SPDX-License-Identifier: ISC
"""Row security where a WHERE is forgotten: every statement that a program may
run, without its conditions on the account, run by the program's own login in
a transaction of one account, sees and changes the rows of that account
alone."""

import re

import psycopg2
import psycopg2.errors
import pytest
from driver import SOURCE, STATEMENTS
from uses import Use, ship

OWN, OTHER = 11, 12
REQUEST = "0123456789abcdef" * 2    # its id, in both accounts
TABLES = ("account", "app", "app_secret", "app_use", "audit_event",
          "audit_head", "audit_person", "connect_code", "connection",
          "idempotency", "key", "member", "proof", "recovery_code", "secret",
          "secret_use", "session", "usage_day", "usage_event", "usage_hour")
ROLES = ("hasp_accounts", "hasp_apps", "hasp_audit", "hasp_keys")

# These name no account: haspctl's, which knows a key, a member or a connection
# by its id alone and counts the accounts of plans and regions. What runs them is used by
# no program, which would see its own alone.
OPERATORS = {"count_connected", "end_codes", "end_sessions", "enrol_person",
             "find_connection", "find_key_account", "find_person",
             "hold_person", "list_connected", "list_plans", "list_regions",
             "reset_person"}
OPERATORS_CALLS = re.compile(r"\bstore_(?:person_|key_account\b|plan_list|"
                             r"region_list|connection_(?:get|list_app|reach)"
                             r"\b)")
# Rows of the installation, which programs see and cannot log.
INSTALLATION = {"list_plans", "list_regions", "note_plan", "note_region"}

READS = re.compile(r"\b(?:FROM|JOIN|(?<!FOR )(?<!FOR NO KEY )(?<!DO )UPDATE)"
                   r"\s+hasp\.(%s)\b(?!\()" % "|".join(TABLES))
CONDITION = re.compile(r"(?<![\w.])(?:\w+\.)?account = \$\d+")
# The account's own table calls it so.
ACCOUNT = re.compile(r"(?<![\w.])(?:a\.)?id (?:=|>) \$1(?!\d)")


def reads(s):
    return set(READS.findall(s.text))


def stripped(s):
    """Its text without conditions on the account, and how many there were."""
    text, count = CONDITION.subn("true", s.text)
    if "account" in reads(s):
        text, more = ACCOUNT.subn("true", text)
        count += more
    return text, count


def concerned(role):
    return [s for s in STATEMENTS if role in s.roles
            and (reads(s) or re.search(r"INTO hasp\.(%s)\b|hasp\.log_event"
                                       % "|".join(TABLES), s.text))]


CASES = [pytest.param(role, s, id="%s-%s" % (role, s.name))
         for role in ROLES for s in concerned(role)]


def app(account, number=0):
    """The GUID of an app of that account; it is connected to the first."""
    return "%08d-0000-4000-8000-%012d" % (number, account)


def token(account):
    """The id of a token of that app."""
    return "key_" + ("t" if account == OWN else "u") * 16


def names(account):
    """Letter, key and member of that account."""
    letter = "a" if account == OWN else "b"
    return letter, "key_" + letter * 16, account * 10


def values(s, account):
    """A value for each parameter, of what ACCOUNT has."""
    letter, key, member = names(account)
    fresh = s.name in ("make_session", "make_proof", "add_recovery_code",
                       "claim_request", "add_secret", "add_app_secret",
                       "add_token_secret")
    known = {
        ("account", "bigint"): str(account), ("member", "bigint"): str(member),
        ("id", "bigint"): str(account), ("after", "bigint"): "0",
        ("key", "text"): "'%s'" % key, ("after", "text"): "''",
        ("id", "text"): "'%s'" % (
            "key_" + "c" * 16 if s.name in ("create_key", "create_token")
            else token(account) if s.name == "find_token" else key),
        ("token", "text"): "'%s'" % token(account),
        ("guid", "uuid"): "'%s'" % app(account), ("after", "uuid"): "NULL",
        # A connection is called as its account is.
        ("connection", "bigint"): str(account), ("before", "bigint"): "0",
        ("status", "text"): "'all'", ("publisher", "text"): "'new'",
        ("digest", "bytea"): "sha256('%s%s')" % (
            letter, "new" if fresh else ""),
        ("session", "bytea"): "sha256('%s')" % letter,
        ("version", "integer"): "2" if s.name in (
            "add_secret", "add_app_secret") else "1",
        ("email", "text"): "'new@example.org'", ("actor", "text"):
        "'operator'", ("event", "text"): "'key_changed'",
        ("role", "text"): "'write'", ("kind", "text"): "'api_key'",
        ("environment", "text"): "'live'", ("last_four", "text"): "'abcd'",
        ("password_hash", "text"): "'$y$j9T$salt$0123456789abcdefghij'",
        ("step", "bigint"): "99", ("code", "text"): "'standard'",
        ("off", "boolean"): "true",
    }
    plain = {"text": "''" if s.name != "change_key" else "'new'",
             "bytea": "decode(repeat('00', 32), 'hex')", "bigint": "10",
             "integer": "60", "timestamptz": "now() + interval '1 day'",
             "boolean": "false", "uuid": "gen_random_uuid()",
             "jsonb": "'{}'"}
    if s.name in ("list_events", "list_request_events"):
        known |= {(name, "text"): "''" for name in ("actor", "event", "key")}
    known |= {("app", "uuid"): "'%s'" % app(
        account, s.name == "create_connection"), ("of_app", "text"): "''",
              ("seq", "bigint"): "2",
              ("request_hex", "text"): "'%s'" % REQUEST,
              ("request_hashed", "boolean"): "false"}
    if s.name == "list_request_events":
        known["request_id", "text"] = "'%s'" % REQUEST
    found = [known.get(pair, plain[pair[1]]) for pair in
             zip(s.params, s.types)]
    for name, value in (("ranges", "''"), ("name", "'new'"), (
            "not_before", "NULL"), (
            "since", "now() - interval '1 day'"), ("rate", "5"), ("burst", "6")):
        found = [value if n == name else v for n, v in zip(s.params, found)]
    return ", ".join(found)


def fill(cursor):
    """Two accounts that have one of everything."""
    cursor.execute("""
        DELETE FROM hasp.connect_code; DELETE FROM hasp.app_use;
        DELETE FROM hasp.app_secret;
        DELETE FROM hasp.idempotency; DELETE FROM hasp.secret_use;
        DELETE FROM hasp.secret; DELETE FROM hasp.key; DELETE FROM hasp.proof;
        DELETE FROM hasp.session; DELETE FROM hasp.recovery_code;
        DELETE FROM hasp.connection; DELETE FROM hasp.app;
        DELETE FROM hasp.member; DELETE FROM hasp.account;
        SET session_replication_role = replica; DELETE FROM hasp.audit_event;
        DELETE FROM hasp.usage_event;
        SET session_replication_role = origin;
        DELETE FROM hasp.audit_person; DELETE FROM hasp.audit_head;
        DELETE FROM hasp.usage_hour; DELETE FROM hasp.usage_day""")
    for account in OWN, OTHER:
        letter, key, member = names(account)
        cursor.execute("""
            INSERT INTO hasp.account (id, name, plan, region) VALUES
                (%(account)s, %(letter)s, 'standard', 'main');
            INSERT INTO hasp.key (id, account, name, kind, role, environment,
                created_by) VALUES (%(key)s, %(account)s, %(letter)s,
                'api_key', 'read', 'live', 'operator');
            INSERT INTO hasp.secret (digest, key_id, version, last_four)
                VALUES (sha256(('s' || %(letter)s)::bytea), %(key)s, 1,
                repeat(%(letter)s, 4));
            INSERT INTO hasp.member (id, account, email, password_hash,
                may_administer, totp_sealed, totp_confirmed_at, totp_pending)
                VALUES (%(member)s, %(account)s,
                %(letter)s || '@example.org',
                '$y$j9T$salt$0123456789abcdefghij', true,
                decode(repeat('00', 32), 'hex'), now(),
                decode(repeat('00', 32), 'hex'));
            INSERT INTO hasp.session (digest, account, member, idle_seconds,
                expires_at) VALUES (sha256(%(letter)s::bytea), %(account)s,
                %(member)s, 60, now() + interval '1 day');
            INSERT INTO hasp.proof VALUES (sha256(%(letter)s::bytea),
                %(account)s, sha256(%(letter)s::bytea), now());
            INSERT INTO hasp.recovery_code VALUES (
                sha256(%(letter)s::bytea), %(account)s, %(member)s);
            INSERT INTO hasp.idempotency VALUES (%(account)s,
                sha256(%(letter)s::bytea), sha256('r'), %(key)s,
                now() - interval '2 days');
            INSERT INTO hasp.app (guid, account, name, publisher, created_by)
                VALUES (%(app)s, %(account)s, %(letter)s, 'p', 'operator'),
                (%(other)s, %(account)s, %(letter)s, 'p', 'operator');
            INSERT INTO hasp.app_secret (digest, app, version, last_four)
                VALUES (sha256(%(letter)s::bytea), %(app)s, 1,
                repeat(%(letter)s, 4));
            INSERT INTO hasp.connect_code (digest, app, account, role,
                environment, expires_at) VALUES (sha256(%(letter)s::bytea),
                %(app)s, %(account)s, 'admin', 'live',
                now() + interval '1 hour');
            INSERT INTO hasp.connection (id, account, app, role, environment,
                granted_by) VALUES (%(account)s, %(account)s, %(app)s,
                'admin', 'live', 'operator');
            INSERT INTO hasp.app_use VALUES (%(account)s, %(app)s, now());
            INSERT INTO hasp.key (id, account, name, kind, role, environment,
                app, connection, created_by) VALUES (%(token)s, %(account)s,
                %(letter)s, 'app_token', 'read', 'live', %(app)s,
                %(account)s, 'operator');
            SELECT hasp.log_event(%(account)s, 'operator', 'account_created',
                NULL, NULL, NULL, '192.0.2.1', '', '{}');
            SELECT hasp.log_event(%(account)s, 'operator', 'audit_read',
                NULL, NULL, NULL, '192.0.2.1', %(request)s, '{}')""",
                       {"account": account, "letter": letter, "key": key,
                        "member": member, "request": REQUEST,
                        "app": app(account), "other": app(account, 1),
                        "token": token(account)})
        cursor.execute(ship([Use(account, key, request=REQUEST,
                                 app=app(account)),
                             Use(account, key, code="ip_not_allowed")]))


def kept(cursor, account):
    """All rows of an account, as text."""
    found = []
    for table in TABLES:
        if table == "app_secret":
            cursor.execute("SELECT t::text FROM hasp.app_secret t "
                           "WHERE t.app = '%s' ORDER BY 1" % app(account))
        else:
            cursor.execute("SELECT t::text FROM hasp.%s t WHERE t.%s = %d "
                           "ORDER BY 1" % (
                               table, "id" if table == "account" else
                               "account", account))
        found.append((table, cursor.fetchall()))
    return found


def execute(conn, s, account):
    """Runs it without its conditions, with the values of ACCOUNT, seeing OWN:
    the rows that came back or how many were touched."""
    cursor = conn.cursor()
    cursor.execute("SET LOCAL hasp.account = '%d'" % OWN)
    cursor.execute("PREPARE stripped (%s) AS %s" % (
        ", ".join(s.types), stripped(s)[0]) if s.types else
        "PREPARE stripped AS " + stripped(s)[0])
    try:
        cursor.execute("EXECUTE stripped (%s)" % values(s, account)
                       if s.types else "EXECUTE stripped")
        return cursor.rowcount, (
            cursor.fetchall() if cursor.description else [])
    finally:
        if conn.status == psycopg2.extensions.STATUS_IN_TRANSACTION and \
                not conn.info.transaction_status == \
                psycopg2.extensions.TRANSACTION_STATUS_INERROR:
            cursor.execute("DEALLOCATE stripped")


@pytest.fixture
def login(cluster, database, passfile):
    """A function: a connection that logged in for real."""
    opened = []

    def connect(role):
        conn = psycopg2.connect(cluster.conninfo(
            database, user=role, passfile=passfile))
        opened.append(conn)
        return conn

    yield connect
    for conn in opened:
        conn.close()


def test_there_is_something_to_drop():
    """A statement that reads rows of accounts names the account."""
    bare = [s.name for role in ROLES for s in concerned(role)
            if reads(s) and stripped(s)[1] == 0
            and s.name not in OPERATORS]
    assert bare == []
    for role in ("hasp_accounts", "hasp_apps", "hasp_keys"):
        assert len(concerned(role)) >= 15
    assert not any(CONDITION.search(stripped(s)[0]) for s in STATEMENTS)


def test_what_names_no_account_is_haspctls():
    calls = {path.parts[-2] for path in (SOURCE / "fcgi-apps").glob("*/*.c")
             if OPERATORS_CALLS.search(path.read_text(encoding="ascii"))}
    assert calls == {"haspctl"}
    assert not [path.name for path in (SOURCE / "common").glob("*.c")
                if not path.name.startswith("store_")
                and OPERATORS_CALLS.search(path.read_text(encoding="ascii"))]


@pytest.mark.parametrize("role, s", CASES)
def test_without_its_conditions_it_sees_one_account(sql, login, role, s):
    admin = sql().cursor()
    fill(admin)
    letter, key, member = names(OTHER)
    strange = {OTHER, str(OTHER), app(OTHER), app(OTHER, 1), token(OTHER),
               letter, letter * 4, key, member,
               letter + "@example.org"}
    others = kept(admin, OTHER)
    for account in OWN, OTHER:
        conn = login(role)
        assert conn.info.user == role
        try:
            _, rows = execute(conn, s, account)
        except psycopg2.errors.InsufficientPrivilege as error:
            assert re.search("row-level security|an event of another account",
                             str(error))
            rows = []
            conn.rollback()
        conn.commit()
        assert not {cell for row in rows for cell in row
                    if not isinstance(cell, dict)} & strange
        assert kept(admin, OTHER) == others, (s.name, account)


@pytest.mark.parametrize("role, s", [
    case for case in CASES if case.values[1].name not in INSTALLATION])
def test_the_same_reaches_what_is_its_own(sql, login, role, s):
    """Or the test before this would prove nothing."""
    fill(sql().cursor())
    conn = login(role)
    touched, _ = execute(conn, s, OWN)
    conn.rollback()
    assert touched > 0 or s.name in ("tidy_sessions", "end_other_sessions",
                                     "tidy_proofs")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("setting", [None, "", "13"])
def test_without_an_account_nothing_is_seen(sql, login, role, setting):
    fill(sql().cursor())
    for s in concerned(role):
        if not reads(s) or not s.reads or s.name in INSTALLATION:
            continue
        conn = login(role)
        cursor = conn.cursor()
        if setting is not None:
            cursor.execute("SET LOCAL hasp.account = '%s'" % setting)
        cursor.execute("PREPARE stripped (%s) AS %s" % (
            ", ".join(s.types), stripped(s)[0]))
        cursor.execute("EXECUTE stripped (%s)" % values(s, OWN))
        # Or how many are seen.
        assert cursor.fetchall() in ([], [(0,)]), s.name
        conn.close()
