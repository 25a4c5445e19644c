# SPDX-License-Identifier: ISC
"""The journal of uses: an entry for each answer, and no answer without one,
whatever ends the program; what finds no room is refused, or counted to the
one."""

import contextlib
import hashlib
import signal
import subprocess
import threading
import uuid

import psycopg2
import pytest

import journal_file
import keys
from auth_world import (AUTH_CHECK, api, ask_row, basic, bearer, code,
                        malformed)
from fcgi_raw import Closed, Program
from metrics_text import read
from test_server_lanes import request

CLIENTS = 6


@pytest.fixture
def start(world, tmp_path_factory):
    """Starts auth-check with options of its own; they end with the test."""
    made = []

    def begin(**options):
        root = tmp_path_factory.mktemp("j")
        made.append(Program(root, AUTH_CHECK, {
            "conninfo": world.program.options["conninfo"],
            "metrics_listen": str(root / "m.sock"), **options}))
        return made[-1].start()

    yield begin
    for program in made:
        if program.process.poll() is None:
            assert program.stop()[0] == 0, program.log.read_text()


@pytest.fixture
def held(world):
    """Nothing can be brought to the database while it lasts."""
    conn = psycopg2.connect(world.cluster.conninfo("hasp"))
    conn.cursor().execute("LOCK TABLE hasp.journal")
    yield
    conn.close()


def entries(program):
    return journal_file.read(program.options["journal_folder"])


def newest(world, count=1):
    """The entries of the last COUNT answers."""
    return sorted(entries(world.program), key=lambda e: e.at)[-count:]


def asked(client, key, **changes):
    client.send(request(bearer(key), REQUEST_ID=uuid.uuid4().hex, **changes))
    return client.answer()


def test_what_is_let_in(world):
    key = world.key(role="'write'")
    name = uuid.uuid4().hex
    assert world.ask(bearer(key), REQUEST_ID=name, REQUEST_METHOD="PATCH",
                     SERVER_NAME="api.example.com",
                     REMOTE_ADDR="2001:db8::7").status == 204
    (e,) = newest(world)
    assert e.identified and not (e.repeated or e.hashed or e.has_credential)
    assert (e.account, e.key, e.version) == (key.account, key.id, 1)
    assert (e.code, e.status, e.method) == ("ok", 204, "PATCH")
    assert (e.site, e.request) == ("api.example.com", name)
    assert e.address == bytes.fromhex("20010db8") + b"\0" * 11 + b"\7"


def test_site_and_request_id_of_another_kind(world):
    key = world.key()
    for site, name in ("a-long-name.of.a.site.example.com", "a-short_id"), (
            "b\xe4d name", "x" * 64):
        world.ask(bearer(key), REQUEST_ID=name, SERVER_NAME=site)
        (e,) = newest(world)
        plain = "".join(chr(c) if 0x20 < c < 0x7f else "?"
                        for c in site.encode())
        assert e.site == plain[-24:]
        assert e.hashed
        assert e.request == hashlib.sha256(name.encode()).hexdigest()[:32]


def test_every_mistake(world):
    """With the true status, also where the answer is folded."""
    key = keys.make("live")
    rows = malformed(key)
    before = len(entries(world.program))
    for given, _ in rows:
        ask_row(world, given, HASP_REFUSAL="fold",
                REQUEST_ID=uuid.uuid4().hex)
    got = newest(world, len(rows))
    assert len(entries(world.program)) == before + len(rows)
    assert [e.code for e in got] == [c for _, c in rows]
    assert {e.status for e in got} == {401}
    assert not any(e.identified or e.has_credential or e.key for e in got)


def test_what_is_refused(world):
    key = world.key(disabled_at="now()")
    weak = world.key()
    world.ask(bearer(key))
    world.ask(basic(world.other, weak.text))
    world.ask(bearer(weak), REQUEST_METHOD="POST")
    got = newest(world, 3)
    assert [(e.code, e.status) for e in got] == [
        ("key_disabled", 401), ("account_mismatch", 401),
        ("role_insufficient", 403)]
    # Whose the key is, not whose it was said to be.
    assert [(e.account, e.key) for e in got] == [
        (k.account, k.id) for k in (key, weak, weak)]


