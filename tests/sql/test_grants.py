# SPDX-License-Identifier: ISC
"""Who may do what to the tables themselves: least grants, row-level security,
and what nobody may undo."""

import psycopg2
import psycopg2.errors
import pytest

TABLES = ("account", "app", "app_secret", "app_use", "attempt", "audit_anchor",
          "audit_event", "audit_head", "audit_mark", "audit_person",
          "audit_prune", "change", "checkpoint", "connect_code",
          "connection", "fence", "idempotency", "journal",
          "journal_batch", "key", "member", "plan", "proof",
          "recovery_code", "region", "schema_migration", "secret",
          "secret_use", "session", "usage_day", "usage_event",
          "usage_hour", "verifier")
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE",
              "REFERENCES", "TRIGGER")

SECRET = {"account", "key_id", "version", "last_four", "created_at",
          "not_before", "expires_at", "revoked_at", "overlap_seconds"}
NEW_SECRET = {"digest", "key_id", "version", "last_four", "overlap_seconds"}
NEW_KEY = {"id", "account", "name", "kind", "role", "environment",
           "allowed_ranges", "rate_per_second", "rate_burst", "created_by",
           "not_before", "expires_at", "daily_quota"}
KEY = {"name", "role", "allowed_ranges", "rate_per_second", "rate_burst",
       "not_before", "expires_at", "disabled_at", "revoked_at", "revoked_by",
       "revoked_why", "revision", "daily_quota"}
PERSON = {"id", "account", "email", "totp_confirmed_at", "totp_step",
          "may_administer", "created_at", "disabled_at"}
PLAN = {"name", "active", "self_service", "max_keys", "rate_per_second",
        "rate_burst"}
# Whose keys they are, and what may be done with them.
WHOSE = {(table, "SELECT"): "all" for table in ("account", "plan", "region")}
# Of who makes a secret once for each request.
ONCE = {
    ("idempotency", "SELECT"): "all",
    ("idempotency", "INSERT"): {"account", "digest", "request", "key_id"},
    ("idempotency", "UPDATE"): {"request", "key_id", "created_at"},
    ("idempotency", "DELETE"): "all",
}
# Of who makes apps, and of who lists and ends connections.
APPS = {
    ("app", "SELECT"): "all",
    ("app", "INSERT"): {"account", "name", "publisher", "home_page",
                        "created_by"},
    ("app", "UPDATE"): {"name", "publisher", "home_page", "removed_at",
                        "removed_by", "revision"},
    ("app_secret", "SELECT"): {"app", "version", "last_four", "created_at",
                               "expires_at"},
    ("app_secret", "INSERT"): {"digest", "app", "version", "last_four"},
    ("app_secret", "UPDATE"): {"expires_at"},
    ("app_use", "SELECT"): "all",
    ("connection", "SELECT"): "all",
    ("connection", "UPDATE"): {"revoked_at", "revoked_by", "revoked_why"},
}
# What was logged; nobody writes it but by functions.
LOG = {(table, "SELECT"): "all" for table in (
    "audit_event", "audit_head", "audit_person", "usage_day", "usage_event",
    "usage_hour")}

