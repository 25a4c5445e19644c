-- SPDX-License-Identifier: ISC
-- What a use costs: each entry of an index is paid for at every check, so one
-- key's uses have an entry for each run of them, not for each of them. Runs as
-- hasp_owner inside a transaction of the migrator.

ALTER TABLE hasp.usage_event
    ADD COLUMN run_began timestamptz DEFAULT 'infinity';
COMMENT ON COLUMN hasp.usage_event.run_began IS
    'Of the last of those that came in one batch and have key, code and so on '
    'in common, all of one hour: when the first of them was; else NULL. '
    'infinity: it stands for itself alone';
DROP INDEX hasp.usage_event_key;
CREATE INDEX usage_event_run ON hasp.usage_event (key_id, at)
    WHERE key_id IS NOT NULL AND run_began IS NOT NULL;

CREATE FUNCTION hasp.key_uses(whose bigint, key text, since timestamptz,
    place_at timestamptz, place_journal integer, place_pos bigint,
    most integer) RETURNS SETOF hasp.usage_event
    LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    run record;
    done timestamptz := 'infinity';
    taken bigint;
BEGIN
    -- Runs overlap, in one batch and of several journals: what lies in one is
    -- taken whole, whatever run it is of, and DONE is how far that went. A run
    -- that ends after the place may begin before it, within its hour.
    FOR run IN SELECT u.at AS ends, least(u.run_began, u.at) AS begins
        FROM hasp.usage_event u
        WHERE u.account = whose AND u.key_id = key
            AND u.run_began IS NOT NULL AND u.at >= since
            AND u.at < date_trunc('hour', place_at, 'UTC') + interval '1 hour'
        ORDER BY u.at DESC LOOP
        CONTINUE WHEN run.begins >= done OR run.begins > place_at;
        RETURN QUERY SELECT * FROM hasp.usage_event u
        WHERE u.account = whose AND u.key_id = key
            AND u.at >= greatest(run.begins, since) AND u.at < done
            AND u.at <= least(run.ends, place_at)
            AND (u.at, u.journal, u.pos) < (place_at, place_journal, place_pos)
        ORDER BY u.at DESC, u.journal DESC, u.pos DESC
        LIMIT most;
        GET DIAGNOSTICS taken = ROW_COUNT;
        most := most - taken;
        EXIT WHEN most <= 0;
        done := run.begins;
    END LOOP;
END $$;
COMMENT ON FUNCTION hasp.key_uses IS
    'The newest MOST uses of a key of that account since that time, of those '
    'before a place in the order of time, journal and position';

CREATE OR REPLACE FUNCTION hasp.ship_batch(own integer, old bigint, new bigint,
    the_day date, the_salt bytea, the_rows_hash bytea, lost bigint,
    complete bigint, account bigint[], key_id text[], version integer[],
    extra uuid[], code text[], status smallint[], method text[], site text[],
    flags smallint[], count integer[], first timestamptz[],
    last timestamptz[], last_address inet[], pos integer[], at timestamptz[],
    kind integer[], request uuid[], address inet[]) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    b hasp.journal_batch;
    j hasp.journal;
    taken bigint;
