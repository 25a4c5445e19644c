# SPDX-License-Identifier: ISC
"""The program audit: what happened, by page and in whole, held against a model
that reads the tables."""

import dataclasses
import hashlib
import json
import random
import threading
import time
import uuid

import pytest

import audit_model
import keys
from auth_world import header
from audit_model import everything, exported, fits, pages, query, rows, shown
from keys_world import Machine, Person
from manage_world import refused
from uses import HASHED, IDENTIFIED, REPEATED, Use, ship

CODES = ["ok", "ok", "ok", "key_expired", "rate_limited"]
EVENTS = ["key_created", "key_changed", "signed_in"]
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "a,b", 'a"b', "", "plain"]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def chain(account, draw, key_ids, apps):
    """SQL that adds one event of a random kind."""
    actor = draw.choice(["operator", "system", "member:7",
                         "key:" + key_ids[0], "app:" + apps[0]])
    detail = draw.choice(["NULL", "'{\"name\": \"a \\u00e9\"}'",
                          "'{\"app\": \"%s\"}'" % draw.choice(apps)])
    address = draw.choice(["NULL", "'192.0.2.%d'" % draw.randrange(4),
                           "'2001:db8::%d'" % draw.randrange(3)])
    return "SELECT hasp.chain_event(%d, '%s', '%s', %s, %s, %s, %s, %s, %s);" \
        % (account, actor, draw.choice(EVENTS),
           draw.choice(["NULL", "'%s'" % draw.choice(key_ids)]),
           draw.choice(["NULL", "2"]), draw.choice(["NULL", "7"]), address,
           draw.choice(["NULL", "'req-%d'" % draw.randrange(3)]),
           detail)


def use(account, draw, key_ids, apps, now):
    request, flags = None, IDENTIFIED
    if draw.random() < 0.6:
        request = "%032x" % draw.randrange(5)
    elif draw.random() < 0.5:
        request = digest("req-%d" % draw.randrange(3))[:32]
        flags |= HASHED
    code = draw.choice(CODES)
    return Use(account, draw.choice(key_ids), version=draw.randrange(1, 3),
               # Many at one moment.
               at=now - draw.randrange(40) * 3600, code=code,
               status=204 if code == "ok" else 401,
               method=draw.choice(["GET", "POST"]),
               site=draw.choice(FORMULAS),
               address=draw.choice([None, "192.0.2.%d" % draw.randrange(9),
                                    "2001:db8::%d" % draw.randrange(3)]),
               app=draw.choice([None] + apps), request=request, flags=flags)


def several(account, draw, key_ids, apps, now, count):
    """SQL that ships COUNT uses, some of them with a repetition."""
    made = []
    for _ in range(count):
        made.append(use(account, draw, key_ids, apps, now))
        if draw.random() < 0.1:
            made.append(dataclasses.replace(
                made[-1], flags=made[-1].flags | REPEATED))
    return ship(made)


class Place:
    """Two accounts in which a lot happened, and who may read of the first."""

    def __init__(self, world):
        draw = random.Random(5)
        self.world = world
        self.account, self.other = world.make_account(), world.make_account()
        self.person = Person(world, self.account)
        self.machine = Machine(world, self.account)
        self.keys = {a: [keys.make_id() for _ in range(3)]
                     for a in (self.account, self.other)}
        self.apps = [str(uuid.UUID(int=n + 1)) for n in range(2)]
        now = int(time.time())
        for account, ids in self.keys.items():
            world.sql("".join(chain(account, draw, ids, self.apps)
                              for _ in range(60)))
            for _ in range(3):
                world.sql(several(account, draw, ids, self.apps, now, 120))
        # Uses at the very moment of events.
        moments = [row["us"] / 1e6 for row in rows(world, self.account)
                   if row["kind"] == "event"][5:9]
        world.sql(ship([Use(self.account, self.keys[self.account][0], at=at)
                        for at in moments]))

    def logged(self):
        """What the log says of readings by people and keys of the account."""
        return [(row["actor"], row["event"], row["detail"])
                for row in reversed(rows(self.world, self.account))
                if row["kind"] == "event" and
                row["event"].startswith("audit_")]


@pytest.fixture(name="place", scope="module")
def make_place(managed):
    return Place(managed)


