# SPDX-License-Identifier: ISC
"""audit_log: a log with events and uses of several accounts and journals,
written as the functions of the database write it, and what an attacker makes
of its export."""

import base64
import hashlib

ZERO = bytes(32)

EVENT = """SELECT hasp.chain_event({account}, '{actor}', '{event}',
    NULL, NULL, {member}, {address}, 'request-{n}',
    '{{"n": "{n}\\\\t"}}')"""

# A batch as hasp.ship_batch keeps it, whatever its parameters are.
BATCH = """
INSERT INTO hasp.journal (id, host, program, shipped)
SELECT gen_random_uuid(), 'host', 'auth-check', {first}
WHERE NOT EXISTS (SELECT FROM hasp.journal WHERE number = {journal});
SELECT hasp.make_usage_day('{day}'::timestamp AT TIME ZONE 'UTC');
INSERT INTO hasp.usage_event (at, account, journal, pos, key_id,
    secret_version, app, credential, claimed, code, status, method, site,
    request, request_hashed, repeated, address)
SELECT '{day} 12:00:00Z'::timestamptz + p * interval '1 ms',
    CASE WHEN p % 7 = 0 THEN 0 ELSE 5 + p % 3 END, {journal}, p,
    CASE WHEN p % 7 <> 0 THEN 'key_aaaaaaaaaaaaaaaa' END,
    CASE WHEN p % 7 <> 0 THEN 1 END, NULL,
    CASE WHEN p % 7 = 0 THEN gen_random_uuid() END,
    CASE WHEN p % 7 = 0 THEN 12 END,
    CASE WHEN p % 7 = 0 THEN 'key_unknown' ELSE 'ok' END,
    CASE WHEN p % 7 = 0 THEN 401 ELSE 204 END, 'GET', 'api.example',
    gen_random_uuid(), false, false,
    CASE WHEN p % 11 > 0 THEN ('192.0.2.' || p % 200)::inet END
FROM generate_series({first}, {next} - 1) p WHERE p % 13 <> 0;
WITH s AS (SELECT uuid_send(gen_random_uuid()) AS salt), b AS (
    SELECT {journal} AS journal, {first}::bigint AS first,
        {next}::bigint AS next, count(*) AS events, '{day}'::date AS day,
        now() AS at, s.salt, sha256(convert_to(coalesce(string_agg(
            hasp.usage_line(u, s.salt) || E'\\n', '' ORDER BY u.pos), ''),
            'UTF8')) AS rows_hash
    FROM s LEFT JOIN hasp.usage_event u ON u.journal = {journal}
        AND u.pos >= {first} AND u.pos < {next} GROUP BY s.salt
), k AS (
    INSERT INTO hasp.journal_batch SELECT b.journal, b.first, b.next,
        b.events, b.day, b.at, b.salt, b.rows_hash,
        sha256(convert_to(E'hasp-usage-1\\n', 'UTF8') || j.hash ||
            convert_to(hasp.batch_line(ROW(b.journal, b.first, b.next,
            b.events, b.day, b.at, b.salt, b.rows_hash, j.hash
            )::hasp.journal_batch), 'UTF8'))
    FROM b JOIN hasp.journal j ON j.number = b.journal RETURNING *
)
UPDATE hasp.journal j SET shipped = k.next, hash = k.hash FROM k
WHERE j.number = k.journal;
"""


def events(accounts, count, start=0):
    """SQL that logs COUNT events, turn by turn."""
    return "".join(EVENT.format(
        account=accounts[n % len(accounts)], n=n, event="key_created",
        actor="member:%d" % (n % 3 + 1), member=n % 4 + 1,
        address="'2001:db8::%x'" % n if n % 5 else "NULL") + ";\n"
        for n in range(start, start + count))


def batch(journal, first, count, day="2026-11-20"):
    """SQL that takes COUNT positions of a journal in."""
    return BATCH.format(journal=journal, first=first, next=first + count,
                        day=day)


# -- an export, taken apart --------------------------------------------------

def relink(lines, first):
    """LINES with all hashes of events from index FIRST on computed anew, as
    who can write the database can: heads in seals as well. No signature."""
    last, zero = {}, {}
    out = list(lines)
    for i, line in enumerate(lines):
        fields = line.split("\t")
        if fields[0] == "e":
            chain = fields[1]
            if i >= first:
                out[i] = _relink_event(fields, last.get(chain, ZERO), zero)
            last[chain] = bytes.fromhex(out[i].split("\t")[12])
            zero[("account", chain, fields[2])] = last[chain].hex()
        elif fields[0] == "h" and fields[1] == "account":
            key = ("account", fields[2], fields[3])
            out[i] = "\t".join(fields[:4] + [zero.get(key, fields[4])])
    return out


def _relink_event(fields, before, heads):
    if fields[5] == "chain_sealed":
        fields = list(fields)
        fields[11] = _reseal(fields[11], heads)
    text = "\t".join(fields[:12])
    digest = hashlib.sha256(b"hasp-audit-1\n" + before + text.encode())
    return "\t".join([text, digest.hexdigest()] + fields[13:])


def _reseal(detail, heads):
    start = detail.index(':"') + 2
    end = detail.index('"', start)
    words = []
    for word in detail[start:end].split(" "):
        parts = word.split(":")
        if len(parts) == 6:
            parts[5] = heads.get(("account", parts[0], parts[3]), parts[5])
        words.append(":".join(parts))
    return detail[:start] + " ".join(words) + detail[end:]


def note_parts(note):
    """Origin, number and hash of a checkpoint's note."""
    origin, seq, digest = note.split("\n")[:3]
    return origin, int(seq), base64.b64decode(digest)
