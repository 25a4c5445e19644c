# SPDX-License-Identifier: ISC
"""haspctl against a real PostgreSQL: setting it up, accounts, keys, and what
happens when the database says no."""

import datetime
import hashlib
import json
import os
import pty
import re
import stat
import subprocess
import zlib

import pytest

from cluster import Cluster
from haspctl_run import PROGRAM, SOURCE, clean_environment, haspctl
from haspctl_world import World

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ROLES = ["hasp_accounts", "hasp_apps", "hasp_audit", "hasp_auth",
         "hasp_keys", "hasp_operator"]
KEY = re.compile(r"(hasp_live_[0-9A-Za-z]{32})([0-9A-Za-z]{6})\n")


def base62(number):
    text = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


@pytest.fixture(name="cluster", scope="module")
def make_cluster(folder):
    made = Cluster(folder / "pg")
    made.start()
    yield made
    made.stop("immediate")


@pytest.fixture(name="world", scope="module")
def make_world(cluster, folder):
    """A database as db init and db migrate make it: .run as operator."""
    return World(cluster, folder / "pass", "hasp")


@pytest.fixture(name="fresh")
def make_fresh(cluster, tmp_path_factory):
    """The name of a database that nobody made yet, and an empty folder."""
    number = cluster.psql("postgres", "SELECT count(*) FROM pg_database")
    return f"fresh{number}", tmp_path_factory.mktemp("pass")


# -- db ----------------------------------------------------------------------

def test_init_writes_passwords_that_work_and_shows_none(world):
    for role in ROLES:
        path = world.passfiles / f"{role}.pgpass"
        status = path.stat()
        assert stat.S_IMODE(status.st_mode) == 0o600
        assert status.st_uid == os.geteuid()
        word = re.fullmatch(rf"\*:\*:\*:{role}:([0-9A-Za-z]{{40}})\n",
                            path.read_text()).group(1)
        assert word not in world.made.stdout + world.made.stderr
        assert str(path) in world.made.stdout
        assert world.cluster.psql(
            "hasp", "SELECT current_user", user=role,
            env={"PGPASSFILE": str(path)}) == role
        stored = world.sql("SELECT rolpassword FROM pg_authid "
                           f"WHERE rolname = '{role}'")
        assert stored.startswith("SCRAM-SHA-256$")
        assert word not in world.cluster.log()
    assert sorted(p.name for p in world.passfiles.iterdir()) == \
        [f"{role}.pgpass" for role in ROLES]


def test_init_again_changes_nothing(world):
    before = [(p, p.read_text(), p.stat().st_mtime_ns)
              for p in sorted(world.passfiles.iterdir())]
    words = world.sql("SELECT string_agg(rolpassword, ',' ORDER BY rolname) "
                      "FROM pg_authid")
    done = haspctl("db", "init", "--passfile-dir", world.passfiles, "--json",
                   "--database", world.admin)
    assert done.returncode == 0
    assert [(r["role"], r["new_passfile"]) for r in json.loads(done.stdout)] \
        == [(role, None) for role in ROLES]
    assert "already" in done.stderr
    assert before == [(p, p.read_text(), p.stat().st_mtime_ns)
                      for p in sorted(world.passfiles.iterdir())]
    assert words == world.sql("SELECT string_agg(rolpassword, ',' ORDER BY "
                              "rolname) FROM pg_authid")
    assert world.run("account", "list").returncode == 0


def test_reset_passwords_replaces_them(world):
    before = [(world.passfiles / f"{role}.pgpass").read_text()
              for role in ROLES]
    done = haspctl("db", "init", "--passfile-dir", world.passfiles,
                   "--reset-passwords", "--database", world.admin)
    assert done.returncode == 0
    after = [(world.passfiles / f"{role}.pgpass").read_text()
             for role in ROLES]
    assert all(a != b for a, b in zip(before, after))
    assert world.run("account", "list").returncode == 0


def test_init_names_the_database_as_asked(cluster, fresh):
    name, folder = fresh
    for given in (cluster.conninfo(name), name):
        env = clean_environment(PGHOST=cluster.folder, PGUSER="postgres",
                                PGPORT=str(cluster.port))
        done = haspctl("db", "init", "--passfile-dir", folder, "--database",
                       given, env=env)
        assert done.returncode == 0, done.stderr
        assert f"{name}" in done.stderr.splitlines()[0]
    assert cluster.psql(name, "SELECT pg_encoding_to_char(encoding) FROM "
                        f"pg_database WHERE datname = '{name}'") == "UTF8"


