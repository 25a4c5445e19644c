# SPDX-License-Identifier: ISC
"""What the program keys tells of the uses of keys: when each secret was last
used and whether it may end, and how many requests there were."""

import datetime
import time

import pytest
import uses
from keys_world import Person, code, make, rotate, use
from manage_world import refused

# A journal that is late.
LATE = "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def admin(managed):
    return Person(managed, managed.make_account())


def moment(text):
    """Seconds since 1970."""
    return datetime.datetime.fromisoformat(
        text.replace("Z", "+00:00")).timestamp()


def test_usage_says_what_is_safe_to_end(managed, admin):
    made = make(admin)
    for _ in range(3):
        rotate(admin, made)
    use(managed, admin.account, made, 4, 720)
    use(managed, admin.account, made, 3, 1)
    use(managed, admin.account, made, 2, 25)
    path = "/keys/%s" % made["id"]
    answer = admin.call("GET", path + "/usage").json
    assert answer["key"] == made["id"]
    shown = admin.call("GET", path).json
    assert [s["safe_to_end"] for s in shown["secrets"]] == [
        s["safe_to_end"] for s in answer["secrets"]]
    for known in shown["uses_known_until"], answer["known_until"]:
        assert abs(moment(known) - time.time()) < 60
    assert [(s["version"], s["safe_to_end"], s["last_used_from"])
            for s in answer["secrets"]] == [
        (4, False, "192.0.2.9"), (3, False, "192.0.2.9"),
        (2, True, "192.0.2.9"), (1, True, None)]
    assert answer["secrets"][3]["silent_seconds"] is None
    assert 3600 <= answer["secrets"][1]["silent_seconds"] < 3700
    # Where uses may still be under way nothing is safe.
    late = "UPDATE hasp.journal SET complete_at = now() - interval '1 hour'"
    managed.sql(uses.KNOWN + "WITH o AS (SELECT hasp.open_journal("
                "'%s', 'tests', 'keys', 0)) SELECT count(*) FROM o; %s "
                "WHERE id = '%s'" % (LATE, late, LATE))
    for shown in (admin.call("GET", path).json,
                  admin.call("GET", path + "/usage").json,
                  *[k for k in admin.call("GET", "/keys?limit=100").json[
                      "keys"] if k["id"] == made["id"]]):
        assert not any(s["safe_to_end"] for s in shown["secrets"])
    refused(admin.call("DELETE", path + "/secrets/2"), 409,
            "secret_use_unknown")
    managed.sql("UPDATE hasp.journal SET closed_at = now() WHERE id = '%s'"
                % LATE)
    assert admin.call("DELETE", path + "/secrets/2").status == 200


def test_requests_are_counted_by_hour_and_by_day(managed, admin):
    made, other = make(admin), make(admin)
    day = time.time() // 86400 * 86400 - 10 * 86400
    managed.sql(uses.ship([uses.Use(
        admin.account, key["id"], at=day + seconds, code=code, flags=flags)
        for key, seconds, code, flags in (
            (made, 0, "ok", 1), (made, 1, "ok", 1), (made, 3599, "ok", 1),
            (made, 3600, "ip_not_allowed", 1), (made, 86399.9, "ok", 1),
            (made, 7000, "rate_limited", 1), (made, 7001, "rate_limited", 1),
            # Asked again for the same request.
            (made, 2, "ok", 5), (made, 7002, "rate_limited", 5),
            (made, -1, "ok", 1), (made, 86400, "key_expired", 1),
            (other, 1, "ok", 1))]))
    path = "/keys/%s/usage" % made["id"]

    def ask(query):
        answer = admin.call("GET", path + "?" + query)
        assert answer.status == 200, answer.json
        assert len(answer.json["buckets"]) <= 1000
        assert answer.json["since"] == answer.json["buckets"][0]["start"]
        return answer.json

    def text(at):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))

    got = ask("since=%s&until=%s" % (text(day), text(day + 86400)))
    assert got["bucket"] == "hour" and got["until"] == text(day + 86400)
    assert [b["start"] for b in got["buckets"]] == [
        text(day + 3600 * n) for n in range(24)]
    assert {n: (b["allowed"], b["refused"], b["refusals"])
            for n, b in enumerate(got["buckets"]) if
            b["allowed"] or b["refused"] or b["refusals"]} == {
        0: (3, 0, {}), 23: (1, 0, {}),
        1: (0, 3, {"ip_not_allowed": 1, "rate_limited": 2})}
    got = ask("bucket=day&since=%s&until=%s" % (
        text(day - 2 * 86400)[:10], text(day + 86401)))
    assert [(b["allowed"], b["refused"], b["refusals"])
            for b in got["buckets"]] == [
        (0, 0, {}), (1, 0, {}),
        (4, 3, {"ip_not_allowed": 1, "rate_limited": 2}),
        (0, 1, {"key_expired": 1})]
    assert len(ask("bucket=day")["buckets"]) == 30
    assert len(ask("")["buckets"]) == 24
    # Another account's, and one whose name is a wildcard to nobody.
    stranger = Person(managed, managed.make_account())
    refused(stranger.call("GET", path), 404, "not_found")


