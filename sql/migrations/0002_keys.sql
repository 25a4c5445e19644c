-- SPDX-License-Identifier: ISC
-- Keys, their secrets, and the look-up of a check. Runs as hasp_owner inside
-- a transaction of the migrator.

CREATE TABLE hasp.key (
    id text COLLATE "C" PRIMARY KEY
        CONSTRAINT key_id CHECK (id ~ '^key_[0-9A-Za-z]{16}$'),
    account bigint NOT NULL REFERENCES hasp.account,
    name hasp.label NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT key_kind
        CHECK (kind IN ('api_key', 'access_token', 'app_token')),
    role text COLLATE "C" NOT NULL
        CONSTRAINT key_role CHECK (role IN ('read', 'write', 'admin')),
    environment text COLLATE "C" NOT NULL
        CONSTRAINT key_environment CHECK (environment ~ '^[a-z0-9]{1,12}$'),
    allowed_ranges cidr[] NOT NULL DEFAULT '{}'
        CONSTRAINT key_allowed_ranges
        CHECK (cardinality(allowed_ranges) <= 16
            AND coalesce(array_ndims(allowed_ranges), 1) = 1
            AND array_position(allowed_ranges, NULL) IS NULL),
    rate_per_second integer
        CONSTRAINT key_rate CHECK (rate_per_second BETWEEN 1 AND 1000000),
    rate_burst integer
        CONSTRAINT key_burst CHECK (rate_burst BETWEEN 1 AND 10000000),
    app uuid,
    created_by hasp.actor NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz
        CONSTRAINT key_not_before CHECK (isfinite(not_before)),
    expires_at timestamptz
        CONSTRAINT key_expires_at
        CHECK (isfinite(expires_at) AND expires_at > to_timestamp(0)),
    disabled_at timestamptz,
    revoked_at timestamptz,
    revoked_by hasp.actor,
    revoked_why text
        CONSTRAINT key_revoked_why
        CHECK (char_length(revoked_why) <= 200 AND revoked_why !~
            '[\u0001-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]'),
    CONSTRAINT key_rate_whole
        CHECK ((rate_per_second IS NULL) = (rate_burst IS NULL)),
    CONSTRAINT key_app CHECK ((kind = 'app_token') = (app IS NOT NULL)),
    CONSTRAINT key_time CHECK (not_before < expires_at),
    CONSTRAINT key_revoked_whole
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)
            AND (revoked_at IS NULL) = (revoked_why IS NULL))
);
COMMENT ON TABLE hasp.key IS
    'The identity of a key; it survives the rotation of its secrets';
COMMENT ON COLUMN hasp.key.id IS 'key_ and 16 digits and letters; no secret';
COMMENT ON COLUMN hasp.key.account IS 'Whose key';
COMMENT ON COLUMN hasp.key.name IS 'What its people call it';
COMMENT ON COLUMN hasp.key.kind IS
    'access_token, api_key (legacy) or app_token (of an app''s connection)';
COMMENT ON COLUMN hasp.key.role IS 'read, write (and read) or admin (all)';
COMMENT ON COLUMN hasp.key.environment IS
    'The environment its text names and its sites must be of';
COMMENT ON COLUMN hasp.key.allowed_ranges IS
    'Networks it may be used from, 16 at most; empty: from everywhere';
COMMENT ON COLUMN hasp.key.rate_per_second IS
    'Requests per second; NULL: as the plan says';
COMMENT ON COLUMN hasp.key.rate_burst IS
    'Requests at once before the rate counts; NULL with the rate';
COMMENT ON COLUMN hasp.key.app IS 'The app it was made for; NULL: none';
COMMENT ON COLUMN hasp.key.created_by IS 'Who made it';
COMMENT ON COLUMN hasp.key.created_at IS 'When it was made';
COMMENT ON COLUMN hasp.key.not_before IS 'Refused before; NULL: at once valid';
COMMENT ON COLUMN hasp.key.expires_at IS
    'Refused from then on; NULL: never. Above 1970, since 0 means none to '
    'programs';
COMMENT ON COLUMN hasp.key.disabled_at IS
    'Since when it is switched off; may be switched on again';