def test_init_leaves_the_files_alone_when_the_database_refuses(world, fresh):
    name, folder = fresh
    old = folder / "hasp_auth.pgpass"
    old.write_text("as it was\n")
    done = haspctl("db", "init", "--passfile-dir", folder,
                   "--reset-passwords", "--database",
                   world.conninfo().replace("'hasp'", f"'{name}'"))
    assert done.returncode == 77, done.stderr
    assert "superuser" in done.stderr
    assert [p.name for p in folder.iterdir()] == [old.name]
    assert old.read_text() == "as it was\n"


def test_init_without_a_place_for_passwords_is_73(world, tmp_path):
    """And no role loses its password over it."""
    (tmp_path / "file").write_text("")
    done = haspctl("db", "init", "--passfile-dir", tmp_path / "file",
                   "--reset-passwords", "--database", world.admin)
    assert done.returncode == 73, done.stderr
    assert str(tmp_path / "file") in done.stderr
    assert world.run("account", "list").returncode == 0


def test_migrate_and_status_tell_how_far_it_is(cluster, fresh):
    name, folder = fresh
    where = ["--database", cluster.conninfo(name)]
    assert haspctl("db", "status", *where).returncode == 78
    haspctl("db", "init", "--passfile-dir", folder, *where)
    done = haspctl("db", "status", "--json", *where)
    steps = json.loads(done.stdout)
    assert done.returncode == 1 and "db migrate" in done.stderr
    assert {step["state"] for step in steps} == {"missing"}
    assert [step["number"] for step in steps] == \
        list(range(1, len(steps) + 1))
    for words, applied in ((["--dry-run"], len(steps)), ([], len(steps)),
                           (["--dry-run"], 0), ([], 0)):
        done = haspctl("db", "migrate", "--json", *words, *where)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"applied": applied,
                                           "dry_run": bool(words)}
    done = haspctl("db", "status", "--json", *where)
    assert done.returncode == 0
    assert {step["state"] for step in json.loads(done.stdout)} == {"applied"}


@pytest.mark.parametrize("sql,state", [
    ("UPDATE hasp.schema_migration SET digest = repeat('0', 64) "
     "WHERE number = 1", "changed"),
    ("INSERT INTO hasp.schema_migration (number, name, digest) "
     "VALUES (9999, '9999_later.sql', repeat('0', 64))", "unknown"),
])
def test_a_schema_of_another_program_is_78(cluster, fresh, sql, state):
    name, folder = fresh
    other = World(cluster, folder, name)
    try:
        other.sql(sql)
    except subprocess.CalledProcessError:
        other.sql(sql.replace("repeat('0', 64)",
                              "decode(repeat('0', 64), 'hex')"))
    done = haspctl("db", "status", "--json", "--database", other.admin)
    assert done.returncode == 78
    assert state in {step["state"] for step in json.loads(done.stdout)}
    done = haspctl("db", "migrate", "--database", other.admin)
    assert (done.returncode, done.stdout) == (78, "")


def former(cluster, name, folder):
    """An installation of the version that knew two migrations and two roles
    of programs."""
    done = haspctl("db", "init", "--passfile-dir", folder, "--database",
                   cluster.conninfo(name))
    assert done.returncode == 0, done.stderr
    for role in ("hasp_keys", "hasp_accounts", "hasp_apps", "hasp_audit"):
        cluster.psql(name, f"DROP OWNED BY {role}; DROP ROLE {role};")
        (folder / f"{role}.pgpass").unlink()
    files = sorted((SOURCE / "sql/migrations").glob("*.sql"))[:2]
    cluster.psql(name, "SET ROLE hasp_owner; BEGIN; CREATE TABLE "
                 "hasp.schema_migration (number integer PRIMARY KEY, name "
                 "text NOT NULL, digest text NOT NULL, applied_at timestamptz "
                 "NOT NULL DEFAULT now());" + "".join(
                     f"{path.read_text()}; INSERT INTO hasp.schema_migration "
                     f"VALUES ({path.name[:4]}, '{path.name}', "
                     f"'{hashlib.sha256(path.read_bytes()).hexdigest()}');"
                     for path in files) + "COMMIT;")


