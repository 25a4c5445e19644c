# SPDX-License-Identifier: ISC
"""Every statement against a real cluster: what its comment says is true, who
may run it, and that the hot ones use an index."""

import json
import re

import psycopg2.errors
import pytest
from driver import STATEMENTS, SOURCE

ROLES = ("hasp_accounts", "hasp_apps", "hasp_audit", "hasp_auth", "hasp_keys",
         "hasp_operator", "hasp_nobody")
BY_NAME = {s.name: s for s in STATEMENTS}
NAMES = sorted(BY_NAME)


def prepare(cursor, s):
    cursor.execute("PREPARE %s AS %s" % (s.name, s.text))


# A value for each type, and for names (of a type) that take no other. Not
# NULL: a strict
# function of NULL is NULL without a look at who asks.
VALUES = {"text": "'x'", "bytea": "sha256('x')", "bigint": "1", "integer": "1",
          "timestamptz": "now()", "ranges": "''", "address": "''",
          "request_id": "''", "actor": "'operator'",
          "boolean": "true", "email": "'a@example.org'", "place": "''",
          "password_hash": "'$y$j9T$salt$0123456789abcdefghij'",
          "accounts": "''", "journals": "''", "jsonb": "'{}'",
          "uuid": "gen_random_uuid()", "verifier": "repeat('0', 32)",
          "origin": "hasp.place()", ("of_app", "text"): "''",
          ("request_hex", "text"): "repeat('0', 32)"}


# An app that is there, and what may be granted it.
APP = "'01234567-89ab-cdef-0123-456789abcdef'"
VALUES |= {("app", "uuid"): APP, ("guid", "uuid"): APP,
           ("role", "text"): "'read'", ("environment", "text"): "'live'",
           ("home_page", "text"): "''"}

for one, value in (("bigint", "1"), ("integer", "1"), ("smallint", "1"),
                   ("text", "'x'"), ("uuid", "gen_random_uuid()"),
                   ("inet", "'192.0.2.1'"), ("timestamptz", "now()")):
    VALUES[one + "[]"] = "ARRAY[%s]::%s[]" % (value, one)
VALUES["date"] = "current_date"


def execute(s):
    values = ", ".join(
        VALUES.get((name, kind), VALUES.get(name, VALUES[kind]))
        for name, kind in zip(s.params, s.types))
    return "EXECUTE %s%s" % (s.name, "(%s)" % values if values else "")


def test_there_are_statements():
    assert len(STATEMENTS) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_who_may_run_it(sql, name):
    s = BY_NAME[name]
    for role in ROLES + ("hasp_owner",):
        cursor = sql(role).cursor()
        if s.roles == ["any"] or role in s.roles:
            prepare(cursor, s)
            # EXPLAIN checks privileges and does nothing.
            cursor.execute("EXPLAIN " + execute(s))
        elif role != "hasp_owner":
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                prepare(cursor, s)
                cursor.execute(execute(s))


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_columns_are_as_named(sql, name):
    s = BY_NAME[name]
    conn = sql("hasp_owner")
    conn.autocommit = False
    cursor = conn.cursor()
    prepare(cursor, s)
    cursor.execute("SELECT parameter_types::text[] FROM "
                   "pg_prepared_statements WHERE name = %s", (name,))
    real = {"timestamp with time zone": "timestamptz",
            "timestamp with time zone[]": "timestamptz[]",
            "hasp.label": "text", "hasp.code": "text",
            "hasp.actor": "text"}
    types = [real.get(t, t) for t in cursor.fetchone()[0]]
    assert types == s.types
    cursor.execute("INSERT INTO hasp.account (id, name, plan, region) VALUES "
                   "(1, 'a', 'standard', 'main') ON CONFLICT DO NOTHING; "
                   "INSERT INTO hasp.app (guid, name, publisher, created_by) "
                   "VALUES (%s, 'a', 'p', 'operator')" % APP)
    try:
        cursor.execute(execute(s))
        columns = len(cursor.description or ())
    except psycopg2.errors.IntegrityError:
        columns = 0
        assert "RETURNING" not in s.text
    conn.rollback()
    assert columns == len(s.columns)


@pytest.mark.parametrize("name", NAMES)
def test_what_only_reads_says_so(sql, name):
    """What reads may run in a read-only transaction, what writes may not.
    (log_event is called for each row, and here there is none.)"""
    s = BY_NAME[name]
    conn = sql("hasp_owner")
    conn.autocommit = False
    cursor = conn.cursor()
    cursor.execute("SET TRANSACTION READ ONLY")
    prepare(cursor, s)
    if s.reads:
        cursor.execute(execute(s))
    elif not re.search(r"advisory|hasp\.lock_account|set_config|"
                       r"close_change|begin_barrier|hasp\.log_event", s.text):
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            cursor.execute(execute(s))
    conn.rollback()


def test_every_statement_is_used():
    code = "".join(path.read_text(encoding="utf-8") for path in
                   (SOURCE / "common").glob("store_*.c"))
    unused = [s.name for s in STATEMENTS
              if not re.search(r"\bSTATEMENT_%s\b" % s.name.upper(), code)]
    assert unused == []


