# SPDX-License-Identifier: ISC
"""What the tests of the portal share. HASP_BUILD names the build folder,
HASP_SCREENSHOTS where pictures go. With HASP_PORTAL=required nothing is skipped,
with HASP_PORTAL=built the pages are taken as they are. HASP_SHARD=1/2 takes every
second test, 2/2 the others; HASP_SLOWER=4 makes the browser four times slower, to
find a walk that is in time by luck."""

import os
import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e"), str(HERE.parent)]

# pylint: disable=wrong-import-position
import portal_world  # noqa: E402
import stack as stack_module  # noqa: E402

SHOTS = pytest.StashKey()


@pytest.fixture(scope="session")
def portal():
    """The pages are built as the tree is now, and can be walked."""
    reason = portal_world.missing()
    if reason:
        assert "HASP_PORTAL" not in os.environ, reason
        pytest.skip(reason)
    if os.environ.get("HASP_PORTAL") != "built":
        portal_world.build()
    return portal_world.PORTAL / "dist"


@pytest.fixture(scope="session")
def stack(portal):  # pylint: disable=unused-argument
    """Database, programs and nginx with the shipped files; real ones."""
    reason = stack_module.missing()
    if reason:
        pytest.skip(reason)
    made = stack_module.Stack()
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="session")
def walker(stack, request):
    shots = os.environ.get("HASP_SCREENSHOTS") or tempfile.mkdtemp(
        prefix="hasp-screenshots.")
    request.config.stash[SHOTS] = shots
    made = portal_world.Walker(stack, shots)
    yield made
    made.stop()


def pytest_terminal_summary(terminalreporter, config):
    if SHOTS in config.stash:
        terminalreporter.write_line("screenshots: " + config.stash[SHOTS])


def pytest_collection_modifyitems(config, items):
    if "HASP_SHARD" not in os.environ:
        return
    turn, shards = map(int, os.environ["HASP_SHARD"].split("/"))
    others = [item for at, item in enumerate(items)
              if at % shards != turn - 1]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
