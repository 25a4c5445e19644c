-- SPDX-License-Identifier: ISC
-- What a check needs for rate limits, deprecation and an overlap that starts
-- at the first use, and where it notes that a secret was used. Runs as
-- hasp_owner inside a transaction of the migrator.

ALTER TABLE hasp.account
    ADD legacy_deprecated_at timestamptz
        CONSTRAINT account_legacy_deprecated_at
        CHECK (isfinite(legacy_deprecated_at)
            AND legacy_deprecated_at > to_timestamp(0)),
    ADD legacy_sunset_at timestamptz
        CONSTRAINT account_legacy_sunset_at
        CHECK (isfinite(legacy_sunset_at)),
    -- Stands in a header between < and >, and in JSON, as it is.
    ADD legacy_link text COLLATE "C"
        CONSTRAINT account_legacy_link
        CHECK (legacy_link ~ '^https?://[!#-&(-+./0-:=?-\[\]-~-]+$'
            AND octet_length(legacy_link) <= 300),
    ADD legacy_policy text COLLATE "C" NOT NULL DEFAULT 'warn'
        CONSTRAINT account_legacy_policy
        CHECK (legacy_policy IN ('warn', 'refuse')),
    -- RFC 9745 section 4: a sunset is not earlier than the deprecation.
    ADD CONSTRAINT account_legacy_whole
        CHECK (legacy_sunset_at IS NULL OR legacy_deprecated_at IS NOT NULL
            AND legacy_sunset_at >= legacy_deprecated_at);
COMMENT ON COLUMN hasp.account.legacy_deprecated_at IS
    'As of when keys of kind api_key are deprecated; NULL: as its sites say. '
    'Above 1970, since 0 means none to programs';
COMMENT ON COLUMN hasp.account.legacy_sunset_at IS
    'When they are expected to end; they work until they are revoked';
COMMENT ON COLUMN hasp.account.legacy_link IS
    'The page that says what to do, http or https; NULL: as its sites say';
COMMENT ON COLUMN hasp.account.legacy_policy IS
    'Whether new ones get a warning or are refused, once they are deprecated';

ALTER TABLE hasp.secret
    ADD overlap_seconds integer
        CONSTRAINT secret_overlap
        CHECK (overlap_seconds BETWEEN 0 AND 2592000);
COMMENT ON COLUMN hasp.secret.overlap_seconds IS
    'How long the secrets before it live on after its first use; NULL: it '
    'was used, or they got their end when it was made';

-- Without a foreign key: its rows come from hasp.secret by hasp.note_uses
-- alone, no secret is ever deleted, and the check of each would lock, and so
-- write, the secret's own row.
CREATE TABLE hasp.secret_use (
    key_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    account bigint NOT NULL,
    first_used_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    last_used_from inet,
    PRIMARY KEY (key_id, version)
) WITH (fillfactor = 80);
COMMENT ON TABLE hasp.secret_use IS
    'When and from where a secret was let in; a little late';
COMMENT ON COLUMN hasp.secret_use.key_id IS 'Whose secret';
COMMENT ON COLUMN hasp.secret_use.version IS 'Which of its secrets';
COMMENT ON COLUMN hasp.secret_use.account IS
    'The key''s account, copied: a key keeps its account';
COMMENT ON COLUMN hasp.secret_use.first_used_at IS 'The first time';
COMMENT ON COLUMN hasp.secret_use.last_used_at IS 'The last time';
COMMENT ON COLUMN hasp.secret_use.last_used_from IS
    'The client''s address that time; NULL: not known';

ALTER TABLE hasp.secret_use ENABLE ROW LEVEL SECURITY,
    FORCE ROW LEVEL SECURITY;
CREATE POLICY secret_use_owner ON hasp.secret_use TO hasp_owner
    USING (true) WITH CHECK (true);
CREATE POLICY secret_use_operator ON hasp.secret_use TO hasp_operator
    USING (true) WITH CHECK (true);
CREATE POLICY secret_use_own ON hasp.secret_use
    USING (account = hasp.current_account());

CREATE OR REPLACE FUNCTION hasp.secret_record(s hasp.secret, k hasp.key)
    RETURNS text
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
        array_to_string((k).allowed_ranges, ' '),
        (k).kind,
        coalesce((k).rate_per_second, 0),
        coalesce((k).rate_burst, 0),
        (s).overlap_seconds IS NOT NULL) $$;
