-- SPDX-License-Identifier: ISC
-- The fence: changes of what verifiers cache are numbered in the order of
-- their commits, and verifiers say how far they have followed. Runs as
-- hasp_owner inside a transaction of the migrator.

CREATE TABLE hasp.fence (
    one boolean PRIMARY KEY DEFAULT true CONSTRAINT fence_one CHECK (one),
    seq bigint NOT NULL CONSTRAINT fence_seq CHECK (seq >= 0),
    kept bigint NOT NULL CONSTRAINT fence_kept CHECK (kept >= 0),
    numbered_by xid8 NOT NULL
);
COMMENT ON TABLE hasp.fence IS
    'One row, locked from the numbering of a change to its commit: numbers '
    'are in commit order, which those of a sequence are not';
COMMENT ON COLUMN hasp.fence.one IS 'Keeps it one row';
COMMENT ON COLUMN hasp.fence.seq IS 'The number of the last change';
COMMENT ON COLUMN hasp.fence.kept IS
    'hasp.change holds all changes above this number';
COMMENT ON COLUMN hasp.fence.numbered_by IS 'The transaction it was given to';
INSERT INTO hasp.fence (seq, kept, numbered_by)
    VALUES (0, 0, pg_current_xact_id());

CREATE TABLE hasp.change (
    seq bigint NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT change_kind
        CHECK (kind IN ('all', 'account', 'app', 'connection', 'key')),
    ref text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (seq, kind, ref)
);
COMMENT ON TABLE hasp.change IS
    'What was changed under which number, for verifiers to catch up on';
COMMENT ON COLUMN hasp.change.seq IS 'The number, one for each transaction';
COMMENT ON COLUMN hasp.change.kind IS
    'What it concerns: a key, an account, an app, a connection, all records';
COMMENT ON COLUMN hasp.change.ref IS 'Which one; empty for all';
COMMENT ON COLUMN hasp.change.at IS 'When its transaction began';

CREATE TABLE hasp.verifier (
    id text COLLATE "C" PRIMARY KEY
        CONSTRAINT verifier_id CHECK (id ~ '^[0-9a-f]{32}$'),
    host hasp.label NOT NULL,
    program hasp.code NOT NULL,
    lease_ms integer NOT NULL
        CONSTRAINT verifier_lease CHECK (lease_ms BETWEEN 1 AND 3600000),
    answer_ms integer NOT NULL
        CONSTRAINT verifier_answer CHECK (answer_ms BETWEEN 1 AND 3600000),
    acked bigint NOT NULL DEFAULT 0,
    renewals bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    renewed_at timestamptz NOT NULL DEFAULT now(),
    dead boolean NOT NULL DEFAULT false,
    hits bigint NOT NULL DEFAULT 0,
    misses bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON TABLE hasp.verifier IS
    'The programs that cache records; who takes rights away waits for them';
COMMENT ON COLUMN hasp.verifier.id IS
    'Random, known to the process alone and to those who wait for it';
COMMENT ON COLUMN hasp.verifier.host IS 'Where it runs, for people';
COMMENT ON COLUMN hasp.verifier.program IS 'Which program it is, for people';
COMMENT ON COLUMN hasp.verifier.lease_ms IS
    'It trusts what it cached for so long after a renewal was sent (T)';
COMMENT ON COLUMN hasp.verifier.answer_ms IS
    'Its web server waits no longer for an answer (D)';
COMMENT ON COLUMN hasp.verifier.acked IS
    'The change up to which no older answer can come from it any more';
COMMENT ON COLUMN hasp.verifier.renewals IS
    'Goes up with each renewal: who finds it unchanged knows it silent';
COMMENT ON COLUMN hasp.verifier.started_at IS 'When it registered first';
COMMENT ON COLUMN hasp.verifier.renewed_at IS
    'When it was last heard of; for people, nothing rests on it';
COMMENT ON COLUMN hasp.verifier.dead IS
    'Nobody waits for it; it has to register anew before it may answer';
COMMENT ON COLUMN hasp.verifier.hits IS 'Checks answered from its cache';
COMMENT ON COLUMN hasp.verifier.misses IS 'Checks that asked the database';

-- The number of the transaction, taken at its first change. The row's xmin
-- beside numbered_by: after a restore another transaction may have that id.
CREATE FUNCTION hasp.own_number() RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.seq FROM hasp.fence f
    WHERE f.numbered_by = pg_current_xact_id_if_assigned()
        AND f.xmin = pg_current_xact_id_if_assigned()::xid $$;
COMMENT ON FUNCTION hasp.own_number IS
    'The number that this transaction has taken; NULL: none';

CREATE FUNCTION hasp.note_change(changed text, which text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number bigint := hasp.own_number();
BEGIN
    IF number IS NULL THEN
        UPDATE hasp.fence f
        SET seq = f.seq + 1, numbered_by = pg_current_xact_id()
        RETURNING f.seq INTO STRICT number;
        -- Whatever the session wants: a number that others have seen must
        -- not be given to another change after a crash or a failover.
        PERFORM set_config('synchronous_commit', 'remote_apply', true);
        -- A hint: verifiers read the changes themselves.
        PERFORM pg_notify('hasp_fence', '');
        IF number % 1024 = 0 AND number > 65536 THEN
            UPDATE hasp.fence f SET kept = number - 65536;
            DELETE FROM hasp.change c WHERE c.seq <= number - 65536;
        END IF;
    END IF;
    INSERT INTO hasp.change (seq, kind, ref)
    VALUES (number, changed, which) ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION hasp.note_change IS
    'Numbers the transaction and logs what it changed of cached records';

CREATE FUNCTION hasp.record_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM hasp.note_change(
        CASE WHEN TG_LEVEL = 'STATEMENT' THEN 'all' ELSE TG_ARGV[0] END,
        CASE WHEN TG_LEVEL = 'STATEMENT' OR TG_ARGV[0] = 'all' THEN ''
            ELSE to_jsonb(OLD) ->> TG_ARGV[1] END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION hasp.record_changed IS
    'Trigger (kind, column): numbers a change of a cached field, whoever '
    'makes it';

-- At the end of the transaction, so that the fence is held for as short as
-- can be. Inserts are no changes: nobody can have asked for a secret before
-- it was made. A key's fields are copied into the records of its secrets.
CREATE CONSTRAINT TRIGGER secret_changed AFTER UPDATE ON hasp.secret
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.record, OLD.digest, OLD.account) IS DISTINCT FROM
        (NEW.record, NEW.digest, NEW.account))
    EXECUTE FUNCTION hasp.record_changed('key', 'key_id');
CREATE CONSTRAINT TRIGGER secret_gone AFTER DELETE ON hasp.secret
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION hasp.record_changed('key', 'key_id');
CREATE TRIGGER secrets_gone AFTER TRUNCATE ON hasp.secret
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.record_changed();
CREATE CONSTRAINT TRIGGER account_changed AFTER UPDATE ON hasp.account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.id, OLD.plan, OLD.region, OLD.status,
        OLD.legacy_deprecated_at, OLD.legacy_sunset_at, OLD.legacy_link,
        OLD.legacy_policy) IS DISTINCT FROM
        (NEW.id, NEW.plan, NEW.region, NEW.status,
        NEW.legacy_deprecated_at, NEW.legacy_sunset_at, NEW.legacy_link,
        NEW.legacy_policy))
    EXECUTE FUNCTION hasp.record_changed('account', 'id');