def test_an_update_that_brings_roles(folder, tmp_path):
    """db migrate says which command adds them; db init leaves the others."""
    cluster = Cluster(folder / "former")
    cluster.start()
    try:
        former(cluster, "hasp", tmp_path)
        where = ["--database", cluster.conninfo("hasp")]
        verifiers = ("SELECT rolname, rolpassword FROM pg_authid WHERE rolname"
                     " IN ('hasp_auth', 'hasp_operator') ORDER BY 1")
        before = cluster.psql("hasp", verifiers)
        files = {p.name: p.read_text() for p in tmp_path.iterdir()}
        assert sorted(files) == ["hasp_auth.pgpass", "hasp_operator.pgpass"]
        for words in ([], ["--dry-run"]):
            done = haspctl("db", "migrate", *words, *where)
            assert (done.returncode, done.stdout) == (78, "")
            assert "run `haspctl db init` again: the role hasp_accounts is " \
                "missing" in done.stderr
            assert len(done.stderr.splitlines()) == 1
        assert cluster.psql("hasp", "SELECT max(number), to_regclass("
                            "'hasp.session') FROM hasp.schema_migration") \
            == "2|"

        done = haspctl("db", "init", "--json", "--passfile-dir", tmp_path,
                       *where)
        assert done.returncode == 0, done.stderr
        assert [r["role"] for r in json.loads(done.stdout)
                if r["new_passfile"]] == ["hasp_accounts", "hasp_apps",
                                           "hasp_audit", "hasp_keys"]
        assert cluster.psql("hasp", verifiers) == before
        assert {name: (tmp_path / name).read_text()
                for name in files} == files
        assert sorted(p.name for p in tmp_path.iterdir()) == \
            [f"{role}.pgpass" for role in ROLES]
        assert haspctl("db", "migrate", *where).returncode == 0
        assert haspctl("db", "status", *where).returncode == 0
        for role in ROLES:
            assert cluster.psql(
                "hasp", "SELECT current_user", user=role,
                env={"PGPASSFILE": str(tmp_path / f"{role}.pgpass")}) == role
    finally:
        cluster.stop("immediate")


# -- accounts ----------------------------------------------------------------

def test_account_life(world):
    done = world.run("account", "create", "--name", "Größe & Co. 'x' \\")
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout
    number = re.match(r"ID +(\d+)\n", shown).group(1)
    assert world.run("account", "show", number).stdout == shown
    assert "Größe & Co. 'x' \\" in shown
    row = world.json("account", "show", number)
    assert row == {
        "id": int(number), "name": "Größe & Co. 'x' \\", "plan": "standard",
        "region": "main", "api_host": "localhost", "status": "active",
        "keys": 0, "created_at": row["created_at"], "members": 0,
        "machine_keys": True, "plan_active": True, "self_service": True,
        "max_keys": None, "rate_per_second": None, "rate_burst": None,
        "daily_quota": None,
        "legacy_deprecated_at": None, "legacy_sunset_at": None,
        "legacy_link": None, "legacy_policy": "warn"}
    made = datetime.datetime.fromisoformat(row["created_at"]
                                           .replace("Z", "+00:00"))
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((now - made).total_seconds()) < 60
    listed, = [r for r in world.json("account", "list")
               if r["id"] == row["id"]]
    assert listed == {name: row[name] for name in listed}