# Everything that a role may do, by columns; what is not here is forbidden.
GRANTED = {
    "hasp_auth": {},
    "hasp_nobody": {},
    "hasp_accounts": {
        **WHOSE,
        ("account", "UPDATE"): {"machine_keys"},
        ("key", "SELECT"): {"account", "created_by", "revoked_at"},
        ("member", "SELECT"): PERSON,
        ("member", "INSERT"): {"account", "email", "password_hash",
                               "may_administer"},
        ("member", "UPDATE"): {"password_hash", "totp_sealed",
                               "totp_confirmed_at", "totp_step",
                               "totp_pending", "may_administer"},
        ("member", "DELETE"): "all",
        ("session", "SELECT"): "all",
        ("session", "INSERT"): {"digest", "account", "member",
                                "idle_seconds", "expires_at", "address"},
        ("session", "DELETE"): "all",
        ("proof", "SELECT"): "all",
        ("proof", "INSERT"): "all",
        ("proof", "DELETE"): "all",
        ("recovery_code", "SELECT"): "all",
        ("recovery_code", "INSERT"): "all",
        ("recovery_code", "DELETE"): "all",
    },
    "hasp_apps": {
        **APPS, **ONCE,
        **WHOSE,
        ("connect_code", "SELECT"): "all",
        ("connect_code", "UPDATE"): {"used_at"},
        ("connection", "INSERT"): {"account", "app", "role", "environment",
                                   "granted_by"},
        ("key", "SELECT"): "all",
        ("key", "INSERT"): {"id", "account", "name", "kind", "role",
                            "environment", "app", "connection", "created_by",
                            "expires_at"},
        ("key", "UPDATE"): {"revoked_at", "revoked_by", "revoked_why"},
        ("secret", "SELECT"): SECRET,
        ("secret", "INSERT"): {"digest", "key_id", "version", "last_four",
                               "expires_at"},
        ("secret_use", "SELECT"): "all",
    },
    "hasp_audit": {**LOG, ("checkpoint", "SELECT"): "all"},
    "hasp_keys": {
        **ONCE,
        **WHOSE,
        ("key", "SELECT"): "all",
        ("key", "INSERT"): NEW_KEY,
        ("key", "UPDATE"): KEY,
        ("secret", "SELECT"): SECRET,
        ("secret", "INSERT"): NEW_SECRET,
        ("secret", "UPDATE"): {"expires_at", "revoked_at",
                               "overlap_seconds"},
        ("secret_use", "SELECT"): "all",
        ("usage_hour", "SELECT"): "all",
        ("usage_day", "SELECT"): "all",
    },
    "hasp_operator": {
        **LOG,
        **APPS,
        ("audit_anchor", "SELECT"): "all",
        ("audit_mark", "SELECT"): "all",
        ("audit_prune", "SELECT"): "all",
        ("checkpoint", "SELECT"): "all",
        ("plan", "SELECT"): "all",
        ("plan", "INSERT"): "all",
        ("plan", "UPDATE"): PLAN | {"daily_quota"},
        ("region", "SELECT"): "all",
        ("region", "INSERT"): "all",
        ("region", "UPDATE"): {"name", "api_host"},
        ("account", "SELECT"): "all",
        ("account", "INSERT"): {"name", "plan", "region"},
        ("account", "UPDATE"): {
            "plan", "region", "status", "machine_keys",
            "legacy_deprecated_at", "legacy_sunset_at", "legacy_link",
            "legacy_policy"},
        ("key", "SELECT"): "all",
        ("key", "INSERT"): NEW_KEY,
        ("key", "UPDATE"): KEY,
        ("secret", "SELECT"): SECRET,
        ("secret", "INSERT"): NEW_SECRET,
        ("secret", "UPDATE"): {"expires_at", "revoked_at",
                               "overlap_seconds"},
        ("member", "SELECT"): PERSON,
        ("member", "INSERT"): {"account", "email", "password_hash",
                               "totp_sealed", "totp_confirmed_at",
                               "may_administer"},
        ("member", "UPDATE"): {"password_hash", "totp_sealed",
                               "totp_confirmed_at", "totp_step",
                               "totp_pending", "may_administer",
                               "disabled_at"},
        ("session", "SELECT"): {"member"},
        ("session", "DELETE"): "all",
        ("recovery_code", "SELECT"): {"member"},
        ("recovery_code", "DELETE"): "all",
        ("journal", "SELECT"): "all",
        ("journal_batch", "SELECT"): "all",
        ("secret_use", "SELECT"): "all",
        ("schema_migration", "SELECT"): "all",
        ("change", "SELECT"): "all",
        ("fence", "SELECT"): "all",
        ("verifier", "SELECT"): "all",
    },
}

# Of whoever changes what verifiers cache, and of the verifiers.
REVOKER = {"begin_barrier", "bury_verifier", "close_change",
           "waited_verifiers"}
# Of who seals the log, drops and erases.
SEALER = {"add_checkpoint", "begin_prune", "erase_personal_data",
          "finish_prune", "make_ahead", "seal_chains"}
VERIFIER = {"acknowledge", "changes_after", "enrol_verifier",
            "leave_verifier", "place", "renew_verifier"}
# Of whoever has a journal.
SHIPPER = {"note_journal", "open_journal", "read_used", "ship_batch"}

