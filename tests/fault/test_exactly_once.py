# SPDX-License-Identifier: ISC
"""Every answer that a client saw is in the database, and nothing is there
twice: while auth-check is killed, the database crashes, and the disk is full.

HASP_LONG=1: more than 100 kills and 10 crashes."""

import collections
import os
import pathlib
import random
import subprocess
import tempfile
import threading
import time

import pytest
from auth_world import World, bearer, code
from fcgi_raw import Closed

LONG = os.environ.get("HASP_LONG") == "1"
KILLS, CRASHES = (110, 11) if LONG else (6, 2)
CLIENTS = 4


class Clients:
    """Ask for ever, each check with an id of its own, which is never asked
    about again. What they saw is in seen: id -> code of the answer."""

    def __init__(self, world, keys):
        self.world = world
        self.keys = [bearer(key) for key in keys]
        self.sent, self.seen = set(), {}
        self.paused = threading.Event()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,))
                         for n in range(CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self, client, rng):
        one = rng.randbytes(16).hex()
        self.sent.add(one)
        got = client.ask({
            "HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/a",
            "DOCUMENT_URI": "/a", "REMOTE_ADDR": "192.0.2.7",
            "REQUEST_ID": one, "HTTP_AUTHORIZATION": rng.choice(self.keys)},
            role=1)
        self.seen[one] = "ok" if got.status == 204 else code(got)

    def _run(self, number):
        rng = random.Random(os.urandom(8) + bytes([number]))
        while not self._stop.is_set():
            try:
                with self.world.program.client(timeout=5) as client:
                    while not self._stop.is_set():
                        self._ask(client, rng)
            except (OSError, Closed):
                time.sleep(0.005)

    def codes(self):
        return collections.Counter(list(self.seen.values()))

    def wait(self, more):
        """Until they have seen that many answers more."""
        end = len(self.seen) + more
        assert self.world.cluster.wait_for(lambda: len(self.seen) >= end, 30)


@pytest.fixture(name="disk")
def make_disk():
    """A folder on a disk of 1.2 MB: two files of a journal of 4 MiB. None if
    this is not root."""
    with tempfile.TemporaryDirectory(prefix="hasp-eo.", dir="/tmp") as path:
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1200k,mode=0755", "tmpfs",
             path], check=False).returncode == 0
        yield pathlib.Path(path) if mounted else None
        if mounted:
            subprocess.run(["umount", "-l", path], check=True)


def kill(world):
    world.program.process.kill()
    world.program.process.wait()


def settle(world):
    """Ends auth-check; what all that were killed left is shipped then."""
    folder = pathlib.Path(world.program.options["journal_folder"])

    def left():
        return [path for path in folder.iterdir() if path.is_dir()]
    # Who could not ship a second ago leaves its journal to the next.
    for _ in range(3):
        assert world.cluster.wait_for(lambda: len(left()) == 1, 60)
        world.program.stop()
        if left() == []:
            return
        world.program.start()
    assert left() == []


def end(world):
    """Of a world whose program may run or not."""
    if world.program.process.poll() is not None:
        world.program.start()
    world.stop()


def judge(world, clients):
    """How many were in flight and how many of them are there."""
    there = world.sql("SELECT replace(request::text, '-', '') FROM "
                      "hasp.usage_event").split()
    once = set(there)
    assert len(once) == len(there), "a request is there twice"
    # What is refused because it cannot be kept is not kept.
    seen = {one for one, what in clients.seen.items()
            if what != "journal_full"}
    assert not seen - once, "%d answers are not there" % len(seen - once)
    assert once <= clients.sent - (set(clients.seen) - seen)
    return len(clients.sent) - len(clients.seen), len(once - seen)


def hold_chains(world):
    """Positions follow each other, hashes fit, and counts are right."""
    assert world.sql("""
        SELECT count(*) FROM (SELECT journal, first, lag(next) OVER (
            PARTITION BY journal ORDER BY first) AS before
            FROM hasp.journal_batch) b
        WHERE before IS NOT NULL AND first <> before""") == "0"
    assert world.sql("""
        SELECT count(*) FROM hasp.journal_batch b
        WHERE b.rows_hash <> (SELECT sha256(coalesce(convert_to(string_agg(
                hasp.usage_line(u, b.salt) || E'\\n', '' ORDER BY u.pos),
                'UTF8'), '')) FROM hasp.usage_event u
            WHERE u.journal = b.journal AND u.pos >= b.first
                AND u.pos < b.next)""") == "0"
    assert world.sql("SELECT count(*) = (SELECT sum(count) FROM "
                     "hasp.usage_hour) AND count(*) FILTER (WHERE key_id IS "
                     "NOT NULL) = (SELECT sum(allowed + refused) FROM "
                     "hasp.usage_day) FROM hasp.usage_event WHERE NOT "
                     "repeated") == "t"


def test_kills_and_crashes():
    world, rng = World(journal_strict="on").start(), random.Random()
    try:
        with Clients(world, [world.key() for _ in range(20)]) as clients:
            for i in range(KILLS):
                clients.wait(rng.randrange(1, 200))
                time.sleep(rng.random() / 2)
                kill(world)
                if i % (KILLS // CRASHES) == 0:
                    world.cluster.stop("immediate")
                    world.cluster.start()
                world.program.start()
            clients.wait(200)
            world.cluster.restart("immediate")
            clients.wait(200)
        settle(world)
        lost, kept = judge(world, clients)
        hold_chains(world)
        full = clients.codes()["journal_full"]
        print("\n%d kills, %d crashes, %d answers, %d more for want of room, "
              "%d in flight, %d of them kept" % (
                  KILLS, CRASHES + 1, len(clients.seen) - full, full, lost,
                  kept))
        # One that is dying has closed its connections before it stops to
        # listen: who was cut off asks it once more, in vain.
        assert lost <= (KILLS + 1) * CLIENTS * 2
    finally:
        end(world)


@pytest.mark.parametrize("strict", ["on", "off"])
def test_a_full_disk(disk, strict):
    """Strict: who cannot be kept is refused. Else their number is."""
    options = {"journal_megabytes": 1}
    if disk is not None:
        options = {"journal_megabytes": 4, "journal_folder": disk}
    world = World(journal_strict=strict, **options).start()
    try:
        with Clients(world, [world.key() for _ in range(20)]) as clients:
            clients.wait(100)
            world.cluster.stop("immediate")
            if strict == "on":
                assert world.cluster.wait_for(
                    lambda: clients.codes()["journal_full"] > 20, 60)
            else:
                clients.wait(9000)
            world.cluster.start()
            world.program.wait_log(" shipping_works ")
            clients.wait(300)
            # A number that is not told yet would end with one killed.
            if strict == "on":
                kill(world)
            else:
                world.program.stop()
            world.program.start()
            clients.wait(100)
        settle(world)
        lost = int(world.sql("SELECT sum(lost) FROM hasp.journal"))
        there = int(world.sql("SELECT count(*) FROM hasp.usage_event"))
        if strict == "on":
            judge(world, clients)
            assert lost == 0
        else:
            assert lost > 0
            assert len(clients.seen) <= there + lost <= len(clients.sent)
            assert world.sql(
                "SELECT sum((detail->>'lost')::bigint) FROM hasp.audit_event "
                "WHERE event = 'usage_lost'") == str(lost)
        hold_chains(world)
    finally:
        end(world)