@pytest.mark.parametrize("words,status,said", [
    (["--name", "x" * 101], 65, "1 to 100"),
    (["--name", "a\nb"], 65, "plain text"),
    (["--name", " "], 65, "plain text"),
    (["--name", "a", "--plan", "none"], 1, "--plan"),
    (["--name", "a", "--region", "mars"], 1, "--region"),
])
def test_account_that_cannot_be(world, words, status, said):
    done = world.run("account", "create", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr


def test_nothing_of_that_id_is_1(world):
    for words in (["account", "show", "4"], ["key", "list", "--account", "4"],
                  ["key", "show", "key_0000000000000000"],
                  ["key", "rotate", "key_0000000000000000"],
                  ["key", "revoke", "--yes", "key_0000000000000000"],
                  ["key", "create", "--account", "4", "--name", "n",
                   "--role", "read"]):
        done = world.run(*words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert "haspctl account list" in done.stderr or \
            "haspctl key list" in done.stderr


def test_lists_are_whole_beyond_a_page(world, cluster):
    world.sql("INSERT INTO hasp.account (name, plan, region) SELECT 'Many ' "
              "|| n, 'standard', 'main' FROM generate_series(1, 450) n")
    rows = world.json("account", "list")
    numbers = [row["id"] for row in rows]
    assert len(numbers) == int(world.sql("SELECT count(*) FROM hasp.account"))
    assert numbers == sorted(set(numbers))
    lines = world.run("account", "list").stdout.splitlines()
    assert len(lines) == len(rows) + 1
    assert world.run("-q", "account", "list").stdout.split() == \
        [str(n) for n in numbers]

    account = world.account()
    world.sql(
        "INSERT INTO hasp.key (id, account, name, kind, role, environment, "
        "created_by) SELECT 'key_' || lpad(n::text, 16, '0'), "
        f"{account}, 'n', 'api_key', 'read', 'live', 'operator' "
        "FROM generate_series(1, 250) n")
    keys = world.json("key", "list", "--account", account)
    assert [k["id"] for k in keys] == [f"key_{n:016}" for n in range(1, 251)]
    assert cluster.pid() is not None


def test_an_empty_list(world):
    account = world.account()
    assert world.json("key", "list", "--account", account) == []
    done = world.run("key", "list", "--account", account)
    assert (done.returncode, done.stdout) == (0, "")


# -- keys --------------------------------------------------------------------

def test_key_create_shows_the_secret_alone_on_stdout(world):
    account = world.account()
    done = world.run("key", "create", "--account", account, "--name", "ci",
                     "--role", "write")
    assert done.returncode == 0
    text, check = KEY.fullmatch(done.stdout).groups()
    assert check == base62(zlib.crc32(text.encode()))
    assert text not in done.stderr
    number = re.search(r"key_[0-9A-Za-z]{16}", done.stderr).group()
    digest = hashlib.sha256(done.stdout.strip().encode()).hexdigest()
    assert world.sql("SELECT encode(digest, 'hex') FROM hasp.secret WHERE "
                     f"key_id = '{number}'") == digest
    row = world.json("key", "show", number)
    assert (row["role"], row["environment"], row["state"], row["kind"],
            row["account"]) == ("write", "live", "active", "access_token",
                                account)
    assert row["secrets"][0]["last_four"] == check[2:]
    assert "secret" not in row
    quiet = world.run("-q", "key", "create", "--account", account, "--name",
                      "ci", "--role", "write")
    assert KEY.fullmatch(quiet.stdout) and quiet.stderr == ""


def test_key_create_takes_every_option(world):
    row = world.key("--environment", "test", "--kind", "api_key", "--allow",
                    "192.0.2.0/24", "--allow", "2001:db8::1", "--not-before",
                    "2030-01-02", "--expires", "2031-05-04T05:02:01+02:00")
    assert row["secret"].startswith("hasp_test_")
    assert (row["environment"], row["kind"]) == ("test", "api_key")
    assert row["allowed_ranges"] == ["192.0.2.0/24", "2001:db8::1/128"]
    assert row["not_before"] == "2030-01-02T00:00:00Z"
    assert row["expires_at"] == "2031-05-04T03:02:01Z"
    assert row["state"] == "not yet valid"


@pytest.mark.parametrize("span,seconds", [
    ("90d", 90 * 86400), ("12h", 12 * 3600), ("2w", 14 * 86400),
    ("30m", 1800), ("45s", 45)])
def test_key_expires_after_a_span(world, span, seconds):
    row = world.key("--expires", span)
    made, ends = (datetime.datetime.fromisoformat(row[name][:-1])
                  for name in ("created_at", "expires_at"))
    assert abs((ends - made).total_seconds() - seconds) <= 5


def test_key_rotate_adds_a_secret_and_ends_the_old(world):
    first = world.key()
    done = world.run("key", "rotate", first["id"], "--overlap", "2h")
    assert done.returncode == 0
    text, check = KEY.fullmatch(done.stdout).groups()
    assert done.stdout.strip() != first["secret"]
    assert text not in done.stderr
    newer, older = world.json("key", "show", first["id"])["secrets"]
    assert (newer["version"], older["version"]) == (2, 1)
    assert newer["expires_at"] is None and newer["last_four"] == check[2:]
    ends = datetime.datetime.fromisoformat(older["expires_at"][:-1])
    began = datetime.datetime.fromisoformat(newer["created_at"][:-1])
    assert abs((ends - began).total_seconds() - 7200) <= 5
    third = world.json("key", "rotate", first["id"], "--overlap", "0")
    assert third["secret"] not in (first["secret"], done.stdout.strip())
    assert [s["state"] for s in third["secrets"]] == \
        ["active", "expired", "expired"]
    assert world.run("-q", "key", "rotate", first["id"]).stderr == ""


def test_key_revoke_is_final_and_repeatable(world):
    row = world.key()
    done = world.run("key", "revoke", row["id"], "--yes", "--why", "leaked é")
    assert (done.returncode, done.stdout) == (0, "")
    assert "is revoked" in done.stderr
    after = world.json("key", "show", row["id"])
    assert (after["state"], after["revoked_why"]) == ("revoked", "leaked é")
    assert after["revoked_at"]
    again = world.json("key", "revoke", row["id"], "-y", "--why", "other")
    assert again == after
    done = world.run("key", "rotate", row["id"])
    assert (done.returncode, done.stdout) == (1, "")
    assert "is revoked" in done.stderr


def test_key_revoke_asks_nobody_who_is_not_there(world):
    row = world.key()
    done = world.run("key", "revoke", row["id"], stdin="yes\n")
    assert (done.returncode, done.stdout) == (64, "")
    assert "--yes" in done.stderr
    assert world.json("key", "show", row["id"])["state"] == "active"


@pytest.mark.parametrize("answer,status,state", [
    ("yes\n", 0, "revoked"), ("y\n", 1, "active"), ("\n", 1, "active"),
    ("no\n", 1, "active"), ("yes please\n", 1, "active"),
    ("\x04", 1, "active")])
def test_key_revoke_takes_only_yes_for_an_answer(world, answer, status,
                                                 state):
    row = world.key()
    main, side = pty.openpty()
    with subprocess.Popen(
            [PROGRAM, "--database", world.conninfo(), "key", "revoke",
             row["id"]], stdin=side, stdout=subprocess.PIPE, stderr=side,
            env=clean_environment()) as process:
        os.close(side)
        asked = b""
        while b"revoke it:" not in asked:
            asked += os.read(main, 4096)
        assert row["id"].encode() in asked and b"A key" in asked
        os.write(main, answer.encode())
        assert process.wait(10) == status
    os.close(main)
    assert world.json("key", "show", row["id"])["state"] == state


def test_key_with_a_rate_of_its_own(world):
    account = world.account()
    row = world.key("--rate", "5", "--burst", "70", account=account)
    assert (row["rate_per_second"], row["rate_burst"]) == (5, 70)
    row = world.key(account=account)
    assert (row["rate_per_second"], row["rate_burst"]) == (None, None)
    for rate, burst in (("5", None), (None, "5"), ("0", "1"), ("x", "1"),
                        ("1000001", "1"), ("1", "10000001")):
        words = ["--rate", rate] if rate else []
        words += ["--burst", burst] if burst else []
        world.refused(64, "key", "create", "--account", account, "--name",
                      "n", "--role", "read", *words)


def test_key_with_a_quota_of_its_own(world):
    account = world.account()
    row = world.key("--daily-quota", "2000000000", account=account)
    assert row["daily_quota"] == 2000000000
    assert world.json("key", "show", row["id"])["daily_quota"] == 2000000000
    assert "DAILY QUOTA" in world.run("key", "show", row["id"]).stdout.upper()
    row = world.key(account=account)
    assert row["daily_quota"] is None
    for quota in ("0", "-1", "x", "2000000001", "1e3", ""):
        world.refused(64, "key", "create", "--account", account, "--name",
                      "n", "--role", "read", "--daily-quota", quota)


def test_key_with_words_that_the_database_refuses(world):
    account = world.account()
    done = world.run("key", "create", "--account", account, "--name",
                     "x" * 101, "--role", "read")
    assert (done.returncode, done.stdout) == (65, "")
    row = world.key(account=account)
    done = world.run("key", "revoke", row["id"], "--yes", "--why", "x" * 201)
    assert (done.returncode, done.stdout) == (65, "")
    assert "nothing was revoked" in done.stderr
    assert world.json("key", "show", row["id"])["state"] == "active"


def test_a_plan_that_allows_no_more_keys(world):
    world.sql("INSERT INTO hasp.plan (code, name, max_keys) "
              "VALUES ('one', 'One', 1) ON CONFLICT DO NOTHING")
    done = world.run("-q", "account", "create", "--name", "n", "--plan",
                     "one", "--region", "main")
    row = world.key(account=int(done.stdout))
    done = world.run("key", "create", "--account", row["account"], "--name",
                     "n", "--role", "read")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no more keys" in done.stderr
    world.run("key", "revoke", row["id"], "--yes")
    assert world.key(account=row["account"])["id"] != row["id"]
    world.sql("DELETE FROM hasp.secret; DELETE FROM hasp.key; "
              "DELETE FROM hasp.account WHERE plan = 'one'; "
              "DELETE FROM hasp.plan WHERE code = 'one'")


def test_a_secret_that_could_not_be_shown_is_told(world):
    account = world.account()
    for words in ([], ["-q"], ["--json"]):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(
                [PROGRAM, "--database", world.conninfo(), "key", "create",
                 "--account", str(account), "--name", "n", "--role", "read",
                 *words], stdout=full, stderr=subprocess.PIPE,
                encoding="utf-8", env=clean_environment(), check=False)
        assert done.returncode == 74
        assert re.search(r"haspctl key revoke key_\w{16}", done.stderr)
        assert "hasp_live_" not in done.stderr


def test_another_prefix_and_other_environments(world, tmp_path):
    path = tmp_path / "hasp.conf"
    path.write_text("[key]\nprefix = acme\nenvironments = prod dev\n"
                    "[haspctl]\nconninfo = " + world.conninfo() + "\n")
    account = world.account()
    done = haspctl("--config", path, "-q", "key", "create", "--account",
                   account, "--name", "n", "--role", "read")
    assert done.stdout.startswith("acme_prod_")
    done = haspctl("--config", path, "key", "show", done.stdout.strip())
    assert done.returncode == 64 and "the key itself" in done.stderr
    old = world.key(account=account)
    done = haspctl("--config", path, "key", "rotate", old["id"])
    assert (done.returncode, done.stdout) == (78, "")
    assert "live" in done.stderr
    assert len(world.json("key", "show", old["id"])["secrets"]) == 1


def test_no_text_of_a_key_is_kept_anywhere(world):
    texts = [world.key()["secret"] for _ in range(3)]
    row = world.key()
    texts += [row["secret"], world.json("key", "rotate", row["id"])["secret"]]
    dump = subprocess.run(
        [world.cluster.bin + "/pg_dump", "--inserts"], check=True,
        env=world.cluster.env(world.name), capture_output=True).stdout
    assert b"hasp.secret" in dump
    for text in texts:
        assert text.encode() not in dump
        assert text[10:42].encode() not in dump
        assert text not in world.cluster.log()


# -- when the database says no -----------------------------------------------

def test_a_wrong_role_or_password_is_77(world, tmp_path):
    done = haspctl("account", "list", "--database",
                   world.conninfo("hasp_auth"))
    assert (done.returncode, done.stdout) == (77, "")
    assert "hasp_operator" in done.stderr
    wrong = tmp_path / "pass"
    wrong.write_text("*:*:*:hasp_operator:wrong\n")
    wrong.chmod(0o600)
    done = haspctl("account", "list", "--database", world.cluster.conninfo(
        "hasp", user="hasp_operator", passfile=wrong))
    assert done.returncode == 77, done.stderr
    done = haspctl("db", "migrate", "--database", world.conninfo())
    assert done.returncode == 77, done.stderr


def test_a_database_without_the_schema_is_78(cluster, fresh):
    name, _ = fresh
    cluster.createdb(name)
    for words in (["account", "list"], ["account", "create", "--name", "n"],
                  ["key", "show", "key_0000000000000000"]):
        done = haspctl(*words, "--database", cluster.conninfo(name))
        assert (done.returncode, done.stdout) == (78, ""), words
        assert "db migrate" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    done = haspctl("account", "list", "--database", cluster.conninfo("none"))
    assert done.returncode == 78 and "db init" in done.stderr


def test_a_database_that_is_down_is_69(world):
    world.cluster.stop()
    try:
        for words in (["account", "list"], ["db", "status"],
                      ["key", "show", "key_0000000000000000"]):
            done = world.run(*words)
            assert (done.returncode, done.stdout) == (69, "")
            assert "cannot be reached" in done.stderr
    finally:
        world.cluster.start()
    assert world.run("account", "list").returncode == 0
