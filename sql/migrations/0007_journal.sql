-- SPDX-License-Identifier: ISC
-- The uses of keys that programs' journals bring, chained for each journal,
-- and what is counted of them. Runs as hasp_owner inside a transaction of the
-- migrator.

CREATE FUNCTION hasp.make_usage_day(at timestamptz) RETURNS void
    LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT hasp.make_partition('usage_event',
        to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD'),
        date_trunc('day', at, 'UTC'),
        date_trunc('day', at, 'UTC') + interval '24 hours') $$;
COMMENT ON FUNCTION hasp.make_usage_day IS
    'Makes the partition for uses of that day (UTC)';

CREATE TABLE hasp.journal (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL CONSTRAINT journal_id UNIQUE,
    host hasp.label NOT NULL,
    program hasp.code NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    shipped bigint NOT NULL CONSTRAINT journal_shipped CHECK (shipped >= 0),
    hash bytea NOT NULL DEFAULT
        '\x0000000000000000000000000000000000000000000000000000000000000000'
        CONSTRAINT journal_hash CHECK (octet_length(hash) = 32),
    complete_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    lost bigint NOT NULL DEFAULT 0 CONSTRAINT journal_lost CHECK (lost >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE hasp.journal IS
    'The journals of programs'' runs, and how far each has been shipped';
COMMENT ON COLUMN hasp.journal.number IS 'Stands for it in its events';
COMMENT ON COLUMN hasp.journal.id IS 'Random, made by the program''s run';
COMMENT ON COLUMN hasp.journal.host IS 'Where it was written';
COMMENT ON COLUMN hasp.journal.program IS 'By which program';
COMMENT ON COLUMN hasp.journal.opened_at IS 'When it was first heard of';
COMMENT ON COLUMN hasp.journal.shipped IS
    'The position of the first record that is not here yet';
COMMENT ON COLUMN hasp.journal.hash IS
    'Of the last batch; 32 zero bytes before the first';
COMMENT ON COLUMN hasp.journal.complete_at IS
    'All its uses before this moment are here';
COMMENT ON COLUMN hasp.journal.closed_at IS
    'When its last record was shipped and its program had ended';
COMMENT ON COLUMN hasp.journal.lost IS
    'Uses that were counted and could not be kept; events say when';

CREATE TABLE hasp.journal_batch (
    journal integer NOT NULL REFERENCES hasp.journal,
    first bigint NOT NULL,
    next bigint NOT NULL,
    events bigint NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    salt bytea CONSTRAINT journal_batch_salt CHECK (octet_length(salt) = 16),
    rows_hash bytea NOT NULL
        CONSTRAINT journal_batch_rows CHECK (octet_length(rows_hash) = 32),
    hash bytea NOT NULL
        CONSTRAINT journal_batch_hash CHECK (octet_length(hash) = 32),
    PRIMARY KEY (journal, first),
    CONSTRAINT journal_batch_range CHECK (first < next)
);
COMMENT ON TABLE hasp.journal_batch IS
    'What came in one transaction; each is chained to the one before it of '
    'its journal';
COMMENT ON COLUMN hasp.journal_batch.journal IS 'Of which journal';
COMMENT ON COLUMN hasp.journal_batch.first IS 'The position it begins with';
COMMENT ON COLUMN hasp.journal_batch.next IS 'The one after its last';
COMMENT ON COLUMN hasp.journal_batch.events IS
    'Events in it; positions of requests that were never answered have none';
COMMENT ON COLUMN hasp.journal_batch.day IS 'The day (UTC) of all its events';
COMMENT ON COLUMN hasp.journal_batch.at IS 'When it came';
COMMENT ON COLUMN hasp.journal_batch.salt IS
    'Of its addresses, as hasp.address_hash says; NULL once one was erased';
COMMENT ON COLUMN hasp.journal_batch.rows_hash IS
    'SHA-256 of its events, hasp.usage_line and LF each, by position';
COMMENT ON COLUMN hasp.journal_batch.hash IS
    'SHA-256 of "hasp-usage-1", LF, the hash before it, hasp.batch_line';

CREATE TABLE hasp.usage_event (
    at timestamptz NOT NULL,
    account bigint NOT NULL,
    journal integer NOT NULL,
    pos bigint NOT NULL,
    key_id text COLLATE "C",
    secret_version integer,
    app uuid,
    credential uuid,
    claimed bigint,
    code text COLLATE "C" NOT NULL,
    status smallint NOT NULL,
    method text COLLATE "C" NOT NULL,
    site text COLLATE "C" NOT NULL,
    request uuid,
    request_hashed boolean NOT NULL,
    repeated boolean NOT NULL,
    address inet,
    address_hash bytea
) PARTITION BY RANGE (at);
COMMENT ON TABLE hasp.usage_event IS
    'One row for each check, let in or refused; (journal, pos) is unique '
    'since no position is shipped twice';
COMMENT ON COLUMN hasp.usage_event.at IS 'When';
COMMENT ON COLUMN hasp.usage_event.account IS
    'The key''s account; 0: no key was identified';
COMMENT ON COLUMN hasp.usage_event.journal IS 'The journal it came in';
COMMENT ON COLUMN hasp.usage_event.pos IS 'Its position there';
COMMENT ON COLUMN hasp.usage_event.key_id IS
    'The key; NULL: none was identified';
COMMENT ON COLUMN hasp.usage_event.secret_version IS 'Which of its secrets';
COMMENT ON COLUMN hasp.usage_event.app IS 'The app that the key belongs to';
COMMENT ON COLUMN hasp.usage_event.credential IS
    'For a well-formed key that does not exist: 16 bytes of an HMAC of it '
    'under a key of the host';
COMMENT ON COLUMN hasp.usage_event.claimed IS
    'The account that the request named, where no key was identified';
COMMENT ON COLUMN hasp.usage_event.code IS
    'ok, or the code of the refusal (docs/errors.md)';
COMMENT ON COLUMN hasp.usage_event.status IS 'The HTTP status of that code';
COMMENT ON COLUMN hasp.usage_event.method IS
    'The request''s method; other: one that no web server knows';
COMMENT ON COLUMN hasp.usage_event.site IS
    'The site''s name, its last 24 bytes';
COMMENT ON COLUMN hasp.usage_event.request IS
    'The request''s id, as it was if that is 32 hexadecimal digits';
COMMENT ON COLUMN hasp.usage_event.request_hashed IS
    'Else 16 bytes of a hash of it';
COMMENT ON COLUMN hasp.usage_event.repeated IS
    'The web server asked again for the same request; not counted';
COMMENT ON COLUMN hasp.usage_event.address IS
    'The client''s; NULL: not known, or erased';
COMMENT ON COLUMN hasp.usage_event.address_hash IS
    'What stands for it in the chain, once it was erased';
-- Each column here costs at every check: what has the same time is sorted by
-- whoever reads it, and a hash is half of a tree of random ids.
CREATE INDEX usage_event_at ON hasp.usage_event (account, at);
CREATE INDEX usage_event_key ON hasp.usage_event (key_id, at)
    WHERE key_id IS NOT NULL;
CREATE INDEX usage_event_request ON hasp.usage_event USING hash (request)
    WHERE request IS NOT NULL;
CREATE INDEX usage_event_place ON hasp.usage_event
    USING brin (journal, pos) WITH (pages_per_range = 32);

CREATE FUNCTION hasp.usage_line(u hasp.usage_event, salt bytea)
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\t', 'u', (u).journal, (u).pos, hasp.unix_us((u).at),
        (u).account, hasp.audit_field((u).key_id),
        hasp.audit_field((u).secret_version::text),
        hasp.audit_field(replace((u).app::text, '-', '')),
        hasp.audit_field(replace((u).credential::text, '-', '')),
        hasp.audit_field((u).claimed::text), (u).code, (u).status,
        hasp.audit_field((u).method), hasp.audit_field((u).site),
        hasp.audit_field(replace((u).request::text, '-', '')),
        (u).request_hashed::integer, (u).repeated::integer,
        hasp.audit_field(encode(coalesce((u).address_hash,
            hasp.address_hash(salt, (u).address)), 'hex'))) $$;
COMMENT ON FUNCTION hasp.usage_line IS
    'A use as it is hashed and exported, with the salt of its batch; fields '
    'as in hasp.audit_line';

CREATE FUNCTION hasp.batch_line(b hasp.journal_batch) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\t', 'b', (b).journal, (b).first, (b).next,
        (b).events, to_char((b).day, 'YYYY-MM-DD'),
        encode((b).rows_hash, 'hex')) $$;