COMMENT ON COLUMN hasp.key.revoked_at IS 'Since when it is refused for good';
COMMENT ON COLUMN hasp.key.revoked_by IS 'Who revoked it';
COMMENT ON COLUMN hasp.key.revoked_why IS 'The reason given, perhaps empty';
CREATE INDEX key_account ON hasp.key (account, created_at, id);
CREATE INDEX key_app ON hasp.key (app) WHERE app IS NOT NULL;

-- What is final stays so, whatever program has a mistake.
CREATE FUNCTION hasp.key_guard() RETURNS trigger
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
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.key_guard IS 'Trigger: revocation is final';
CREATE TRIGGER key_guard BEFORE UPDATE ON hasp.key
    FOR EACH ROW EXECUTE FUNCTION hasp.key_guard();

CREATE TABLE hasp.secret (
    digest bytea PRIMARY KEY
        CONSTRAINT secret_digest CHECK (octet_length(digest) = 32),
    key_id text COLLATE "C" NOT NULL REFERENCES hasp.key,
    version integer NOT NULL CONSTRAINT secret_version CHECK (version > 0),
    last_four text COLLATE "C" NOT NULL
        CONSTRAINT secret_last_four CHECK (last_four ~ '^[0-9A-Za-z]{4}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz
        CONSTRAINT secret_not_before CHECK (isfinite(not_before)),
    expires_at timestamptz
        CONSTRAINT secret_expires_at
        CHECK (isfinite(expires_at) AND expires_at > to_timestamp(0)),
    revoked_at timestamptz,
    account bigint NOT NULL,
    record text NOT NULL,
    CONSTRAINT secret_version_once UNIQUE (key_id, version)
);
COMMENT ON TABLE hasp.secret IS
    'A secret of a key: rotation adds one and gives the old one an end';
COMMENT ON COLUMN hasp.secret.digest IS
    'SHA-256 of the key''s whole text, which is stored nowhere';
COMMENT ON COLUMN hasp.secret.key_id IS 'Whose secret';
COMMENT ON COLUMN hasp.secret.version IS 'Counts from 1 within its key';
COMMENT ON COLUMN hasp.secret.last_four IS
    'The last four characters, for people to tell secrets apart';
COMMENT ON COLUMN hasp.secret.created_at IS 'When it was made';
COMMENT ON COLUMN hasp.secret.not_before IS
    'Refused before; NULL: at once valid';
COMMENT ON COLUMN hasp.secret.expires_at IS
    'Refused from then on; NULL: as long as the key';
COMMENT ON COLUMN hasp.secret.revoked_at IS
    'Since when this secret alone is refused for good';
COMMENT ON COLUMN hasp.secret.account IS
    'The key''s account, copied by trigger: a key keeps its account';
COMMENT ON COLUMN hasp.secret.record IS
    'What a check needs of key and secret, copied by trigger; see '
    'hasp.secret_record';

-- A check reads one row of this table and one of hasp.account, because each
-- further table costs it as much as all the rest. The copy cannot be older
-- than its key: whoever writes a secret holds the key's row, shared, until
-- the transaction ends, and whoever writes a key rewrites its secrets in the
-- same transaction; either waits for the other and then reads anew.
CREATE FUNCTION hasp.secret_record(s hasp.secret, k hasp.key) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN concat_ws(E'\t',
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
        array_to_string((k).allowed_ranges, ' '));
COMMENT ON FUNCTION hasp.secret_record IS
    'Separated by tabs, which cannot stand inside a field: key id, key name, '
    'secret version, role, environment, app, key revoked, secret revoked, '
    'disabled, key expires, secret expires, key not before, secret not '
    'before (microseconds since 1970, 0: none), ranges (by spaces)';

CREATE FUNCTION hasp.secret_copy() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k hasp.key;
BEGIN
    SELECT * INTO k FROM hasp.key WHERE id = NEW.key_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no key of that id'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    NEW.account := k.account;
    NEW.record := hasp.secret_record(NEW, k);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.secret_copy IS
    'Trigger: a secret copies what a check needs of its key';
CREATE TRIGGER secret_copy BEFORE INSERT OR UPDATE ON hasp.secret
    FOR EACH ROW EXECUTE FUNCTION hasp.secret_copy();

CREATE FUNCTION hasp.key_copied() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Any update of a secret copies anew.
    UPDATE hasp.secret SET record = '' WHERE key_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION hasp.key_copied IS
    'Trigger: the secrets of a key that changed copy anew';
CREATE TRIGGER key_copied AFTER UPDATE ON hasp.key
    FOR EACH ROW EXECUTE FUNCTION hasp.key_copied();

ALTER TABLE hasp.key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY key_owner ON hasp.key TO hasp_owner
    USING (true) WITH CHECK (true);
CREATE POLICY key_operator ON hasp.key TO hasp_operator
    USING (true) WITH CHECK (true);
CREATE POLICY key_own ON hasp.key
    USING (account = hasp.current_account());

ALTER TABLE hasp.secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY secret_owner ON hasp.secret TO hasp_owner
    USING (true) WITH CHECK (true);
CREATE POLICY secret_operator ON hasp.secret TO hasp_operator
    USING (true) WITH CHECK (true);
CREATE POLICY secret_own ON hasp.secret
    USING (account = hasp.current_account());

-- The look-up of checks. hasp_auth may call this and read nothing else, so
-- whoever takes that login over can test keys it already holds, but list
-- none. WANTED is one digest of 32 bytes or several, one after the other:
-- checks that arrive together are looked up together, which for eight of them
-- costs each a quarter. One text comes back instead of rows and columns
-- because that takes a third less time; neither tab nor line end can stand
-- inside a field.
CREATE FUNCTION hasp.look_up_keys(wanted bytea) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    records text;
BEGIN
    -- A correlated subquery is looked up through the index for each digest,
    -- however many there are and whatever the planner thinks of them.
    SELECT string_agg(coalesce((
        SELECT concat_ws(E'\t',
            at,
            s.account,
            a.status,
            p.active,
            a.region,
            r.api_host,
            s.record)
        FROM hasp.secret s
        JOIN hasp.account a ON a.id = s.account
        JOIN hasp.plan p ON p.code = a.plan
        JOIN hasp.region r ON r.code = a.region
        WHERE s.digest = substring(wanted FROM at FOR 32)), ''), E'\n')
    INTO records
    FROM generate_series(1, octet_length(wanted), 32) at;
    RETURN records;
END $$;
COMMENT ON FUNCTION hasp.look_up_keys IS
    'A line for each digest of 32 bytes, empty if there is no such secret; '
    'else separated by tabs: where the digest begins in what was wanted, '
    'account, its status, plan active, region, its API host, and the '
    'fields of hasp.secret_record';

-- Keeps others from adding keys to the account until the transaction ends,
-- so that the plan's limit holds when two make keys at once.
CREATE FUNCTION hasp.lock_account(wanted bigint,
    OUT max_keys integer, OUT keys bigint) RETURNS SETOF record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM hasp.account a WHERE a.id = wanted FOR NO KEY UPDATE;
    -- A statement of its own: it sees what was committed before the lock.
    RETURN QUERY
        SELECT p.max_keys, (SELECT count(*) FROM hasp.key k
            WHERE k.account = wanted AND k.revoked_at IS NULL)
        FROM hasp.account a JOIN hasp.plan p ON p.code = a.plan
        WHERE a.id = wanted;
END $$;
COMMENT ON FUNCTION hasp.lock_account IS
    'Locks the account; its plan''s limit of keys (NULL: none) and the keys '
    'it has; no row if there is no such account';

GRANT EXECUTE ON FUNCTION hasp.look_up_keys TO hasp_auth;
GRANT EXECUTE ON FUNCTION hasp.lock_account TO hasp_operator;
GRANT SELECT ON hasp.key TO hasp_operator;
GRANT INSERT (id, account, name, kind, role, environment, allowed_ranges,
    created_by, not_before, expires_at) ON hasp.key TO hasp_operator;
GRANT UPDATE (revoked_at, revoked_by, revoked_why)
    ON hasp.key TO hasp_operator;
GRANT SELECT (key_id, version, last_four, created_at, not_before, expires_at,
    revoked_at) ON hasp.secret TO hasp_operator;
GRANT INSERT (digest, key_id, version, last_four)
    ON hasp.secret TO hasp_operator;
GRANT UPDATE (expires_at) ON hasp.secret TO hasp_operator;
