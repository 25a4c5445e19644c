# SPDX-License-Identifier: ISC
"""Signing in and out of the portal, and what the person does about it."""

import pytest

from portal_world import MODES


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("flow", ["flow_sign_in", "flow_factor",
                                  "flow_password"])
def test_sign_in(walker, flow, mode):
    walker.walk(flow, mode)
