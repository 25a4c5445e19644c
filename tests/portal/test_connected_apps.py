# SPDX-License-Identifier: ISC
"""Connected apps: approving a connect code, tokens, taking access back; and apps
that the account publishes itself."""

import pytest

from app_world import Publisher, connect, refuses, wait_until_used
from keys import make
from log_world import sql
from portal_world import MODES, Account


@pytest.mark.parametrize("mode", MODES)
def test_connect(walker, mode):
    """From a connect code to a connection with a token made by hand."""
    account = Account(walker.stack)
    publisher = Publisher(walker.stack)
    codes = [publisher.code(account) for _ in range(3)]
    sql(walker.stack, "UPDATE hasp.connect_code SET expires_at = now() WHERE "
        "digest = sha256(convert_to('%s', 'UTF8'))" % codes[2])
    walker.walk("flow_connect", mode, account, guid=publisher.guid,
                code=codes[0], second=codes[1], expired=codes[2],
                unknown=make("code", "haspcon"),
                foreign=publisher.code(Account(walker.stack)))


@pytest.mark.parametrize("mode", MODES)
def test_disconnect(walker, mode):
    """Of an app in use: nothing of it works from then on."""
    account = Account(walker.stack)
    publisher = Publisher(walker.stack)
    tokens = []
    connect(walker.stack, account, publisher)
    for _ in range(2):
        tokens.append(publisher.token(account))
    wait_until_used(walker.stack, account)
    walker.walk("flow_disconnect", mode, account, guid=publisher.guid)
    assert all(refuses(walker.stack, token) for token in tokens)


@pytest.mark.parametrize("mode", MODES)
def test_own_app(walker, mode):
    walker.walk("flow_own_app", mode)