FUNCTIONS = {
    "hasp_accounts": {"begin_attempt", "begin_overlap", "current_account",
                      "drop_attempt", "end_attempt", "find_sign_in",
                      "log_event", "look_up_keys", "look_up_session",
                      "unix_us", "use_proof"} | REVOKER | SHIPPER,
    "hasp_apps": {"begin_attempt", "begin_overlap", "current_account",
                  "find_client", "find_client_account", "find_connect_code",
                  "find_connections", "lock_own_account", "log_event",
                  "look_up_keys", "look_up_session", "make_connect_code",
                  "tidy_tokens", "unix_us", "usage_complete", "use_proof"} |
    REVOKER | SHIPPER,
    "hasp_audit": {"begin_overlap", "current_account", "key_uses",
                   "log_event", "look_up_keys", "look_up_session",
                   "look_up_stranger",
                   "unix_us", "usage_complete"} | SHIPPER,
    "hasp_auth": {"begin_overlap", "look_up_keys"} | VERIFIER |
    SHIPPER,
    "hasp_keys": {"begin_overlap", "current_account", "lock_own_account",
                  "log_event", "look_up_keys", "look_up_session",
                  "unix_us", "usage_complete", "use_proof"} | REVOKER |
    SHIPPER,
    "hasp_operator": {"abandon_journal", "address_hash", "anchor_line",
                      "audit_field", "audit_line", "batch_line",
                      "key_uses", "lock_account", "log_event", "unix_us",
                      "usage_complete", "usage_line"} | REVOKER | SEALER,
    "hasp_nobody": set(),
}


def rows(conn, query, values=()):
    cursor = conn.cursor()
    cursor.execute(query, values)
    return cursor.fetchall()


def columns(conn, table):
    return {row[0] for row in rows(
        conn, "SELECT attname FROM pg_attribute WHERE attrelid = "
        "('hasp.' || quote_ident(%s))::regclass AND attnum > 0 "
        "AND NOT attisdropped", (table,))}


def test_the_tables_are_those_known_here(sql):
    found = rows(sql(), "SELECT relname FROM pg_class WHERE relnamespace = "
                 "'hasp'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', "
                 "'f') AND NOT relispartition ORDER BY 1")
    assert [row[0] for row in found] == list(TABLES)


@pytest.mark.parametrize("role", sorted(GRANTED))
def test_grants_are_exactly_these(sql, role):
    conn = sql()
    for table in TABLES:
        names = columns(conn, table)
        for privilege in PRIVILEGES:
            want = GRANTED[role].get((table, privilege), set())
            want = names if want == "all" else want
            whole = rows(conn, "SELECT has_table_privilege(%s, 'hasp.' || "
                         "quote_ident(%s), %s)", (role, table, privilege))
            # Some are of whole tables only.
            got = {name for name in names
                   if whole[0][0] or privilege in (
                       "SELECT", "INSERT", "UPDATE", "REFERENCES")
                   and rows(conn, "SELECT has_column_privilege(%s, 'hasp.' "
                            "|| quote_ident(%s), %s, %s)",
                            (role, table, name, privilege))[0][0]}
            assert got == want, (role, table, privilege)
            assert whole[0][0] == (want == names), (role, table, privilege)


@pytest.mark.parametrize("role", sorted(FUNCTIONS))
def test_functions_are_exactly_these(sql, role):
    found = rows(sql(), "SELECT proname FROM pg_proc WHERE pronamespace = "
                 "'hasp'::regnamespace AND has_function_privilege(%s, oid, "
                 "'EXECUTE')", (role,))
    assert {row[0] for row in found} == FUNCTIONS[role]


def test_public_may_nothing(sql):
    conn = sql()
    assert rows(conn, """
        SELECT 'schema', nspname FROM pg_namespace,
            aclexplode(nspacl) a WHERE nspname = 'hasp' AND a.grantee = 0
        UNION ALL SELECT 'table', relname FROM pg_class,
            aclexplode(relacl) a WHERE relnamespace = 'hasp'::regnamespace
            AND a.grantee = 0
        UNION ALL SELECT 'function', proname FROM pg_proc,
            aclexplode(coalesce(proacl, acldefault('f', proowner))) a
            WHERE pronamespace = 'hasp'::regnamespace AND a.grantee = 0""") \
        == []


def test_roles_have_no_powers(sql):
    assert rows(sql(), "SELECT rolname, rolcanlogin FROM pg_roles WHERE "
                "starts_with(rolname, 'hasp_') AND (rolsuper OR rolcreaterole OR "
                "rolcreatedb OR rolreplication OR rolbypassrls OR "
                "rolname = 'hasp_owner' AND rolcanlogin)") == []
    assert rows(sql(), "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON "
                "r.oid = m.member WHERE starts_with(r.rolname, 'hasp_')") == []


