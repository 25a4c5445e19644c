# SPDX-License-Identifier: ISC
"""haspctl member against a real PostgreSQL: who signs in, and with what."""

import crypt
import os
import pty
import re
import subprocess

import pytest

from cluster import Cluster
from haspctl_run import PROGRAM, clean_environment, haspctl
from haspctl_world import World

MADE = re.compile(r"[0-9A-Za-z]{5}(-[0-9A-Za-z]{5}){3}")
BASE32 = re.compile(r"[A-Z2-7]{32}")


@pytest.fixture(name="world", scope="module")
def make_world(folder):
    cluster = Cluster(folder / "pg")
    cluster.start()
    made = World(cluster, folder / "pass", "hasp")
    key = folder / "totp.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    made.config = folder / "hasp.conf"
    made.config.write_text(f"[accounts]\ntotp_key_file = {key}\n"
                           "issuer = An Issuer\n[haspctl]\n"
                           f"conninfo = {made.conninfo()}\n")
    yield made
    cluster.stop("immediate")


@pytest.fixture(name="account")
def make_account(world):
    return world.account()


def create(world, account, email, *words, **more):
    return haspctl("--config", world.config, "member", "create", "--account",
                   account, "--email", email, *words, **more)


def member(world, account, email):
    return next(r for r in world.json("member", "list", "--account", account)
                if r["email"] == email)


def fits(world, number, word):
    stored = world.sql("SELECT password_hash FROM hasp.member WHERE id = "
                       f"{number}")
    assert stored.startswith("$y$")
    return crypt.crypt(word, stored) == stored


def log_has(world, *words):
    return [w for w in words if w in world.cluster.log()]


def test_a_made_password_is_shown_once_and_fits(world, account):
    done = create(world, account, "Ann@Example.ORG", "--admin")
    assert done.returncode == 0, done.stderr
    word = done.stdout.rstrip("\n")
    assert MADE.fullmatch(word) and word not in done.stderr
    row = member(world, account, "ann@example.org")
    assert f"member {row['id']} (ann@example.org)" in done.stderr
    assert row == {"id": row["id"], "account": account,
                   "email": "ann@example.org", "may_administer": True,
                   "totp": False, "created_at": row["created_at"],
                   "disabled_at": None}
    assert fits(world, row["id"], word) and not fits(world, row["id"], "x")
    assert world.events(account)[-1] == "member_created"
    assert log_has(world, word) == []


def test_totp_is_in_force_at_once(world, account):
    done = create(world, account, "totp@example.org", "--totp")
    assert done.returncode == 0, done.stderr
    word, secret, uri = done.stdout.splitlines()
    assert MADE.fullmatch(word) and BASE32.fullmatch(secret)
    assert uri.startswith("otpauth://totp/An%20Issuer:totp%40example.org?")
    assert f"secret={secret}" in uri
    assert word not in done.stderr and secret not in done.stderr
    row = member(world, account, "totp@example.org")
    assert (row["totp"], row["may_administer"]) == (True, False)
    # nonce, 20 bytes sealed, tag
    assert world.sql("SELECT octet_length(totp_sealed) FROM hasp.member "
                     f"WHERE id = {row['id']}") == "48"
    assert log_has(world, word, secret) == []

    quiet = create(world, account, "quiet@example.org", "--totp", "-q")
    word, secret = quiet.stdout.splitlines()
    assert MADE.fullmatch(word) and BASE32.fullmatch(secret)
    assert quiet.stderr == ""


def test_json(world, account):
    row = world.json("member", "create", "--account", account, "--email",
                     "j@example.org")
    assert MADE.fullmatch(row["password"])
    assert (row["totp_secret"], row["totp_uri"]) == (None, None)
    assert (row["email"], row["account"]) == ("j@example.org", account)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_from_a_file(world, account, tmp_path, end):
    path = tmp_path / "word"
    path.write_text("korrekt häst batteri" + end, newline="")
    for email, name, stdin in ((f"f{len(end)}@example.org", path, ""),
                               (f"s{len(end)}@example.org", "-",
                                "korrekt häst batteri" + end)):
        done = create(world, account, email, "--password-file", name, "-q",
                      stdin=stdin)
        assert done.returncode == 0, done.stderr
        number = int(done.stdout)
        assert fits(world, number, "korrekt häst batteri")
    done = create(world, account, f"t{len(end)}@example.org",
                  "--password-file", path, "--totp", "-q")
    assert BASE32.fullmatch(done.stdout.rstrip("\n"))


