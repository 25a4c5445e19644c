-- SPDX-License-Identifier: ISC
-- People sign in and manage keys: sessions, proofs of re-authentication,
-- recovery codes, slowed guessing, idempotent requests, the log of what was
-- managed, and what the programs keys and accounts may do. Runs as hasp_owner
-- inside a transaction of the migrator.

GRANT USAGE ON SCHEMA hasp TO hasp_keys, hasp_accounts;
GRANT EXECUTE ON FUNCTION hasp.current_account, hasp.unix_us
    TO hasp_keys, hasp_accounts;
GRANT SELECT ON hasp.plan, hasp.region, hasp.account
    TO hasp_keys, hasp_accounts;

ALTER TABLE hasp.account
    ADD COLUMN machine_keys boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN hasp.account.machine_keys IS
    'Whether admin keys may manage keys; false: people alone';

ALTER TABLE hasp.member
    ADD COLUMN totp_step bigint NOT NULL DEFAULT 0,
    ADD COLUMN totp_pending bytea
        CONSTRAINT member_totp_pending
        CHECK (octet_length(totp_pending) BETWEEN 29 AND 200);
COMMENT ON COLUMN hasp.member.totp_step IS
    'Time step of the last one-time code taken: none counts twice';
COMMENT ON COLUMN hasp.member.totp_pending IS
    'As totp_sealed, offered and not yet confirmed by a code of it';
CREATE POLICY member_operator ON hasp.member TO hasp_operator
    USING (true) WITH CHECK (true);

-- Two admins who edit one key are told apart by this number. The function is
-- made anew with a body that does not tie the tables down.
DROP FUNCTION hasp.secret_record(hasp.secret, hasp.key);
ALTER TABLE hasp.key ADD COLUMN revision bigint NOT NULL DEFAULT 1;
CREATE FUNCTION hasp.secret_record(s hasp.secret, k hasp.key) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT concat_ws(E'\t',
        (k).id,
        (k).name,
        (s).version,
        (k).role,
        (k).environment,
        coalesce((k).app::text, ''),
        (k).revoked_at IS NOT NULL,
        (s).revoked_at IS NOT NULL,
        (k).disabled_at IS NOT NULL,
        coalesce(hasp.unix_us((k).expires_at), 0),
        coalesce(hasp.unix_us((s).expires_at), 0),
        coalesce(hasp.unix_us((k).not_before), 0),
        coalesce(hasp.unix_us((s).not_before), 0),
        array_to_string((k).allowed_ranges, ' ')) $$;
COMMENT ON FUNCTION hasp.secret_record IS
    'Separated by tabs, which cannot stand inside a field: key id, key name, '
    'secret version, role, environment, app, key revoked, secret revoked, '
    'disabled, key expires, secret expires, key not before, secret not '
    'before (microseconds since 1970, 0: none), ranges (by spaces)';
COMMENT ON COLUMN hasp.key.revision IS
    'Goes up with each change of the key or of its secrets: its ETag';
CREATE OR REPLACE FUNCTION hasp.key_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.account <> OLD.account THEN
        RAISE EXCEPTION 'a key keeps its id and account'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by,
        NEW.revoked_why) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by,
        OLD.revoked_why) THEN
        RAISE EXCEPTION 'a revoked key stays revoked'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.key_guard IS
    'Trigger: revocation is final, and each change counts';

CREATE TABLE hasp.session (
    digest bytea PRIMARY KEY
        CONSTRAINT session_digest CHECK (octet_length(digest) = 32),
    account bigint NOT NULL REFERENCES hasp.account,
    member bigint NOT NULL REFERENCES hasp.member ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    idle_seconds integer NOT NULL
        CONSTRAINT session_idle CHECK (idle_seconds BETWEEN 1 AND 31536000),
    expires_at timestamptz NOT NULL,
    address inet
);
COMMENT ON TABLE hasp.session IS 'A person who is signed in, in one browser';
COMMENT ON COLUMN hasp.session.digest IS
    'SHA-256 of the token in the cookie, which is stored nowhere';
