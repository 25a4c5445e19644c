# SPDX-License-Identifier: ISC
"""log_world: an account with something in its log: events of management as
haspctl makes them, uses of keys as journals bring them, and real requests."""

import dataclasses
import secrets
import time

import httpx

from portal_world import Account
from uses import IDENTIFIED, KNOWN, REPEATED, Use, ship

HOUR = 3600
SITE = "api.example"


@dataclasses.dataclass
class History:
    """ACCOUNT, ids of its keys by name, and of requests by what became of
    them."""

    account: Account
    keys: dict
    requests: dict


def sql(stack, text):
    return stack.cluster.psql("hasp", text)


def request_id():
    return secrets.token_hex(16)


def key_ids(stack, account):
    """Ids of the account's keys by name."""
    rows = sql(stack, "SELECT name, id FROM hasp.key WHERE account = %s"
               % account.id).splitlines()
    return dict(row.split("|") for row in rows)


def _uses(account, keys, requests):
    now = time.time() - 5
    web, batch = keys["Web shop"], keys["Nightly export"]
    own = int(account.id)
    for n in range(60):
        yield Use(own, web, at=now - n * 23 * 60, address="192.0.2.%d" % (
            n % 5 + 1), method="GET" if n % 3 else "POST", site=SITE)
    for n, code, status in ((5, "rate_limited", 429), (3, "address_refused", 403),
                            (1, "role_insufficient", 403)):
        for i in range(n):
            yield Use(own, batch, at=now - i * 50 * 60 - 90, code=code,
                      status=status, address="2001:db8::%x" % (i + 1),
                      method="PATCH", site=SITE)
    # One request that was checked three times: twice for two locations, and
    # once more for an error page.
    same = {"at": now - 1, "request": requests["several"], "site": SITE,
            "address": "198.51.100.9"}
    yield Use(own, web, **same)
    yield Use(own, web, code="role_insufficient", status=403, **same)
    yield Use(own, web, code="role_insufficient", status=403,
              flags=IDENTIFIED | REPEATED, **same)
    # Long ago.
    yield Use(own, web, at=now - 20 * 24 * HOUR, code="key_expired",
              status=401, site=SITE)


def history(stack):
    """An account that has been used for a while."""
    account = Account(stack)
    account.key("Web shop", "write")
    account.key("Nightly export", "read")
    keys = key_ids(stack, account)
    requests = {"several": request_id()}
    sql(stack, ship(list(_uses(account, keys, requests))) + KNOWN)
    return History(account, keys, requests)


def refused_request(stack, **more):
    """The id of a request that the site refuses, once the log knows it."""
    answer = httpx.get("http://127.0.0.1:%d/" % stack.nginx.port, **more)
    assert answer.status_code == 401, answer.text
    ident = answer.json()["request_id"]
    end = time.monotonic() + 30
    while sql(stack, "SELECT count(*) FROM hasp.usage_event WHERE request = "
              "'%s'" % ident).strip() == "0":
        assert time.monotonic() < end, "the log does not know of it"
        time.sleep(0.1)
    return ident
