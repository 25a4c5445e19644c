# SPDX-License-Identifier: ISC
"""key_parts: keys as the walks through their pages find them."""

import contextlib
import threading
import time

import fence_world
import uses


def find(stack, account, name):
    """The id of the key of ACCOUNT with that name."""
    return stack.cluster.psql("hasp", "SELECT id FROM hasp.key WHERE account "
                              "= %s AND name = '%s'"
                              % (account.id, name)).strip()


def use(stack, account, key, hours, version=1, **more):
    """A use of it, so many hours ago, has arrived; the others have, too."""
    stack.cluster.psql("hasp", uses.ship([uses.Use(
        account.id, key, version, at=time.time() - 3600 * hours, **more)]) +
        uses.KNOWN)


def use_daily(stack, account, key, days=30):
    """A month with more requests each day, some of them refused."""
    now = time.time()
    stack.cluster.psql("hasp", uses.ship([
        uses.Use(account.id, key, at=now - 86400 * day - 60 * n,
                 **({"code": "rate_limited", "status": 429}
                    if n % 5 == 4 else {}))
        for day in range(1, days) for n in range(days - day)]) + uses.KNOWN)


def _renew(stack, verifier, key, end):
    """Keeps VERIFIER alive until the key is revoked."""
    revoked = ("SELECT revoked_at IS NOT NULL FROM hasp.key WHERE id = '%s'"
               % key)
    while not end.wait(0.3) and stack.cluster.psql(
            "hasp", revoked).strip() != "t":
        verifier.renew()


@contextlib.contextmanager
def silent_verifier(stack, key, lease=5000):
    """A program that checks keys, and falls silent when KEY is revoked; for
    LEASE ms more it may let requests in."""
    made = fence_world.Verifier(stack.cluster.conninfo(
        "hasp", user="hasp_auth", passfile=stack.root / "hasp_auth.pgpass"),
        lease=lease)
    end = threading.Event()
    thread = threading.Thread(target=_renew, args=(stack, made, key, end))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
        made.close()
        made.conn.close()
