# SPDX-License-Identifier: ISC
"""nemesis: what goes wrong, one thing after the other. Each fault is over when
its function returns; what it needs to know of chance is given to it."""

import os
import signal
import time

from fault_world import ANSWER, LEASE

# Longer than a verifier that says nothing is waited for: 1.01 (T + D) + 50 ms.
LONG = (1.01 * (LEASE + ANSWER) + 50) / 1000 + 0.6
SHORT = LEASE / 1000 * 0.4


def _pause(world, rng, seconds):
    verifier = rng.choice(world.verifiers)
    verifier.signal(signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        verifier.signal(signal.SIGCONT)


def pause_short(world, rng):
    _pause(world, rng, SHORT)


def pause_long(world, rng):
    _pause(world, rng, LONG)


def kill(world, rng):
    """It leaves a lease that nobody uses."""
    verifier = rng.choice(world.verifiers)
    verifier.kill()
    time.sleep(rng.choice([0, 0.3, LONG]))
    verifier.start()


def end(world, rng):
    verifier = rng.choice(world.verifiers)
    status, _ = verifier.stop(seconds=20)
    assert status == 0, status
    time.sleep(rng.choice([0, 0.3]))
    verifier.start()


def pause_and_kill(world, rng):
    """Two at a time."""
    one, other = rng.sample(world.verifiers, 2)
    one.signal(signal.SIGSTOP)
    try:
        other.kill()
        time.sleep(LONG)
        other.start()
    finally:
        one.signal(signal.SIGCONT)


def _terminate(world, where, times, gap):
    for _ in range(times):
        world.cluster.psql("postgres", "SELECT count(pg_terminate_backend("
                           f"pid)) FROM pg_stat_activity WHERE {where}")
        time.sleep(gap)


def cut_verifiers(world, _):
    _terminate(world, "usename = 'hasp_auth'", 3, 0.15)


def cut_others(world, _):
    _terminate(world, "usename IN ('hasp_keys', 'hasp_apps', 'hasp_operator')",
               8, 0.1)


def crash_database(world, _):
    world.cluster.restart("immediate")


def _freeze(world, seconds):
    stopped = world.cluster.processes()[1:]
    for pid in stopped:
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            pass
    try:
        time.sleep(seconds)
    finally:
        world.cluster.thaw(stopped)


def freeze_database(world, rng):
    """All its processes but the first, which goes on to accept."""
    _freeze(world, rng.choice([SHORT, LONG]))


def restart_manager(world, rng):
    """The programs keys and apps, while they wait for somebody perhaps."""
    for _ in range(2):
        for manager in world.managers.values():
            if rng.random() < 0.5:
                manager.kill()
            else:
                assert manager.stop(seconds=30)[0] == 0
            manager.start()
        time.sleep(0.2)


def pause_manager(world, rng):
    """One of them stands still while it waits for verifiers."""
    manager = rng.choice(list(world.managers.values()))
    manager.signal(signal.SIGSTOP)
    try:
        time.sleep(rng.choice([SHORT, LONG]))
    finally:
        manager.signal(signal.SIGCONT)


def _part(world, cut, seconds):
    cut()
    try:
        time.sleep(seconds)
    finally:
        world.net.mend()


def cut_cable(world, rng):
    _part(world, world.net.cut_cable, rng.choice([SHORT, LONG]))


def lose_theirs(world, _):
    _part(world, world.net.lose_theirs, LONG)


def lose_ours(world, _):
    """The verifier's renewals are heard, and it does not know."""
    _part(world, world.net.lose_ours, LONG)


FAULTS = {fault.__name__: fault for fault in (
    pause_short, pause_long, kill, end, pause_and_kill, cut_verifiers,
    cut_others, crash_database, freeze_database, restart_manager,
    pause_manager)}
# These take a network of its own.
PARTITIONS = {fault.__name__: fault for fault in (
    cut_cable, lose_theirs, lose_ours)}


def plan(rng, count, partitions):
    """COUNT names of faults: all there are in turn, each turn shuffled."""
    names = [*FAULTS, *(PARTITIONS if partitions else ())]
    out = []
    while len(out) < count:
        rng.shuffle(names)
        out += names
    return out[:count]


def inflict(name, world, rng):
    ({**FAULTS, **PARTITIONS})[name](world, rng)
