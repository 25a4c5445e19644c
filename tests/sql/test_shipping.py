# SPDX-License-Identifier: ISC
"""Uses on their way from a journal into the database: the program hashes the
bytes that the database would, and each position comes in once."""

import collections
import hashlib
import random
import threading
import time
import uuid

import pytest

HOUR = 3600 * 10**6
DAY = 24 * HOUR
# In the middle of a day that no other test uses.
NOON = 1788868800 * 10**6 // DAY * DAY + 12 * HOUR
# All that can stand in a site's name, with what has to be escaped.
ODD = "".join(map(chr, range(33, 127)))


class Entry:
    """What a journal says of one check; fields as exercise_usage.c."""

    def __init__(self, at=NOON, account=7, key="key_0123456789abcdef",
                 version=1, code="ok", **given):
        self.at = at
        self.identified = key is not None
        self.repeated = self.hashed = False
        self.account = account
        self.key = key
        self.version = version if key else 0
        self.app = self.credential = self.request = None
        self.code = code
        self.status = 204 if code == "ok" else 401
        self.method = "GET"
        self.address = "192.0.2.1"
        self.site = "api.example"
        for name, value in given.items():
            assert hasattr(self, name)
            setattr(self, name, value)

    def words(self):
        return " ".join(map(str, (
            self.at, int(self.identified), int(self.repeated),
            int(self.hashed), self.account, self.key or "-", self.version,
            self.app or "-", self.credential or "-", self.code, self.status,
            self.method, self.address or "-", self.request or "-",
            self.site.encode().hex() or "-")))

    def row(self, journal, pos):
        """An expression of type hasp.usage_event."""
        def quote(value, kind="text"):
            return "NULL" if value is None else "'%s'::%s" % (
                str(value).replace("'", "''"), kind)
        known = self.identified
        return ("(timestamptz 'epoch' + %d * interval '1 us', %d, %d, %d, %s, "
                "%s, %s, %s, %s, %s, %d, %s, %s, %s, %s, %s, %s, NULL, NULL)"
                "::hasp.usage_event" % (
                    self.at, self.account if known else 0, journal, pos,
                    quote(self.key), quote(self.version if known else None,
                                           "integer"),
                    quote(self.app, "uuid"), quote(self.credential, "uuid"),
                    quote(None if known or not self.account else
                          self.account, "bigint"), quote(self.code),
                    self.status, quote(self.method), quote(self.site),
                    quote(self.request, "uuid"), self.hashed, self.repeated,
                    quote(self.address, "inet")))


def some_address(rng):
    words = [rng.choice((0, 0, 0, 1, rng.randrange(65536)))
             for _ in range(8)]
    return rng.choice((
        None, "192.0.2.%d" % rng.randrange(256), "255.255.255.255",
        "2001:db8::%x" % rng.randrange(65536), "::1", "::",
        ":".join("%x" % word for word in words)))


def some_entry(rng):
    """Anything that a journal can hold."""
    known = rng.random() < 0.7
    entry = Entry(
        at=rng.randrange(1, 4 * 10**15),
        key="key_" + "".join(rng.choices("09azAZ", k=16)) if known else None,
        account=rng.choice((0, 1, 2**63 - 1)) if not known else
        rng.randrange(1, 2**63), version=rng.randrange(1, 2**31),
        code=rng.choice(("ok", "key_revoked", "key_unknown")))
    entry.repeated = rng.random() < 0.3
    if rng.random() < 0.5:
        name = "app" if known else "credential"
        setattr(entry, name, rng.randbytes(16).hex())
    if rng.random() < 0.8:
        entry.request = rng.randbytes(16).hex()
        entry.hashed = rng.random() < 0.3
    entry.status = rng.choice((204, 401, 403, 503))
    entry.method = rng.choice(("GET", "POST", "DELETE", "other"))
    entry.address = some_address(rng)
    entry.site = "".join(rng.choices(ODD, k=rng.randrange(25)))
    return entry


