# SPDX-License-Identifier: ISC
"""auth-check and what must not be: a key found anywhere after it was used, an
answer other than 503 without a database."""

import base64
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from auth_world import World, api, ask_row, basic, bearer, code, header, malformed
from fcgi_raw import STDIN, record, try_send
from test_server_protocol import BAD, HEAD


LEASE = 2       # seconds


@pytest.fixture(scope="module")
def world():
    made = World(lease_time=LEASE * 1000)
    try:
        yield made.start()
    finally:
        made.stop()


def memory(pid):
    """All that a process has mapped and may be read."""
    out = []
    with open("/proc/%d/maps" % pid, encoding="ascii") as maps, \
            open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            span, mode = line.split()[:2]
            if "r" not in mode or "[v" in line:
                continue
            first, last = (int(x, 16) for x in span.split("-"))
            if last - first > 1 << 30:
                continue    # terabytes that sanitizers reserve for themselves
            try:
                mem.seek(first)
                out.append(mem.read(last - first))
            except OSError:
                continue
    return b"".join(out)


def test_key_is_found_nowhere(world):
    """After requests of every kind with it."""
    key = world.key()
    for given, _ in malformed(key.text):
        ask_row(world, given)
    for _ in range(50):
        assert world.ask(bearer(key)).status == 204
        assert world.ask(basic(key.account, key.text)).status == 204
        ask_row(world, "Bearer " + key.text + "0")
    api(world, "/hasp/v1/whoami", bearer(key))
    world.sql("CHECKPOINT")
    dump = subprocess.run(
        [world.cluster.bin + "/pg_dump"], env=world.cluster.env("hasp"),
        check=True, stdout=subprocess.PIPE).stdout
    needles = [key.text.encode(), key.text[10:42].encode(),
               base64.b64encode(("%d:%s" % (key.account, key.text)).encode())]
    places = {"dump": dump,
              "log": world.program.log.read_bytes(),
              "database log": world.cluster.log().encode()}
    for folder in world.cluster.data, world.folder / "journal":
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_file():
                places[str(path)] = path.read_bytes()
    assert any(p.endswith(".seg") for p in places)
    if os.geteuid() == 0:
        places["memory"] = memory(world.program.process.pid)
        assert key.id.encode() in places["memory"] or len(
            places["memory"]) > 1 << 20
    for name, text in places.items():
        for needle in needles:
            assert needle not in text, name
    assert key.id.encode() in dump, "the search itself works"


def test_no_core(world):
    """Not dumpable: the kernel gives /proc/PID to root and makes no core."""
    pid = world.program.process.pid
    limits = pathlib.Path("/proc/%d/limits" % pid).read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    if os.geteuid() == 0:
        assert os.stat("/proc/%d/environ" % pid).st_uid == 0


def test_abuse_while_others_are_served(world):
    """What test_server_protocol.py does to the server, with a database behind
    it: each bad request is thrown at it while a good client goes on."""
    key = world.key()
    pid = world.program.process.pid
    for name, data in BAD.items():
        with world.program.client() as bad, world.program.client() as half:
            try_send(bad, data)
            half.send(data[:9])
            assert world.ask(bearer(key)).status == 204, name
    with world.program.client() as flood:
        try_send(flood, HEAD + record(STDIN, b"x" * 65528) * 2000)
    assert world.ask(bearer(key)).status == 204
    assert world.program.process.pid == pid
    assert world.program.process.poll() is None
    assert world.program.takes_less("RssAnon", 64 * 1024)


def test_permission_taken_away(world):
    """What is wrong with the database is the operator's to know."""
    key = world.key()
    function = "EXECUTE ON FUNCTION hasp.look_up_keys(bytea)"
    world.sql("REVOKE %s FROM hasp_auth" % function)
    try:
        for changes, status in (({}, 503), ({"HASP_REFUSAL": "fold"}, 403)):
            got = world.ask(bearer(key), **changes)
            assert got.status == status
            assert b"permission" not in got.body
        assert header(got, "Hasp-Status") == "503"
        assert header(got, "Hasp-Code") == "internal"
    finally:
        world.sql("GRANT %s TO hasp_auth" % function)
    assert world.ask(bearer(key)).status == 204


def looks_up(world):
    """The database is asked again about keys that are not remembered, too."""
    assert world.cluster.wait_for(
        lambda: world.ask(bearer(world.key())).status == 204)


def outlive(world, key):
    """Asks with a key that is remembered until the lease has ended; for how
    long it was let in, and how long a refusal took at most."""
    begun = time.monotonic()
    lasted = slowest = 0
    while lasted == 0 or time.monotonic() < begun + lasted + 1:
        asked = time.monotonic()
        got = world.ask(bearer(key), timeout=10)
        if got.status == 204:
            # Once it has ended nothing but the database brings it back.
            assert lasted == 0
        else:
            assert (got.status, code(got)) == (503, "database_down")
            assert header(got, "Retry-After") == "1"
            slowest = max(slowest, time.monotonic() - asked)
            lasted = lasted or asked - begun
        assert time.monotonic() < begun + 2 * LEASE
    return lasted, slowest


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_database_stopped(world, mode):
    key, stranger = world.key(), world.key()
    assert world.ask(bearer(key)).status == 204
    pid = world.program.process.pid
    world.cluster.stop(mode)
    try:
        # Nothing is known of it, and nobody can be asked.
        got = world.ask(bearer(stranger))
        assert (got.status, code(got)) == (503, "database_down")
        lasted, slowest = outlive(world, key)
        # Less what stopping the database took.
        assert lasted < LEASE
        got = api(world, "/hasp/v1/healthz")
        assert (got.status, code(got)) == (503, "database_down")
        # What shape decides needs no database.
        assert code(world.ask("Bearer")) == "bearer_empty"
    finally:
        world.cluster.start()
    back = time.monotonic()
    assert world.cluster.wait_for(
        lambda: world.ask(bearer(key)).status == 204)
    looks_up(world)
    print("let in for %.3f s, slowest refusal %.3f s, back after %.3f s"
          % (lasted, slowest, time.monotonic() - back))
    assert world.program.process.pid == pid
    assert world.program.process.poll() is None


def test_database_frozen(world):
    """It accepts connections and answers nothing."""
    key = world.key()
    assert world.ask(bearer(key)).status == 204
    stopped = world.cluster.freeze()
    try:
        lasted, slowest = outlive(world, key)
        # Three quarters of it are left at any time.
        assert 0.7 * LEASE < lasted < LEASE
        print("let in for %.3f s, slowest refusal %.3f s" % (lasted, slowest))
    finally:
        world.cluster.thaw(stopped)
    assert world.cluster.wait_for(
        lambda: world.ask(bearer(key)).status == 204)
    looks_up(world)


def test_a_change_while_the_database_is_away(world):
    """What was changed by hand while nobody could be told counts as soon as
    the database is back."""
    key, other = world.key(), world.key()
    for one in (key, other):
        assert world.ask(bearer(one)).status == 204
    os.kill(world.program.process.pid, signal.SIGSTOP)
    try:
        world.sql("UPDATE hasp.key SET disabled_at = now() WHERE id = '%s'"
                  % key.id)
        world.cluster.restart("immediate")
    finally:
        os.kill(world.program.process.pid, signal.SIGCONT)
    assert world.cluster.wait_for(
        lambda: world.ask(bearer(key)).body != b"" and
        code(world.ask(bearer(key))) == "key_disabled")
    assert world.cluster.wait_for(
        lambda: world.ask(bearer(other)).status == 204)
    looks_up(world)
