-- SPDX-License-Identifier: ISC
-- Begins the overlap of a key that waits for a first use, if one does, and
-- gives all secrets of the key an end some seconds from now, unless they end
-- sooner.
-- $1 account bigint
-- $2 key text
-- $3 seconds bigint (NULL: none gets an end but by the overlap that waited)
-- columns: next_version working (secrets that work on for a while)
-- roles: hasp_keys hasp_operator
-- writes
WITH ended AS (
    UPDATE hasp.secret s
    SET overlap_seconds = NULL,
        expires_at = least(s.expires_at,
            now() + $3::bigint * interval '1 second',
            now() + interval '1 second' * (SELECT min(w.overlap_seconds)
                FROM hasp.secret w
                WHERE w.account = $1 AND w.key_id = $2
                    AND w.version > s.version))
    WHERE s.account = $1 AND s.key_id = $2
    RETURNING s.version, s.revoked_at IS NULL
        AND coalesce(s.expires_at > now(), true) AS works
)
SELECT coalesce(max(version), 0) + 1, count(*) FILTER (WHERE works)
FROM ended