def test_functions_of_the_owner_have_a_safe_path(sql):
    """A definer function that looked names up in the caller's path would run
    the caller's functions as the owner."""
    found = dict(rows(sql(), "SELECT proname, proconfig FROM pg_proc WHERE "
                      "pronamespace = 'hasp'::regnamespace AND prosecdef"))
    assert set(found) == REVOKER | VERIFIER | SHIPPER | SEALER | {
        "abandon_journal", "begin_attempt", "begin_overlap", "drop_attempt",
        "end_attempt", "find_client", "find_client_account",
        "find_connect_code", "find_connections", "find_sign_in",
        "grant_guard", "key_copied", "lock_account", "lock_own_account",
        "log_event", "look_up_keys", "look_up_session", "look_up_stranger",
        "make_connect_code", "note_change", "record_changed", "secret_copy",
        "tidy_tokens", "token_guard", "usage_complete", "use_proof"}
    assert all("search_path=pg_catalog, pg_temp" in found[n] for n in found)


@pytest.mark.parametrize("attempt", [
    "SELECT * FROM hasp.secret", "SELECT * FROM hasp.key",
    "SELECT digest FROM hasp.secret", "SELECT * FROM hasp.account",
    "SELECT * FROM hasp.member", "SELECT * FROM hasp.plan",
    "SELECT * FROM hasp.secret_use", "DELETE FROM hasp.secret_use",
    "UPDATE hasp.secret SET overlap_seconds = 0",
    "SELECT * FROM hasp.schema_migration",
    "DELETE FROM hasp.key", "TRUNCATE hasp.key",
    "UPDATE hasp.key SET revoked_at = NULL",
    "INSERT INTO hasp.secret (digest, key_id, version, last_four) VALUES "
    "('\\x00', 'x', 1, 'abcd')",
    "SELECT hasp.lock_account(1)", "SELECT nextval('hasp.account_id_seq')",
    "CREATE TABLE hasp.mine (a integer)", "CREATE TABLE public.mine (a int)",
    "CREATE FUNCTION hasp.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE hasp_owner", "SET SESSION AUTHORIZATION postgres",
    "COPY hasp.key TO STDOUT", "SELECT pg_read_file('/etc/passwd')",
    "ALTER FUNCTION hasp.look_up_keys(bytea) OWNER TO hasp_auth",
    "SELECT rolpassword FROM pg_authid"])
def test_the_verifier_may_look_up_and_nothing_else(
        cluster, database, passfile, attempt):
    """Logged in for real, not by SET ROLE."""
    conn = psycopg2.connect(cluster.conninfo(
        database, user="hasp_auth", passfile=passfile))
    conn.autocommit = True
    cursor = conn.cursor()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        if attempt.startswith("COPY"):
            with open("/dev/null", "w", encoding="ascii") as sink:
                cursor.copy_expert(attempt, sink)
        else:
            cursor.execute(attempt)
    cursor.execute("SELECT hasp.look_up_keys('\\x00')")
    assert cursor.fetchone() == ("",)
    conn.close()


@pytest.mark.parametrize("attempt", [
    "DELETE FROM hasp.secret", "DELETE FROM hasp.key",
    "DELETE FROM hasp.account", "TRUNCATE hasp.secret",
    "SELECT password_hash FROM hasp.member",
    "SELECT totp_sealed FROM hasp.member", "TRUNCATE hasp.audit_event",
    "SELECT digest FROM hasp.session", "DELETE FROM hasp.audit_event",
    "DELETE FROM hasp.audit_person", "UPDATE hasp.audit_head SET seq = 0",
    "SELECT hasp.chain_event(1, 'operator', 'x', NULL, NULL, NULL, NULL,"
    " NULL, NULL)",
    "UPDATE hasp.audit_event SET actor = 'operator'",
    "SELECT hasp.find_sign_in('a@example.org')",
    "SELECT digest FROM hasp.secret", "SELECT hasp.look_up_keys('\\x00')",
    "UPDATE hasp.key SET account = 1", "UPDATE hasp.secret SET digest = ''",
    "UPDATE hasp.plan SET code = 'x'", "DELETE FROM hasp.plan",
    "UPDATE hasp.schema_migration SET digest = ''"])