COMMENT ON COLUMN hasp.session.account IS 'The member''s account';
COMMENT ON COLUMN hasp.session.member IS 'Who signed in';
COMMENT ON COLUMN hasp.session.created_at IS 'When';
COMMENT ON COLUMN hasp.session.seen_at IS
    'Its last request, to half a minute';
COMMENT ON COLUMN hasp.session.idle_seconds IS
    'Without a request for so long it ends';
COMMENT ON COLUMN hasp.session.expires_at IS 'Ends then, whatever happens';
COMMENT ON COLUMN hasp.session.address IS 'Where the person signed in from';
CREATE INDEX session_member ON hasp.session (member);
CREATE INDEX session_account ON hasp.session (account);
CREATE INDEX session_expires ON hasp.session (expires_at);

CREATE TABLE hasp.proof (
    digest bytea PRIMARY KEY
        CONSTRAINT proof_digest CHECK (octet_length(digest) = 32),
    account bigint NOT NULL REFERENCES hasp.account,
    session bytea NOT NULL REFERENCES hasp.session ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE hasp.proof IS
    'A person has just proved again who they are; used up by one change';
COMMENT ON COLUMN hasp.proof.digest IS 'SHA-256 of the proof';
COMMENT ON COLUMN hasp.proof.account IS 'The session''s account';
COMMENT ON COLUMN hasp.proof.session IS 'The session it counts in';
COMMENT ON COLUMN hasp.proof.expires_at IS 'Counts for nothing from then on';
CREATE INDEX proof_session ON hasp.proof (session);
CREATE INDEX proof_account ON hasp.proof (account);

CREATE TABLE hasp.recovery_code (
    digest bytea PRIMARY KEY
        CONSTRAINT recovery_code_digest CHECK (octet_length(digest) = 32),
    account bigint NOT NULL REFERENCES hasp.account,
    member bigint NOT NULL REFERENCES hasp.member ON DELETE CASCADE
);
COMMENT ON TABLE hasp.recovery_code IS
    'Each stands once in place of a one-time code; gone when used';
COMMENT ON COLUMN hasp.recovery_code.digest IS
    'SHA-256 of the member''s number, a colon and the code';
COMMENT ON COLUMN hasp.recovery_code.account IS 'The member''s account';
COMMENT ON COLUMN hasp.recovery_code.member IS 'Whose code';
CREATE INDEX recovery_code_member ON hasp.recovery_code (member);
CREATE INDEX recovery_code_account ON hasp.recovery_code (account);

CREATE TABLE hasp.attempt (
    subject bytea PRIMARY KEY
        CONSTRAINT attempt_subject CHECK (octet_length(subject) = 32),
    failures integer NOT NULL DEFAULT 0
        CONSTRAINT attempt_failures CHECK (failures >= 0),
    last_at timestamptz NOT NULL DEFAULT now(),
    trusted_until timestamptz
);
COMMENT ON TABLE hasp.attempt IS
    'How often signing in failed lately, whether the member exists or not';
COMMENT ON COLUMN hasp.attempt.subject IS
    'SHA-256 of what is slowed: an email address, a network address, or both';
COMMENT ON COLUMN hasp.attempt.failures IS
    'Failures, those under way included; one less for each quarter of an hour';
COMMENT ON COLUMN hasp.attempt.last_at IS 'The last of them';
COMMENT ON COLUMN hasp.attempt.trusted_until IS
    'For both together: the member signed in from there, and strangers'' '
    'failures do not slow it';
CREATE INDEX attempt_last ON hasp.attempt (last_at);

CREATE TABLE hasp.idempotency (
    account bigint NOT NULL REFERENCES hasp.account,
    digest bytea NOT NULL
        CONSTRAINT idempotency_digest CHECK (octet_length(digest) = 32),
    request bytea NOT NULL
        CONSTRAINT idempotency_request CHECK (octet_length(request) = 32),
    key_id text COLLATE "C" NOT NULL REFERENCES hasp.key
        DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, digest)
);
COMMENT ON TABLE hasp.idempotency IS
    'Requests that showed a secret, for a day: a repetition shows none';