COMMENT ON FUNCTION hasp.batch_line IS
    'A batch as it is hashed and exported; fields as in hasp.audit_line';

-- A key that only reads needs no role that may write.
ALTER TABLE hasp.secret_use ADD COLUMN last_wrote_at timestamptz;
COMMENT ON COLUMN hasp.secret_use.last_wrote_at IS
    'When it was last let in with another method than GET, HEAD and OPTIONS; '
    'before there were journals: when it was last used';
UPDATE hasp.secret_use SET last_wrote_at = last_used_at;

-- Counts, from the batches.
CREATE TABLE hasp.usage_hour (
    account bigint NOT NULL,
    key_id text COLLATE "C" NOT NULL,
    secret_version integer NOT NULL,
    hour timestamptz NOT NULL,
    code text COLLATE "C" NOT NULL,
    app uuid,
    count bigint NOT NULL,
    PRIMARY KEY (account, key_id, hour, secret_version, code)
) WITH (fillfactor = 80);
COMMENT ON TABLE hasp.usage_hour IS
    'Requests by hour, secret and what became of them; repetitions left out';
COMMENT ON COLUMN hasp.usage_hour.account IS 'As in hasp.usage_event';
COMMENT ON COLUMN hasp.usage_hour.key_id IS 'The key; empty: none';
COMMENT ON COLUMN hasp.usage_hour.secret_version IS 'Its secret; 0: none';
COMMENT ON COLUMN hasp.usage_hour.hour IS 'When the hour began';
COMMENT ON COLUMN hasp.usage_hour.code IS 'As in hasp.usage_event';
COMMENT ON COLUMN hasp.usage_hour.app IS 'As in hasp.usage_event';
COMMENT ON COLUMN hasp.usage_hour.count IS 'How many';