def test_the_operator_may_not(sql, attempt):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql("hasp_operator").cursor().execute(attempt)


def test_a_login_needs_its_password(cluster, database, folder):
    wrong = folder / "pass"
    wrong.write_text("*:*:*:*:wrong\n")
    wrong.chmod(0o600)
    for more in ({}, {"passfile": wrong}):
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(cluster.conninfo(
                database, user="hasp_auth", **more))


def test_passwords_are_scram(sql):
    kept = rows(sql(), "SELECT rolname, rolpassword FROM pg_authid WHERE "
                "rolname IN ('hasp_auth', 'hasp_operator')")
    assert len(kept) == 2
    for _, verifier in kept:
        assert verifier.startswith("SCRAM-SHA-256$4096:")


# -- rows of accounts ------------------------------------------------------

def test_row_security_is_on_and_forced(sql):
    assert rows(sql(), "SELECT relname FROM pg_class WHERE relnamespace = "
                "'hasp'::regnamespace AND relkind IN ('r', 'p') AND "
                "NOT relispartition AND "
                "relrowsecurity AND relforcerowsecurity ORDER BY 1") == [
                    ("account",), ("app",), ("app_secret",), ("app_use",),
                    ("audit_event",), ("audit_head",), ("audit_person",),
                    ("connect_code",), ("connection",), ("idempotency",),
                    ("key",), ("member",), ("proof",), ("recovery_code",),
                    ("secret",), ("secret_use",), ("session",),
                    ("usage_day",), ("usage_event",), ("usage_hour",)]


def test_a_partition_is_reached_by_its_parent_alone(sql):
    """Row security is on and there is no policy, nor a grant to anybody."""
    conn = sql()
    assert rows(conn, "SELECT count(*) > 10 FROM pg_class WHERE "
                "relnamespace = 'hasp'::regnamespace AND relispartition AND "
                "relkind = 'r'") == [(True,)]
    assert rows(conn, """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'hasp'::regnamespace AND c.relispartition
            AND c.relkind = 'r' AND (NOT c.relrowsecurity
            OR NOT c.relforcerowsecurity OR EXISTS (
                SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
            OR EXISTS (SELECT FROM aclexplode(c.relacl) a
                WHERE a.grantee <> 'hasp_owner'::regrole))""") == []


def test_other_roles_see_the_account_of_the_transaction(sql):
    """A program to come, with grants as wide as can be; all rolled back."""
    conn = sql()
    conn.autocommit = False
    cursor = conn.cursor()
    cursor.execute("""
        SET ROLE hasp_owner;
        INSERT INTO hasp.account (id, name, plan, region) VALUES
            (11, 'a', 'standard', 'main'), (12, 'b', 'standard', 'main');
        INSERT INTO hasp.key (id, account, name, kind, role, environment,
            created_by) VALUES
            ('key_aaaaaaaaaaaaaaaa', 11, 'a', 'api_key', 'read', 'live',
                'operator'),
            ('key_bbbbbbbbbbbbbbbb', 12, 'b', 'api_key', 'read', 'live',
                'operator');
        INSERT INTO hasp.secret (digest, key_id, version, last_four) VALUES
            (sha256('a'), 'key_aaaaaaaaaaaaaaaa', 1, 'aaaa'),
            (sha256('b'), 'key_bbbbbbbbbbbbbbbb', 1, 'bbbb');
        INSERT INTO hasp.secret_use VALUES
            ('key_aaaaaaaaaaaaaaaa', 1, 11, now(), now(), NULL),
            ('key_bbbbbbbbbbbbbbbb', 1, 12, now(), now(), NULL);
        INSERT INTO hasp.member (account, email) VALUES
            (11, 'a@example.org'), (12, 'b@example.org');
        GRANT USAGE ON SCHEMA hasp TO hasp_nobody;
        GRANT ALL ON ALL TABLES IN SCHEMA hasp TO hasp_nobody;
        GRANT EXECUTE ON FUNCTION hasp.current_account TO hasp_nobody;
        GRANT USAGE ON DOMAIN hasp.label, hasp.actor, hasp.code
            TO hasp_nobody;
        SET ROLE hasp_nobody""")
    mine = {"account": "SELECT id FROM hasp.account",
            "key": "SELECT account FROM hasp.key",
            "member": "SELECT account FROM hasp.member",
            "secret": "SELECT last_four FROM hasp.secret",
            "secret_use": "SELECT account FROM hasp.secret_use"}
    for query in mine.values():
        assert rows(conn, query) == []
    cursor.execute("SET LOCAL hasp.account = '11'")
    assert {t: rows(conn, q) for t, q in mine.items()} == {
        "account": [(11,)], "key": [(11,)], "member": [(11,)],
        "secret": [("aaaa",)], "secret_use": [(11,)]}
    cursor.execute("UPDATE hasp.key SET name = 'mine'")
    assert cursor.rowcount == 1
    cursor.execute("DELETE FROM hasp.member")
    assert cursor.rowcount == 1
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("INSERT INTO hasp.key (id, account, name, kind, role, "
                       "environment, created_by) VALUES "
                       "('key_cccccccccccccccc', 12, 'c', 'api_key', 'admin',"
                       " 'live', 'operator')")
    conn.rollback()