COMMENT ON COLUMN hasp.idempotency.account IS 'Whose request';
COMMENT ON COLUMN hasp.idempotency.digest IS
    'SHA-256 of who asked, for what, and the Idempotency-Key';
COMMENT ON COLUMN hasp.idempotency.request IS 'SHA-256 of the request''s body';
COMMENT ON COLUMN hasp.idempotency.key_id IS 'The key it made or rotated';
COMMENT ON COLUMN hasp.idempotency.created_at IS 'When';
CREATE INDEX idempotency_created ON hasp.idempotency (account, created_at);
CREATE INDEX idempotency_key ON hasp.idempotency (key_id);

CREATE TABLE hasp.audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL CONSTRAINT audit_event_account CHECK (account >= 0),
    at timestamptz NOT NULL DEFAULT now(),
    actor text COLLATE "C" NOT NULL
        CONSTRAINT audit_event_actor CHECK (actor ~
            '^(nobody|operator|member:[1-9][0-9]{0,18}|key:key_[0-9A-Za-z]{16})$'),
    event hasp.code NOT NULL,
    key_id text COLLATE "C",
    secret_version integer,
    member bigint,
    address inet,
    request_id text COLLATE "C"
        CONSTRAINT audit_event_request_id
        CHECK (request_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    detail jsonb NOT NULL DEFAULT '{}',
    hash bytea CONSTRAINT audit_event_hash CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE hasp.audit_event IS
    'What was managed, by whom; written by the transaction that did it';
COMMENT ON COLUMN hasp.audit_event.id IS 'Number of the event';
COMMENT ON COLUMN hasp.audit_event.account IS
    'Whose event; 0: of the installation';
COMMENT ON COLUMN hasp.audit_event.at IS 'When';
COMMENT ON COLUMN hasp.audit_event.actor IS
    'Who did it, as hasp.actor; nobody: who failed to sign in';
COMMENT ON COLUMN hasp.audit_event.event IS 'What was done: key_created, ...';
COMMENT ON COLUMN hasp.audit_event.key_id IS 'The key it was done to';
COMMENT ON COLUMN hasp.audit_event.secret_version IS 'Which of its secrets';
COMMENT ON COLUMN hasp.audit_event.member IS 'The member it was done to';
COMMENT ON COLUMN hasp.audit_event.address IS 'Where the request came from';
COMMENT ON COLUMN hasp.audit_event.request_id IS 'Its id in the logs';
COMMENT ON COLUMN hasp.audit_event.detail IS
    'How what it was done to stands after it; never a secret';
COMMENT ON COLUMN hasp.audit_event.hash IS
    'Of this event and the one before it of the account; NULL: not chained';
CREATE INDEX audit_event_of ON hasp.audit_event (account, id);

CREATE FUNCTION hasp.audit_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was logged stays as it is'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
COMMENT ON FUNCTION hasp.audit_guard IS
    'Trigger: nobody changes or removes an audit event, the owner neither';
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON hasp.audit_event
    FOR EACH ROW EXECUTE FUNCTION hasp.audit_guard();
CREATE TRIGGER audit_guard_all BEFORE TRUNCATE ON hasp.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.audit_guard();

-- Rows of accounts are kept apart; hasp_operator sees all of them.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['session', 'proof', 'recovery_code',
        'idempotency', 'audit_event'] LOOP
        EXECUTE format('ALTER TABLE hasp.%I ENABLE ROW LEVEL SECURITY, '
            'FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_owner '
            'USING (true) WITH CHECK (true)', t || '_owner', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_operator '
            'USING (true) WITH CHECK (true)', t || '_operator', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I '
            'USING (account = hasp.current_account())', t || '_own', t);
    END LOOP;
END $$;

-- Who holds the token of a session, if it still counts. The account is not
-- known before, so row security cannot help: nothing but the token's digest
-- finds it.
CREATE FUNCTION hasp.look_up_session(wanted bytea,
    OUT account bigint, OUT status text, OUT region text, OUT api_host text,
    OUT member bigint, OUT email text, OUT may_administer boolean,
    OUT totp boolean, OUT created bigint, OUT idle_expires bigint,
    OUT expires bigint) RETURNS SETOF record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE hasp.session s SET seen_at = now()
        WHERE s.digest = wanted AND s.expires_at > now()
            AND s.seen_at + s.idle_seconds * interval '1 second' > now()
            AND s.seen_at < now() - interval '30 seconds';
    RETURN QUERY
        SELECT s.account, a.status, r.code::text, r.api_host, m.id, m.email,
            m.may_administer, m.totp_confirmed_at IS NOT NULL,
            hasp.unix_us(s.created_at), hasp.unix_us(least(s.expires_at,
            s.seen_at + s.idle_seconds * interval '1 second')),
            hasp.unix_us(s.expires_at)
        FROM hasp.session s
        JOIN hasp.member m ON m.id = s.member
        JOIN hasp.account a ON a.id = s.account
        JOIN hasp.region r ON r.code = a.region
        WHERE s.digest = wanted AND m.disabled_at IS NULL
            AND m.account = s.account AND s.expires_at > now()
            AND s.seen_at + s.idle_seconds * interval '1 second' > now();
END $$;
COMMENT ON FUNCTION hasp.look_up_session IS
    'The session of that digest, its member and account, and that it was '
    'seen; no row if it has ended or the member is gone';

-- Uses a proof up. In the transaction of the change that wants it, so that a
-- change that fails leaves it.
CREATE FUNCTION hasp.use_proof(of_session bytea, wanted bytea)
    RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM hasp.proof p WHERE p.digest = wanted
        AND p.session = of_session AND p.expires_at > now();
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hasp.use_proof IS
    'Whether that proof counts in that session; it does not again';

-- As hasp.lock_account, for programs that see one account.
CREATE FUNCTION hasp.lock_own_account(OUT max_keys integer, OUT keys bigint,
    OUT status text, OUT plan_active boolean, OUT self_service boolean,
    OUT machine_keys boolean) RETURNS SETOF record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM hasp.account a WHERE a.id = hasp.current_account()
        FOR NO KEY UPDATE;
    -- A statement of its own: it sees what was committed before the lock.
    RETURN QUERY
        SELECT p.max_keys, (SELECT count(*) FROM hasp.key k
            WHERE k.account = a.id AND k.revoked_at IS NULL),
            a.status, p.active, p.self_service, a.machine_keys
        FROM hasp.account a JOIN hasp.plan p ON p.code = a.plan
        WHERE a.id = hasp.current_account();
END $$;
COMMENT ON FUNCTION hasp.lock_own_account IS
    'Locks the transaction''s account; what its plan and itself allow';

-- Signing in. The hash leaves the database only by the email address.
CREATE FUNCTION hasp.find_sign_in(wanted text,
    OUT account bigint, OUT account_name text, OUT status text,
    OUT region text, OUT api_host text, OUT member bigint,
    OUT may_administer boolean, OUT password_hash text,
    OUT totp_sealed bytea, OUT totp_step bigint, OUT totp_pending bytea)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT m.account, a.name::text, a.status, r.code::text, r.api_host,
            m.id, m.may_administer, m.password_hash,
            CASE WHEN m.totp_confirmed_at IS NOT NULL THEN m.totp_sealed END,
            m.totp_step, m.totp_pending
        FROM hasp.member m
        JOIN hasp.account a ON a.id = m.account
        JOIN hasp.region r ON r.code = a.region
        WHERE m.email = lower(wanted) AND m.disabled_at IS NULL;
END $$;
COMMENT ON FUNCTION hasp.find_sign_in IS
    'What a password and a one-time code are held against: one member, by '
    'email address; no row if there is none or it is disabled';

CREATE FUNCTION hasp.attempt_delay(failures integer, free integer)
    RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN failures < free THEN interval '0'
        ELSE least(power(2, least(failures - free, 6)), 60)
            * interval '1 second' END;
COMMENT ON FUNCTION hasp.attempt_delay IS
    'How long to wait after so many failures: 1 s after the free ones, twice '
    'as long after each, 60 s at most, so that nobody is locked out for ever';

-- Failures count before the password is looked at, and success takes them
-- back: however many try at once, each counts.
CREATE FUNCTION hasp.begin_attempt(who bytea, place bytea, pair bytea,
    free integer) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subjects bytea[] := ARRAY[who, place];
    failed integer[] := ARRAY[0, 0];
    one hasp.attempt;
    waits interval := interval '0';
BEGIN
    -- A member who signed in from there before is slowed by nobody else.
    IF EXISTS (SELECT FROM hasp.attempt a WHERE a.subject = pair
        AND a.trusted_until > now()) THEN
        subjects := ARRAY[pair];
    END IF;
    FOR i IN 1 .. cardinality(subjects) LOOP
        -- Locks the row, whether it is new or not.
        INSERT INTO hasp.attempt AS a (subject) VALUES (subjects[i])
            ON CONFLICT (subject) DO UPDATE SET failures = a.failures
            RETURNING a.* INTO one;
        -- Not now(): others, who were waited for, may be later than that.
        failed[i] := greatest(0, one.failures - floor(extract(epoch FROM
            greatest(clock_timestamp() - one.last_at, interval '0'))
            / 900)::integer);
        waits := greatest(waits, one.last_at - clock_timestamp()
            + hasp.attempt_delay(failed[i], CASE i WHEN 1 THEN free
                ELSE free * 4 END));
    END LOOP;
    IF waits > interval '0' THEN
        RETURN ceil(extract(epoch FROM waits) * 1000);
    END IF;
    FOR i IN 1 .. cardinality(subjects) LOOP
        UPDATE hasp.attempt a SET last_at = clock_timestamp(),
            failures = least(failed[i] + 1, 1000000)
            WHERE a.subject = subjects[i];
    END LOOP;
    DELETE FROM hasp.attempt a WHERE a.ctid IN (SELECT o.ctid
        FROM hasp.attempt o WHERE o.last_at < now() - interval '1 day'
            AND coalesce(o.trusted_until < now(), true)
        LIMIT 10 FOR UPDATE SKIP LOCKED);
    RETURN 0;
END $$;
COMMENT ON FUNCTION hasp.begin_attempt IS
    'Counts an attempt to sign in as a failure, or says how many ms to wait '
    'before the next is looked at: of an email address, of a network address, '
    'of both together; so many are free';

CREATE FUNCTION hasp.end_attempt(who bytea, place bytea, pair bytea)
    RETURNS void
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM hasp.attempt a WHERE a.subject = pair
        AND a.trusted_until > now()) THEN
        UPDATE hasp.attempt a SET failures = 0,
            trusted_until = now() + interval '90 days'
            WHERE a.subject = pair;
        RETURN;
    END IF;
    UPDATE hasp.attempt a SET failures = 0 WHERE a.subject = who;
    UPDATE hasp.attempt a SET failures = greatest(a.failures - 1, 0)
        WHERE a.subject = place;
    INSERT INTO hasp.attempt AS a (subject, trusted_until)
        VALUES (pair, now() + interval '90 days')
        ON CONFLICT (subject) DO UPDATE SET failures = 0,
            trusted_until = EXCLUDED.trusted_until;
