# SPDX-License-Identifier: ISC
"""init, migrate, status: into nothing, twice, two at once, and refused where
something was changed behind their back."""

import hashlib
import os
import subprocess

import pytest
from driver import LOGINS, MIGRATIONS, SOURCE

NUMBERS = [int(path.name[:4]) for path in MIGRATIONS]


@pytest.fixture
def empty(cluster, template):
    """A database without anything, as it is after db init. (The roles are
    there: they belong to the cluster.)"""
    name = "schema_empty"
    cluster.dropdb(name)
    cluster.createdb(name)
    yield name
    cluster.dropdb(name)


@pytest.fixture
def ready(empty, exercise):
    """EMPTY after init, and the superuser's driver."""
    admin = exercise("postgres", empty, query=60000)
    assert admin.ok("init", 0, "")["roles"] == []
    return admin


def test_the_embedded_files_are_the_files(exercise):
    steps = exercise("postgres").ok("status")["steps"]
    assert [(s["name"], s["digest"]) for s in steps] == [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in MIGRATIONS]
    assert all(s["applied"] and not s["changed"] and not s["unknown"]
               and s["applied_at"] > 10**15 for s in steps)


def test_an_empty_database_has_nothing_applied(empty, exercise):
    steps = exercise("postgres", empty).ok("status")["steps"]
    assert [s["number"] for s in steps] == NUMBERS
    assert not any(s["applied"] or s["applied_at"] for s in steps)


def test_migrate_counts_applies_and_repeats(ready):
    assert ready.ok("migrate", 1)["applied"] == len(NUMBERS)
    assert ready.ok("migrate", 1)["applied"] == len(NUMBERS)
    assert ready.ok("migrate", 0)["applied"] == len(NUMBERS)
    assert ready.ok("migrate", 0)["applied"] == 0
    assert ready.ok("migrate", 1)["applied"] == 0
    assert ready.ok("init", 0, "")["roles"] == []
    assert ready.ok("migrate", 0)["applied"] == 0
    assert all(s["applied"] for s in ready.ok("status")["steps"])


def test_a_dry_run_changes_nothing(cluster, empty, ready):
    ready.ok("migrate", 1)
    assert cluster.psql(empty, "SELECT count(*) FROM pg_class WHERE "
                        "relnamespace = 'hasp'::regnamespace") == "0"


def test_four_at_once_apply_each_once(cluster, empty, ready, exercise):
    others = [exercise("postgres", empty, query=60000) for _ in range(4)]
    for other in others:
        other.start("migrate", 0)
    answers = [other.answer() for other in others]
    assert [a["err"] for a in answers] == ["ok"] * 4, answers
    assert sum(a["applied"] for a in answers) == len(NUMBERS)
    assert cluster.psql(empty, "SELECT count(*) FROM hasp.schema_migration"
                        ) == str(len(NUMBERS))


def test_four_inits_at_once(empty, exercise):
    others = [exercise("postgres", empty, query=60000) for _ in range(4)]
    for other in others:
        other.start("init", 0, "")
    assert [o.answer()["err"] for o in others] == ["ok"] * 4


@pytest.mark.parametrize("change, mark", [
    ("UPDATE hasp.schema_migration SET digest = repeat('0', 64) "
     "WHERE number = 1", "changed"),
    ("INSERT INTO hasp.schema_migration (number, name, digest) "
     "VALUES (9999, '9999_x.sql', repeat('0', 64))", "unknown"),
    ("DELETE FROM hasp.schema_migration WHERE number = 1", None),
])
def test_what_does_not_fit_is_refused(cluster, empty, ready, change, mark):
    """A changed file, one that only a newer program has, a gap."""
    ready.ok("migrate", 0)
    cluster.psql(empty, change)
    for dry in (0, 1):
        answer = ready.do("migrate", dry)
        assert answer["err"] == "schema"
        assert answer["applied"] == 0
    steps = ready.ok("status")["steps"]
    if mark:
        assert [s[mark] for s in steps].count(True) == 1
    else:
        assert [s["applied"] for s in steps] == [False] + [True] * (
            len(NUMBERS) - 1)