@pytest.fixture(scope="module")
def filled(cluster, database):
    """Enough keys for an index to be worth it."""
    cluster.psql(database, """
        SET ROLE hasp_owner;
        INSERT INTO hasp.account (id, name, plan, region)
            SELECT g, 'a', 'standard', 'main'
            FROM generate_series(1, 2000) g;
        INSERT INTO hasp.key (id, account, name, kind, role, environment,
            created_by)
            SELECT 'key_' || lpad(g::text, 16, '0'), 1 + g % 2000, 'k',
                'access_token', 'read', 'live', 'operator'
            FROM generate_series(1, 20000) g;
        INSERT INTO hasp.secret (digest, key_id, version, last_four)
            SELECT sha256(g::text::bytea), 'key_' || lpad(g::text, 16, '0'),
                1, 'abcd' FROM generate_series(1, 20000) g;
        RESET ROLE; ANALYZE hasp.account; ANALYZE hasp.key;
        ANALYZE hasp.secret;""")


def scans(plan):
    """(kind, table) of every scan in a plan."""
    found = []
    if plan["Node Type"] == "Seq Scan":
        found.append(plan["Relation Name"])
    for child in plan.get("Plans", ()):
        found += scans(child)
    return found


@pytest.mark.parametrize("name", [
    "find_account", "list_accounts", "find_key", "find_key_account",
    "list_keys", "revoke_key", "lock_key", "change_key", "switch_key",
    "touch_key", "note_key", "add_secret", "end_secret", "end_secrets"])
def test_hot_statements_use_an_index(sql, filled, name):
    s = BY_NAME[name]
    cursor = sql("hasp_operator").cursor()
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    prepare(cursor, s)
    cursor.execute("EXPLAIN (FORMAT JSON) " + execute(s))
    answer = cursor.fetchone()[0]
    plan = (answer if isinstance(answer, list) else json.loads(answer))[0]
    assert set(scans(plan["Plan"])) <= {"plan", "region"}


def nested_plans(conn, call, settings=()):
    """The plans of the statements inside the functions that CALL calls."""
    cursor = conn.cursor()
    for setting in (
            "LOAD 'auto_explain'", "SET auto_explain.log_min_duration = 0",
            "SET auto_explain.log_nested_statements = on",
            "SET auto_explain.log_format = json",
            "SET client_min_messages = log") + tuple(settings):
        cursor.execute(setting)
    del conn.notices[:]
    cursor.execute(call)
    found = [json.loads(notice[notice.index("{"):]) for notice in conn.notices
             if "plan:" in notice]
    return [f["Plan"] for f in found if call not in f["Query Text"]]


def role_settings(conn, role):
    cursor = conn.cursor()
    cursor.execute("SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN "
                   "pg_roles r ON r.oid = s.setrole WHERE rolname = %s",
                   (role,))
    return ["SET " + row[0].replace("=", " = ", 1)
            for row in cursor.fetchall()]


def test_the_look_up_uses_indexes_alone(sql, filled):
    conn = sql()
    plans = nested_plans(
        conn, "SELECT hasp.look_up_keys(sha256('77'))",
        role_settings(conn, "hasp_auth") + ["SET ROLE hasp_auth"])
    assert len(plans) == 1
    assert scans(plans[0]) == []


def test_the_look_up_uses_indexes_before_statistics(sql):
    """An empty database grows under a plan that was made for nothing."""
    conn = sql()
    conn.cursor().execute("TRUNCATE hasp.secret, hasp.key, hasp.account, "
                          "hasp.member CASCADE")
    settings = role_settings(conn, "hasp_auth")
    assert "SET enable_seqscan = off" in settings
    plans = nested_plans(conn, "SELECT hasp.look_up_keys(sha256('77'))",
                         settings + ["SET ROLE hasp_auth"])
    assert len(plans) == 1
    assert scans(plans[0]) == []


def test_the_limit_of_keys_is_counted_by_an_index(sql, cluster, database):
    cluster.psql(database, "SET ROLE hasp_owner; INSERT INTO hasp.account "
                 "(id, name, plan, region) SELECT g, 'a', 'standard', 'main' "
                 "FROM generate_series(3001, 5000) g; INSERT INTO hasp.key "
                 "(id, account, name, kind, role, environment, created_by) "
                 "SELECT 'key_' || lpad((g + 30000)::text, 16, '0'), "
                 "3001 + g % 2000, 'k', 'api_key', 'read', 'live', 'operator' "
                 "FROM generate_series(1, 20000) g; RESET ROLE; "
                 "ANALYZE hasp.account; ANALYZE hasp.key")
    plans = nested_plans(sql(), "SELECT * FROM hasp.lock_account(3002)",
                         ["SET ROLE hasp_operator"])
    assert len(plans) == 2
    for plan in plans:
        assert set(scans(plan)) <= {"plan", "region"}