END $$;
COMMENT ON FUNCTION hasp.end_attempt IS
    'The attempt was right: takes its failure back, and trusts this address '
    'for this member for 90 days';

CREATE FUNCTION hasp.drop_attempt(who bytea, place bytea, pair bytea)
    RETURNS void
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subjects bytea[] := ARRAY[who, place];
BEGIN
    IF EXISTS (SELECT FROM hasp.attempt a WHERE a.subject = pair
        AND a.trusted_until > now()) THEN
        subjects := ARRAY[pair];
    END IF;
    -- One after the other, in the order of begin_attempt.
    FOR i IN 1 .. cardinality(subjects) LOOP
        UPDATE hasp.attempt a SET failures = greatest(a.failures - 1, 0)
            WHERE a.subject = subjects[i];
    END LOOP;
END $$;
COMMENT ON FUNCTION hasp.drop_attempt IS
    'Nobody looked at the attempt: takes its failure back, and no more';

GRANT EXECUTE ON FUNCTION hasp.look_up_session, hasp.use_proof
    TO hasp_keys, hasp_accounts;
GRANT EXECUTE ON FUNCTION hasp.lock_own_account TO hasp_keys;
GRANT EXECUTE ON FUNCTION hasp.find_sign_in, hasp.begin_attempt,
    hasp.end_attempt, hasp.drop_attempt TO hasp_accounts;