def values(place, draw):
    """Filters that something passes, mostly."""
    ids = place.keys[place.account]
    every = {
        "kind": ["event", "use"],
        "actor": ["operator", "member:7", "nobody", "key:" + ids[0],
                  "app:" + place.apps[0], "app:" + ids[0],
                  "member:%d" % place.person.id],
        "key": ids + [place.keys[place.other][0]],
        "app": place.apps + [place.apps[0].upper()],
        "event": EVENTS + ["audit_read"],
        "decision": ["allowed", "refused", "rate_limited", "ok"],
        "address": ["192.0.2.1", "192.0.2.0/30", "2001:db8::/64",
                    "2001:db8::1", "0.0.0.0/0"],
        "request_id": ["%032x" % 3, "req-1", "0123abc"],
        "since": [time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)),
                  time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                time.gmtime(time.time() - 36000))],
        "until": [time.strftime("%Y-%m-%d"),
                  time.strftime("%Y-%m-%dT%H:%M:%S+00:00",
                                time.gmtime(time.time() - 3600))],
    }
    names = draw.sample(sorted(every), draw.choice([0, 1, 1, 1, 2, 2, 3]))
    return {name: draw.choice(every[name]) for name in names}


def is_contradiction(filters):
    """Of those that nothing can pass."""
    event = filters.get("event") or filters.get("kind") == "event"
    use = filters.get("kind") == "use" or filters.get("decision")
    return bool(event and use)


def wanted(place, filters):
    return without_own(place, [
        shown(row) for row in rows(place.world, place.account)
        if fits(row, digest, **filters)])


def without_own(place, events):
    """EVENTS without the uses that the test itself makes of its key: these
    arrive when they do."""
    return [event for event in events if event["kind"] == "event" or
            event["key"] != place.machine.id]


def test_every_filter_against_the_model(place):
    draw = random.Random(1)
    found = paged = 0
    for _ in range(40):
        filters = values(place, draw)
        who = draw.choice([place.person, place.machine])
        if is_contradiction(filters):
            refused(who.call("GET", "/audit-events?" + query(**filters)),
                    400, "query_invalid")
            continue
        want = wanted(place, filters)
        assert without_own(place, exported(who, **filters)) == want, filters
        found += len(want)
        if len(want) <= 50:
            limit = draw.choice([3, 17, 100, 500])
            want = wanted(place, filters)
            got = everything(who, limit=limit, **filters)
            assert without_own(place, got) == want, filters
            paged += len(want)
    assert found > 1000 and paged > 100


def test_each_filter_alone_finds_something(place):
    for name, value in (("actor", "operator"), ("event", "signed_in"),
                        ("key", place.keys[place.account][1]),
                        ("app", place.apps[0]), ("decision", "refused"),
                        ("actor", "app:" + place.apps[0]),
                        ("address", "192.0.2.0/24"), ("request_id", "req-1"),
                        ("request_id", "%032x" % 1)):
        want = [row["id"] for row in rows(place.world, place.account)
                if fits(row, digest, **{name: value})]
        got = [row["id"] for row in exported(place.person, **{name: value})]
        assert got == want and len(want) > 3, (name, value)


def test_the_link_leads_to_the_next_page(place):
    answer = place.person.call(
        "GET", "/audit-events?limit=7&kind=use&address=192.0.2.0%2F24"
        "&since=2020-01-01T00:00:00%2B01:00")
    link = header(answer, "Link")
    target = link.partition(">")[0][1:]
    assert target == (
        "/hasp/v1/audit-events?kind=use&address=192.0.2.0%2F24&since="
        "2020-01-01T00%3A00%3A00%2B01%3A00&limit=7&cursor=" +
        answer.json["next_cursor"])
    again = place.person.call("GET", target.replace("/hasp/v1", ""))
    assert len(again.json["events"]) == 7
    assert again.json["events"][0]["at"] <= answer.json["events"][-1]["at"]


# -- who sees what -----------------------------------------------------------


def test_accounts_are_kept_apart(place):
    stranger = Person(place.world, place.other)
    mine = {row["id"] for row in rows(place.world, place.account)}
    theirs = [row["id"] for row in rows(place.world, place.other)]
    assert [row["id"] for row in exported(stranger)] == theirs
    assert not mine & set(theirs)
    key = place.keys[place.account][0]
    for filters in ({"key": key}, {"actor": "key:" + key}):
        assert everything(stranger, **filters) == []
    page = place.person.call("GET", "/audit-events?limit=5").json
    strange = [row["id"] for row in everything(
        stranger, cursor=page["next_cursor"])]
    assert strange and set(strange) <= set(theirs) | {
        row["id"] for row in rows(place.world, place.other)}


def test_who_may_read(place):
    reader = Machine(place.world, place.account, role="write")
    member = Person(place.world, place.account, may_administer=False)
    before = place.logged()
    for path in ("/audit-events", "/audit-events?format=csv"):
        refused(place.world.call("GET", path), 401, "credential_missing")
        refused(reader.call("GET", path), 403, "role_insufficient")
        refused(member.call("GET", path), 403, "admin_required")
    assert place.logged() == before