@pytest.mark.parametrize("query", [
    "bucket=week", "bucket=", "since=x", "until=", "since=2031-01-01",
    "since=2001-01-01&until=2031-01-01&bucket=day", "limit=5", "key=x",
    "bucket=day&bucket=day", "since=2026-01-02&until=2026-01-01"])
def test_a_time_that_cannot_be_counted(managed, admin, query):
    made = make(admin)
    refused(admin.call("GET", "/keys/%s/usage?%s" % (made["id"], query)),
            400, "query_invalid")


def test_a_thousand_buckets_with_every_reason(managed, admin):
    """More than any key meets; it fits into one answer."""
    made = make(admin)
    codes = ["reason_%d" % n for n in range(30)]
    managed.sql("INSERT INTO hasp.usage_hour (account, key_id, "
                "secret_version, hour, code, count) SELECT %d, '%s', 1, "
                "'2025-01-01Z'::timestamptz + h * interval '1 hour', c, 7 "
                "FROM generate_series(0, 999) h, unnest('{%s}'::text[]) c" % (
                    admin.account, made["id"], ",".join(codes)))
    answer = admin.call("GET", "/keys/%s/usage?since=2025-01-01&until="
                        "2025-02-11T16:00:00Z" % made["id"])
    assert answer.status == 200, answer.json
    assert len(answer.json["buckets"]) == 1000
    assert all(b["refusals"] == dict.fromkeys(codes, 7) and
               b["refused"] == 210 for b in answer.json["buckets"])


def test_a_real_use_is_seen(managed, admin):
    made = make(admin)
    assert code(managed, made["secret"]) == "ok"
    path = "/keys/%s/usage" % made["id"]
    assert managed.cluster.wait_for(lambda: admin.call(
        "GET", path).json["secrets"][0]["last_used_from"] == "192.0.2.7")


@pytest.mark.parametrize("role, rows, hint", [
    ("write", [("GET", 91), ("HEAD", 1)], "read"),
    ("admin", [("GET", 91), ("GET", 1), ("OPTIONS", 2)], "read"),
    # It wrote, but long ago; or with another of its secrets.
    ("write", [("POST", 92), ("GET", 91), ("GET", 1)], "read"),
    ("write", [("GET", 91), ("POST", 89), ("GET", 1)], None),
    ("write", [("GET", 91), ("GET", 1), ("DELETE", 3, 2)], None),
    ("write", [("GET", 91), ("other", 1)], None),
    # Nothing to say: too new, silent, never used, or it may only read.
    ("write", [("GET", 89), ("GET", 1)], None),
    ("write", [("GET", 120), ("GET", 91)], None), ("write", [], None),
    ("read", [("GET", 91), ("GET", 1)], None)])
def test_a_key_that_only_reads(managed, admin, role, rows, hint):
    made = make(admin, role=role)
    rotate(admin, made)
    for method, days, *version in rows:
        use(managed, admin.account, made, *(version or [1]), days * 24,
            method=method)
    managed.sql(uses.KNOWN)
    path = "/keys/%s/usage" % made["id"]
    assert admin.call("GET", path).json["role_hint"] == hint
    # Where uses may be under way nobody can say.
    managed.sql("UPDATE hasp.journal SET complete_at = now() - interval "
                "'1 hour'")
    assert admin.call("GET", path).json["role_hint"] is None
    managed.sql(uses.KNOWN)
