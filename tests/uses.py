# SPDX-License-Identifier: ISC
"""Uses of keys, as a program's journal brings them into the database.

    use = Use(account, "key_aaaaaaaaaaaaaaaa", at=time.time())
    cluster.psql(database, ship([use, ...]))       # a journal of its own
    cluster.psql(database, ship([use], closed=False, complete=time.time()))
"""

import collections
import dataclasses
import datetime
import time

# Of a use's flags.
IDENTIFIED, HASHED, REPEATED = 1, 2, 4


@dataclasses.dataclass
class Use:
    """One check. AT in seconds since 1970."""

    account: int
    key_id: str
    version: int = 1
    at: float = dataclasses.field(default_factory=time.time)
    code: str = "ok"
    status: int = 204
    method: str = "GET"
    site: str = "api.example"
    address: str = "192.0.2.1"
    app: str = None
    request: str = None
    flags: int = IDENTIFIED


def literal(value):
    return "NULL" if value is None else "'%s'" % str(value).replace("'", "''")


def column(values, kind):
    return "ARRAY[%s]::%s[]" % (", ".join(map(literal, values)), kind)


def micros(seconds):
    return round(seconds * 1000000)


def _batch(uses, day, closed, complete):
    count = len(uses)
    arrays = (
        column(range(count), "bigint"),
        column([micros(u.at) for u in uses], "bigint"),
        column([u.account for u in uses], "bigint"),
        column([u.key_id for u in uses], "text"),
        column([u.version for u in uses], "integer"),
        column([u.app for u in uses], "uuid"),
        column([u.code for u in uses], "text"),
        column([u.status for u in uses], "smallint"),
        column([u.method for u in uses], "text"),
        column([u.site for u in uses], "text"),
        column([u.request for u in uses], "uuid"),
        column([u.flags for u in uses], "smallint"),
        column([u.address for u in uses], "inet"))
    shipped = (
        "SELECT hasp.ship_batch(o.own_number, 0, %d, '%s', "
        "decode(repeat('01', 16), 'hex'), decode(repeat('02', 32), 'hex'), "
        "0, %d, %s)" % (count, day, complete, ", ".join(arrays)))
    if closed:
        shipped += ", hasp.note_journal(o.own_number, %d, %d, true)" % (
            count, complete)
    return shipped + (" FROM hasp.open_journal(gen_random_uuid(), 'tests', "
                      "'auth-check', 0) o;\n")


def ship(uses, closed=True, complete=0.0):
    """SQL that takes them in, a journal a day. The journals are closed after
    it, or stay open and complete up to that moment."""
    days = collections.defaultdict(list)
    for use in uses:
        days[datetime.datetime.fromtimestamp(
            use.at, datetime.timezone.utc).date()].append(use)
    return "".join(_batch(days[day], day, closed, micros(complete))
                   for day in sorted(days))