CREATE CONSTRAINT TRIGGER account_gone AFTER DELETE ON hasp.account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION hasp.record_changed('account', 'id');
CREATE TRIGGER accounts_gone AFTER TRUNCATE ON hasp.account
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.record_changed();
CREATE CONSTRAINT TRIGGER plan_changed AFTER UPDATE ON hasp.plan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.code, OLD.active, OLD.rate_per_second, OLD.rate_burst)
        IS DISTINCT FROM
        (NEW.code, NEW.active, NEW.rate_per_second, NEW.rate_burst))
    EXECUTE FUNCTION hasp.record_changed('all');
CREATE CONSTRAINT TRIGGER region_changed AFTER UPDATE ON hasp.region
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.code, OLD.api_host) IS DISTINCT FROM
        (NEW.code, NEW.api_host))
    EXECUTE FUNCTION hasp.record_changed('all');

-- Who ends a change calls this last.
CREATE FUNCTION hasp.close_change(OUT number bigint, OUT replicated boolean)
    RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    number := coalesce(hasp.own_number(), 0);
    replicated := current_setting('synchronous_standby_names') <> '';
END $$;
COMMENT ON FUNCTION hasp.close_change IS
    'The transaction''s number (0: no cached field was changed), and whether '
    'its commit waits for standbys';

-- A commit of its own that goes to the standbys takes all before it along.
CREATE FUNCTION hasp.begin_barrier(OUT number bigint, OUT replicated boolean)
    RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'remote_apply', true);
    PERFORM pg_logical_emit_message(true, 'hasp', '');
    SELECT f.seq INTO STRICT number FROM hasp.fence f;
    replicated := current_setting('synchronous_standby_names') <> '';
END $$;
COMMENT ON FUNCTION hasp.begin_barrier IS
    'The number of the last change, and whether standbys have it when this '
    'is committed';

CREATE FUNCTION hasp.waited_verifiers(number bigint)
    RETURNS TABLE (id text, renewals bigint, lease_ms integer,
        answer_ms integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.id, v.renewals, v.lease_ms, v.answer_ms
    FROM hasp.verifier v
    WHERE NOT v.dead AND v.acked < number
    ORDER BY v.lease_ms::bigint + v.answer_ms DESC LIMIT 256 $$;
COMMENT ON FUNCTION hasp.waited_verifiers IS
    'Those that are alive and have not acknowledged the change, the 256 that '
    'may take longest';

CREATE FUNCTION hasp.bury_verifier(wanted text, seen bigint) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'remote_apply', true);
    UPDATE hasp.verifier v SET dead = true
    WHERE v.id = wanted AND v.renewals = seen AND NOT v.dead;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hasp.bury_verifier IS
    'Marks a verifier dead that has not been renewed since it was seen so; '
    'the caller has waited longer than its lease';

