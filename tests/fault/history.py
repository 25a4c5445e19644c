# SPDX-License-Identifier: ISC
"""history: one run of everything at once, and what the checker says of it."""

import random
import time

import checker
import nemesis
from takers import KEYS, OPERATOR, Supply, Taker

SETTLE = 1.0     # seconds that belong to nobody, before calm begins
SLOW = 20000     # checks a second, at least on most machines
SLOTS = 5        # of hot keys, for each taker
TAKERS = (KEYS, KEYS, KEYS, OPERATOR, OPERATOR)


class History:
    """Run it once: takes from keys of WORLD while FAULTS (names) happen, all
    of them, and then again until CHECKS were written down. CALM: seconds
    without faults at the begin and at the end."""

    def __init__(self, world, seed, faults, calm=2.0, checks=0):
        self.world, self.seed, self.faults = world, seed, faults
        self.calm_seconds, self.checks = calm, checks
        self.rng = random.Random(seed)
        self.supply = Supply()
        self.takers = []
        self.calm = []
        self.events = []
        self.begun = self.said = None

    def estimate(self):
        """Seconds that it may take, to have enough to take from."""
        return 2 * (SETTLE + self.calm_seconds) + max(
            3.5 * len(self.faults), self.checks / SLOW)

    def run(self):
        """The checker's report."""
        self.world.start(lambda world: self.supply.fill(world,
                                                        self.estimate()))
        limit = int(self.estimate() * 4) + 60    # should nobody end it
        self.world.hammer(self.seed % 2**32, limit)
        self.begun = time.monotonic()
        self.takers = [
            Taker(self.world, self.supply, kinds, self.rng.random(),
                  range(SLOTS * number, SLOTS * (number + 1)))
            for number, kinds in enumerate(TAKERS)]
        try:
            self._live()
        finally:
            for taker in self.takers:
                taker.end()
        for taker in self.takers:
            taker.join(120)
            assert not taker.is_alive(), "a call has no end"
            if taker.error is not None:
                raise taker.error
        self.said = self.world.hammered()
        return checker.scan_file(self.world.records, self.takings(),
                                 self.calm)

    def _live(self):
        time.sleep(SETTLE)
        for taker in self.takers:
            taker.start()
        self._stay_calm()
        for name in self.faults:
            self._fault(name)
        while self.world.records.stat().st_size < (
                self.checks * checker.RECORD.size):
            self._fault(self.rng.choice(self.faults))
        time.sleep(SETTLE)
        self._stay_calm()

    def _fault(self, name):
        begin = time.monotonic()
        nemesis.inflict(name, self.world, self.rng)
        end = time.monotonic()
        well = self.world.recovered(self.supply.untouched[0])
        self.events.append((name, begin - self.begun, end - begin,
                            time.monotonic() - end))
        assert well, f"not all recovered from {name}"
        time.sleep(self.rng.uniform(0.2, 0.6))

    def _stay_calm(self):
        begin = time.monotonic_ns()
        time.sleep(self.calm_seconds)
        self.calm.append((begin, time.monotonic_ns()))

    def takings(self):
        return [taking for taker in self.takers for taking in taker.takings]

    def audit(self):
        """What every verifier says of every key in the end; what is wrong
        with it."""
        known = checker.index(self.takings())
        due = max((taking.returned or 0 for taking in known.values()),
                  default=0)    # what expires may still have to
        time.sleep(max(0, due - time.monotonic_ns()) / 1e9)
        wrong = []
        for target in self.world.targets:
            got = {self.world.ask(v, target) for v in self.world.verifiers}
            taking = known.get(target.number)
            if taking is None:
                right = got == {204}
            elif taking.returned is None:
                right = len(got) == 1    # whatever it is
            else:
                right = got in ({401}, {403})
            if not right:
                wrong.append((target.number, taking and taking.what, got))
        return wrong

    def __str__(self):
        lines = [f"seed {self.seed}; hammer: {self.said}"]
        lines += [f"  {at:7.2f} s  {name}: {took:.2f} s, well after "
                  f"{healed:.2f} s" for name, at, took, healed in self.events]
        statuses, kinds = {}, {}
        for taker in self.takers:
            for where, count in taker.statuses.items():
                statuses[where] = statuses.get(where, 0) + count
            for taking in taker.takings:
                done = kinds.setdefault(taking.what, [0, 0, 0])
                done[0] += 1
                if taking.returned is not None:
                    done[1] += 1
                    done[2] = max(done[2], taking.ended - taking.called)
        lines += [f"  {what}: {all_} taken, {done} confirmed, slowest "
                  f"{slowest / 1e6:.0f} ms" for what, (all_, done, slowest)
                  in sorted(kinds.items())]
        lines.append("  answers: " + ", ".join(
            f"{name} {status}: {count}" for (name, status), count
            in sorted(statuses.items())))
        return "\n".join(lines)
