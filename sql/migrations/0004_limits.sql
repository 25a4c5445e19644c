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

CREATE TABLE hasp.secret_use (
    key_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    account bigint NOT NULL,
    first_used_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    last_used_from inet,
    PRIMARY KEY (key_id, version),
    CONSTRAINT secret_use_secret FOREIGN KEY (key_id, version)
        REFERENCES hasp.secret (key_id, version)
);
COMMENT ON TABLE hasp.secret_use IS
    'When and from where a secret was let in; up to a few seconds late';
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

GRANT EXECUTE ON FUNCTION hasp.begin_overlap, hasp.note_uses TO hasp_auth;
GRANT SELECT ON hasp.secret_use TO hasp_operator;
GRANT SELECT (overlap_seconds) ON hasp.secret TO hasp_operator;

-- What secrets copied before has fewer fields.
UPDATE hasp.secret SET record = '';