BEGIN
    -- One row or stop: the same batch never comes in twice.
    UPDATE hasp.journal o SET shipped = new, closed_at = NULL,
        lost = o.lost + ship_batch.lost,
        complete_at = greatest(o.complete_at,
            to_timestamp(complete::float8 / 1e6))
    WHERE o.number = own AND o.shipped = old RETURNING o.* INTO j;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    b.journal := own;
    b.first := old;
    b.next := new;
    b.events := cardinality(pos);
    b.day := the_day;
    b.at := now();
    b.salt := the_salt;
    b.rows_hash := the_rows_hash;
    b.hash := sha256(convert_to(E'hasp-usage-1\n', 'UTF8') || j.hash ||
        convert_to(hasp.batch_line(b), 'UTF8'));
    INSERT INTO hasp.journal_batch VALUES (b.*);
    UPDATE hasp.journal o SET hash = b.hash WHERE o.number = own;
    PERFORM hasp.make_usage_day(the_day::timestamp AT TIME ZONE 'UTC');
    -- Elements of arrays that are taken apart, which is cheaper than a join,
    -- and keeps the order in which the shipper sends them.
    INSERT INTO hasp.usage_event (at, account, journal, pos, key_id,
        secret_version, app, credential, claimed, code, status, method,
        site, request, request_hashed, repeated, address, run_began)
    SELECT n.at,
        CASE WHEN flags[n.kind] & 1 <> 0 THEN account[n.kind] ELSE 0 END,
        own, old + n.pos, key_id[n.kind], version[n.kind],
        CASE WHEN flags[n.kind] & 1 <> 0 THEN extra[n.kind] END,
        CASE WHEN flags[n.kind] & 1 = 0 THEN extra[n.kind] END,
        CASE WHEN flags[n.kind] & 1 = 0
            THEN nullif(account[n.kind], 0) END,
        code[n.kind], status[n.kind], method[n.kind], site[n.kind],
        n.request, flags[n.kind] & 2 <> 0, flags[n.kind] & 4 <> 0, n.address,
        CASE WHEN n.at = last[n.kind] THEN first[n.kind] END
    FROM (SELECT unnest(pos) AS pos, unnest(at) AS at, unnest(kind) AS kind,
        unnest(request) AS request, unnest(address) AS address) n
    WHERE n.pos < new - old;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken <> cardinality(pos) OR taken <>
        (SELECT coalesce(sum(c), 0) FROM unnest(count) c) THEN
        RAISE EXCEPTION 'a batch that contradicts itself'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH e AS (
        SELECT * FROM unnest(account, key_id, version, extra, code, method,
            flags, count, first, last, last_address) AS e (account, key_id,
            version, app, code, method, flags, count, first, last, address)
    ), h AS (
        INSERT INTO hasp.usage_hour AS o (account, key_id, secret_version,
            hour, code, app, count)
        SELECT CASE WHEN e.flags & 1 <> 0 THEN e.account ELSE 0 END,
            coalesce(e.key_id, ''), coalesce(e.version, 0),
            date_trunc('hour', e.first, 'UTC'), e.code,
            min(e.app::text) FILTER (WHERE e.flags & 1 <> 0)::uuid,
            sum(e.count)
        FROM e WHERE e.flags & 4 = 0 GROUP BY 1, 2, 3, 4, 5
        ORDER BY 1, 2, 4, 3, 5
        ON CONFLICT (account, key_id, hour, secret_version, code)
        DO UPDATE SET count = o.count + excluded.count
    ), d AS (
        INSERT INTO hasp.usage_day AS o (key_id, day, account, allowed,
            refused)
        SELECT e.key_id, the_day, min(e.account),
            coalesce(sum(e.count) FILTER (WHERE e.code = 'ok'), 0),
            coalesce(sum(e.count) FILTER (WHERE e.code <> 'ok'), 0)
        FROM e WHERE e.flags & 4 = 0 AND e.key_id IS NOT NULL GROUP BY 1
        ORDER BY 1
        ON CONFLICT (key_id, day)
        DO UPDATE SET allowed = o.allowed + excluded.allowed,
            refused = o.refused + excluded.refused
    )
    INSERT INTO hasp.secret_use AS u (key_id, version, account,
        first_used_at, last_used_at, last_used_from, last_wrote_at)
    SELECT e.key_id, e.version, min(e.account), min(e.first), max(e.last),
        (array_agg(e.address ORDER BY e.last DESC))[1],
        max(e.last) FILTER (WHERE e.method NOT IN ('GET', 'HEAD', 'OPTIONS'))
    FROM e WHERE e.code = 'ok' AND e.key_id IS NOT NULL GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (key_id, version) DO UPDATE SET
        first_used_at = least(u.first_used_at, excluded.first_used_at),
        last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        last_used_from = CASE WHEN excluded.last_used_at >= u.last_used_at
            THEN excluded.last_used_from ELSE u.last_used_from END,
        last_wrote_at = greatest(u.last_wrote_at, excluded.last_wrote_at);
    IF EXISTS (SELECT FROM unnest(extra, flags) AS e (app, bits)
            WHERE e.app IS NOT NULL AND e.bits & 1 <> 0) THEN
        INSERT INTO hasp.app_use AS u (account, app, last_used_at,
            last_used_from)
        SELECT e.account, e.app, max(e.last),
            (array_agg(e.address ORDER BY e.last DESC))[1]
        FROM unnest(account, extra, code, flags, last, last_address)
            AS e (account, app, code, flags, last, address)
        WHERE e.code = 'ok' AND e.flags & 1 <> 0 AND e.app IS NOT NULL
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (account, app) DO UPDATE SET
            last_used_at = greatest(u.last_used_at, excluded.last_used_at),
            last_used_from = CASE WHEN excluded.last_used_at >= u.last_used_at
                THEN excluded.last_used_from ELSE u.last_used_from END;
    END IF;
    IF ship_batch.lost > 0 THEN
        PERFORM hasp.chain_event(0, 'system', 'usage_lost', NULL, NULL, NULL,
            NULL, NULL, json_build_object('journal', own, 'first', old,
            'next', new, 'lost', ship_batch.lost));
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION hasp.ship_batch IS
    'Takes what a journal has from OLD up to NEW, all of one day (UTC). '
    'First what its events have in common, a kind an element: ACCOUNT of the '
    'key, else the one named; EXTRA the app of an identified key, else the '
    'credential; FLAGS: 1 identified, 2 request hashed, 4 repeated; how many '
    'events of that kind there are, all of one hour, when the first and the '
    'last were, and the last one''s address. Then the events, an element '
    'each: the position, counted from OLD; the number of the kind, from 1. '
    'They cost least in the order of accounts, and of time in each. '
    'COMPLETE is microseconds since 1970. False, and nothing taken, if it is '
    'not OLD that comes next';