GRANT INSERT (account, actor, event, key_id, secret_version, member, address,
    request_id, detail) ON hasp.audit_event
    TO hasp_keys, hasp_accounts, hasp_operator;

-- keys
GRANT SELECT ON hasp.key TO hasp_keys;
GRANT INSERT (id, account, name, kind, role, environment, allowed_ranges,
    rate_per_second, rate_burst, created_by, not_before, expires_at)
    ON hasp.key TO hasp_keys, hasp_operator;
GRANT UPDATE (name, role, allowed_ranges, rate_per_second, rate_burst,
    not_before, expires_at, disabled_at, revoked_at, revoked_by, revoked_why,
    revision) ON hasp.key TO hasp_keys, hasp_operator;
GRANT SELECT (account, key_id, version, last_four, created_at, not_before,
    expires_at, revoked_at) ON hasp.secret TO hasp_keys, hasp_operator;
GRANT INSERT (digest, key_id, version, last_four) ON hasp.secret
    TO hasp_keys;
GRANT UPDATE (expires_at, revoked_at) ON hasp.secret
    TO hasp_keys, hasp_operator;
GRANT SELECT, DELETE ON hasp.idempotency TO hasp_keys;
GRANT INSERT (account, digest, request, key_id) ON hasp.idempotency
    TO hasp_keys;