@pytest.mark.parametrize("word,said", [
    (b"short", "12 to 256"), (b"x" * 257, "12 to 256"), (b"x" * 5000, "12 to"),
    (b"aaaaaaaaaaaaaa", "12 to 256"), (b"Bad.word@example.org", "12 to 256"),
    (b"\xff" * 13, "12 to 256"), (b"", "no password"), (b"\n", "no password"),
    (b"two lines of\nwords here\n", "no password"),
    (b"words with\0a NUL byte", "no password"),
])
def test_a_password_that_cannot_be(world, account, tmp_path, word, said):
    path = tmp_path / "word"
    path.write_bytes(word)
    done = create(world, account, "bad.word@example.org", "--password-file",
                  path)
    assert (done.returncode, done.stdout) == (65, "")
    assert said in done.stderr and "two lines" not in done.stderr
    assert world.json("member", "list", "--account", account) == []


@pytest.mark.parametrize("email", [
    "a", "@", "a@", "@b", "a@b@c", "a b@example.org", "a@exa mple.org",
    "a\n@example.org", "\x1b@example.org", "x" * 250 + "@b.cd", "a,b"])
def test_an_address_that_is_none(world, account, email):
    said = world.refused(65, "member", "create", "--account", account,
                         "--email", email)
    assert "--email" in said and "\x1b" not in said
    assert world.json("member", "list", "--account", account) == []


def test_an_address_that_is_taken(world, account):
    assert create(world, account, "one@example.org").returncode == 0
    other = world.account()
    for who in (account, other):
        assert "exists already" in world.refused(
            1, "member", "create", "--account", who, "--email",
            "ONE@example.org")
    assert world.json("member", "list", "--account", other) == []


@pytest.mark.parametrize("key,said", [
    (None, "totp_key_file"), (b"x" * 31, "32"), (b"\0" * 32, "")])
def test_totp_without_a_good_key_makes_nobody(world, account, tmp_path, key,
                                              said):
    path = tmp_path / "hasp.conf"
    path.write_text(f"[haspctl]\nconninfo = {world.conninfo()}\n")
    if key is not None:
        (tmp_path / "key").write_bytes(key)
        (tmp_path / "key").chmod(0o600)
        path.write_text(path.read_text() +
                        f"[accounts]\ntotp_key_file = {tmp_path}/key\n")
    done = haspctl("--config", path, "member", "create", "--account", account,
                   "--email", "k@example.org", "--totp")
    assert (done.returncode, done.stdout) == (78, "")
    assert said in done.stderr
    assert world.json("member", "list", "--account", account) == []


def sign_in(world, number, account):
    """What a member who uses everything has."""
    world.sql(
        "INSERT INTO hasp.session (digest, account, member, idle_seconds, "
        f"expires_at) VALUES (sha256('s{number}'), {account}, {number}, 60, "
        "now() + interval '1 hour');"
        "INSERT INTO hasp.proof (digest, account, session, expires_at) VALUES "
        f"(sha256('p{number}'), {account}, sha256('s{number}'), now());"
        "INSERT INTO hasp.recovery_code (digest, account, member) VALUES "
        f"(sha256('r{number}'), {account}, {number})")


def holds(world, number):
    """Sessions, proofs and recovery codes of a member."""
    return world.sql(
        f"SELECT (SELECT count(*) FROM hasp.session WHERE member = {number}), "
        "(SELECT count(*) FROM hasp.proof WHERE digest = "
        f"sha256('p{number}')), (SELECT count(*) FROM hasp.recovery_code "
        f"WHERE member = {number})")


def test_reset_takes_everything_away(world, account):
    first = create(world, account, "r@example.org", "--totp",
                   "--admin").stdout.splitlines()[0]
    other = world.json("member", "create", "--account", account, "--email",
                       "o@example.org")
    number = member(world, account, "r@example.org")["id"]
    for one in (number, other["id"]):
        sign_in(world, one, account)
    world.sql("UPDATE hasp.member SET totp_pending = totp_sealed "
              f"WHERE id = {number}")
    done = world.run("member", "reset", number, "--yes")
    assert done.returncode == 0, done.stderr
    word = done.stdout.rstrip("\n")
    assert MADE.fullmatch(word) and word not in done.stderr
    assert fits(world, number, word) and not fits(world, number, first)
    row = member(world, account, "r@example.org")
    assert (row["totp"], row["may_administer"]) == (False, True)
    assert world.sql("SELECT totp_sealed, totp_pending FROM hasp.member "
                     f"WHERE id = {number}") == "|"
    assert holds(world, number) == "0|0|0"
    assert holds(world, other["id"]) == "1|1|1"
    assert fits(world, other["id"], other["password"])
    assert world.events(account)[-1] == "member_reset"
    assert log_has(world, first, word, other["password"]) == []


