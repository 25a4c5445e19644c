-- SPDX-License-Identifier: ISC
-- Evidence that what was logged is what is there: chains are sealed in events
-- of the installation (account 0), whose chain is signed. What is old can be
-- dropped, and what tells of persons erased, without breaking them. Runs as
-- hasp_owner inside a transaction of the migrator.

CREATE TABLE hasp.audit_mark (
    kind text COLLATE "C" NOT NULL
        CONSTRAINT audit_mark_kind CHECK (kind IN ('account', 'journal')),
    id bigint NOT NULL,
    upto bigint NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL
        CONSTRAINT audit_mark_hash CHECK (octet_length(hash) = 32),
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 50);
COMMENT ON TABLE hasp.audit_mark IS
    'How far each chain was sealed; only to know where to go on';
COMMENT ON COLUMN hasp.audit_mark.kind IS 'account or journal';
COMMENT ON COLUMN hasp.audit_mark.id IS 'The account, or the journal''s number';
COMMENT ON COLUMN hasp.audit_mark.upto IS
    'An account: the number of the last event; a journal: the position after '
    'the last batch';
COMMENT ON COLUMN hasp.audit_mark.at IS 'The time of that event; a journal: of '
    'the seal';
COMMENT ON COLUMN hasp.audit_mark.hash IS 'The hash of that event or batch';

CREATE TABLE hasp.checkpoint (
    seq bigint PRIMARY KEY,
    hash bytea NOT NULL
        CONSTRAINT checkpoint_hash CHECK (octet_length(hash) = 32),
    at timestamptz NOT NULL DEFAULT now(),
    note text NOT NULL
        CONSTRAINT checkpoint_note CHECK (length(note) BETWEEN 1 AND 16384)
);
COMMENT ON TABLE hasp.checkpoint IS
    'Signed heads of the chain of account 0, which seals all others';
COMMENT ON COLUMN hasp.checkpoint.seq IS 'The number of the event';
COMMENT ON COLUMN hasp.checkpoint.hash IS 'Its hash';
COMMENT ON COLUMN hasp.checkpoint.at IS 'When it was signed';
COMMENT ON COLUMN hasp.checkpoint.note IS
    'Origin, number and hash, signed, as C2SP signed-note has it';

CREATE TABLE hasp.audit_prune (
    seq bigint PRIMARY KEY,
    events_before timestamptz NOT NULL,
    uses_before date NOT NULL,
    done_at timestamptz
);
COMMENT ON TABLE hasp.audit_prune IS 'What was dropped because it was old';
COMMENT ON COLUMN hasp.audit_prune.seq IS
    'The number of the event of account 0 that tells of it';
COMMENT ON COLUMN hasp.audit_prune.events_before IS
    'Events before it are dropped: the beginning of a month (UTC)';
COMMENT ON COLUMN hasp.audit_prune.uses_before IS
    'Uses of days before it are dropped (UTC)';
COMMENT ON COLUMN hasp.audit_prune.done_at IS
    'When that was done, once a checkpoint covered the event';

CREATE TABLE hasp.audit_anchor (
    prune bigint NOT NULL REFERENCES hasp.audit_prune,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT audit_anchor_kind CHECK (kind IN ('account', 'journal')),
    id bigint NOT NULL,
    upto bigint NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL
        CONSTRAINT audit_anchor_hash CHECK (octet_length(hash) = 32),
    PRIMARY KEY (prune, kind, id)
);
COMMENT ON TABLE hasp.audit_anchor IS
    'What the first event or batch that is kept of each chain is chained to; '
    'of the last pruning, and of one that is not done yet';
COMMENT ON COLUMN hasp.audit_anchor.prune IS 'Which pruning';
COMMENT ON COLUMN hasp.audit_anchor.kind IS 'As in hasp.audit_mark';
COMMENT ON COLUMN hasp.audit_anchor.id IS 'As in hasp.audit_mark';
COMMENT ON COLUMN hasp.audit_anchor.upto IS 'As in hasp.audit_mark';
COMMENT ON COLUMN hasp.audit_anchor.at IS 'As in hasp.audit_mark';
COMMENT ON COLUMN hasp.audit_anchor.hash IS 'As in hasp.audit_mark';