def test_lines_are_those_of_the_database(auth, sql):
    rng = random.Random(20)
    cursor = sql().cursor()
    sites = [ODD[i:i + 24] for i in range(0, len(ODD), 24)]
    for i in range(400):
        entry = some_entry(rng)
        if i < len(sites):
            entry.site = sites[i]
        salt, journal, pos = rng.randbytes(16).hex(), 1 + i, rng.randrange(
            2**63)
        cursor.execute("SELECT hasp.usage_line(%s, '\\x%s')" % (
            entry.row(journal, pos), salt))
        assert auth.ok("usage_line", journal, pos, salt, entry.words())[
            "line"] == cursor.fetchone()[0] + "\n"


class Journal:
    """One journal in the database, shipped by one program."""

    def __init__(self, program, kept=0):
        self.id = uuid.uuid4().hex
        self.program = program
        self.open(kept)

    def open(self, kept=0):
        got = self.program.ok("open_journal", self.id, "host", "auth-check",
                              kept)
        self.number, self.at = got["number"], got["from"]
        return got

    def ship(self, entries, old=None, new=None, lost=0, complete=0):
        """Whether it was taken. ENTRIES: by position, or a list."""
        old = self.at if old is None else old
        if not isinstance(entries, dict):
            entries = dict(enumerate(entries, old))
        if new is None:
            new = max(entries) + 1
        day = min((e.at for e in entries.values()), default=NOON)
        got = self.program.ok("ship", self.number, old, new, lost, complete,
                              day, ";".join("%d %s" % (pos, e.words())
                                            for pos, e in entries.items()))
        if got["taken"]:
            self.at = new
        return got["taken"]


@pytest.fixture(name="journal")
def make_journal(auth):
    return Journal(auth)


@pytest.fixture(name="other_journal")
def make_other_journal(auth):
    return Journal(auth)


def one(sql, text, *values):
    cursor = sql().cursor()
    cursor.execute(text, values or None)
    return cursor.fetchone()


def all_of(sql, text, *values):
    cursor = sql().cursor()
    cursor.execute(text, values or None)
    return cursor.fetchall()


def some_uses(rng, count, key="key_" + "A" * 16):
    """Uses of a day as programs make them."""
    return [Entry(at=NOON + rng.randrange(3 * HOUR), key=key,
                  version=rng.randrange(1, 3), account=5,
                  code=rng.choice(("ok", "ok", "key_revoked")),
                  address="192.0.2.%d" % rng.randrange(5),
                  repeated=rng.random() < 0.2,
                  request=rng.randbytes(16).hex()) for _ in range(count)]


def test_what_was_shipped_is_there(journal, sql):
    rng = random.Random(21)
    entries = {}
    for pos in range(0, 300, 3):
        entry = some_entry(rng)
        entry.at = NOON + rng.randrange(HOUR)
        entries[pos] = entry
    assert journal.ship(entries, new=305)
    salt, rows_hash, events = one(
        sql, "SELECT salt, rows_hash, events FROM hasp.journal_batch WHERE "
        "journal = %s", journal.number)
    cursor = sql().cursor()
    cursor.execute("SELECT to_jsonb(u) - 'run_began', hasp.usage_line(u, %s) "
                   "FROM hasp.usage_event u WHERE journal = %s ORDER BY pos",
                   (bytes(salt), journal.number))
    found = cursor.fetchall()
    wanted = all_of(sql, " UNION ALL ".join(
        "SELECT to_jsonb(%s) - 'run_began'" % e.row(journal.number, pos)
        for pos, e in entries.items()))
    assert [row[0] for row in found] == [row[0] for row in wanted]
    assert events == 100 and hashlib.sha256("".join(
        line + "\n" for _, line in found).encode()).digest() == \
        bytes(rows_hash)