MEANINGLESS = [
    "kind=", "kind=uses", "kind=event&kind=use", "actor=", "actor=a%20b",
    "actor=%27%20OR%20true--", "key=a%00b", "key=" + "k" * 66, "app=1",
    "app=0000000000000000000000000000000000000", "event=a%0Ab", "decision=%",
    "address=x", "address=192.0.2.1/24", "address=192.0.2.0/33",
    "address=::/129", "address=127.1", "request_id=a.b", "since=yesterday",
    "since=2026-13-01", "since=1960-01-01", "until=2026-01-01T00:00:00",
    "format=xml", "format=csv&limit=5", "format=csv&cursor=0.1.0.1.0",
    "limit=0", "limit=501", "limit=-1", "limit=1e2", "limit=", "nonsense=1",
    "kind=use&event=a",
    "kind=event&decision=ok", "cursor=", "cursor=x", "cursor=1.2.3.4.5",
    "cursor=0.1.0.1", "cursor=0.1.0.1.0.0", "cursor=0.-1.0.1.0",
    "cursor=0.1.1.2147483648.0", "cursor=0.9223372036854775808.0.1.0",
    "cursor=0.253402300800000001.0.1.0", "cursor=0.1.0.1.9" + "9" * 99,
    "cursor=0.1.0.1.0%00"]


def test_what_has_no_meaning_is_refused(place):
    before = place.logged()
    for words in MEANINGLESS:
        answer = place.person.call("GET", "/audit-events?" + words)
        assert answer.status == 400, words
        refused(answer, 400, "query_invalid")
    assert place.logged() == before


@pytest.mark.parametrize("cursor", [
    "0.0.0.0.0", "0.253402300800000000.1.2147483647.9223372036854775807",
    "9223372036854775807.1.0.9223372036854775807.9223372036854775807",
    "1.1893456000000000.0.5.0"])
def test_what_a_made_up_cursor_shows_is_logged(place, cursor):
    before = len(place.logged())
    answer = place.person.call("GET", "/audit-events?kind=use&cursor=" +
                               cursor)
    assert answer.status == 200
    assert len(place.logged()) == before + 1


def test_a_cursor_leads_to_nothing_that_was_not_asked_for(place):
    until = "2026-01-01"
    page = place.person.call("GET", "/audit-events?until=" + until)
    assert page.json["events"] == []
    mark = rows(place.world, place.account)[0]
    assert mark["event"] == "audit_read"
    cursor = "%d.%d.1.0.0" % (mark["seq"], audit_model.moment("2099-01-01"))
    answer = place.person.call(
        "GET", "/audit-events?until=%s&cursor=%s" % (until, cursor))
    assert answer.json["events"] == []


# -- reading is an event -----------------------------------------------------


def test_reading_is_logged_once(place):
    before = place.logged()
    assert len(list(pages(place.machine, limit=7, kind="use",
                          address="192.0.2.1"))) > 1
    actor = "key:" + place.machine.id
    assert place.logged()[len(before):] == [
        (actor, "audit_read", {"kind": "use", "address": "192.0.2.0/24"})]


def test_another_reading_is_logged_again(place):
    """A cursor belongs to one caller and to what was asked for."""
    page = place.machine.call("GET", "/audit-events?limit=5&kind=use").json
    mark = "&cursor=" + page["next_cursor"]
    for who, path, more in (
            (place.machine, "limit=9&kind=use", 0),
            (place.machine, "limit=5", 1),
            (place.machine, "kind=use&decision=allowed", 1),
            (place.person, "limit=5&kind=use", 1)):
        before = len(place.logged())
        answer = who.call("GET", "/audit-events?" + path + mark)
        assert answer.status == 200
        assert len(place.logged()) == before + more, path


def test_an_export_is_logged(place):
    before = len(place.logged())
    answer = place.person.call(
        "GET", "/audit-events?format=jsonl&decision=refused")
    assert answer.status == 200
    assert place.logged()[before:] == [
        ("member:%d" % place.person.id, "audit_exported",
         {"decision": "refused", "format": "jsonl"})]


@pytest.mark.parametrize("path", ["/audit-events", "/audit-events?format=csv"])
def test_what_cannot_be_logged_is_not_shown(place, path):
    what = "EXECUTE ON FUNCTION hasp.log_event"
    place.world.sql("REVOKE %s FROM hasp_audit" % what)
    try:
        answer = place.person.call("GET", path)
    finally:
        place.world.sql("GRANT %s TO hasp_audit" % what)
    refused(answer, 503, "internal")
    assert place.person.call("GET", path).status == 200


