# SPDX-License-Identifier: ISC
"""The page of the account and its members."""

import json

import pytest

from portal_world import MODES, Account


@pytest.mark.parametrize("mode", MODES)
def test_account(walker, mode):
    account = Account(walker.stack)
    people = json.loads(walker.stack.ctl("--json", "member", "list",
                                         "--account", account.id))
    walker.walk("flow_account", mode, account, member=people[0]["id"])