CREATE TABLE hasp.usage_day (
    key_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    account bigint NOT NULL,
    allowed bigint NOT NULL,
    refused bigint NOT NULL,
    PRIMARY KEY (key_id, day)
) WITH (fillfactor = 80);
COMMENT ON TABLE hasp.usage_day IS
    'Requests of a key by day (UTC), for quotas; repetitions left out';
COMMENT ON COLUMN hasp.usage_day.key_id IS 'The key';
COMMENT ON COLUMN hasp.usage_day.day IS 'The day';
COMMENT ON COLUMN hasp.usage_day.account IS 'The key''s account';
COMMENT ON COLUMN hasp.usage_day.allowed IS 'How many were let in';
COMMENT ON COLUMN hasp.usage_day.refused IS 'How many were refused';

CREATE FUNCTION hasp.usage_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- An address may go; what stands for it in the chain stays.
    IF TG_OP = 'UPDATE' AND OLD.address IS NOT NULL AND NEW.address IS NULL
        AND NEW.address_hash IS NOT NULL AND OLD.address_hash IS NULL
        AND to_jsonb(NEW) - 'address' - 'address_hash' =
            to_jsonb(OLD) - 'address' - 'address_hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was logged stays as it is'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
COMMENT ON FUNCTION hasp.usage_guard IS
    'Trigger: nobody changes or removes a use, but for erasing its address';
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON hasp.usage_event
    FOR EACH ROW EXECUTE FUNCTION hasp.usage_guard();
CREATE TRIGGER audit_guard_all BEFORE TRUNCATE ON hasp.usage_event
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.audit_guard();

CREATE FUNCTION hasp.open_journal(own uuid, own_host text, own_program text,
    kept bigint, OUT own_number integer, OUT ship_from bigint)
    RETURNS record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Known, it stays as it is, closed as well: this may be the last word of
    -- a program that was killed, come after whoever adopted its journal. What
    -- is behind a transaction that ships it waits for that one's end.
    INSERT INTO hasp.journal AS j (id, host, program, shipped)
    VALUES (own, own_host, own_program, kept)
    ON CONFLICT (id) DO UPDATE SET closed_at = j.closed_at
    RETURNING j.number, j.shipped INTO own_number, ship_from;
END $$;
COMMENT ON FUNCTION hasp.open_journal IS
    'Makes a journal known whose oldest record that is kept has that '
    'position; its number, and the position to ship from';