def test_a_failing_migration_leaves_nothing(cluster, empty, ready):
    """Something of the same name stands in the second one's way."""
    cluster.psql(empty, "CREATE TABLE hasp.key (mine integer)")
    answer = ready.do("migrate", 0)
    assert answer["err"] == "internal" and "42P07" in answer["message"]
    assert answer["applied"] == 1
    steps = ready.ok("status")["steps"]
    assert [s["applied"] for s in steps][:2] == [True, False]
    assert cluster.psql(empty, "SELECT to_regclass('hasp.secret') IS NULL"
                        ) == "t"
    cluster.psql(empty, "DROP TABLE hasp.key")
    assert ready.ok("migrate", 0)["applied"] == len(NUMBERS) - 1


def test_migrate_needs_the_owner_role(empty, ready, exercise):
    assert ready.ok("migrate", 0)["applied"] == len(NUMBERS)
    operator = exercise("hasp_operator", empty)
    assert operator.err("migrate", 0) == "permission"
    assert len(operator.ok("status")["steps"]) == len(NUMBERS)
    auth = exercise("hasp_auth", empty)
    assert auth.err("status") == "permission"


def test_an_ordinary_creator_of_roles_may_init(cluster, template, passfile,
                                               folder, exercise):
    """No superuser: CREATEROLE, and the database is its own."""
    cluster.psql("postgres", "CREATE ROLE builder LOGIN CREATEROLE CREATEDB "
                 "PASSWORD '%s'" % "builder-of-tests")
    words = folder / "pass"
    words.write_text("*:*:*:builder:builder-of-tests\n")
    words.chmod(0o600)
    try:
        maker = exercise(conninfo=cluster.conninfo(
            "postgres", user="builder", passfile=words))
        assert maker.ok("create_database", "built")["created"] is True
        assert maker.ok("create_database", "built")["created"] is False
        builder = exercise(conninfo=cluster.conninfo(
            "built", user="builder", passfile=words), query=60000)
        assert builder.ok("init", 0, "")["roles"] == []
        assert builder.ok("migrate", 0)["applied"] == len(NUMBERS)
        assert exercise("hasp_auth", "built").ok("ping")
        # The database is closed to everybody else.
        assert cluster.psql("built", "SELECT has_database_privilege("
                            "'hasp_nobody', 'built', 'CONNECT')") == "f"
        builder.close()
        maker.close()
    finally:
        cluster.dropdb("built")
        cluster.psql("postgres", "DROP OWNED BY builder; REVOKE hasp_owner "
                     "FROM builder; DROP ROLE builder")


def test_init_before_migrate(empty, exercise):
    admin = exercise("postgres", empty)
    answer = admin.do("migrate", 0)
    # The owner is there, its schema is not.
    assert answer["err"] == "schema" and answer["applied"] == 0


def test_reset_makes_new_passwords(cluster, template, passfile, exercise):
    admin = exercise("postgres", template)
    before = cluster.psql("postgres", "SELECT rolpassword FROM pg_authid "
                          "WHERE rolname = 'hasp_auth'")
    word = passfile.read_text().strip().rsplit(":", 1)[1]
    assert admin.ok("init", 1, word)["roles"] == list(LOGINS)
    after = cluster.psql("postgres", "SELECT rolpassword FROM pg_authid "
                         "WHERE rolname = 'hasp_auth'")
    assert before != after and after.startswith("SCRAM-SHA-256$")
    assert exercise("hasp_auth", template).ok("ping")


def test_no_password_stops_it_all(cluster, template, exercise):
    admin = exercise("postgres", template)
    before = cluster.psql("postgres", "SELECT rolpassword FROM pg_authid "
                          "WHERE rolname = 'hasp_auth'")
    assert admin.err("init", 1, "") == "system"
    assert cluster.psql("postgres", "SELECT rolpassword FROM pg_authid "
                        "WHERE rolname = 'hasp_auth'") == before


