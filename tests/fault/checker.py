# SPDX-License-Identifier: ISC
"""checker: holds what hammer wrote down against what was taken away when.

A taking is one change that takes a right from keys: it was called, the call
ended, and perhaps it was confirmed. From that moment on (RETURNED) it is true:

late       a check that began after RETURNED was allowed (R1).
undrained  a check that began before was answered "allowed" after it (R2). When
           an answer is read says little, because it may have lain in the
           socket; so the hammer writes down when the kernel was last asked and
           did not have it yet (ABSENT), and what counts is an answer that was
           absent after RETURNED. This never accuses wrongly. An answer that
           came within one look of the hammer (some 0.1 ms) after RETURNED is
           not found; those are counted as undecided.
false      a check was refused that ended before anything was called, or of a
           key that nobody took anything from.
strange    an answer that is none of the three.

One scan, because every key goes one way only: from allowed to refused. All
times are ns of CLOCK_MONOTONIC, which is one clock for all processes."""

import mmap
import os
import struct

# As struct hammer_record has it.
RECORD = struct.Struct("=QQQIHBB")
ALLOWED, REFUSED, UNAVAILABLE, DROPPED, STRANGE = range(5)
VERDICTS = ("allowed", "refused", "unavailable", "dropped", "strange")
SHOWN = 20


class Taking:
    """A change of KEYS (their numbers). RETURNED: when it was confirmed, None
    if it was not. One that comes into force later (an expiry) counts from
    then, and drains nothing: who asked before may be answered after it."""

    def __init__(self, keys, what, called, ended, returned=None, drains=True):
        self.keys, self.what = keys, what
        self.called, self.ended, self.returned = called, ended, returned
        self.drains = drains


class Report:
    """What a scan found."""

    def __init__(self):
        self.counts = dict.fromkeys(VERDICTS, 0)
        self.after = 0        # checks begun after RETURNED
        self.concurrent = 0   # checks that overlap with a call
        self.undecided = 0
        self.calm = 0         # checks within calm times
        self.calm_lost = 0    # those without a verdict
        self.found = {"late": 0, "undrained": 0, "false": 0, "strange": 0}
        self.examples = []

    @property
    def checks(self):
        return sum(self.counts.values())

    @property
    def violations(self):
        return sum(self.found.values())

    def accuse(self, kind, record, taking):
        self.found[kind] += 1
        if len(self.examples) < SHOWN:
            self.examples.append(explain(kind, record, taking))

    def __str__(self):
        counts = ", ".join(f"{n} {v}" for v, n in self.counts.items() if n)
        found = ", ".join(f"{n} {k}" for k, n in self.found.items() if n)
        return "\n".join([
            f"{self.checks} checks: {counts}",
            f"{self.after} began after a confirmed change, {self.concurrent} "
            f"were concurrent with one ({self.undecided} undecided)",
            f"calm: {self.calm} checks, {self.calm_lost} without a verdict",
            f"{self.violations} violations: {found or 'none'}",
            *self.examples])


def explain(kind, record, taking):
    begin, absent, end, key, status, verifier, _ = record
    text = f"  {kind}: key {key} at verifier {verifier} got {status}: began "
    if taking is None:
        return text + f"{begin}; nothing was taken"
    origin = taking.called if taking.returned is None else taking.returned
    word = "the call" if taking.returned is None else "the return"
    return text + (f"{(begin - origin) / 1e6:+.3f} ms, absent "
                   f"{(absent - origin) / 1e6:+.3f} ms, read "
                   f"{(end - origin) / 1e6:+.3f} ms from {word} of "
                   f"{taking.what}")


def index(takings):
    """Key -> its taking; no key has two."""
    out = {}
    for taking in takings:
        for key in taking.keys:
            assert key not in out, (key, taking.what)
            out[key] = taking
    return out


def judge(report, record, taking):
    """One record of a key that TAKING (or nothing) took from."""
    begin, absent, end, _, _, _, verdict = record
    returned = taking.returned if taking is not None else None
    if verdict == STRANGE:
        report.accuse("strange", record, taking)
    if verdict == REFUSED and (taking is None or end < taking.called):
        report.accuse("false", record, taking)
    if taking is None:
        return
    if begin <= taking.ended and end >= taking.called:
        report.concurrent += 1
    if returned is None:
        return
    if begin > returned:
        report.after += 1
    if verdict != ALLOWED or end <= returned:
        return
    if begin > returned:
        report.accuse("late", record, taking)
    elif absent > returned and taking.drains:
        report.accuse("undrained", record, taking)
    else:
        report.undecided += 1


def scan(records, takings, calm=()):
    """Holds RECORDS (bytes) against TAKINGS; CALM: (from, to) of times when
    every check ought to get a verdict."""
    report = Report()
    taken = index(takings)
    counts = [0] * len(VERDICTS)
    for record in RECORD.iter_unpack(records):
        verdict = record[6]
        counts[verdict] += 1
        taking = taken.get(record[3])
        # What most are: allowed, and nothing was taken.
        if taking is not None or verdict in (REFUSED, STRANGE):
            judge(report, record, taking)
        for begin, end in calm:
            if begin <= record[0] and record[2] <= end:
                report.calm += 1
                report.calm_lost += verdict in (UNAVAILABLE, DROPPED)
    report.counts = dict(zip(VERDICTS, counts))
    return report


def scan_file(path, takings, calm=()):
    """The same for the file PATH."""
    size = os.path.getsize(path)
    assert size % RECORD.size == 0, "the hammer did not end well"
    if size == 0:
        return scan(b"", takings, calm)
    with open(path, "rb") as file, \
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        with memoryview(data) as view:
            return scan(view, takings, calm)
