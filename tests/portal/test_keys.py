# SPDX-License-Identifier: ISC
"""The pages and dialogs about keys, walked."""

import key_parts
import portal_world
import pytest
from portal_world import MODES


@pytest.fixture
def account(walker):
    return portal_world.Account(walker.stack)


@pytest.mark.parametrize("mode", MODES)
def test_make(walker, account, mode):
    """The first key of an account."""
    walker.walk("flow_key_make", mode, account)


@pytest.mark.parametrize("mode", MODES)
def test_list(walker, account, mode):
    stack = walker.stack
    for name, role, environment, *more in (
            ("Billing export", "read", "live"),
            ("Warehouse sync", "write", "live", "--expires", "5d"),
            ("Deployments", "admin", "test"),
            ("Old reports", "read", "live", "--kind", "api_key")):
        account.key(name, role, environment, *more)
    stack.ctl("account", "legacy", "--deprecated", "2026-01-31", "--sunset",
              "2031-06-30", "--link", "https://docs.example/legacy",
              account.id)
    found = {name: key_parts.find(stack, account, name)
             for name in ("Billing export", "Warehouse sync", "Deployments")}
    key_parts.use_daily(stack, account, found["Billing export"])
    key_parts.use_daily(stack, account, found["Warehouse sync"], 12)
    key_parts.use(stack, account, found["Warehouse sync"], 3)
    for days in 91, 1:
        key_parts.use(stack, account, found["Deployments"], days * 24)
    account.key("Gone", "read", "live")
    stack.ctl("key", "revoke", "--yes", key_parts.find(stack, account,
                                                       "Gone"))
    walker.walk("flow_keys", mode, account, id=found["Billing export"])


@pytest.mark.parametrize("mode", MODES)
def test_rotate(walker, account, mode):
    """With the old secret still in use, until it is silent."""
    stack = walker.stack
    account.key("Warehouse sync", "write")
    key = key_parts.find(stack, account, "Warehouse sync")
    key_parts.use(stack, account, key, 30)
    walker.walk("flow_key_rotate", mode, account, id=key)


@pytest.mark.parametrize("mode", MODES)
def test_end_what_is_in_use(walker, account, mode):
    """An old secret that is used ends only if that is said."""
    stack = walker.stack
    account.key("Two at a time", "read")
    key = key_parts.find(stack, account, "Two at a time")
    stack.ctl("--quiet", "key", "rotate", "--overlap", "7d", key)
    key_parts.use(stack, account, key, 2, version=1)
    key_parts.use(stack, account, key, 1, version=2, address="2001:db8::7")
    walker.walk("flow_key_end", mode, account, id=key)


@pytest.mark.parametrize("mode", MODES)
def test_revoke(walker, account, mode):
    stack = walker.stack
    account.key("Never used")
    account.key("In use", "write")
    account.key("Silent")
    key = key_parts.find(stack, account, "In use")
    key_parts.use(stack, account, key, 3, address="2001:db8::25")
    walker.walk("flow_key_revoke", mode, account,
                id=key, silent=key_parts.find(stack, account, "Silent"))


@pytest.mark.parametrize("mode", MODES)
def test_revoke_is_not_confirmed(walker, account, mode):
    """As long as a program that checks keys is silent, and its lease lasts."""
    account.key("Slow to go")
    key = key_parts.find(walker.stack, account, "Slow to go")
    with key_parts.silent_verifier(walker.stack, key):
        walker.walk("flow_key_late", mode, account, id=key)


@pytest.mark.parametrize("mode", MODES)
def test_change(walker, account, mode):
    """More needs a proof, less does not; nobody overwrites somebody else."""
    account.key("Nightly job", "write", "live", "--expires", "9d", "--allow",
                "192.0.2.0/24")
    key = key_parts.find(walker.stack, account, "Nightly job")
    walker.walk("flow_key_change", mode, account, id=key)


@pytest.mark.parametrize("mode", MODES)
def test_plan_refuses(walker, account, mode):
    """Before anything is typed, and where the plan changes meanwhile."""
    stack = walker.stack
    small = "small%s" % account.id
    stack.ctl("plan", "set", "--name", "Small", "--max-keys", "2",
              small)
    none = "none%s" % account.id
    stack.ctl("plan", "set", "--name", "Managed", "--self-service", "no",
              none)
    stack.ctl("account", "plan", account.id, small)
    account.key("The first")
    walker.walk("flow_key_limit", mode, account)
    stack.ctl("account", "plan", account.id, none)
    walker.walk("flow_key_plan", mode, account)


@pytest.mark.parametrize("mode", MODES)
def test_answer_is_lost(walker, mode):
    walker.walk("flow_key_lost", mode, portal_world.Account(
        walker.stack, totp=True))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("policy", ["warn", "refuse"])
def test_legacy(walker, account, mode, policy):
    walker.stack.ctl("account", "legacy", "--deprecated", "2026-01-31",
                     "--sunset", "2031-06-30", "--policy", policy,
                     account.id)
    account.key("A token")
    walker.walk("flow_key_legacy", mode, account, refuses=policy == "refuse")