GRANT EXECUTE ON FUNCTION hasp.key_uses TO hasp_audit, hasp_operator;

-- Where an app was last used from is erased, too.
CREATE OR REPLACE FUNCTION hasp.erase_personal_data(whose bigint, who bigint,
    origin text, before timestamptz, OUT events bigint, OUT uses bigint,
    OUT seq bigint) RETURNS record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    before := least(before, now());
    DELETE FROM hasp.audit_person p USING hasp.audit_event e
    WHERE p.account = whose AND p.at < before AND e.account = p.account
        AND e.at = p.at AND e.seq = p.seq
        AND (who = 0 OR e.member = who OR e.actor = 'member:' || who)
        AND (origin = '' OR p.address = origin::inet);
    GET DIAGNOSTICS events = ROW_COUNT;
    uses := 0;
    IF who = 0 THEN
        WITH hit AS (
            SELECT DISTINCT b.journal, b.first, b.next, b.salt,
                b.day::timestamp AT TIME ZONE 'UTC' AS begins
            FROM hasp.usage_event u JOIN hasp.journal_batch b
                ON b.journal = u.journal AND b.first <= u.pos
                AND b.next > u.pos
            WHERE u.account = whose AND u.at < before
                AND u.address IS NOT NULL
                AND (origin = '' OR u.address = origin::inet)
        ), changed AS (
            UPDATE hasp.usage_event u SET
                address_hash = coalesce(u.address_hash,
                    hasp.address_hash(h.salt, u.address)),
                address = CASE WHEN u.account = whose AND u.at < before
                    AND (origin = '' OR u.address = origin::inet) THEN NULL
                    ELSE u.address END
            FROM hit h
            WHERE u.journal = h.journal AND u.pos >= h.first
                AND u.pos < h.next AND u.at >= h.begins
                AND u.at < h.begins + interval '24 hours'
                AND u.address IS NOT NULL
            RETURNING u.address IS NULL AS erased
        ), unsalted AS (
            -- With it each address could be guessed.
            UPDATE hasp.journal_batch b SET salt = NULL FROM hit h
            WHERE b.journal = h.journal AND b.first = h.first
        )
        SELECT count(*) FILTER (WHERE c.erased) INTO uses FROM changed c;
        UPDATE hasp.secret_use s SET last_used_from = NULL
        WHERE s.account = whose AND s.last_used_at < before
            AND s.last_used_from IS NOT NULL
            AND (origin = '' OR s.last_used_from = origin::inet);
        UPDATE hasp.app_use s SET last_used_from = NULL
        WHERE s.account = whose AND s.last_used_at < before
            AND s.last_used_from IS NOT NULL
            AND (origin = '' OR s.last_used_from = origin::inet);
    END IF;
    seq := hasp.chain_event(whose, 'operator', 'personal_data_erased', NULL,
        NULL, nullif(who, 0), NULL, NULL, format('{"of":"%s","before":"%s",'
            '"events":%s,"uses":%s}', CASE WHEN who > 0 THEN 'member'
            WHEN origin <> '' THEN 'address' ELSE 'account' END,
            to_char(before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            events, uses)::json);
END $$;