# -- changes meanwhile -------------------------------------------------------


def test_pages_hold_while_more_comes(place):
    """Nothing comes twice, and nothing that was there is missed."""
    account, ids = place.account, place.keys[place.account]
    before = {row["id"] for row in rows(place.world, account)}
    stop, draw = threading.Event(), random.Random(9)

    def go_on():
        while not stop.is_set():
            now = int(time.time())
            place.world.sql(chain(account, draw, ids, place.apps) +
                            several(account, draw, ids, place.apps, now, 20))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        got = [row["id"] for row in everything(place.person, limit=29)]
    finally:
        stop.set()
        thread.join()
    assert len(got) == len(set(got))
    assert before <= set(got)


# -- many --------------------------------------------------------------------


def test_what_is_rare_among_many_is_found(place):
    """Further away than one statement looks, and with one look at most."""
    account = place.world.make_account()
    person = Person(place.world, account)
    place.world.sql(
        "INSERT INTO hasp.usage_event (at, account, journal, pos, key_id, "
        "secret_version, code, status, method, site, request_hashed, "
        "repeated) SELECT now() - g * interval '1 ms', %d, 1, g, "
        "'key_aaaaaaaaaaaaaaaa', 1, CASE g WHEN 12001 THEN 'key_unknown' "
        "ELSE 'ok' END, 204, 'GET', '', false, false "
        "FROM generate_series(1, 12001) g" % account)
    got = everything(person, kind="use", decision="refused")
    assert [row["code"] for row in got] == ["key_unknown"]
    ids = [row["id"] for row in exported(person, kind="use")]
    assert len(ids) == len(set(ids)) == 12001


# -- forms -------------------------------------------------------------------


def test_json_lines_say_what_pages_say(place):
    want = [shown(row) for row in rows(place.world, place.account)]
    answer = place.person.call("GET", "/audit-events?format=jsonl")
    assert header(answer, "Content-Type") == "application/x-ndjson"
    assert header(answer, "Content-Disposition") == (
        'attachment; filename="audit-events.jsonl"')
    assert header(answer, "Cache-Control") == "no-store"
    lines = answer.body.decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == want


def cell(name, row):
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return ("'" if text[:1] in tuple("=+-@\t\r") else "") + text


def test_csv_says_the_same_and_holds_no_formula(place):
    want = rows(place.world, place.account)
    answer = place.person.call("GET", "/audit-events?format=csv")
    assert header(answer, "Content-Type") == (
        "text/csv; charset=utf-8; header=present")
    text = answer.body.decode()
    got = audit_model.cells(text)
    assert len(got) == len(want)
    for line, row in zip(got, want):
        assert None not in line and None not in line.values()
        detail = line.pop("detail")
        assert (json.loads(detail) if detail else None) == row.get("detail")
        assert line == {name: cell(name, row) for name in line}
    assert {line["site"] for line in got} >= {"'=1+1", "'-1", 'a"b', "a,b"}
    assert text.count("\r\n") == text.count("\n") == len(want) + 1


@pytest.mark.parametrize("accept, kind", [
    ("text/csv", "text/csv; charset=utf-8; header=present"),
    ("Text/CSV;q=1, application/json", "text/csv; charset=utf-8; "
     "header=present"),
    ("application/x-ndjson", "application/x-ndjson"),
    ("text/html, application/json", "application/json"),
    ("*/*", "application/json"), (",;,", "application/json")])
def test_accept_says_in_which_form(place, accept, kind):
    path = "/audit-events?kind=event"
    answer = place.person.call("GET", path, headers={"Accept": accept})
    assert header(answer, "Content-Type") == kind
    answer = place.person.call("GET", path + "&format=json",
                               headers={"Accept": accept})
    assert header(answer, "Content-Type") == "application/json"


def test_head_has_no_body(place):
    before = len(place.logged())
    for form in ("csv", "jsonl"):
        answer = place.person.call("HEAD", "/audit-events?format=" + form)
        assert (answer.status, answer.body) == (200, b"")
        assert header(answer, "Content-Length") is None
    assert len(place.logged()) == before
    answer = place.person.call("HEAD", "/audit-events")
    assert (answer.status, answer.body) == (200, b"")
    refused(place.world.call("POST", "/audit-events", session=place.person),
            405, "method_not_allowed")


def test_an_empty_export_is_whole(place):
    answer = place.person.call("GET", "/audit-events?format=jsonl&key=key_0123456789abcdef")
    assert (answer.status, answer.body) == (200, b"")
    answer = place.person.call("GET", "/audit-events?format=csv&key=key_0123456789abcdef")
    assert audit_model.cells(answer.body.decode()) == []