CREATE FUNCTION hasp.anchor_line(a hasp.audit_anchor) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\t', 'a', (a).kind, (a).id, (a).upto,
        hasp.unix_us((a).at), encode((a).hash, 'hex')) $$;
COMMENT ON FUNCTION hasp.anchor_line IS
    'An anchor as it is hashed and exported; fields as in hasp.audit_line';

CREATE FUNCTION hasp.make_ahead() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR i IN 0 .. 2 LOOP
        PERFORM hasp.make_audit_month(now() + i * interval '1 month');
    END LOOP;
    FOR i IN -1 .. 7 LOOP
        PERFORM hasp.make_usage_day(now() + i * interval '1 day');
    END LOOP;
    -- What is not summed up yet is read whole for each batch.
    PERFORM brin_summarize_new_values(i.inhrelid::regclass)
    FROM pg_inherits i
    JOIN pg_index x ON x.indexrelid = i.inhrelid
    JOIN pg_class t ON t.oid = x.indrelid
    WHERE i.inhparent = to_regclass('hasp.usage_event_place')
        AND t.relname IN (SELECT 'usage_event_' || to_char(
            (now() - n * interval '1 day') AT TIME ZONE 'UTC', 'YYYYMMDD')
            FROM generate_series(0, 1) n);
END $$;
COMMENT ON FUNCTION hasp.make_ahead IS
    'Makes the partitions of this month and two more, and of a week of days, '
    'and sums up the index by which sealing reads uses';

-- Sealing ---------------------------------------------------------------------

CREATE FUNCTION hasp.seal_chains(accounts text, journals text) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w text[];
    k text;
    moved integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('hasp seal', 0));
    FOR k, w IN SELECT 'account', string_to_array(a, ':')
            FROM unnest(string_to_array(accounts, ' ')) a
        UNION ALL SELECT 'journal', string_to_array(j, ':')
            FROM unnest(string_to_array(journals, ' ')) j LOOP
        INSERT INTO hasp.audit_mark AS m (kind, id, upto, at, hash)
        SELECT k, w[1]::bigint, w[4]::bigint, CASE k WHEN 'account' THEN
            '1970-01-01 00:00:00Z'::timestamptz +
                w[5]::bigint * interval '1 microsecond' ELSE now() END,
            decode(w[6], 'hex')
        ON CONFLICT (kind, id) DO UPDATE SET upto = excluded.upto,
            at = excluded.at, hash = excluded.hash
            WHERE m.upto = w[2]::bigint;
        GET DIAGNOSTICS moved = ROW_COUNT;
        IF moved <> 1 THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN hasp.chain_event(0, 'system', 'chain_sealed', NULL, NULL, NULL,
        NULL, NULL, format('{"accounts":"%s","journals":"%s"}', accounts,
        journals)::json);
END $$;
COMMENT ON FUNCTION hasp.seal_chains IS
    'Writes the heads of chains into an event of account 0, words of id:from:'
    'time of that:upto:time of that:hash; the caller has read again all events '
    'between. Its number, or NULL, and the caller undoes it: one of them does '
    'not go on from its mark, somebody else was sealing';

CREATE FUNCTION hasp.add_checkpoint(the_seq bigint, the_at timestamptz,
    the_hash bytea, the_note text) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('hasp seal', 0));
    INSERT INTO hasp.checkpoint (seq, hash, note)
    SELECT e.seq, e.hash, the_note FROM hasp.audit_event e
    WHERE e.account = 0 AND e.at = the_at AND e.seq = the_seq
        AND e.hash = the_hash
        AND NOT EXISTS (SELECT FROM hasp.checkpoint c WHERE c.seq >= the_seq);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hasp.add_checkpoint IS
    'Keeps a checkpoint of that event of account 0. False: there is no such '
    'event, or a checkpoint as late';

-- Pruning ---------------------------------------------------------------------

