# SPDX-License-Identifier: ISC
"""The hammer writes down what happened, as a web server would see it."""

import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

import pytest

from checker import (ALLOWED, DROPPED, RECORD, REFUSED, STRANGE, UNAVAILABLE)
from fastcgi_answer import Answerer
from fault_world import HAMMER, Hot, Target

KEYS = 40


class Bench:
    """Answerers to hammer at."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hasp-ha."))
        self.targets = [Target(number, 1) for number in range(KEYS)]
        self.number = {"Bearer " + t.text: t.number for t in self.targets}
        self.answerers = []
        self.hot = Hot(self.folder / "hot")
        with open(self.folder / "requests", "wb") as out:
            for target in self.targets:
                out.write(struct.pack("=I", len(target.request)))
                out.write(target.request)

    def serve(self, answer):
        """One more server, which answers the key ANSWER(number)."""
        self.answerers.append(Answerer(
            self.folder / f"s{len(self.answerers)}", lambda call: answer(
                self.number[call.get("HTTP_AUTHORIZATION")])))

    def run(self, seconds=1, connections=4, paths=None, deadline=30000):
        """Hammers; the records. DEADLINE in ms."""
        paths = paths or [a.path for a in self.answerers]
        done = subprocess.run(
            [HAMMER, "-q", self.folder / "requests", "-c", self.folder / "hot",
             "-o", self.folder / "records", "-n", str(connections), "-d",
             str(deadline), "-s", str(seconds), *paths], check=True,
            stdout=subprocess.PIPE, text=True)
        data = (self.folder / "records").read_bytes()
        records = list(RECORD.iter_unpack(data))
        words = done.stdout.split()
        assert sum(map(int, words[3::2])) == len(records)
        for begin, absent, end, key, _, _, _ in records:
            assert begin <= absent <= end and key < KEYS
        return records

    def close(self):
        for answerer in self.answerers:
            answerer.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def bench():
    if not os.access(HAMMER, os.X_OK):
        pytest.skip(f"{HAMMER} is not built (HASP_BUILD)")
    made = Bench()
    yield made
    made.close()


def status(number):
    return b"Status: %d Word\r\n\r\n" % number


def test_every_verdict(bench):
    """By the key's number: each status, an end without an answer, an answer
    that is long, one that is none."""
    answers = {204: ALLOWED, 200: ALLOWED, 401: REFUSED, 403: REFUSED,
               503: UNAVAILABLE, 429: STRANGE, 500: STRANGE, 302: STRANGE}
    order = list(answers)

    def answer(number):
        if number == 20:
            return None
        if number == 21:
            return status(401) + b"x" * 4000
        if number == 22:
            return b"X" + status(204)
        return status(order[number % len(order)])

    bench.serve(answer)
    seen = {}
    for *_, key, got, _, verdict in bench.run(2):
        seen.setdefault(key, set()).add((got, verdict))
    assert seen.pop(20) == {(0, DROPPED)}
    assert seen.pop(21) == {(401, REFUSED)}
    assert seen.pop(22) == {(0, STRANGE)}
    assert len(seen) == KEYS - 3
    for key, got in seen.items():
        code = order[key % len(order)]
        assert got == {(code, answers[code])}


def test_what_comes_late_is_dropped(bench):
    """Read late or never, it is none."""
    def answer(number):
        if number % 2:
            time.sleep(0.25)
        return status(204)

    bench.serve(answer)
    records = bench.run(deadline=200)
    late = [r for r in records if r[3] % 2]
    assert late and {r[6] for r in late} == {DROPPED}
    assert ALLOWED in {r[6] for r in records}
    for begin, _, end, _, _, _, verdict in records:
        assert (verdict == DROPPED) == (end - begin > 200_000_000)


def test_absent_is_never_after_the_answer(bench):
    """It is later than the begin when the answer lets the hammer wait."""
    sent = {}

    def answer(number):
        time.sleep(0.03)
        sent.setdefault(number, []).append(time.monotonic_ns())
        return status(204)

    bench.serve(answer)
    records = bench.run(1, connections=1)
    assert len(records) > 5
    for begin, absent, end, key, *_ in records:
        assert any(max(begin, absent) <= at <= end for at in sent[key])
    assert any(absent > begin for begin, absent, *_ in records)


def test_hot_keys_are_preferred(bench):
    bench.serve(lambda _: status(204))
    bench.hot.set(5, bench.targets[7])
    records = bench.run()
    hot = sum(record[3] == 7 for record in records)
    assert 0.4 < hot / len(records) < 0.65
    assert len({record[3] for record in records}) == KEYS


def test_who_is_not_there_is_not_asked(bench):
    """Others are all the same, and the number tells them apart."""
    bench.serve(lambda _: status(204))
    bench.serve(lambda _: status(401))
    records = bench.run(paths=[bench.answerers[0].path,
                               str(bench.folder / "nobody"),
                               bench.answerers[1].path])
    assert {(r[5], r[6]) for r in records} == {(0, ALLOWED), (2, REFUSED)}


def test_asks_again_after_a_cut(bench):
    """Cut in the middle of a check, it is dropped, and others follow."""
    once = [True]

    def answer(_):
        if len(bench.answerers[0].calls) >= 20 and once:
            once.clear()
            bench.answerers[0].drop()
        return status(204)

    bench.serve(answer)
    records = sorted(bench.run(connections=2))
    dropped = [at for at, r in enumerate(records) if r[6] == DROPPED]
    assert 1 <= len(dropped) <= 2
    assert len(records) > max(dropped) + 20
