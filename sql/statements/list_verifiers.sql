-- SPDX-License-Identifier: ISC
-- Verifiers, those that are not dead first. Of the id only the beginning.
-- columns: id host program state lease_left lag hits misses uptime
-- roles: hasp_operator
-- reads
SELECT left(v.id, 8), v.host, v.program,
    CASE WHEN v.dead THEN 'dead' WHEN t.left_ms > 0 THEN 'live'
        ELSE 'silent' END,
    CASE WHEN v.dead THEN 0 ELSE greatest(t.left_ms, 0) END,
    greatest(f.seq - v.acked, 0), v.hits, v.misses,
    greatest(extract(epoch FROM now() - v.started_at)::bigint, 0)
FROM hasp.verifier v, hasp.fence f, LATERAL (SELECT v.lease_ms -
    (1000 * extract(epoch FROM now() - v.renewed_at))::bigint AS left_ms) t
ORDER BY v.dead, v.host, v.program, v.started_at, v.id
