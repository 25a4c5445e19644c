# SPDX-License-Identifier: ISC
"""Uses of keys, as programs' journals bring them into the database.

    use = Use(account, "key_aaaaaaaaaaaaaaaa", at=time.time())
    cluster.psql(database, ship([use, ...]))       # a journal of its own
    cluster.psql(database, KNOWN)    # all uses until now have arrived
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


# Some program has a journal, and nobody's is late.
KNOWN = """
    SELECT hasp.open_journal('00000000-0000-4000-8000-000000000001', 'tests',
        'auth-check', 0);
    UPDATE hasp.journal SET closed_at = NULL
        WHERE id = '00000000-0000-4000-8000-000000000001';
    UPDATE hasp.journal SET complete_at = now() WHERE closed_at IS NULL;
"""


def _batch(uses, day):
    """Each use is a kind of its own."""
    count, moments = len(uses), [
        datetime.datetime.fromtimestamp(u.at, datetime.timezone.utc)
        for u in uses]
    addresses = column([u.address for u in uses], "inet")
    arrays = (
        column([u.account for u in uses], "bigint"),
        column([u.key_id for u in uses], "text"),
        column([u.version for u in uses], "integer"),
        column([u.app for u in uses], "uuid"),
        column([u.code for u in uses], "text"),
        column([u.status for u in uses], "smallint"),
        column([u.method for u in uses], "text"),
        column([u.site for u in uses], "text"),
        column([u.flags for u in uses], "smallint"),
        column([1] * count, "integer"),
        column(moments, "timestamptz"),
        column(moments, "timestamptz"),
        addresses,
        column(range(count), "integer"),
        column(moments, "timestamptz"),
        column(range(1, count + 1), "integer"),
        column([u.request for u in uses], "uuid"),
        addresses)
    shipped = (
        "SELECT hasp.ship_batch(o.own_number, 0, %d, '%s', "
        "decode(repeat('01', 16), 'hex'), decode(repeat('02', 32), 'hex'), "
        "0, 0, %s), hasp.note_journal(o.own_number, %d, 0, true)" % (
            count, day, ", ".join(arrays), count))
    return shipped + (" FROM hasp.open_journal(gen_random_uuid(), 'tests', "
                      "'auth-check', 0) o;\n")


def ship(uses):
    """SQL that takes them in, a journal a day, which is closed after it."""
    days = collections.defaultdict(list)
    for use in uses:
        days[datetime.datetime.fromtimestamp(
            use.at, datetime.timezone.utc).date()].append(use)
    return "".join(_batch(days[day], day) for day in sorted(days))
