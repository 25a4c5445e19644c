# SPDX-License-Identifier: ISC
"""GET /usage: requests by the hour and the day, and what became of them."""

import datetime
import time
import uuid

import pytest

from explained import words
from keys_world import Machine, Person
from manage_world import refused
from uses import IDENTIFIED, KNOWN, REPEATED, Use, ship

HOUR, DAY = 3600, 86400


@pytest.fixture(name="place", scope="module")
def make_place(managed):
    return managed


def account_of(world):
    """An account of its own, with an admin key."""
    return Machine(world, world.make_account())


def text(seconds):
    return datetime.datetime.fromtimestamp(
        seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def usage(who, **query):
    answer = who.call("GET", "/usage" + "".join(
        f"{'&' if i else '?'}{name}={value}"
        for i, (name, value) in enumerate(query.items())))
    assert answer.status == 200, answer.json
    return answer.json


def counted(told):
    """The buckets that have any: start -> (allowed, refused, refusals)."""
    return {b["start"]: (b["allowed"], b["refused"], b["refusals"])
            for b in told["buckets"] if b["allowed"] or b["refused"]}


def test_by_hour_and_by_day(place):
    who = account_of(place)
    hour = int(time.time()) // HOUR * HOUR - 2 * HOUR
    before = hour - 30 * HOUR
    use = lambda at, code="ok", **more: Use(  # noqa: E731
        who.account, who.id, at=at, code=code,
        status=204 if code == "ok" else 401, **more)
    place.sql(ship([
        use(hour), use(hour + HOUR - 0.000001), use(hour + 1, "key_expired"),
        use(hour + 2, "rate_limited"), use(hour + 2, "rate_limited"),
        use(hour + HOUR), use(before),
        # The same client's request once more.
        use(hour + 3, flags=IDENTIFIED | REPEATED)]))
    told = usage(who)
    assert (told["bucket"], told["key"], told["app"]) == ("hour", None, None)
    assert len(told["buckets"]) == 24
    assert set(told["reasons"]) == {"key_expired", "rate_limited"}
    for code, reason in told["reasons"].items():
        assert (reason["explanation"], reason["mend"]) == words()[code]
    # The test's own requests, by this key, are in the newest hour.
    got = counted(told)
    assert got[text(hour)] == (2, 3, {"key_expired": 1, "rate_limited": 2})
    assert got[text(hour + HOUR)][0] >= 1
    starts = [b["start"] for b in told["buckets"]]
    assert starts == sorted(starts) and starts[0] == told["since"]
    by_day = usage(who, bucket="day")
    assert (by_day["bucket"], len(by_day["buckets"])) == ("day", 30)
    sums = counted(by_day)
    assert sum(allowed for allowed, _, _ in sums.values()) >= 4
    assert sum(refused_ for _, refused_, _ in sums.values()) == 3
    old = usage(who, since=text(before), until=text(before + 1))
    assert counted(old) == {text(before): (1, 0, {})}


def test_of_a_key_and_of_an_app(place):
    who, one, two = account_of(place), str(uuid.uuid4()), str(uuid.uuid4())
    keys = [place.key(who.account).id for _ in range(3)]
    at = int(time.time()) // HOUR * HOUR - 5 * HOUR
    place.sql(ship([Use(who.account, key, at=at, app=app) for key, app in (
        (keys[0], one), (keys[0], one), (keys[1], one), (keys[2], two))]))
    span = {"since": text(at), "until": text(at + HOUR)}
    for query, count in (({"key": keys[0]}, 2), ({"key": keys[1]}, 1),
                         ({"app": one}, 3), ({"app": two}, 1),
                         ({}, 4)):
        told = usage(who, **query, **span)
        assert counted(told) == {text(at): (count, 0, {})}, query
        assert told["key"] == query.get("key")
    for query in ({"key": "key_" + "z" * 16}, {"app": str(uuid.uuid4())}):
        assert counted(usage(who, **query, **span)) == {}


def test_nothing_of_another_account(place):
    who, other = account_of(place), account_of(place)
    app, at = str(uuid.uuid4()), int(time.time()) // HOUR * HOUR - 9 * HOUR
    place.sql(ship([
        Use(other.account, other.id, at=at, app=app),
        # A use that nobody's key made counts for nobody.
        Use(who.account, None, None, at=at, code="key_unknown", status=401,
            flags=0)]))
    span = {"since": text(at), "until": text(at + HOUR)}
    for query in ({}, {"key": other.id}, {"app": app}):
        assert counted(usage(who, **query, **span)) == {}
    assert counted(usage(other, **span)) == {text(at): (1, 0, {})}


def test_how_far_it_is_known(place):
    who, soon = account_of(place), int(time.time()) - 30
    place.sql(KNOWN + "UPDATE hasp.journal SET complete_at = "
              "to_timestamp(%d) WHERE host = 'tests'" % soon)
    # As far as the slowest journal.
    assert usage(who)["known_until"] == text(soon)
    place.sql("UPDATE hasp.journal SET closed_at = now() WHERE host = 'tests'")
    assert usage(who)["known_until"] != text(soon)


@pytest.mark.parametrize("query", [
    "key=", "key=x", "key=key_1", "app=", "app=x", "app=" + "x" * 36,
    "app=" + "0" * 36, "app=" + "%27" * 36, "bucket=", "bucket=minute",
    "bucket=DAY", "since=x", "since=", "until=yesterday", "a=b",
    "bucket=hour&bucket=hour", "since=2031-01-01&until=2030-01-01",
    "since=2030-01-01&until=2030-01-01", "since=2030-01-01&until=2031-01-01",
    "bucket=day&since=2000-01-01&until=2030-01-01", "since=1969-01-01",
    "key=key_aaaaaaaaaaaaaaaa&app=00000000-0000-4000-8000-000000000000"])
def test_refused_queries(place, query):
    refused(account_of(place).call("GET", "/usage?" + query), 400,
            "query_invalid")


def test_as_many_as_there_may_be(place):
    who = account_of(place)
    end = int(time.time()) // HOUR * HOUR
    for bucket, step in (("hour", HOUR), ("day", DAY)):
        until = end // step * step
        told = usage(who, bucket=bucket, since=text(until - 1000 * step),
                     until=text(until))
        assert len(told["buckets"]) == 1000
        refused(who.call("GET", "/usage?bucket=%s&since=%s&until=%s" % (
            bucket, text(until - 1001 * step), text(until))), 400,
            "query_invalid")


def test_every_code_in_every_bucket(place):
    """As many reasons as there are, in each of 1000 hours: it fits."""
    who = account_of(place)
    end = int(time.time()) // HOUR * HOUR - 100 * DAY
    place.sql(
        "INSERT INTO hasp.usage_hour (account, key_id, secret_version, hour, "
        "code, count) SELECT %d, '%s', 1, to_timestamp(%d - h * 3600), "
        "'code_' || c, 10000000000 FROM generate_series(1, 1000) h, "
        "generate_series(1, 70) c" % (who.account, who.id, end))
    told = usage(who, since=text(end - 1000 * HOUR), until=text(end))
    assert all(len(b["refusals"]) == 70 and b["refused"] == 7 * 10 ** 11
               for b in told["buckets"])


def test_who_may(place):
    who = account_of(place)
    assert usage(Person(place, who.account))["buckets"]
    refused(place.call("GET", "/usage"), 401, "credential_missing")
    for role in ("read", "write"):
        refused(Machine(place, role=role).call("GET", "/usage"), 403,
                "role_insufficient")
    refused(Person(place, may_administer=False).call("GET", "/usage"), 403,
            "admin_required")
    for method in ("POST", "PATCH", "DELETE"):
        refused(who.call(method, "/usage"), 405, "method_not_allowed")
    answer = who.call("HEAD", "/usage")
    assert (answer.status, answer.body) == (200, b"")