# -- what is final ---------------------------------------------------------

@pytest.fixture
def revoked(sql):
    conn = sql()
    conn.cursor().execute("""
        SET ROLE hasp_owner;
        INSERT INTO hasp.account (id, name, plan, region) VALUES
            (21, 'c', 'standard', 'main') ON CONFLICT DO NOTHING;
        INSERT INTO hasp.key (id, account, name, kind, role, environment,
            created_by, revoked_at, revoked_by, revoked_why) VALUES
            ('key_dddddddddddddddd', 21, 'd', 'api_key', 'read', 'live',
                'operator', now(), 'operator', 'lost')
            ON CONFLICT DO NOTHING""")
    return conn


@pytest.mark.parametrize("change", [
    "revoked_at = NULL, revoked_by = NULL, revoked_why = NULL",
    "revoked_at = now() + interval '1 day'", "revoked_why = 'another'",
    "id = 'key_eeeeeeeeeeeeeeee'", "account = 11"])
def test_a_revoked_key_stays_so_even_for_the_owner(revoked, change):
    with pytest.raises(psycopg2.errors.IntegrityConstraintViolation):
        revoked.cursor().execute("UPDATE hasp.key SET " + change +
                                 " WHERE id = 'key_dddddddddddddddd'")


@pytest.mark.parametrize("column, value", [
    ("id", "key_short"), ("id", "Key_aaaaaaaaaaaaaaaa"), ("name", ""),
    ("name", "   "), ("name", "x" * 101), ("name", "a\tb"),
    ("name", "a\x1bb"), ("name", "a\x7fb"), ("name", "a\u202eb"),
    ("name", "a\u0085b"), ("name", "a\u2028b"), ("kind", "other"),
    ("kind", "app_token"), ("role", "none"), ("role", "root"),
    ("environment", "Live"), ("environment", ""),
    ("environment", "x" * 13), ("created_by", "somebody"),
    ("allowed_ranges", "{" + ",".join(["10.0.0.0/8"] * 17) + "}"),
    ("allowed_ranges", "{NULL}"),
    ("allowed_ranges", "{{10.0.0.0/8},{11.0.0.0/8}}"),
    ("expires_at", "infinity"), ("expires_at", "1970-01-01 00:00:00+00"),
    ("not_before", "-infinity"), ("rate_per_second", "0"),
    ("rate_per_second", "5"), ("revoked_at", "now"),
    ("daily_quota", "0"), ("daily_quota", "-1"),
    ("daily_quota", "2000000001"),
    ("app", "00000000-0000-0000-0000-000000000001")])
def test_bad_values_of_a_key_are_refused(revoked, column, value):
    good = {"id": "key_ffffffffffffffff", "account": 21, "name": "f",
            "kind": "api_key", "role": "read", "environment": "live",
            "created_by": "operator"}
    good[column] = value
    cursor = revoked.cursor()
    with pytest.raises((psycopg2.errors.CheckViolation,
                        psycopg2.errors.NotNullViolation)):
        cursor.execute("INSERT INTO hasp.key (%s) VALUES (%s)" % (
            ", ".join(good), ", ".join(["%s"] * len(good))),
            list(good.values()))