def test_unknown_keys(world):
    """They can be told apart and recognised, and nothing more."""
    one, two = keys.make("live"), keys.make("live")
    for text in one, two, one:
        world.ask(basic(4711, text), REQUEST_ID=uuid.uuid4().hex)
    first, second, third = newest(world, 3)
    assert first.code == "key_unknown" and first.has_credential
    assert not first.identified and first.account == 4711
    assert first.extra == third.extra != second.extra
    assert first.extra != bytes.fromhex(keys.digest(one))[:16]
    folder = world.folder / "journal"
    secret = (folder / "credential.key").read_bytes()
    assert len(secret) == 32
    assert (folder / "credential.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_repeated_requests(world):
    key, other = world.key(), world.key()
    name = uuid.uuid4().hex
    for k in key, key, other, key:
        world.ask(bearer(k), REQUEST_ID=name)
    assert [e.repeated for e in newest(world, 4)] == [
        False, True, False, True]
    for _ in range(2):
        world.ask(bearer(key), REQUEST_ID="")
    assert not any(e.repeated or e.has_request for e in newest(world, 2))


def test_what_is_no_use(world):
    before = len(entries(world.program))
    world.ask(None, HASP_ACTION=None, DOCUMENT_URI="/hasp/v1/nowhere")
    world.ask(None, HASP_ACTION=None, DOCUMENT_URI="/healthz")
    assert len(entries(world.program)) == before


def test_requests_about_the_key_itself(world):
    key = world.key()
    assert api(world, "/hasp/v1/whoami", bearer(key)).status == 200
    (e,) = newest(world)
    assert (e.code, e.key) == ("ok", key.id)


def test_management(managed):
    """A key's requests are noted, a person's are not."""
    manager = managed.programs["keys"]
    key = managed.key(role="'admin'")
    before = len(entries(manager))
    got = managed.call("GET", "/keys", key=key)
    assert got.status == 200
    weak = managed.key()
    assert managed.call("GET", "/keys", key=weak).status == 403
    made = sorted(entries(manager), key=lambda e: e.at)[before:]
    assert [(e.key, e.code) for e in made] == [
        (key.id, "ok"), (weak.id, "role_insufficient")]


def test_database_down(start, tmp_path):
    """A refusal for want of the database is one, too."""
    program = start(conninfo=f"host={tmp_path}/none dbname=none")
    with program.client() as client:
        assert asked(client, type("Key", (), {
            "text": keys.make("live")})).status == 503
    (e,) = entries(program)
    assert e.status == 503 and e.has_credential and not e.identified


def hammer(program, key, answers, stop):
    """Asks until told to stop, or the program ends; notes what it saw."""
    with contextlib.suppress(Closed, OSError), program.client() as client:
        while not stop.is_set():
            name = uuid.uuid4().hex
            client.send(request(bearer(key), REQUEST_ID=name))
            assert client.answer().status == 204
            answers.append(name)


def crowd(program, key, end):
    """What many clients saw until END() came back."""
    stop, answers = threading.Event(), [[] for _ in range(CLIENTS)]
    threads = [threading.Thread(target=hammer, args=(
        program, key, seen, stop)) for seen in answers]
    for thread in threads:
        thread.start()
    end(answers)
    stop.set()
    for thread in threads:
        thread.join()
    return [name for seen in answers for name in seen]


def until(count):
    """Waits until each client has seen COUNT answers."""
    def wait(answers):
        while min(map(len, answers)) < count:
            threading.Event().wait(0.005)
    return wait


@pytest.mark.parametrize("each", ["off", "on"])
def test_killed(world, start, each):
    """Every answer that was seen is there once, and few others."""
    key = world.key()
    program = start(workers=3, journal_sync_each=each)

    def kill(answers):
        until(60)(answers)
        program.process.send_signal(signal.SIGKILL)
        program.process.wait()

    seen = crowd(program, key, kill)
    there = [e.request for e in entries(program)]
    assert len(there) == len(set(there))
    assert set(seen) <= set(there)
    assert len(there) <= len(seen) + CLIENTS
    # Whoever comes next leaves it alone, or takes it whole.
    program.start()
    with program.client() as client:
        assert asked(client, key).status == 204


def test_many_threads(world, start):
    key = world.key()
    program = start(workers=4)
    seen = crowd(program, key, until(150))
    assert sorted(e.request for e in entries(program)) == sorted(seen)


def metric(program, name):
    return read(program.root / "m.sock")("hasp_journal_" + name)


def fill(program, key, count):
    """The answers to COUNT checks."""
    with program.client() as client:
        return [asked(client, key) for _ in range(count)]


ROOM = 8000     # more than the slots of 1 MiB


@pytest.mark.usefixtures("held")
def test_strict(world, start):
    key = world.key()
    program = start(journal_megabytes=1, journal_strict="on")
    got = fill(program, key, ROOM + 1000)
    let_in = [a for a in got if a.status == 204]
    refused = got[len(let_in):]
    assert refused and {a.status for a in refused} == {503}
    assert {code(a) for a in refused} == {"journal_full"}
    there = entries(program)
    assert len(there) == len(let_in) and {e.code for e in there} == {"ok"}
    assert metric(program, "refused_total") == len(refused)
    assert metric(program, "lost_total") == 0
    # Nor is it told who is known here.
    with program.client() as client:
        client.send(request("Bearer"))
        assert code(client.answer()) == "journal_full"
    assert program.wait_log("journal_full")


@pytest.mark.usefixtures("held")
def test_lossy(world, start):
    key = world.key()
    program = start(journal_megabytes=1, workers=3)
    got = fill(program, key, ROOM + 1000)
    assert {a.status for a in got} == {204}
    there = entries(program)
    lost = journal_file.lost(program.options["journal_folder"])
    assert lost > 0 and len(there) + lost == len(got)
    assert metric(program, "lost_total") == lost
    assert metric(program, "entries_total") == len(there)
    assert metric(program, "bytes") <= metric(program, "limit_bytes")


def test_off(world, start):
    key = world.key()
    program = start(journal="off")
    with program.client() as client:
        assert asked(client, key).status == 204
    assert not (program.root / "journal").exists()
    assert "hasp_journal_bytes" not in read(program.root / "m.sock").types


@pytest.mark.parametrize("where, reason", [
    ("/dev/null/journal", "Not a directory"),
    ("/proc/1/none/journal", "No such file or directory")])
def test_folder_that_cannot_be(world, tmp_path, where, reason):
    """It does not start, and says which option to look at."""
    program = Program(tmp_path, AUTH_CHECK, {
        "conninfo": world.program.options["conninfo"],
        "journal_folder": where})
    done = subprocess.run([program.program, "--config", program.config],
                          capture_output=True, text=True, timeout=20,
                          check=False)
    assert done.returncode in (71, 77)
    assert f"journal_folder={where}" in done.stderr
    assert reason in done.stderr


def test_relative_folder(world, tmp_path):
    program = Program(tmp_path, AUTH_CHECK, {
        "conninfo": world.program.options["conninfo"],
        "journal_folder": "journal"})
    done = subprocess.run([program.program, "--check-config", "--config",
                           program.config], capture_output=True, text=True,
                          timeout=20, check=False)
    assert done.returncode == 78
    assert "journal_folder: an absolute path" in done.stderr
