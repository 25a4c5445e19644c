# SPDX-License-Identifier: ISC
"""audit_model: what GET /audit-events has to answer, from the tables
themselves, and whoever asks for it."""

import csv
import datetime
import io
import ipaddress
import json

EVENTS = """
SELECT coalesce(json_agg(json_build_object('kind', 'event',
    'us', hasp.unix_us(e.at), 'number', e.seq, 'pos', 0, 'actor', e.actor,
    'event', e.event, 'key', e.key_id, 'secret_version', e.secret_version,
    'member', e.member, 'request_id', e.request_id,
    'address', host(p.address), 'detail', e.detail, 'seq', e.seq,
    'hash', encode(e.hash, 'hex'))), '[]')
FROM hasp.audit_event e
LEFT JOIN hasp.audit_person p ON p.account = e.account AND p.at = e.at
    AND p.seq = e.seq
WHERE e.account = %d
"""

USES = """
SELECT coalesce(json_agg(json_build_object('kind', 'use',
    'us', hasp.unix_us(u.at), 'number', u.journal, 'pos', u.pos,
    'key', u.key_id, 'secret_version', u.secret_version, 'app', u.app,
    'code', u.code, 'status', u.status, 'method', u.method,
    'site', nullif(u.site, ''), 'repeated', u.repeated,
    'request', replace(u.request::text, '-', ''),
    'hashed', u.request_hashed, 'address', host(u.address))), '[]')
FROM hasp.usage_event u WHERE u.account = %d
"""

PRIVATE = ("us", "number", "pos", "request", "hashed")


def rows(world, account):
    """All there is, in order."""
    found = json.loads(world.sql(EVENTS % account)) + json.loads(
        world.sql(USES % account))
    for row in found:
        stamp = datetime.datetime.fromtimestamp(
            row["us"] // 1000000, datetime.timezone.utc)
        row["at"] = stamp.strftime("%Y-%m-%dT%H:%M:%S") + ".%06dZ" % (
            row["us"] % 1000000)
        if row["kind"] == "use":
            row["id"] = "use_%d_%d_%d" % (row["us"], row["number"],
                                          row["pos"])
            row["decision"] = "allowed" if row["code"] == "ok" else "refused"
            row["request_id"] = None if row["hashed"] else row["request"]
        else:
            row["id"] = "ev_%d_%d" % (row["us"], row["number"])
    return sorted(found, key=lambda row: (
        -row["us"], row["kind"], -row["number"], -row["pos"]))


def shown(row):
    """As callers see it."""
    return {name: value for name, value in row.items()
            if name not in PRIVATE}


def is_request(row, wanted, digest):
    if row["kind"] == "event":
        return row["request_id"] == wanted
    if row["hashed"]:
        return row["request"] == digest(wanted)[:32]
    return row["request"] == wanted


def is_about(row, app):
    if row["kind"] == "use":
        return row["app"] == app
    return row["detail"].get("app") == app and row["event"] not in (
        "audit_read", "audit_exported")


def fits(row, digest, kind=None, actor=None, key=None, app=None, event=None,
         decision=None, address=None, request_id=None, since=None,
         until=None):
    """Whether ROW passes these filters."""
    use = row["kind"] == "use"
    doers = ("key:%s" % row["key"], "app:%s" % row["app"]) if use else (
        row["actor"],)
    return all((
        kind in (None, row["kind"]),
        actor is None or actor in doers,
        key in (None, row["key"]),
        app is None or is_about(row, app.lower()),
        event is None or (not use and row["event"] == event),
        decision is None or (use and decision in (
            row["code"], row["decision"])),
        address is None or (row["address"] is not None and
                            ipaddress.ip_address(row["address"]) in
                            ipaddress.ip_network(address)),
        request_id is None or is_request(row, request_id, digest),
        since is None or row["us"] >= moment(since),
        until is None or row["us"] < moment(until)))


def moment(text):
    parsed = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=datetime.timezone.utc)
    return int(parsed.timestamp()) * 1000000


def query(**filters):
    return "&".join("%s=%s" % (name, value.replace("+", "%2B"))
                    for name, value in filters.items() if value is not None)


def pages(who, limit=500, cursor=None, **filters):
    """Each page's events, following the cursors to the end."""
    while True:
        path = "/audit-events?limit=%d&%s" % (limit, query(**filters))
        if cursor:
            path += "&cursor=" + cursor
        answer = who.call("GET", path)
        assert answer.status == 200, (path, answer.json)
        body = answer.json
        assert len(body["events"]) <= limit
        yield body["events"]
        cursor = body["next_cursor"]
        assert body["has_more"] is (cursor is not None)
        if cursor is None:
            return


def everything(who, **more):
    return [event for page in pages(who, **more) for event in page]


def exported(who, **filters):
    answer = who.call("GET", "/audit-events?format=jsonl&" + query(**filters))
    assert answer.status == 200, (filters, answer.json)
    lines = answer.body.decode().split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def cells(text):
    """Lines of an exported CSV as dictionaries."""
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))