@pytest.mark.parametrize("column, value", [
    ("legacy_deprecated_at", "infinity"),
    ("legacy_deprecated_at", "1970-01-01 00:00:00+00"),
    ("legacy_sunset_at", "2030-01-01"), ("legacy_policy", "Warn"),
    ("legacy_policy", ""), *[("legacy_link", link) for link in (
        "", "http://", "ftp://example.org", "HTTPS://example.org", "//x",
        "https://a b", 'https://a"b', "https://a'b", "https://a<b",
        "https://a>b", "https://a,b", "https://a;b", "https://a\\b",
        "https://a\nb", "https://\u00e4.example", "https://a\x7f",
        " https://a", "https://" + "x" * 293)]])
def test_bad_values_of_deprecation_are_refused(revoked, column, value):
    """The link stands in headers and in JSON as it is."""
    with pytest.raises(psycopg2.errors.CheckViolation):
        revoked.cursor().execute("UPDATE hasp.account SET %s = %%s WHERE "
                                 "id = 21" % column, (value,))


def test_a_sunset_is_not_before_the_deprecation(revoked):
    change = ("UPDATE hasp.account SET legacy_deprecated_at = '2026-01-01', "
              "legacy_sunset_at = %s WHERE id = 21")
    with pytest.raises(psycopg2.errors.CheckViolation):
        revoked.cursor().execute(change, ("2025-12-31",))
    revoked.cursor().execute(change, ("2026-01-01",))
    revoked.cursor().execute(
        "UPDATE hasp.account SET legacy_link = %s WHERE id = 21",
        ("https://" + "".join(c for c in map(chr, range(33, 127))
                              if c not in "\"'<>\\,;"),))


@pytest.mark.parametrize("digest", ["\\x", "\\x00", "\\x" + "00" * 33])
def test_a_digest_has_32_bytes(revoked, digest):
    with pytest.raises(psycopg2.errors.CheckViolation):
        revoked.cursor().execute(
            "INSERT INTO hasp.secret (digest, key_id, version, last_four) "
            "VALUES (%s, 'key_dddddddddddddddd', 1, 'abcd')", (digest,))


@pytest.mark.parametrize("host", [
    "", "a b", "a/b", 'a"b', "a$b", "a\\b", "a\nb", "x" * 256, "ä.example"])
def test_an_api_host_is_made_of_host_characters(revoked, host):
    """It is copied into headers and JSON as it stands."""
    with pytest.raises(psycopg2.errors.CheckViolation):
        revoked.cursor().execute("INSERT INTO hasp.region (code, name, "
                                 "api_host) VALUES ('x', 'X', %s)", (host,))


@pytest.mark.parametrize("column, value", [
    ("email", "Upper@example.org"), ("email", "nobody"),
    ("email", "a b@example.org"), ("password_hash", "plain"),
    ("password_hash", "$6$salt$hash"), ("totp_sealed", "\\x00"),
    ("totp_confirmed_at", "now")])
def test_bad_values_of_a_member_are_refused(revoked, column, value):
    good = {"account": 21, "email": "m@example.org"}
    good[column] = value
    with pytest.raises(psycopg2.errors.CheckViolation):
        revoked.cursor().execute(
            "INSERT INTO hasp.member (%s) VALUES (%s)" % (
                ", ".join(good), ", ".join(["%s"] * len(good))),
            list(good.values()))


def test_everything_is_commented(sql):
    conn = sql()
    assert rows(conn, """
        SELECT c.relname, a.attname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0
            AND NOT a.attisdropped
        WHERE c.relnamespace = 'hasp'::regnamespace
            AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND col_description(c.oid, a.attnum) IS NULL
        UNION ALL SELECT relname, 'table' FROM pg_class
        WHERE relnamespace = 'hasp'::regnamespace
            AND relkind IN ('r', 'p') AND NOT relispartition
            AND obj_description(oid, 'pg_class') IS NULL
        UNION ALL SELECT proname, 'function' FROM pg_proc
        WHERE pronamespace = 'hasp'::regnamespace
            AND obj_description(oid, 'pg_proc') IS NULL""") == []


def test_everything_belongs_to_the_owner(sql):
    assert rows(sql(), """
        SELECT relname FROM pg_class WHERE relnamespace =
            'hasp'::regnamespace AND relowner <> 'hasp_owner'::regrole
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace =
            'hasp'::regnamespace AND proowner <> 'hasp_owner'::regrole
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'hasp'
            AND nspowner <> 'hasp_owner'::regrole""") == []