GRANT UPDATE (request, key_id, created_at) ON hasp.idempotency TO hasp_keys;

-- accounts
GRANT UPDATE (machine_keys) ON hasp.account TO hasp_accounts, hasp_operator;
GRANT SELECT (account) ON hasp.key TO hasp_accounts;
GRANT SELECT (revoked_at) ON hasp.key TO hasp_accounts;
GRANT SELECT (id, account, email, totp_confirmed_at, totp_step,
    may_administer, created_at, disabled_at) ON hasp.member
    TO hasp_accounts, hasp_operator;
GRANT INSERT (account, email, password_hash, may_administer)
    ON hasp.member TO hasp_accounts;
GRANT UPDATE (password_hash, totp_sealed, totp_confirmed_at, totp_step,
    totp_pending, may_administer) ON hasp.member TO hasp_accounts;
GRANT DELETE ON hasp.member TO hasp_accounts;
GRANT SELECT, DELETE ON hasp.session, hasp.proof, hasp.recovery_code
    TO hasp_accounts;
GRANT INSERT (digest, account, member, idle_seconds, expires_at, address)
    ON hasp.session TO hasp_accounts;
GRANT INSERT ON hasp.proof, hasp.recovery_code TO hasp_accounts;

-- haspctl
GRANT UPDATE (plan, region, status) ON hasp.account TO hasp_operator;
GRANT INSERT ON hasp.plan, hasp.region TO hasp_operator;
GRANT UPDATE (name, active, self_service, max_keys, rate_per_second,
    rate_burst) ON hasp.plan TO hasp_operator;
GRANT UPDATE (name, api_host) ON hasp.region TO hasp_operator;
GRANT INSERT (account, email, password_hash, totp_sealed, totp_confirmed_at,
    may_administer) ON hasp.member TO hasp_operator;
GRANT UPDATE (password_hash, totp_sealed, totp_confirmed_at, totp_step,
    totp_pending, may_administer, disabled_at) ON hasp.member
    TO hasp_operator;
GRANT SELECT (member), DELETE ON hasp.session TO hasp_operator;
GRANT SELECT (member), DELETE ON hasp.recovery_code TO hasp_operator;
