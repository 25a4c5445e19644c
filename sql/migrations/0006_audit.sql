-- SPDX-License-Identifier: ISC
-- What was managed: events, chained for each account. Runs as hasp_owner
-- inside a transaction of the migrator.

-- Fields of lines that are hashed are separated by tabs; what could be taken
-- for a separator is escaped, as COPY does in its text format.
CREATE FUNCTION hasp.audit_field(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(replace(replace(replace(replace(value, '\', '\\'),
        E'\t', '\t'), E'\n', '\n'), E'\r', '\r'), '\N') $$;
COMMENT ON FUNCTION hasp.audit_field IS
    'A field of a line: backslash, tab, LF and CR escaped, \N for NULL';

CREATE FUNCTION hasp.address_hash(salt bytea, address inet) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT substring(sha256(salt || convert_to(host(address), 'UTF8'))
        FOR 16) $$;
COMMENT ON FUNCTION hasp.address_hash IS
    'What stands for an address in a chain, so that it can be erased: the '
    'first 16 bytes of SHA-256 of a salt of 16 bytes and its text';

-- A partition that nobody reaches but through its parent: it has row security
-- and no policy. Attaching one disturbs neither readers nor writers.
CREATE FUNCTION hasp.make_partition(parent text, suffix text,
    begins timestamptz, ends timestamptz) RETURNS void
    LANGUAGE plpgsql STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := parent || '_' || suffix;
BEGIN
    IF to_regclass('hasp.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('hasp partitions', 0));
    -- Not to_regclass again, which may remember that there was none: waiting
    -- for that lock does not make the session forget.
    IF EXISTS (SELECT FROM pg_class c WHERE c.relname = name
            AND c.relnamespace = 'hasp'::regnamespace) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE hasp.%I (LIKE hasp.%I INCLUDING DEFAULTS '
        'INCLUDING CONSTRAINTS)', name, parent);
    EXECUTE format('ALTER TABLE hasp.%I ENABLE ROW LEVEL SECURITY, '
        'FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE hasp.%I ATTACH PARTITION hasp.%I '
        'FOR VALUES FROM (%L) TO (%L)', parent, name, begins, ends);
    EXECUTE format('CREATE TRIGGER audit_guard_all BEFORE TRUNCATE ON '
        'hasp.%I FOR EACH STATEMENT EXECUTE FUNCTION hasp.audit_guard()',
        name);
END $$;
COMMENT ON FUNCTION hasp.make_partition IS
    'Makes the partition of that parent for that time, unless it is there';

CREATE FUNCTION hasp.make_audit_month(at timestamptz) RETURNS void
    LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT hasp.make_partition(t, to_char(at AT TIME ZONE 'UTC', 'YYYYMM'),
        date_trunc('month', at, 'UTC'), date_trunc('month',
        date_trunc('month', at, 'UTC') + interval '32 days', 'UTC'))
    FROM unnest(ARRAY['audit_event', 'audit_person']) t $$;
COMMENT ON FUNCTION hasp.make_audit_month IS
    'Makes the partitions for events of that month (UTC)';

ALTER TABLE hasp.audit_event RENAME TO audit_event_old;
ALTER INDEX hasp.audit_event_pkey RENAME TO audit_event_old_pkey;
ALTER INDEX hasp.audit_event_of RENAME TO audit_event_old_of;

CREATE TABLE hasp.audit_event (
    account bigint NOT NULL CONSTRAINT audit_event_account CHECK (account >= 0),
    seq bigint NOT NULL CONSTRAINT audit_event_seq CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor text COLLATE "C" NOT NULL
        CONSTRAINT audit_event_actor CHECK (actor ~
            '^(nobody|operator|system|member:[1-9][0-9]{0,18}|key:key_[0-9A-Za-z]{16})$'),
    event hasp.code NOT NULL,
    key_id text COLLATE "C",
    secret_version integer,
    member bigint,
    request_id text COLLATE "C"
        CONSTRAINT audit_event_request_id
        CHECK (request_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    address_hash bytea
        CONSTRAINT audit_event_address CHECK (octet_length(address_hash) = 16),
    detail json NOT NULL,
    hash bytea NOT NULL
        CONSTRAINT audit_event_hash CHECK (octet_length(hash) = 32),
    PRIMARY KEY (account, at, seq)
) PARTITION BY RANGE (at);
COMMENT ON TABLE hasp.audit_event IS
    'What was managed, by whom; written by the transaction that did it';
COMMENT ON COLUMN hasp.audit_event.account IS
    'Whose event; 0: of the installation';
COMMENT ON COLUMN hasp.audit_event.seq IS
    'Its number in the account''s chain, from 1 without gaps';
COMMENT ON COLUMN hasp.audit_event.at IS
    'When; never before the event before it of the account';
COMMENT ON COLUMN hasp.audit_event.actor IS
    'Who did it, as hasp.actor; nobody: who failed to sign in; system: a '
    'program by itself';
COMMENT ON COLUMN hasp.audit_event.event IS 'What was done: key_created, ...';
COMMENT ON COLUMN hasp.audit_event.key_id IS 'The key it was done to';
COMMENT ON COLUMN hasp.audit_event.secret_version IS 'Which of its secrets';
COMMENT ON COLUMN hasp.audit_event.member IS 'The member it was done to';
COMMENT ON COLUMN hasp.audit_event.request_id IS 'Its id in the logs';
COMMENT ON COLUMN hasp.audit_event.address_hash IS
    'Stands for the address, which is in hasp.audit_person';
COMMENT ON COLUMN hasp.audit_event.detail IS
    'How what it was done to stands after it; never a secret. json and not '
    'jsonb: the text as it was hashed';
COMMENT ON COLUMN hasp.audit_event.hash IS
    'SHA-256 of "hasp-audit-1", LF, the hash before it of the account (32 '
    'zero bytes before the first) and hasp.audit_line';
CREATE INDEX audit_event_at ON hasp.audit_event (at);
CREATE INDEX audit_event_key ON hasp.audit_event (key_id, at)
    WHERE key_id IS NOT NULL;
CREATE INDEX audit_event_request ON hasp.audit_event (request_id)
    WHERE request_id IS NOT NULL;

CREATE TABLE hasp.audit_person (
    account bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    salt bytea NOT NULL
        CONSTRAINT audit_person_salt CHECK (octet_length(salt) = 16),
    address inet NOT NULL,
    PRIMARY KEY (account, at, seq)
) PARTITION BY RANGE (at);
COMMENT ON TABLE hasp.audit_person IS
    'What tells of a person in an event, apart from it: it can be erased and '
    'the chain still holds';
COMMENT ON COLUMN hasp.audit_person.account IS 'The event''s account';
COMMENT ON COLUMN hasp.audit_person.seq IS 'The event''s number';
COMMENT ON COLUMN hasp.audit_person.at IS 'The event''s time';
COMMENT ON COLUMN hasp.audit_person.salt IS
    'Random, so that the hash tells nothing of an erased address';
COMMENT ON COLUMN hasp.audit_person.address IS
    'Where the request came from';

CREATE TABLE hasp.audit_head (
    account bigint PRIMARY KEY,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    hash bytea NOT NULL
        CONSTRAINT audit_head_hash CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 50);
COMMENT ON TABLE hasp.audit_head IS
    'The last event of each account; locked from an event to its commit, '
    'before the fence';
COMMENT ON COLUMN hasp.audit_head.account IS 'Whose chain; as its events';
COMMENT ON COLUMN hasp.audit_head.seq IS 'The number of the last event';
COMMENT ON COLUMN hasp.audit_head.at IS 'Its time';
COMMENT ON COLUMN hasp.audit_head.hash IS 'Its hash';

CREATE FUNCTION hasp.audit_line(e hasp.audit_event) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(E'\t', 'e', (e).account, (e).seq, hasp.unix_us((e).at),
        (e).actor, (e).event, hasp.audit_field((e).key_id),
        hasp.audit_field((e).secret_version::text),
        hasp.audit_field((e).member::text),
        hasp.audit_field((e).request_id),
        hasp.audit_field(encode((e).address_hash, 'hex')),
        hasp.audit_field((e).detail::text)) $$;
COMMENT ON FUNCTION hasp.audit_line IS
    'An event as it is hashed and exported: fields as hasp.audit_field '
    'writes them, tabs between them; times are microseconds since 1970';

CREATE FUNCTION hasp.chain_event(of_account bigint, who text, what text,
    which text, which_version integer, whom bigint, origin inet,
    request text, how json) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e hasp.audit_event;
    previous bytea;
    salt bytea := uuid_send(gen_random_uuid());
BEGIN
    INSERT INTO hasp.audit_head AS h (account, seq, at, hash)
    VALUES (of_account, 1, clock_timestamp(),
        '\x0000000000000000000000000000000000000000000000000000000000000000')
    ON CONFLICT (account) DO UPDATE SET seq = h.seq + 1,
        at = greatest(h.at, clock_timestamp())
    RETURNING h.seq, h.at, h.hash INTO e.seq, e.at, previous;
    e.account := of_account;
    e.actor := who;
    e.event := what;
    e.key_id := which;
    e.secret_version := which_version;
    e.member := whom;
    e.request_id := request;
    e.address_hash := hasp.address_hash(salt, origin);
    e.detail := coalesce(how, '{}');
    e.hash := sha256(convert_to(E'hasp-audit-1\n', 'UTF8') || previous ||
        convert_to(hasp.audit_line(e), 'UTF8'));
    PERFORM hasp.make_audit_month(e.at);
    INSERT INTO hasp.audit_event VALUES (e.*);
    IF origin IS NOT NULL THEN
        INSERT INTO hasp.audit_person (account, seq, at, salt, address)
        VALUES (e.account, e.seq, e.at, salt, origin);
    END IF;
    UPDATE hasp.audit_head h SET hash = e.hash WHERE h.account = e.account;
    RETURN e.seq;
END $$;
COMMENT ON FUNCTION hasp.chain_event IS
    'Adds an event to the chain of an account; its number there';

CREATE FUNCTION hasp.log_event(of_account bigint, who text, what text,
    which text, which_version integer, whom bigint, origin text,
    request text, how jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- As row security would say, had the callers a right to the table.
    IF of_account IS DISTINCT FROM hasp.current_account() AND
        NOT pg_has_role(session_user, 'hasp_operator', 'MEMBER') THEN
        RAISE EXCEPTION 'an event of another account'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN hasp.chain_event(of_account, who, what, which, which_version,
        whom, nullif(origin, '')::inet, nullif(request, ''), how::json);
END $$;
COMMENT ON FUNCTION hasp.log_event IS
    'Adds an event to the chain of the account that the transaction sees '
    '(hasp_operator: of any), and its number there; the last thing before '
    'the commit';

CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON hasp.audit_event
    FOR EACH ROW EXECUTE FUNCTION hasp.audit_guard();
CREATE TRIGGER audit_guard_all BEFORE TRUNCATE ON hasp.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.audit_guard();

-- Events from before there were chains, in the order they came.
DO $$
DECLARE
    o record;
BEGIN
    FOR o IN SELECT * FROM hasp.audit_event_old ORDER BY id LOOP
        PERFORM hasp.chain_event(o.account, o.actor, o.event::text, o.key_id,
            o.secret_version, o.member, o.address, o.request_id,
            (o.detail || jsonb_build_object('logged_at', o.at))::json);
    END LOOP;
END $$;
DROP TABLE hasp.audit_event_old;

CREATE OR REPLACE FUNCTION hasp.begin_overlap(wanted text,
    wanted_version integer) RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    overlap integer;
    whose bigint;
BEGIN
    -- As a rotation does, before any secret is read.
    PERFORM FROM hasp.key k WHERE k.id = wanted FOR UPDATE;
    SELECT s.overlap_seconds, k.account INTO overlap, whose
    FROM hasp.secret s JOIN hasp.key k ON k.id = s.key_id
    WHERE s.key_id = wanted AND s.version = wanted_version
        AND k.revoked_at IS NULL AND s.revoked_at IS NULL
        AND k.disabled_at IS NULL
        AND coalesce(k.expires_at > now(), true)
        AND coalesce(s.expires_at > now(), true)
        AND coalesce(k.not_before <= now(), true)
        AND coalesce(s.not_before <= now(), true);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF overlap IS NOT NULL THEN
        UPDATE hasp.secret s
        SET expires_at = least(s.expires_at,
            now() + overlap * interval '1 second')
        WHERE s.key_id = wanted AND s.version < wanted_version;
        UPDATE hasp.secret s SET overlap_seconds = NULL
        WHERE s.key_id = wanted AND s.version = wanted_version;
        -- It is a change of the key like any other: counted and logged.
        UPDATE hasp.key k SET revision = k.revision WHERE k.id = wanted;
        PERFORM hasp.chain_event(whose, 'key:' || wanted, 'overlap_begun',
            wanted, wanted_version, NULL, NULL, NULL, NULL);
    END IF;
    RETURN true;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['audit_event', 'audit_person', 'audit_head'] LOOP
        EXECUTE format('ALTER TABLE hasp.%I ENABLE ROW LEVEL SECURITY, '
            'FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_owner '
            'USING (true) WITH CHECK (true)', t || '_owner', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_operator '
            'USING (true) WITH CHECK (true)', t || '_operator', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I '
            'USING (account = hasp.current_account())', t || '_own', t);
    END LOOP;
    PERFORM hasp.make_audit_month(now()),
        hasp.make_audit_month(now() + interval '1 month');
END $$;

GRANT EXECUTE ON FUNCTION hasp.log_event
    TO hasp_accounts, hasp_audit, hasp_keys, hasp_operator;

-- Whoever reads events, over the web and by hand.
GRANT USAGE ON SCHEMA hasp TO hasp_audit;
GRANT EXECUTE ON FUNCTION hasp.unix_us, hasp.current_account,
    hasp.look_up_keys, hasp.look_up_session, hasp.begin_overlap
    TO hasp_audit;
GRANT SELECT ON hasp.audit_event, hasp.audit_person, hasp.audit_head
    TO hasp_audit, hasp_operator;
GRANT EXECUTE ON FUNCTION hasp.audit_field, hasp.address_hash,
    hasp.audit_line TO hasp_operator;