COMMENT ON FUNCTION hasp.secret_record IS
    'Separated by tabs, which cannot stand inside a field: key id, key name, '
    'secret version, role, environment, app, key revoked, secret revoked, '
    'disabled, key expires, secret expires, key not before, secret not '
    'before (microseconds since 1970, 0: none), ranges (by spaces), kind, '
    'rate and burst of the key (0: as the plan says), whether an overlap '
    'waits for the first use';

CREATE OR REPLACE FUNCTION hasp.look_up_keys(wanted bytea) RETURNS text
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
            coalesce(p.rate_per_second, 0),
            coalesce(p.rate_burst, 0),
            coalesce(hasp.unix_us(a.legacy_deprecated_at), 0),
            coalesce(hasp.unix_us(a.legacy_sunset_at), 0),
            coalesce(a.legacy_link, ''),
            a.legacy_policy,
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
    'account, its status, plan active, region, its API host, rate and burst '
    'of the plan (0: none), the account''s deprecation, sunset '
    '(microseconds since 1970, 0: none), link and policy, and the fields of '
    'hasp.secret_record';

-- The first use of a new secret gives the ones before it their end. Whoever
-- is second waits for the first and finds nothing left to do.
CREATE FUNCTION hasp.begin_overlap(wanted text, wanted_version integer)
    RETURNS boolean
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    overlap integer;
BEGIN
    -- As a rotation does, before any secret is read.
    PERFORM FROM hasp.key k WHERE k.id = wanted FOR UPDATE;
    SELECT s.overlap_seconds INTO overlap
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
        INSERT INTO hasp.audit_event (account, actor, event, key_id,
            secret_version)
        SELECT k.account, 'key:' || k.id, 'overlap_begun', k.id,
            wanted_version
        FROM hasp.key k WHERE k.id = wanted;
    END IF;
    RETURN true;
END $$;
COMMENT ON FUNCTION hasp.begin_overlap IS
    'Begins the overlap that waits for this secret''s first use, unless it '
    'has begun; false, and nothing done, if the secret is not in force';

CREATE FUNCTION hasp.note_uses(uses text) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noted bigint;
BEGIN
    -- In one order, so that two programs never wait for each other.
    INSERT INTO hasp.secret_use AS u (key_id, version, account,
        first_used_at, last_used_at, last_used_from)
    SELECT DISTINCT ON (s.key_id, s.version)
        s.key_id, s.version, s.account,
        to_timestamp(0) + split_part(line, E'\t', 3)::bigint
            * interval '1 microsecond',
        to_timestamp(0) + split_part(line, E'\t', 4)::bigint
            * interval '1 microsecond',
        nullif(split_part(line, E'\t', 5), '')::inet
    FROM string_to_table(uses, E'\n') line
    JOIN hasp.secret s ON s.key_id = split_part(line, E'\t', 1)
        AND s.version = split_part(line, E'\t', 2)::integer
    ORDER BY s.key_id, s.version, split_part(line, E'\t', 4)::bigint DESC
    ON CONFLICT (key_id, version) DO UPDATE SET
        first_used_at = least(u.first_used_at, excluded.first_used_at),
        last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        last_used_from = CASE WHEN excluded.last_used_at >= u.last_used_at
            THEN excluded.last_used_from ELSE u.last_used_from END;
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END $$;
COMMENT ON FUNCTION hasp.note_uses IS
    'Notes uses, a line each: key id, secret version, first and last time '
    '(microseconds since 1970), address (perhaps empty), separated by tabs. '
    'Secrets that are not there are passed over; how many were noted';

GRANT EXECUTE ON FUNCTION hasp.begin_overlap, hasp.note_uses
    TO hasp_accounts, hasp_auth, hasp_keys;
-- Whoever authenticates by keys looks them up.
GRANT EXECUTE ON FUNCTION hasp.look_up_keys TO hasp_accounts, hasp_keys;
GRANT SELECT ON hasp.secret_use TO hasp_keys, hasp_operator;
GRANT SELECT (overlap_seconds), INSERT (overlap_seconds),
    UPDATE (overlap_seconds) ON hasp.secret TO hasp_keys, hasp_operator;
GRANT UPDATE (legacy_deprecated_at, legacy_sunset_at, legacy_link,
    legacy_policy) ON hasp.account TO hasp_operator;

-- What secrets copied before has fewer fields.
UPDATE hasp.secret SET record = '';