-- The verifiers' own. hasp_auth may call these and read nothing.
-- The start is part of it: a copy of the files that is put back (a snapshot of
-- the machine) has the same timeline, but numbers changes anew.
CREATE FUNCTION hasp.place() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT hashtextextended(concat_ws(':',
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        system_identifier,
        extract(epoch FROM pg_postmaster_start_time())) COLLATE "C", 0) | 1
    FROM pg_control_system() $$;
COMMENT ON FUNCTION hasp.place IS
    'Which database answers: its timeline, its cluster and its start, as one '
    'number, never 0; fails on a standby';

CREATE FUNCTION hasp.enrol_verifier(own text, own_host text,
    own_program text, own_lease integer, own_answer integer,
    predecessor text, OUT number bigint, OUT at bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'remote_apply', true);
    at := hasp.place();
    DELETE FROM hasp.verifier v
    WHERE v.dead AND v.id <> own AND v.renewed_at < now() - interval '1 day';
    UPDATE hasp.verifier v SET dead = true
    WHERE v.id = predecessor AND v.id <> own AND NOT v.dead;
    INSERT INTO hasp.verifier AS v (id, host, program, lease_ms, answer_ms)
    VALUES (own, own_host, own_program, own_lease, own_answer)
    ON CONFLICT (id) DO UPDATE SET acked = 0, renewals = v.renewals + 1,
        renewed_at = now(), dead = false, lease_ms = excluded.lease_ms,
        answer_ms = excluded.answer_ms;
    SELECT f.seq INTO STRICT number FROM hasp.fence f;
END $$;
COMMENT ON FUNCTION hasp.enrol_verifier IS
    'Registers a verifier that has no lease and nothing cached, and marks the '
    'one dead that was in its place before and is gone; the number of the '
    'last change and the place';

CREATE FUNCTION hasp.renew_verifier(own text, drained bigint,
    own_place bigint, own_hits bigint, own_misses bigint)
    RETURNS TABLE (number bigint, at bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- DRAINED is one of that place's numbers. Here another change may have it,
    -- which nobody has heard of yet.
    IF own_place <> hasp.place() THEN
        RETURN;
    END IF;
    PERFORM set_config('synchronous_commit', 'remote_apply', true);
    UPDATE hasp.verifier v
    SET acked = greatest(v.acked, drained), renewals = v.renewals + 1,
        renewed_at = now(), hits = own_hits, misses = own_misses
    WHERE v.id = own AND NOT v.dead;
    IF FOUND THEN
        -- A statement of its own, after the row is held: whoever buried it
        -- or changed something before has committed.
        RETURN QUERY SELECT f.seq, own_place FROM hasp.fence f;
    END IF;
END $$;
COMMENT ON FUNCTION hasp.renew_verifier IS
    'Renews and acknowledges; the number of the last change and the place, '
    'or no row if it is not registered any more, or not here';

CREATE FUNCTION hasp.acknowledge(own text, drained bigint) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- One that is lost only costs waiting.
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE hasp.verifier v SET acked = drained
    WHERE v.id = own AND NOT v.dead AND v.acked < drained;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hasp.acknowledge IS
    'No answer older than this change can come from the verifier any more';

CREATE FUNCTION hasp.changes_after(done bigint, OUT number bigint,
    OUT complete boolean, OUT changes text) RETURNS record
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.seq, f.kept <= done AND n.count <= 1000, n.changes
    FROM hasp.fence f, LATERAL (
        SELECT count(*) AS count,
            coalesce(string_agg(c.kind || E'\t' || c.ref, E'\n'), '') AS changes
        FROM (SELECT kind, ref FROM hasp.change WHERE seq > done LIMIT 1001) c
    ) n $$;
COMMENT ON FUNCTION hasp.changes_after IS
    'The number of the last change; whether CHANGES are all above DONE (else '
    'they are too many or not kept); kind and ref with a tab between them, a '
    'line each';

CREATE FUNCTION hasp.leave_verifier(own text) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM hasp.verifier v WHERE v.id = own;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hasp.leave_verifier IS
    'Takes the row of a verifier away that will answer nothing more';

GRANT EXECUTE ON FUNCTION hasp.place, hasp.enrol_verifier,
    hasp.renew_verifier, hasp.acknowledge, hasp.changes_after,
    hasp.leave_verifier TO hasp_auth;
GRANT EXECUTE ON FUNCTION hasp.close_change, hasp.begin_barrier,
    hasp.waited_verifiers, hasp.bury_verifier
    TO hasp_accounts, hasp_keys, hasp_operator;
GRANT SELECT ON hasp.fence, hasp.change, hasp.verifier TO hasp_operator;
