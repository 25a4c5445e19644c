# SPDX-License-Identifier: ISC
"""The checker finds what is planted, and nothing else."""

import random

import pytest

import checker
from checker import (ALLOWED, DROPPED, RECORD, REFUSED, STRANGE, UNAVAILABLE,
                     Taking)

# Key 3 is taken from 1000 to 2000, key 4 without being confirmed, key 6 at
# 2000, as was said before.
TAKINGS = [Taking([3], "a revocation", 1000, 2000, 2000),
           Taking([4], "one without a word", 1000, 2000, None),
           Taking([6], "an expiry", 1000, 1100, 2000, drains=False)]


def record(begin, absent, end, key=3, verdict=ALLOWED, status=204, verifier=0):
    return RECORD.pack(begin, absent, end, key, status, verifier, verdict)


def scan(*records, takings=None, calm=()):
    return checker.scan(b"".join(records),
                        TAKINGS if takings is None else takings, calm)


CLEAN = {
    "allowed before": record(900, 950, 990),
    "allowed while it is called": record(1100, 1200, 1300),
    "refused while it is called": record(1100, 1200, 1300, verdict=REFUSED),
    "refused across the call": record(900, 950, 1001, verdict=REFUSED),
    "refused after": record(2001, 2002, 2003, verdict=REFUSED),
    "allowed, there before the return, read later":
        record(1900, 2000, 2500),
    "begun at the return": record(2000, 2000, 2100),
    "no verdict after": record(2001, 2002, 2003, verdict=UNAVAILABLE),
    "dropped after": record(2001, 2002, 2003, verdict=DROPPED),
    "allowed after what was not confirmed": record(2500, 2600, 2700, key=4),
    "refused after what was not confirmed":
        record(2500, 2600, 2700, key=4, verdict=REFUSED),
    "answered after an expiry": record(1900, 2100, 2200, key=6),
    "another key": record(2500, 2600, 2700, key=5),
}

DIRTY = {
    "began after": ("late", record(2001, 2001, 2100)),
    "began long after": ("late", record(10**12, 10**12, 10**12 + 1)),
    "began after an expiry": ("late", record(2001, 2001, 2100, key=6)),
    "absent after": ("undrained", record(1999, 2001, 2100)),
    "began before the call, absent after":
        ("undrained", record(900, 2001, 2100)),
    "refused before the call":
        ("false", record(900, 950, 999, verdict=REFUSED)),
    "refused before the call of what was not confirmed":
        ("false", record(900, 950, 999, key=4, verdict=REFUSED)),
    "refused for nothing":
        ("false", record(2500, 2600, 2700, key=5, verdict=REFUSED)),
    "a strange answer": ("strange", record(1, 2, 3, verdict=STRANGE)),
    "a strange answer, nothing taken":
        ("strange", record(1, 2, 3, key=5, verdict=STRANGE)),
}


@pytest.mark.parametrize("name", CLEAN)
def test_accuses_nobody(name):
    report = scan(CLEAN[name])
    assert (report.violations, report.checks) == (0, 1), str(report)


@pytest.mark.parametrize("name", DIRTY)
def test_finds(name):
    kind, planted = DIRTY[name]
    report = scan(planted)
    assert report.found[kind] == report.violations == 1, str(report)
    assert kind in str(report)


def test_counts():
    report = scan(*CLEAN.values())
    assert report.after == 3
    # All of key 3.
    assert report.concurrent == 5
    assert report.undecided == 3
    assert (report.counts["allowed"], report.counts["refused"]) == (7, 4)


def test_calm_times():
    calm = ((100, 200), (300, 400))
    inside = [record(110, 120, 190, 9, UNAVAILABLE),
              record(310, 320, 390, 9, DROPPED), record(300, 300, 400, 9)]
    outside = [record(190, 210, 220, 9, UNAVAILABLE),
               record(250, 260, 299, 9, DROPPED)]
    report = scan(*inside, *outside, calm=calm)
    assert (report.calm, report.calm_lost) == (3, 2)


def test_a_key_is_taken_from_once():
    with pytest.raises(AssertionError):
        scan(takings=TAKINGS + TAKINGS[:1])


def true_history(rng, keys=200, checks=20000):
    """Takings and records of a service that keeps its word."""
    takings, records, moment = [], [], {}
    for key in range(keys):
        called = rng.randrange(10**6, 10**8)
        ended = called + rng.randrange(1, 10**6)
        moment[key] = rng.randint(called, ended)
        takings.append(Taking([key], "x", called, ended, rng.choice(
            [ended, ended, None])))
    for _ in range(checks):
        key = rng.randrange(keys + 20)
        begin = rng.randrange(1, 10**8 + 10**6)
        if key < keys and rng.random() < 0.5:
            begin = max(1, moment[key] + rng.randint(-10**6, 10**6))
        decided = begin + rng.randrange(1, 10**5)
        end = decided + rng.randrange(1, 10**5)
        refused = decided > moment.get(key, 10**12)
        records.append((begin, rng.randint(begin, decided), end, key,
                        401 if refused else 204, 0,
                        REFUSED if refused else ALLOWED))
    return takings, records


@pytest.mark.parametrize("seed", range(20))
def test_random_histories(seed):
    """True ones are clean; one bit of one record turned is found, wherever
    the answer was wrong for sure."""
    rng = random.Random(seed)
    takings, records = true_history(rng)

    def found(rows):
        return checker.scan(b"".join(RECORD.pack(*r) for r in rows),
                            takings).violations

    assert found(records) == 0
    taken = checker.index(takings)
    wrong = [i for i, r in enumerate(records) if r[6] == REFUSED and
             taken[r[3]].returned is not None and
             r[1] > taken[r[3]].returned]
    wrong += [i for i, r in enumerate(records) if r[6] == ALLOWED and
              (r[3] not in taken or r[2] < taken[r[3]].called)]
    for i in rng.sample(wrong, 5):
        turned = list(records)
        row = list(turned[i])
        row[6] = REFUSED if row[6] == ALLOWED else ALLOWED
        turned[i] = tuple(row)
        assert found(turned) == 1
