-- SPDX-License-Identifier: ISC
-- Why was I refused? Requests whose credential belongs to nobody are found by
-- who knows their whole random id, and by nobody else. Runs as hasp_owner
-- inside a transaction of the migrator.

CREATE FUNCTION hasp.look_up_stranger(wanted uuid, OUT at timestamptz,
    OUT journal integer, OUT pos bigint, OUT claimed bigint, OUT code text,
    OUT status smallint, OUT method text, OUT site text,
    OUT repeated boolean, OUT address inet) RETURNS SETOF record
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    -- What stands for an id that was hashed could be tried out.
    SELECT u.at, u.journal, u.pos, u.claimed, u.code, u.status, u.method,
        u.site, u.repeated, u.address
    FROM hasp.usage_event u
    WHERE u.request = wanted AND u.account = 0 AND NOT u.request_hashed
    ORDER BY u.at DESC, u.journal DESC, u.pos DESC
    LIMIT 20 $$;
COMMENT ON FUNCTION hasp.look_up_stranger IS
    'The newest checks of the request with that whole id in which no key was '
    'identified; nothing of what was sent';

GRANT EXECUTE ON FUNCTION hasp.look_up_stranger TO hasp_audit;
