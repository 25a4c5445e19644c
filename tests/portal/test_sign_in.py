# SPDX-License-Identifier: ISC
"""Signing in and out of the portal."""

import pytest

from portal_world import MODES


@pytest.mark.parametrize("mode", MODES)
def test_sign_in(walker, mode):
    walker.walk("flow_sign_in", mode)