-- Partitions of PARENT that end before; their names end in the time that they
-- begin at, as hasp.make_partition made them.
CREATE FUNCTION hasp.old_partitions(parent text, form text, span interval,
    before timestamptz) RETURNS SETOF text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.relname::text
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ('hasp.' || parent)::regclass
        AND to_timestamp(substr(c.relname, length(parent) + 2) || ' 00',
            form || ' TZH') + span <= before
    ORDER BY 1 $$;
COMMENT ON FUNCTION hasp.old_partitions IS
    'The partitions of a table that end before that time';

CREATE FUNCTION hasp.begin_prune(before date) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    events timestamptz := date_trunc('month', before::timestamp)
        AT TIME ZONE 'UTC';
    uses timestamptz := before::timestamp AT TIME ZONE 'UTC';
    last bigint;
    mine bigint;
    lines text;
    count bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('hasp seal', 0));
    DELETE FROM hasp.audit_anchor a USING hasp.audit_prune p
    WHERE p.seq = a.prune AND p.done_at IS NULL;
    DELETE FROM hasp.audit_prune p WHERE p.done_at IS NULL;
    IF uses > now() - interval '24 hours' THEN
        RETURN -1;
    END IF;
    IF NOT EXISTS (SELECT FROM hasp.old_partitions('audit_event', 'YYYYMM',
            '1 month', events))
        AND NOT EXISTS (SELECT FROM hasp.old_partitions('usage_event',
            'YYYYMMDD', '1 day', uses)) THEN
        RETURN 0;
    END IF;
    SELECT max(p.seq) INTO last FROM hasp.audit_prune p;
    -- The number that its event will have.
    SELECT h.seq + 1 INTO mine FROM hasp.audit_head h WHERE h.account = 0
    FOR UPDATE;
    INSERT INTO hasp.audit_prune (seq, events_before, uses_before)
    VALUES (coalesce(mine, 1), events, before) RETURNING seq INTO mine;
    WITH found AS (
        (SELECT DISTINCT ON (e.account) 'account' AS kind, e.account AS id,
            e.seq AS upto, e.at, e.hash
        FROM hasp.audit_event e WHERE e.at < events
        ORDER BY e.account, e.at DESC, e.seq DESC)
        UNION ALL
        (SELECT DISTINCT ON (b.journal) 'journal', b.journal, b.next, b.at,
            b.hash
        FROM hasp.journal_batch b
        WHERE b.first < coalesce((SELECT min(k.first)
            FROM hasp.journal_batch k WHERE k.journal = b.journal
                AND k.day >= before), 9223372036854775807)
        ORDER BY b.journal, b.first DESC)
    )
    INSERT INTO hasp.audit_anchor (prune, kind, id, upto, at, hash)
    SELECT mine, f.* FROM found f
    UNION ALL SELECT mine, a.kind, a.id, a.upto, a.at, a.hash
    FROM hasp.audit_anchor a
    WHERE a.prune = last AND NOT EXISTS (SELECT FROM found f
        WHERE f.kind = a.kind AND f.id = a.id);
    -- What nobody vouches for must not go.
    IF EXISTS (SELECT FROM hasp.audit_anchor a
        LEFT JOIN hasp.audit_mark m ON m.kind = a.kind AND m.id = a.id
        WHERE a.prune = mine AND (a.kind <> 'account' OR a.id > 0)
            AND coalesce(m.upto, 0) < a.upto) THEN
        DELETE FROM hasp.audit_anchor a WHERE a.prune = mine;
        DELETE FROM hasp.audit_prune p WHERE p.seq = mine;
        RETURN NULL;
    END IF;
    SELECT string_agg(hasp.anchor_line(a.*) || E'\n', ''
        ORDER BY a.kind, a.id), count(*)
    INTO lines, count FROM hasp.audit_anchor a WHERE a.prune = mine;
    mine := hasp.chain_event(0, 'operator', 'events_pruned', NULL, NULL, NULL,
        NULL, NULL, format('{"events_before":"%s","uses_before":"%s",'
            '"anchors":%s,"digest":"%s"}',
            to_char(events AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
            to_char(before, 'YYYY-MM-DD'), count,
            encode(sha256(convert_to(coalesce(lines, ''), 'UTF8')), 'hex')
        )::json);
    RETURN mine;
END $$;
COMMENT ON FUNCTION hasp.begin_prune IS
    'Writes down what the chains that are kept will begin with once what is '
    'before that day (UTC) was dropped, and the event of account 0 that vouches '
    'for it: its number; 0: there is nothing to drop; -1: it is not a day old; '
    'NULL: some of it is not sealed';

CREATE FUNCTION hasp.finish_prune(mine bigint) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
    p hasp.audit_prune;
    name text;
    count bigint := 0;
BEGIN
    SELECT * INTO p FROM hasp.audit_prune o
    WHERE o.seq = mine AND o.done_at IS NULL
        AND EXISTS (SELECT FROM hasp.checkpoint c WHERE c.seq >= mine)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR name IN SELECT hasp.old_partitions('audit_event', 'YYYYMM', '1 month',
            p.events_before)
        UNION ALL SELECT hasp.old_partitions('audit_person', 'YYYYMM',
            '1 month', p.events_before)
        UNION ALL SELECT hasp.old_partitions('usage_event', 'YYYYMMDD',
            '1 day', p.uses_before::timestamp AT TIME ZONE 'UTC') LOOP
        EXECUTE format('DROP TABLE hasp.%I', name);
        count := count + 1;
    END LOOP;
    DELETE FROM hasp.journal_batch b USING hasp.audit_anchor a
    WHERE a.prune = mine AND a.kind = 'journal' AND b.journal = a.id
        AND b.next <= a.upto;
    DELETE FROM hasp.audit_anchor a WHERE a.prune < mine;
    UPDATE hasp.audit_prune o SET done_at = now() WHERE o.seq = mine;
    RETURN count;
END $$;
COMMENT ON FUNCTION hasp.finish_prune IS
    'Drops what hasp.begin_prune wrote of, now that a checkpoint covers it: '
    'how many partitions; NULL: none does, or it was done';

-- Erasing ---------------------------------------------------------------------

CREATE OR REPLACE FUNCTION hasp.usage_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- An address may go, of this use or of another of its batch, whose salt
    -- goes with it; what stands for it in the chain stays.
    IF TG_OP = 'UPDATE' AND NEW.address_hash IS NOT NULL
        AND coalesce(OLD.address_hash = NEW.address_hash, true)
        AND coalesce(NEW.address = OLD.address, true)
        AND OLD.address IS NOT NULL
        AND to_jsonb(NEW) - 'address' - 'address_hash' =
            to_jsonb(OLD) - 'address' - 'address_hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was logged stays as it is'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION hasp.erase_personal_data(whose bigint, who bigint,
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
    END IF;
    seq := hasp.chain_event(whose, 'operator', 'personal_data_erased', NULL,
        NULL, nullif(who, 0), NULL, NULL, format('{"of":"%s","before":"%s",'
            '"events":%s,"uses":%s}', CASE WHEN who > 0 THEN 'member'
            WHEN origin <> '' THEN 'address' ELSE 'account' END,
            to_char(before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            events, uses)::json);
END $$;
COMMENT ON FUNCTION hasp.erase_personal_data IS
    'Erases addresses of events and uses of an account before that time: all, '
    'those of events of or about a member (0: any), or those that are ORIGIN '
    '(empty: any). How many of each, and the number of the event that tells of '
    'it';

GRANT SELECT ON hasp.audit_mark, hasp.audit_prune, hasp.audit_anchor,
    hasp.checkpoint TO hasp_operator;
GRANT SELECT ON hasp.checkpoint TO hasp_audit;
GRANT EXECUTE ON FUNCTION hasp.anchor_line, hasp.make_ahead,
    hasp.seal_chains, hasp.add_checkpoint, hasp.begin_prune,
    hasp.finish_prune, hasp.erase_personal_data TO hasp_operator;