def test_reset_with_a_password_of_ones_own(world, account):
    number = world.json("member", "create", "--account", account, "--email",
                        "own@example.org")["id"]
    done = world.run("-q", "member", "reset", number, "-y", "--password-file",
                     "-", stdin="a word of my own\n")
    assert (done.returncode, done.stdout) == (0, f"{number}\n")
    assert fits(world, number, "a word of my own")
    assert "12 to 256" in world.refused(
        65, "member", "reset", number, "-y", "--password-file", "-",
        stdin="own@example.org\n")
    assert fits(world, number, "a word of my own")


def test_reset_asks_nobody_who_is_not_there(world, account):
    row = world.json("member", "create", "--account", account, "--email",
                     "a@example.org")
    assert "--yes" in world.refused(64, "member", "reset", row["id"],
                                    stdin="yes\n")
    assert fits(world, row["id"], row["password"])


@pytest.mark.parametrize("answer,status", [("yes\n", 0), ("y\n", 1),
                                           ("yes please\n", 1), ("\x04", 1)])
def test_reset_takes_only_yes_for_an_answer(world, account, answer, status):
    row = world.json("member", "create", "--account", account, "--email",
                     f"tty{len(answer)}@example.org")
    main, side = pty.openpty()
    with subprocess.Popen(
            [PROGRAM, "--database", world.conninfo(), "member", "reset",
             str(row["id"])], stdin=side, stdout=subprocess.PIPE,
            stderr=side, env=clean_environment()) as process:
        os.close(side)
        asked = b""
        while b"to go on:" not in asked:
            asked += os.read(main, 4096)
        assert row["email"].encode() in asked
        os.write(main, answer.encode())
        assert process.wait(20) == status
    os.close(main)
    assert fits(world, row["id"], row["password"]) == (status != 0)


def test_disable_and_enable(world, account):
    number = world.json("member", "create", "--account", account, "--email",
                        "d@example.org")["id"]
    sign_in(world, number, account)
    row = world.json("member", "disable", number)
    assert row["disabled_at"] and row["id"] == number
    assert holds(world, number) == "0|0|1"
    assert "nothing changed" in world.run("member", "disable", number).stderr
    assert world.json("member", "enable", number)["disabled_at"] is None
    assert "nothing changed" in world.run("member", "enable", number).stderr
    assert world.events(account)[-2:] == ["member_disabled", "member_enabled"]


def test_lists_are_whole_beyond_a_page(world, account):
    world.sql("INSERT INTO hasp.member (account, email) SELECT "
              f"{account}, 'm' || n || '@many.example.org' "
              "FROM generate_series(1, 450) n")
    rows = world.json("member", "list", "--account", account)
    assert [r["email"] for r in rows] == [
        f"m{n}@many.example.org" for n in range(1, 451)]
    assert world.json("account", "show", account)["members"] == 450


def test_nobody_of_that_number_is_1(world):
    for words in (["reset", "999999", "-y"], ["disable", "999999"],
                  ["enable", "999999"]):
        assert "haspctl member list" in world.refused(1, "member", *words)
    for words in (["list"], ["create", "--email", "n@example.org"]):
        assert "haspctl account list" in world.refused(
            1, "member", *words, "--account", "4")


@pytest.mark.parametrize("word", ["0", "-1", "a", "9" * 20, "1.0", "+1"])
def test_what_is_no_number_is_64(world, word):
    for verb in ("reset", "disable", "enable"):
        done = world.run("member", verb, "--yes" if verb == "reset" else "-q",
                         "--", word)
        assert (done.returncode, done.stdout) == (64, "")


def test_what_could_not_be_shown_is_told(world, account):
    for n, words in enumerate(([], ["-q"], ["--json"], ["--totp"])):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(
                [PROGRAM, "--config", world.config, "member", "create",
                 "--account", str(account), "--email", f"n{n}@example.org",
                 *words], stdout=full, stderr=subprocess.PIPE,
                encoding="utf-8", env=clean_environment(), check=False)
        assert done.returncode == 74
        row = member(world, account, f"n{n}@example.org")
        assert f"haspctl member reset {row['id']}" in done.stderr
        assert not MADE.search(done.stderr)
        assert not BASE32.search(done.stderr)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [PROGRAM, "--database", world.conninfo(), "member", "reset", "-y",
         str(row["id"])], stdout=writer, stderr=subprocess.PIPE,
        encoding="utf-8", env=clean_environment(), check=False)
    os.close(writer)
    assert done.returncode == 74
    assert f"haspctl member reset {row['id']}" in done.stderr


def test_many_of_one_address_make_one_member(world, account):
    words = [PROGRAM, "--database", world.conninfo(), "member", "create",
             "--account", str(account), "--email", "race@example.org", "-q"]
    at_once = [subprocess.Popen(words, env=clean_environment(),
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for _ in range(5)]
    assert sorted(p.wait(60) for p in at_once) == [0, 1, 1, 1, 1]
    assert world.events(account).count("member_created") == 1
