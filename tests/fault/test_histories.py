# SPDX-License-Identifier: ISC
"""Revocation is true when it returns, on the real programs: several verifiers,
a database, everything that takes rights away, and what goes wrong meanwhile,
chosen by a seed. HASP_FAULT_SEED repeats a run as far as the machine does."""

import os
import pathlib
import random
import secrets
import shutil
import tempfile

import pytest

import fault_net
import mutants
import nemesis
from fault_world import FENCE, FENCED, HAMMER, PROGRAMS, FaultWorld, knows
from history import History
from takers import KEYS, OPERATOR

LONG = os.environ.get("HASP_LONG") == "1"
SEED = int(os.environ.get("HASP_FAULT_SEED") or secrets.randbits(31))

# Part of the checks that may get no verdict while nothing is wrong: many do if
# the machine stands still for a moment, because 503 is a quick answer.
CALM_LOST = 0.5


@pytest.fixture(autouse=True)
def built():
    for path in (*PROGRAMS.values(), HAMMER):
        if not os.access(path, os.X_OK):
            pytest.skip(f"{path} is not built (HASP_BUILD)")


@pytest.fixture
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="hasp-mu."))
    yield path
    shutil.rmtree(path)


def broken(report):
    """The promises that were broken, of those that are made."""
    return {kind: count for kind, count in report.found.items() if count and
            (FENCED or kind != "undrained")}


def run(history, expects=None):
    """The report of HISTORY. EXPECTS: what has to be found (a mutant); else
    nothing may, and the end is looked at. Whatever happens, all ends."""
    world, right, wrong = history.world, False, []
    try:
        report = history.run()
        print(report)
        if expects is None:
            wrong = history.audit()
            right = not wrong and not broken(report)
        else:
            right = report.found[expects] > 0
    finally:
        bad = world.stop(keep=not right)
        print(history)
        if not right:
            print(f"seed {history.seed}; what is left is in {world.folder}")
    assert right and not bad, (str(report), wrong, bad)
    return report


def test_partitions_can_be_made():
    """As root they have to be: nothing else cuts a verifier off."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces take root")
    try:
        fault_net.Namespace().open().close()
    except (fault_net.Refused, OSError) as error:
        pytest.fail("the kernel gives root no network namespace, so that no "
                    f"verifier can be cut off: {error}")


def test_promises_are_known():
    """A program that has a lease is held to what follows from it."""
    assert knows(PROGRAMS["auth-check"], FENCE) == FENCED, \
        "set FENCED in tests/fault/fault_world.py to what auth-check does"


@pytest.mark.parametrize("name", [*mutants.ALWAYS, *mutants.FENCED])
def test_mutants_are_up_to_date(name):
    mutant = {**mutants.ALWAYS, **mutants.FENCED}[name]
    assert mutant.text()


def test_nothing_taken_is_allowed():
    rng = random.Random(SEED)
    world = FaultWorld()
    faults = nemesis.plan(rng, 60 if LONG else 8, world.net is not None)
    history = History(world, SEED, faults, checks=12 * 10**6 if LONG else 0)
    report = run(history)
    assert report.calm_lost <= CALM_LOST * report.calm, str(report)
    assert len(history.events) >= len(faults)
    assert {taking.what for taking in history.takings()
            if taking.returned is not None} == {*KEYS, *OPERATOR}
    if LONG:
        assert report.after >= 10**6 and report.concurrent >= 10**5


MUTANTS = {**mutants.ALWAYS, **(mutants.FENCED if FENCED else {})}
CHOSEN = list(MUTANTS) if LONG else [
    random.Random(SEED).choice(list(MUTANTS))]


@pytest.mark.parametrize("name", CHOSEN)
def test_a_mutant_is_found(name, folder):
    mutant = MUTANTS[name]
    world = FaultWorld(mutant.build(folder))
    faults = [fault for fault in mutant.faults
              if world.net is not None or fault not in nemesis.PARTITIONS]
    run(History(world, SEED, faults, calm=1.0), expects=mutant.finds)