def test_the_chain_of_batches(journal, sql):
    for _ in range(4):
        assert journal.ship([Entry(), Entry(code="key_revoked")])
    assert journal.ship({}, new=journal.at + 9, lost=4)
    previous = bytes(32)
    for first, last, events, day, rows, kept in all_of(
            sql, "SELECT first, next, events, day, rows_hash, hash FROM "
            "hasp.journal_batch WHERE journal = %s ORDER BY first",
            journal.number):
        line = "\t".join(map(str, ("b", journal.number, first, last, events,
                                   day, bytes(rows).hex())))
        previous = hashlib.sha256(b"hasp-usage-1\n" + previous +
                                  line.encode()).digest()
        assert previous == bytes(kept)
    assert one(sql, "SELECT encode(hash, 'hex'), shipped, lost FROM "
               "hasp.journal WHERE number = %s", journal.number) == (
                   previous.hex(), 17, 4)
    assert one(sql, "SELECT detail->>'lost', detail->>'next' FROM "
               "hasp.audit_event WHERE event = 'usage_lost' AND "
               "detail->>'journal' = %s", str(journal.number)) == ("4", "17")


@pytest.mark.parametrize("old, new", [(0, 2), (2, 9), (4, 5), (7, 9)])
def test_only_what_comes_next_is_taken(journal, sql, old, new):
    assert journal.ship([Entry()] * 3)
    assert not journal.ship([Entry()] * (new - old), old=old, new=new)
    assert one(sql, "SELECT count(*) FROM hasp.usage_event WHERE journal = "
               "%s", journal.number) == (3,)
    assert journal.open()["from"] == 3


def test_the_same_batch_twice_counts_once(journal, sql):
    key = "key_" + "T" * 16
    uses = [Entry(key=key)] * 50
    assert journal.ship(uses, old=0) and not journal.ship(uses, old=0)
    assert one(sql, "SELECT sum(count) FROM hasp.usage_hour WHERE key_id = "
               "%s", key) == (50,)


