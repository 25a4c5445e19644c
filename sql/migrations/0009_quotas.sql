-- SPDX-License-Identifier: ISC
-- Daily quotas: how many requests of a key are let in on a day (UTC), by the
-- counts of hasp.usage_day. Runs as hasp_owner inside a transaction of the
-- migrator.

ALTER TABLE hasp.plan
    ADD daily_quota integer
        CONSTRAINT plan_daily_quota
        CHECK (daily_quota BETWEEN 1 AND 2000000000);
COMMENT ON COLUMN hasp.plan.daily_quota IS
    'Requests a day (UTC) of each key without its own; NULL: no limit';
ALTER TABLE hasp.key
    ADD daily_quota integer
        CONSTRAINT key_daily_quota
        CHECK (daily_quota BETWEEN 1 AND 2000000000);
COMMENT ON COLUMN hasp.key.daily_quota IS
    'Requests a day (UTC); NULL: as the plan says';

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
        (s).overlap_seconds IS NOT NULL,
        coalesce((k).daily_quota, 0)) $$;
COMMENT ON FUNCTION hasp.secret_record IS
    'Separated by tabs, which cannot stand inside a field: key id, key name, '
    'secret version, role, environment, app, key revoked, secret revoked, '
    'disabled, key expires, secret expires, key not before, secret not '
    'before (microseconds since 1970, 0: none), ranges (by spaces), kind, '
    'rate and burst of the key (0: as the plan says), whether an overlap '
    'waits for the first use, daily quota of the key (0: as the plan says)';

CREATE OR REPLACE FUNCTION hasp.look_up_keys(wanted bytea) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    records text;
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    -- A correlated subquery is looked up through the index for each digest,
    -- however many there are and whatever the planner thinks of them. What a
    -- key has used is looked up where there is a quota alone: the key's own is
    -- the last field of its record.
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
            coalesce(p.daily_quota, 0),
            today - date '1970-01-01',
            CASE WHEN p.daily_quota IS NOT NULL
                OR right(s.record, 2) <> E'\t0'
            THEN coalesce((SELECT least(d.allowed, 2147483647)
                FROM hasp.usage_day d
                WHERE d.key_id = s.key_id AND d.day = today), 0)
            ELSE 0 END,
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
    '(microseconds since 1970, 0: none), link and policy, daily quota of the '
    'plan (0: none), the day (UTC, days since 1970), requests of the key let '
    'in on that day (0 without a quota; at most 2147483647), and the fields '
    'of hasp.secret_record';

CREATE FUNCTION hasp.read_used(wanted text, of_day integer) RETURNS text
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(coalesce((SELECT least(d.allowed, 2147483647)
        FROM hasp.usage_day d
        WHERE d.key_id = w.id AND d.day = date '1970-01-01' + of_day),
        0)::text, E'\n' ORDER BY w.place)
    FROM string_to_table(wanted, E'\n') WITH ORDINALITY w (id, place) $$;
COMMENT ON FUNCTION hasp.read_used IS
    'How many requests of the keys, an id on each line, were let in on that '
    'day (UTC, days since 1970), at most 2147483647: a number on each line, '
    'in their order';

DROP TRIGGER plan_changed ON hasp.plan;
CREATE CONSTRAINT TRIGGER plan_changed AFTER UPDATE ON hasp.plan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.code, OLD.active, OLD.rate_per_second, OLD.rate_burst,
        OLD.daily_quota) IS DISTINCT FROM
        (NEW.code, NEW.active, NEW.rate_per_second, NEW.rate_burst,
        NEW.daily_quota))
    EXECUTE FUNCTION hasp.record_changed('all');

GRANT EXECUTE ON FUNCTION hasp.read_used
    TO hasp_accounts, hasp_audit, hasp_auth, hasp_keys;
GRANT INSERT (daily_quota), UPDATE (daily_quota) ON hasp.key
    TO hasp_keys, hasp_operator;
GRANT UPDATE (daily_quota) ON hasp.plan TO hasp_operator;

-- What secrets copied before has a field less. It is one change of all.
ALTER TABLE hasp.secret DISABLE TRIGGER secret_changed;
UPDATE hasp.secret SET record = '';
ALTER TABLE hasp.secret ENABLE TRIGGER secret_changed;
DO $$
BEGIN
    PERFORM hasp.note_change('all', '');
END $$;
