# SPDX-License-Identifier: ISC
"""Requests over time, and why some were refused."""

import pytest

from log_world import history
from portal_world import MODES, Account


@pytest.mark.parametrize("mode", MODES)
def test_usage(walker, mode):
    made = history(walker.stack)
    walker.walk("flow_usage", mode, made.account, keys=made.keys)


@pytest.mark.parametrize("mode", MODES)
def test_no_usage(walker, mode):
    walker.walk("flow_no_usage", mode, Account(walker.stack))