def test_passwords_do_not_travel(cluster, template, passfile, exercise):
    """The server's log, with every statement in it, holds verifiers only."""
    word = passfile.read_text().strip().rsplit(":", 1)[1]
    cluster.psql("postgres", "ALTER SYSTEM SET log_statement = 'all'")
    cluster.psql("postgres", "SELECT pg_reload_conf()")
    try:
        assert cluster.wait_for(lambda: cluster.psql(
            "postgres", "SHOW log_statement") == "all")
        admin = exercise("postgres", template)
        admin.ok("init", 1, word)
    finally:
        cluster.psql("postgres", "ALTER SYSTEM RESET log_statement")
        cluster.psql("postgres", "SELECT pg_reload_conf()")
    log = cluster.log()
    assert "ALTER ROLE hasp_auth PASSWORD 'SCRAM-SHA-256$" in log
    assert word not in log


@pytest.mark.parametrize("name", ["", "x" * 64, "a\x01b", "a\x7fb"])
def test_a_bad_name_of_a_database(exercise, name):
    answer = exercise("postgres").do("create_database", name)
    assert (answer["err"], answer["created"]) == ("invalid", False)


def test_a_name_of_a_database_is_quoted(cluster, exercise):
    name = 'a"; DROP ROLE x; --'
    admin = exercise("postgres")
    try:
        assert admin.ok("create_database", name)["created"] is True
        assert admin.ok("create_database", name)["created"] is False
        assert cluster.psql("postgres", "SELECT pg_encoding_to_char(encoding)"
                            " FROM pg_database WHERE datname = $$%s$$"
                            % name) == "UTF8"
    finally:
        cluster.psql("postgres", 'DROP DATABASE IF EXISTS "%s"'
                     % name.replace('"', '""'))


# -- embed.awk refuses what it cannot embed --------------------------------

GOOD = "-- What.\n-- columns: a\n-- roles: any\n-- reads\nSELECT 1\n"


@pytest.mark.parametrize("kind, name, text, message", [
    ("statements", "Bad.sql", GOOD, "file's name"),
    ("statements", "a.sql", GOOD.replace("-- reads\n", ""), "-- reads"),
    ("statements", "a.sql", GOOD.replace("-- columns: a\n", ""), "columns"),
    ("statements", "a.sql", GOOD.replace("-- roles: any\n", ""), "roles"),
    ("statements", "a.sql", GOOD.replace("1", "$1"), "parameters"),
    ("statements", "a.sql", "-- $1 a text\n" + GOOD, "parameters"),
    ("statements", "a.sql", "-- $2 a text\n" + GOOD, "order"),
    ("statements", "a.sql", GOOD.replace("1", "1;"), "semicolon"),
    ("statements", "a.sql", GOOD.replace("1", "1 -- one"), "own"),
    ("statements", "a.sql", GOOD.replace("1", "'\u00e4'"), "ASCII"),
    ("statements", "a.sql", GOOD.replace("SELECT 1\n", ""), "no statement"),
    ("migrations", "1_a.sql", "SELECT 1;\n", "file's name"),
    ("migrations", "0000_a.sql", "SELECT 1;\n", "above"),
    ("migrations", "0001_a.sql", "SELECT '\r';\n", "ASCII"),
])
def test_what_cannot_be_embedded_is_refused(cluster, folder, kind, name, text,
                                            message):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    got = embed(kind, path)
    assert got.returncode == 1
    assert message in got.stderr and name in got.stderr


def embed(kind, *paths):
    return subprocess.run(
        ["awk", "-f", str(SOURCE / "sql" / "embed.awk"), "-v",
         "kind=" + kind] + [str(p) for p in paths], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
        env=dict(os.environ, LC_ALL="C"))


def test_migrations_must_rise(folder):
    for name in ("0001_a.sql", "0001_b.sql"):
        (folder / name).write_text("SELECT 1;\n")
    got = embed("migrations", folder / "0001_a.sql", folder / "0001_b.sql")
    assert got.returncode == 1 and "above" in got.stderr


def test_escapes_survive(folder):
    path = folder / "0001_a.sql"
    path.write_text("SELECT '\\u0001 \\\\ \"', E'\\t', '&', '\t';\n")
    got = embed("migrations", path)
    assert got.returncode == 0
    line = [x for x in got.stdout.splitlines() if x.startswith('"')][0]
    assert line == ('"SELECT \'\\\\u0001 \\\\\\\\ \\"\', E\'\\\\t\', \'&\', '
                    '\'\t\';\\n")')