def test_counts_are_those_of_the_events(journal, sql):
    """Whatever comes in whichever batches; repetitions are left out."""
    rng = random.Random(22)
    key = "key_" + "C" * 16
    uses = some_uses(rng, 400, key)
    for i in range(0, 400, 80):
        assert journal.ship(uses[i:i + 80])
    counted = [u for u in uses if not u.repeated]
    hours = collections.Counter((u.version, u.at // HOUR * HOUR, u.code)
                                for u in counted)
    assert {row[:3]: row[3] for row in all_of(
        sql, "SELECT secret_version, hasp.unix_us(hour), code, count FROM "
        "hasp.usage_hour WHERE account = 5 AND key_id = %s", key)} == hours
    allowed = sum(u.code == "ok" for u in counted)
    assert all_of(sql, "SELECT hasp.unix_us(day::timestamp AT TIME ZONE "
                  "'UTC'), account, allowed, refused FROM hasp.usage_day "
                  "WHERE key_id = %s", key) == [
                      (NOON // DAY * DAY, 5, allowed, len(counted) - allowed)]
    for version in (1, 2):
        mine = [u for u in uses if u.version == version and u.code == "ok"]
        last = max(mine, key=lambda u: u.at)
        assert one(sql, "SELECT account, hasp.unix_us(first_used_at), "
                   "hasp.unix_us(last_used_at), host(last_used_from) FROM "
                   "hasp.secret_use WHERE key_id = %s AND version = %s", key,
                   version) == (5, min(u.at for u in mine), last.at,
                                last.address)


def test_what_comes_late_changes_the_beginning_alone(journal, sql):
    key = "key_" + "L" * 16
    for at, address in ((5, "192.0.2.5"), (3, "192.0.2.3"), (4, None)):
        assert journal.ship([Entry(at=NOON + at, key=key, address=address)])
    assert one(sql, "SELECT hasp.unix_us(first_used_at) - %s, "
               "hasp.unix_us(last_used_at) - %s, host(last_used_from) FROM "
               "hasp.secret_use WHERE key_id = %s", NOON, NOON, key) == (
                   3, 5, "192.0.2.5")


def test_last_uses_of_apps(journal, sql):
    app, other = uuid.uuid4().hex, uuid.uuid4().hex
    text = ("SELECT account, replace(app::text, '-', ''), "
            "hasp.unix_us(last_used_at), "
            "host(last_used_from) FROM hasp.app_use WHERE app = ANY "
            "(%s::uuid[]) ORDER BY app, account")
    # No app, a stranger's credential that looks like one, and a refusal.
    assert journal.ship([
        Entry(), Entry(key=None, code="key_unknown", credential=other),
        Entry(app=other, code="key_revoked")])
    assert all_of(sql, text, [app, other]) == []
    assert journal.ship([
        Entry(at=NOON + 5, account=7, app=app, address="192.0.2.5"),
        Entry(at=NOON + 9, account=7, app=app, address="192.0.2.9",
              key="key_" + "B" * 16),
        Entry(at=NOON + 7, account=8, app=app, address=None),
        Entry(at=NOON + 99, account=7, app=app, code="key_revoked"),
        Entry(at=NOON + 99, account=7, code="ok")])
    want = [(7, app, NOON + 9, "192.0.2.9"), (8, app, NOON + 7, None)]
    assert all_of(sql, text, [app, other]) == want
    # What comes late from elsewhere is older; what is newer counts.
    assert journal.ship([
        Entry(at=NOON + 8, account=7, app=app, address="192.0.2.8"),
        Entry(at=NOON + 8, account=8, app=app, address="192.0.2.8")])
    want[1] = (8, app, NOON + 8, "192.0.2.8")
    assert all_of(sql, text, [app, other]) == want


def test_uses_of_an_account_lie_side_by_side(journal, sql):
    rng = random.Random(23)
    day = NOON + 700 * DAY
    uses = [Entry(at=day, account=rng.randrange(1, 5), key="key_" + 16 * c)
            for c in rng.choices("abc", k=60)]
    uses += [Entry(at=day, key=None, account=9, code="key_unknown")] * 5
    assert journal.ship(uses)
    lie = all_of(sql, "SELECT account, pos FROM hasp.usage_event WHERE "
                 "journal = %s ORDER BY ctid", journal.number)
    assert len(lie) == 65 and lie == sorted(lie)


KEY_USES = (
    "SELECT at, journal, pos FROM hasp.key_uses(9, %s, %s, %s, %s, %s, %s)",
    "SELECT at, journal, pos FROM hasp.usage_event WHERE account = 9 AND "
    "key_id = %s AND at >= %s AND at <= %s AND (at, journal, pos) < "
    "(%s, %s, %s) ORDER BY at DESC, journal DESC, pos DESC LIMIT %s")


def test_uses_of_a_key_are_all_found(journal, other_journal, sql):
    """Each way to page through them finds what looking at all uses finds,
    though the index has an entry for each run of them alone."""
    rng = random.Random(24)
    keys = ["key_" + c * 16 for c in "qrst"]
    midnight = NOON - 12 * HOUR
    for day in (-3, -2, 0, 1):
        for one_journal in (journal, other_journal) * 3:
            # At few moments, so that runs begin and end at the same.
            assert one_journal.ship([Entry(
                at=midnight + day * DAY + rng.choice((0, 5, 23)) * HOUR +
                rng.randrange(30) * 10**8, account=rng.choice((9, 9, 10)),
                key=rng.choice(keys[:3]), code=rng.choice(
                    ("ok", "ok", "key_expired")),
                repeated=rng.random() < .2, request=uuid.uuid4().hex)
                for _ in range(rng.choice((1, 5, 30)))])
    conn = sql()
    cursor = conn.cursor()
    cursor.execute("SELECT count(*), count(run_began) FROM hasp.usage_event "
                   "WHERE account = 9")
    uses, runs = cursor.fetchone()
    assert 30 < runs < uses
    # As one from before there were runs, and one of the latest hour of all.
    cursor.execute("""INSERT INTO hasp.usage_event (at, account, journal, pos,
        key_id, secret_version, code, status, method, site, request_hashed,
        repeated) SELECT at, account, journal, pos + 1000, key_id,
        secret_version, code, status, method, site, request_hashed, repeated
        FROM hasp.usage_event WHERE account = 9 AND run_began IS NULL""")
    places = [("9999-12-31", 0, 0)]
    cursor.execute("SELECT at, journal, pos FROM hasp.usage_event WHERE "
                   "account = 9")
    places += rng.sample(cursor.fetchall(), 60)
    for at, number, pos in places:
        for key in keys:
            since = rng.choice(("1970-01-01", rng.choice(places[1:])[0]))
            most = rng.choice((1, 7, 5000))
            cursor.execute(KEY_USES[0], (key, since, at, number, pos, most))
            found = cursor.fetchall()
            cursor.execute(KEY_USES[1], (key, since, at, at, number, pos,
                                         most))
            assert found == cursor.fetchall()


def test_whom_nobody_knows_is_nobodys(journal, sql):
    """What a stranger claims is kept apart and counted for no account."""
    credential = uuid.uuid4().hex
    assert journal.ship([Entry(key=None, account=5, code="key_unknown",
                               credential=credential)] * 3)
    assert one(sql, "SELECT DISTINCT account, claimed, key_id, app, "
               "credential::text, secret_version FROM hasp.usage_event "
               "WHERE journal = %s", journal.number) == (
                   0, 5, None, None, str(uuid.UUID(credential)), None)
    assert one(sql, "SELECT count(*) FROM hasp.usage_hour WHERE account = 5 "
               "AND key_id = ''") == (0,)
    assert one(sql, "SELECT sum(count) >= 3 FROM hasp.usage_hour WHERE "
               "account = 0 AND code = 'key_unknown' AND key_id = ''") == (
                   True,)


def test_days_get_their_partitions(journal, sql):
    """However far away: clocks jump, and databases are away for days."""
    for days in (-400, 90, 40000):
        assert journal.ship([Entry(at=NOON + days * DAY)] * 2)
    assert one(sql, "SELECT count(DISTINCT tableoid), count(*) FROM "
               "hasp.usage_event WHERE journal = %s", journal.number) == (3, 6)


def test_a_batch_of_two_days_is_refused(journal):
    assert journal.program.err(
        "ship", journal.number, 0, 2, 0, 0, NOON, "0 %s;1 %s" % (
            Entry().words(), Entry(at=NOON + 9000 * DAY).words())) != "ok"
    assert journal.open()["from"] == 0


@pytest.mark.parametrize("change", [
    "count = ARRAY[2]", "kind = ARRAY[2]", "kind = ARRAY[NULL]::integer[]",
    "pos = ARRAY[1]", "code = ARRAY[NULL]::text[]",
    "at = ARRAY[]::timestamptz[]", "pos = ARRAY[0, 0]"])
def test_a_batch_that_contradicts_itself(journal, sql, change):
    values = {
        "own": str(journal.number), "old": "0", "new": "1",
        "the_day": "'2026-09-08'", "the_salt": "'\\x%s'" % ("01" * 16),
        "the_rows_hash": "'\\x%s'" % ("02" * 32), "lost": "0",
        "complete": "0", "account": "ARRAY[1]::bigint[]",
        "key_id": "ARRAY['key_x']", "version": "ARRAY[1]",
        "extra": "ARRAY[NULL]::uuid[]", "code": "ARRAY['ok']",
        "status": "ARRAY[204]::smallint[]", "method": "ARRAY['GET']",
        "site": "ARRAY['']", "flags": "ARRAY[1]::smallint[]",
        "count": "ARRAY[1]", "pos": "ARRAY[0]", "kind": "ARRAY[1]",
        "first": "ARRAY['2026-09-08 12:00Z'::timestamptz]",
        "last": "ARRAY['2026-09-08 12:00Z'::timestamptz]",
        "last_address": "ARRAY[NULL]::inet[]",
        "at": "ARRAY['2026-09-08 12:00Z'::timestamptz]",
        "request": "ARRAY[NULL]::uuid[]", "address": "ARRAY[NULL]::inet[]"}
    call = "SELECT hasp.ship_batch(%s)"
    name, value = change.split(" = ")
    cursor = sql("hasp_auth").cursor()
    with pytest.raises(Exception) as caught:
        cursor.execute(call % ", ".join("%s => %s" % (k, value if k == name
                                                      else v)
                                        for k, v in values.items()))
    assert type(caught.value).__name__ in (
        "InvalidParameterValue", "NotNullViolation", "CheckViolation")
    assert journal.open()["from"] == 0
    cursor.execute(call % ", ".join("%s => %s" % pair
                                    for pair in values.items()))
    assert cursor.fetchone() == (True,)


def test_a_journal_that_is_opened_again(journal, sql):
    number = journal.number
    assert journal.ship([Entry()])
    assert journal.program.ok("note_journal", number, 1, NOON, 1)["known"]
    closed = "SELECT closed_at IS NOT NULL FROM hasp.journal WHERE number = %s"
    assert one(sql, closed, number) == (True,)
    # By whom it was opened may be dead by now; what it kept is not asked.
    journal.open(kept=99)
    assert (journal.number, journal.at) == (number, 1)
    assert one(sql, closed, number) == (True,)
    # What comes after all opens it.
    assert journal.ship([Entry()])
    assert one(sql, closed, number) == (False,)
    assert journal.program.ok("note_journal", number, 2, NOON, 1)["known"]
    assert journal.program.ok("note_journal", number, 2, NOON, 0)["known"]
    assert one(sql, closed, number) == (False,)


def test_complete_only_grows_and_only_of_what_is_here(journal, sql):
    text = ("SELECT hasp.unix_us(complete_at) FROM hasp.journal "
            "WHERE number = %s")
    opened = one(sql, text, journal.number)[0]
    later = opened + HOUR
    assert journal.ship([Entry()], complete=later)
    assert one(sql, text, journal.number) == (later,)
    program = journal.program
    assert program.ok("note_journal", journal.number, 1, 5, 0)["known"]
    assert not program.ok("note_journal", journal.number, 0, later + 1,
                          0)["known"]
    assert not program.ok("note_journal", 2**31 - 1, 0, 1, 0)["known"]
    assert one(sql, text, journal.number) == (later,)


def test_two_shippers_of_one_journal(exercise, sql):
    """Both want to ship the same: each position comes in once."""
    programs = [exercise("hasp_auth") for _ in range(2)]
    journal = Journal(programs[0])
    uses = [Entry(key="key_" + "W" * 16)] * 20
    taken = []

    def ship(program):
        mine = Journal(program)
        mine.number = journal.number
        for old in range(0, 600, 20):
            taken.append(mine.ship(uses, old=old))
            while not taken[-1] and one(
                    sql, "SELECT shipped FROM hasp.journal WHERE number = "
                    "%s", journal.number)[0] < old + 20:
                time.sleep(0.001)
    threads = [threading.Thread(target=ship, args=(p,)) for p in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(taken) == 30
    assert one(sql, "SELECT count(*), count(DISTINCT pos) FROM "
               "hasp.usage_event WHERE journal = %s", journal.number) == (
                   600, 600)


def test_shippers_of_the_same_keys_never_wait_in_a_ring(exercise, sql):
    keys = ["key_%016d" % i for i in range(30)]
    failed = []

    def ship(program, seed):
        rng = random.Random(seed)
        journal = Journal(program)
        for _ in range(15):
            uses = [Entry(key=rng.choice(keys), account=6,
                          version=rng.randrange(1, 3),
                          at=NOON + rng.randrange(2 * HOUR))
                    for _ in range(60)]
            if not journal.ship(uses):
                failed.append(seed)
    threads = [threading.Thread(target=ship, args=(exercise("hasp_auth"), n))
               for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert one(sql, "SELECT sum(count) FROM hasp.usage_hour WHERE account = "
               "6") == (4 * 15 * 60,)
    assert one(sql, "SELECT sum(allowed) FROM hasp.usage_day WHERE account = "
               "6") == (4 * 15 * 60,)