CREATE FUNCTION hasp.ship_batch(own integer, old bigint, new bigint,
    the_day date, the_salt bytea, the_rows_hash bytea, lost bigint,
    complete bigint, account bigint[], key_id text[], version integer[],
    extra uuid[], code text[], status smallint[], method text[], site text[],
    flags smallint[], count integer[], first timestamptz[],
    last timestamptz[], last_address inet[], pos integer[], at timestamptz[],
    kind integer[], request uuid[], address inet[]) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
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
    -- Neighbours of one kind find the same pages of indexes in the caches.
    INSERT INTO hasp.usage_event (at, account, journal, pos, key_id,
        secret_version, app, credential, claimed, code, status, method,
        site, request, request_hashed, repeated, address)
    SELECT n.at, k.account, own, old + n.pos, k.key_id, k.version, k.app,
        k.credential, k.claimed, k.code, k.status, k.method, k.site,
        n.request, k.hashed, k.repeated, n.address
    FROM unnest(pos, at, kind, request, address)
        AS n (pos, at, kind, request, address)
    JOIN (SELECT i, i.key_id, i.version, i.code, i.status, i.method, i.site,
            CASE WHEN i.flags & 1 <> 0 THEN i.account ELSE 0 END AS account,
            CASE WHEN i.flags & 1 <> 0 THEN i.extra END AS app,
            CASE WHEN i.flags & 1 = 0 THEN i.extra END AS credential,
            CASE WHEN i.flags & 1 = 0 THEN nullif(i.account, 0) END
                AS claimed,
            i.flags & 2 <> 0 AS hashed, i.flags & 4 <> 0 AS repeated,
            i.number
        FROM unnest(account, key_id, version, extra, code, status, method,
            site, flags) WITH ORDINALITY AS i (account, key_id, version,
            extra, code, status, method, site, flags, number)) k
        ON k.number = n.kind
    WHERE n.pos < new - old
    ORDER BY n.kind;
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
    'COMPLETE is microseconds since 1970. False, and nothing taken, if it is '
    'not OLD that comes next';

CREATE FUNCTION hasp.note_journal(own integer, old bigint, complete bigint,
    closed boolean, OUT known bigint) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE hasp.journal o SET
        complete_at = greatest(o.complete_at,
            to_timestamp(complete::float8 / 1e6)),
        closed_at = CASE WHEN note_journal.closed THEN now() END
    WHERE o.number = own AND o.shipped = old;
    SELECT o.shipped INTO known FROM hasp.journal o WHERE o.number = own;
END $$;
COMMENT ON FUNCTION hasp.note_journal IS
    'Says of a journal all of which is here, up to OLD, that it has no use '
    'before COMPLETE (microseconds since 1970) that is not, or that it is '
    'closed; the position that counts, NULL for no such journal';

-- Last uses come with the batches.
DROP FUNCTION hasp.note_uses;

CREATE FUNCTION hasp.usage_complete() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(j.complete_at) FROM hasp.journal j
    WHERE j.closed_at IS NULL $$;
COMMENT ON FUNCTION hasp.usage_complete IS
    'All uses before this moment are here; NULL: no journal is open';

CREATE FUNCTION hasp.abandon_journal(wanted integer) RETURNS text
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    j hasp.journal;
BEGIN
    SELECT o.* INTO j FROM hasp.journal o WHERE o.number = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF j.closed_at IS NOT NULL THEN
        RETURN 'closed';
    ELSIF j.complete_at > now() - interval '1 minute' THEN
        RETURN 'alive';
    END IF;
    UPDATE hasp.journal o SET closed_at = now() WHERE o.number = wanted;
    PERFORM hasp.chain_event(0, 'operator', 'journal_abandoned', NULL, NULL,
        NULL, NULL, NULL, json_build_object('journal', j.number, 'host',
        j.host, 'program', j.program, 'shipped', j.shipped, 'complete_at',
        j.complete_at));
    RETURN 'abandoned';
END $$;
COMMENT ON FUNCTION hasp.abandon_journal IS
    'Closes a journal that will not come back, since its host is gone, so '
    'that nobody waits for its uses; if it does come back it is open again. '
    'abandoned; or unknown, closed (before), alive (heard of within a minute)';

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['usage_event', 'usage_hour', 'usage_day'] LOOP
        EXECUTE format('ALTER TABLE hasp.%I ENABLE ROW LEVEL SECURITY, '
            'FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_owner '
            'USING (true) WITH CHECK (true)', t || '_owner', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_operator '
            'USING (true) WITH CHECK (true)', t || '_operator', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I '
            'USING (account = hasp.current_account())', t || '_own', t);
    END LOOP;
    FOR i IN -1 .. 7 LOOP
        PERFORM hasp.make_usage_day(now() + i * interval '1 day');
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION hasp.open_journal, hasp.ship_batch,
    hasp.note_journal TO hasp_accounts, hasp_audit, hasp_auth, hasp_keys;
GRANT EXECUTE ON FUNCTION hasp.usage_complete
    TO hasp_audit, hasp_keys, hasp_operator;
GRANT EXECUTE ON FUNCTION hasp.abandon_journal TO hasp_operator;
GRANT SELECT ON hasp.usage_event, hasp.usage_hour, hasp.usage_day
    TO hasp_audit, hasp_operator;
GRANT EXECUTE ON FUNCTION hasp.usage_line, hasp.batch_line TO hasp_operator;
GRANT SELECT ON hasp.journal, hasp.journal_batch TO hasp_operator;
GRANT SELECT ON hasp.usage_hour, hasp.usage_day TO hasp_keys;
