-- SPDX-License-Identifier: ISC
-- Apps of publishers, what accounts grant them, and their tokens. Runs as
-- hasp_owner inside a transaction of the migrator.

-- An app does things, too.
ALTER DOMAIN hasp.actor DROP CONSTRAINT actor_form;
ALTER DOMAIN hasp.actor ADD CONSTRAINT actor_form CHECK (VALUE ~
    '^(operator|member:[1-9][0-9]{0,18}|key:key_[0-9A-Za-z]{16}|app:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
COMMENT ON DOMAIN hasp.actor IS 'operator, or member, key or app and its id';
DO $$
DECLARE
    t regclass;
BEGIN
    -- Some partitions have the constraint of their own besides.
    ALTER TABLE hasp.audit_event DROP CONSTRAINT audit_event_actor;
    FOR t IN SELECT i.inhrelid FROM pg_inherits i
        WHERE i.inhparent = 'hasp.audit_event'::regclass LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS '
            'audit_event_actor', t);
    END LOOP;
    ALTER TABLE hasp.audit_event ADD CONSTRAINT audit_event_actor CHECK (actor ~
        '^(nobody|operator|system|member:[1-9][0-9]{0,18}|key:key_[0-9A-Za-z]{16}|app:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
END $$;

CREATE TABLE hasp.app (
    guid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account bigint REFERENCES hasp.account,
    name hasp.label NOT NULL,
    publisher hasp.label NOT NULL,
    home_page text COLLATE "C" NOT NULL DEFAULT ''
        CONSTRAINT app_home_page CHECK (char_length(home_page) <= 300
            AND home_page ~ '^(https?://[!#-&(-+\-.-:=?-\[\]-~]+)?$'),
    created_by hasp.actor NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    removed_by hasp.actor,
    revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT app_removed_whole
        CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
COMMENT ON TABLE hasp.app IS
    'A program of a publisher that acts for accounts which connect it';
COMMENT ON COLUMN hasp.app.guid IS 'Its public id, the client_id of OAuth';
COMMENT ON COLUMN hasp.app.account IS
    'The account that made it for itself, which alone may connect it; NULL: '
    'made by the operator, for every account';
COMMENT ON COLUMN hasp.app.name IS 'What people call it';
COMMENT ON COLUMN hasp.app.publisher IS 'Who makes it';
COMMENT ON COLUMN hasp.app.home_page IS 'Where to read about it, or empty';
COMMENT ON COLUMN hasp.app.created_by IS 'Who registered it';
COMMENT ON COLUMN hasp.app.created_at IS 'When';
COMMENT ON COLUMN hasp.app.removed_at IS
    'Since when it is refused for good, with all its tokens';
COMMENT ON COLUMN hasp.app.removed_by IS 'Who removed it';
COMMENT ON COLUMN hasp.app.revision IS
    'Goes up with each change of the app or its secrets: its ETag';
CREATE INDEX app_account ON hasp.app (account, created_at, guid)
    WHERE account IS NOT NULL;

CREATE TABLE hasp.app_secret (
    digest bytea PRIMARY KEY
        CONSTRAINT app_secret_digest CHECK (octet_length(digest) = 32),
    app uuid NOT NULL REFERENCES hasp.app,
    version integer NOT NULL CONSTRAINT app_secret_version CHECK (version > 0),
    last_four text COLLATE "C" NOT NULL
        CONSTRAINT app_secret_last_four CHECK (last_four ~ '^[0-9A-Za-z]{4}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
        CONSTRAINT app_secret_expires_at CHECK (isfinite(expires_at)),
    CONSTRAINT app_secret_version_once UNIQUE (app, version)
);
COMMENT ON TABLE hasp.app_secret IS
    'A secret by which an app authenticates; rotation gives the old one an '
    'end';
COMMENT ON COLUMN hasp.app_secret.digest IS
    'SHA-256 of its whole text, which is stored nowhere';
COMMENT ON COLUMN hasp.app_secret.app IS 'Whose secret';
COMMENT ON COLUMN hasp.app_secret.version IS 'Counts from 1 within its app';
COMMENT ON COLUMN hasp.app_secret.last_four IS
    'The last four characters, for people to tell secrets apart';
COMMENT ON COLUMN hasp.app_secret.created_at IS 'When it was made';
COMMENT ON COLUMN hasp.app_secret.expires_at IS
    'Refused from then on; NULL: as long as the app';

CREATE TABLE hasp.connect_code (
    digest bytea PRIMARY KEY
        CONSTRAINT connect_code_digest CHECK (octet_length(digest) = 32),
    app uuid NOT NULL REFERENCES hasp.app,
    account bigint NOT NULL CONSTRAINT connect_code_account CHECK (account > 0),
    role text COLLATE "C" NOT NULL
        CONSTRAINT connect_code_role CHECK (role IN ('read', 'write', 'admin')),
    environment text COLLATE "C" NOT NULL
        CONSTRAINT connect_code_environment
        CHECK (environment ~ '^[a-z0-9]{1,12}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE hasp.connect_code IS
    'An app asks an account for a connection; approved once, soon, or never';
COMMENT ON COLUMN hasp.connect_code.digest IS
    'SHA-256 of the code, which is stored nowhere';
COMMENT ON COLUMN hasp.connect_code.app IS 'Which app asks';
COMMENT ON COLUMN hasp.connect_code.account IS
    'The account it asks; perhaps there is none of that number, and asking '
    'must not tell';
COMMENT ON COLUMN hasp.connect_code.role IS 'The most that may be granted';
COMMENT ON COLUMN hasp.connect_code.environment IS 'Where its tokens count';
COMMENT ON COLUMN hasp.connect_code.created_at IS 'When it was made';
COMMENT ON COLUMN hasp.connect_code.expires_at IS 'Refused from then on';
COMMENT ON COLUMN hasp.connect_code.used_at IS 'When it was approved';
CREATE INDEX connect_code_app ON hasp.connect_code (app, expires_at);

CREATE TABLE hasp.connection (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY
        CONSTRAINT connection_id CHECK (id > 0),
    account bigint NOT NULL REFERENCES hasp.account,
    app uuid NOT NULL REFERENCES hasp.app,
    role text COLLATE "C" NOT NULL
        CONSTRAINT connection_role CHECK (role IN ('read', 'write', 'admin')),
    environment text COLLATE "C" NOT NULL
        CONSTRAINT connection_environment
        CHECK (environment ~ '^[a-z0-9]{1,12}$'),
    granted_by hasp.actor NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    revoked_by hasp.actor,
    revoked_why text
        CONSTRAINT connection_revoked_why
        CHECK (char_length(revoked_why) <= 200 AND revoked_why !~
            '[\u0001-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]'),
    CONSTRAINT connection_whose UNIQUE (id, account, app),
    CONSTRAINT connection_revoked_whole
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)
            AND (revoked_at IS NULL) = (revoked_why IS NULL))
);
COMMENT ON TABLE hasp.connection IS
    'What an account granted an app; nothing of it changes but that it ends';
COMMENT ON COLUMN hasp.connection.id IS 'Number of the connection';
COMMENT ON COLUMN hasp.connection.account IS 'Whose connection';
COMMENT ON COLUMN hasp.connection.app IS 'To which app';
COMMENT ON COLUMN hasp.connection.role IS 'The most its tokens may have';
COMMENT ON COLUMN hasp.connection.environment IS 'Where its tokens count';
COMMENT ON COLUMN hasp.connection.granted_by IS 'Who approved it';
COMMENT ON COLUMN hasp.connection.granted_at IS 'When';
COMMENT ON COLUMN hasp.connection.revoked_at IS 'Its tokens'' end, for good';
COMMENT ON COLUMN hasp.connection.revoked_by IS 'Who revoked it';
COMMENT ON COLUMN hasp.connection.revoked_why IS 'The reason, perhaps empty';
CREATE UNIQUE INDEX connection_live ON hasp.connection (account, app)
    WHERE revoked_at IS NULL;
CREATE INDEX connection_of ON hasp.connection (account, id);
CREATE INDEX connection_app ON hasp.connection (app, account, id);

CREATE TABLE hasp.app_use (
    account bigint NOT NULL,
    app uuid NOT NULL,
    last_used_at timestamptz NOT NULL,
    last_used_from inet,
    PRIMARY KEY (account, app)
) WITH (fillfactor = 80);
COMMENT ON TABLE hasp.app_use IS
    'When and from where a token of an app was let in; a little late';
COMMENT ON COLUMN hasp.app_use.account IS 'The token''s account';
COMMENT ON COLUMN hasp.app_use.app IS 'The app';
COMMENT ON COLUMN hasp.app_use.last_used_at IS 'The last time';
COMMENT ON COLUMN hasp.app_use.last_used_from IS 'Where; NULL: not known';

-- Tokens are keys, which end with their connection.
ALTER TABLE hasp.key
    ADD COLUMN connection bigint,
    ADD CONSTRAINT key_connection CHECK ((app IS NULL) = (connection IS NULL)),
    ADD CONSTRAINT key_connection_whose FOREIGN KEY (connection, account, app)
        REFERENCES hasp.connection (id, account, app);
COMMENT ON COLUMN hasp.key.connection IS
    'Of an app token: the connection it belongs to';
ALTER TABLE hasp.secret ADD COLUMN connection bigint;
COMMENT ON COLUMN hasp.secret.connection IS
    'The key''s connection, copied by trigger: a key keeps it';
DROP INDEX hasp.key_app, hasp.key_account;
CREATE INDEX key_own ON hasp.key (account, created_at, id)
    WHERE app IS NULL;
-- Keys that the plan's limit counts: all but what apps fetch by themselves.
CREATE INDEX key_counted ON hasp.key (account)
    WHERE revoked_at IS NULL AND created_by !~ '^app:';
CREATE INDEX key_connection ON hasp.key (connection, created_at, id)
    WHERE connection IS NOT NULL;
CREATE INDEX key_fetched ON hasp.key (connection, expires_at)
    WHERE created_by ~ '^app:';

CREATE OR REPLACE FUNCTION hasp.key_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.account, NEW.app, NEW.connection) IS DISTINCT FROM
        (OLD.id, OLD.account, OLD.app, OLD.connection) THEN
        RAISE EXCEPTION 'a key keeps its id, account, app and connection'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by,
        NEW.revoked_why) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by,
        OLD.revoked_why) THEN
        RAISE EXCEPTION 'a revoked key stays revoked'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.connection IS NOT NULL AND (NEW.role, NEW.environment)
        IS DISTINCT FROM (OLD.role, OLD.environment) THEN
        RAISE EXCEPTION 'an app token keeps its role and environment'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.key_guard IS
    'Trigger: revocation is final, a token is fixed, and each change counts';

CREATE FUNCTION hasp.token_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c hasp.connection;
    roles text[] := '{read,write,admin}';
BEGIN
    -- Whoever ends the connection or the app waits, or was before.
    PERFORM FROM hasp.app a WHERE a.guid = NEW.app AND a.removed_at IS NULL
        FOR SHARE;
    IF FOUND THEN
        SELECT * INTO c FROM hasp.connection o
        WHERE o.id = NEW.connection AND o.revoked_at IS NULL FOR SHARE;
    END IF;
    IF c.id IS NULL OR c.environment <> NEW.environment
        OR array_position(roles, NEW.role) > array_position(roles, c.role)
    THEN
        RAISE EXCEPTION 'not what the connection grants'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.token_guard IS
    'Trigger: a token is within what a connection in force grants';
CREATE TRIGGER token_guard BEFORE INSERT ON hasp.key
    FOR EACH ROW WHEN (NEW.connection IS NOT NULL)
    EXECUTE FUNCTION hasp.token_guard();

CREATE FUNCTION hasp.app_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.guid, NEW.account, NEW.created_by, NEW.created_at)
        IS DISTINCT FROM
        (OLD.guid, OLD.account, OLD.created_by, OLD.created_at)
        OR OLD.removed_at IS NOT NULL THEN
        RAISE EXCEPTION 'an app keeps its guid and account, and removed it '
            'stays so' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.app_guard IS
    'Trigger: removal is final, and each change counts';
CREATE TRIGGER app_guard BEFORE UPDATE ON hasp.app
    FOR EACH ROW EXECUTE FUNCTION hasp.app_guard();

CREATE FUNCTION hasp.connection_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL OR to_jsonb(NEW) - 'revoked_at'
        - 'revoked_by' - 'revoked_why' <> to_jsonb(OLD) - 'revoked_at'
        - 'revoked_by' - 'revoked_why' THEN
        RAISE EXCEPTION 'a connection is revoked once and else stays as it is'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.connection_guard IS
    'Trigger: a connection is granted once and revoked once';
CREATE TRIGGER connection_guard BEFORE UPDATE ON hasp.connection
    FOR EACH ROW EXECUTE FUNCTION hasp.connection_guard();

CREATE FUNCTION hasp.grant_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Whoever removes the app waits, or was before.
    PERFORM FROM hasp.app a WHERE a.guid = NEW.app AND a.removed_at IS NULL
        AND coalesce(a.account = NEW.account, true) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not an app that the account may connect'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION hasp.grant_guard IS
    'Trigger: an app is there, and one of an account is connected by that';
CREATE TRIGGER grant_guard BEFORE INSERT ON hasp.connection
    FOR EACH ROW EXECUTE FUNCTION hasp.grant_guard();

CREATE OR REPLACE FUNCTION hasp.secret_copy() RETURNS trigger
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
    NEW.connection := k.connection;
    NEW.record := hasp.secret_record(NEW, k);
    RETURN NEW;
END $$;

-- However many tokens a connection has, its end is one row and one change:
-- checks look at the row, and verifiers keep a mark for each connection.
CREATE CONSTRAINT TRIGGER connection_changed
    AFTER UPDATE OR DELETE ON hasp.connection
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION hasp.record_changed('connection', 'id');
CREATE TRIGGER connections_gone AFTER TRUNCATE ON hasp.connection
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.record_changed();
CREATE CONSTRAINT TRIGGER app_changed AFTER UPDATE ON hasp.app
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.removed_at IS DISTINCT FROM NEW.removed_at)
    EXECUTE FUNCTION hasp.record_changed('app', 'guid');
CREATE CONSTRAINT TRIGGER app_gone AFTER DELETE ON hasp.app
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION hasp.record_changed('app', 'guid');
CREATE TRIGGER apps_gone AFTER TRUNCATE ON hasp.app
    FOR EACH STATEMENT EXECUTE FUNCTION hasp.record_changed();

-- A secret that ended a day ago is refused whether it is there or not.
DROP TRIGGER secret_gone ON hasp.secret;
CREATE CONSTRAINT TRIGGER secret_gone AFTER DELETE ON hasp.secret
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.expires_at IS NULL OR
        OLD.expires_at > now() - interval '1 day')
    EXECUTE FUNCTION hasp.record_changed('key', 'key_id');

CREATE OR REPLACE FUNCTION hasp.look_up_keys(wanted bytea) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    records text;
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    -- A correlated subquery is looked up through the index for each digest,
    -- however many there are and whatever the planner thinks of them. What a
    -- key has used is looked up where there is a quota alone (the key's own
    -- is the last field of its record), and a connection where there is one.
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
            CASE WHEN s.connection IS NULL THEN E'0\tf\tf'
            ELSE (SELECT concat_ws(E'\t', c.id, c.revoked_at IS NOT NULL,
                    x.removed_at IS NOT NULL)
                FROM hasp.connection c JOIN hasp.app x ON x.guid = c.app
                WHERE c.id = s.connection) END,
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
    'in on that day (0 without a quota; at most 2147483647), the connection '
    '(0: none), whether it was revoked, whether its app was removed, and the '
    'fields of hasp.secret_record';

CREATE OR REPLACE FUNCTION hasp.lock_account(wanted bigint,
    OUT max_keys integer, OUT keys bigint) RETURNS SETOF record
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM hasp.account a WHERE a.id = wanted FOR NO KEY UPDATE;
    -- A statement of its own: it sees what was committed before the lock.
    RETURN QUERY
        SELECT p.max_keys, (SELECT count(*) FROM hasp.key k
            WHERE k.account = wanted AND k.revoked_at IS NULL
                AND k.created_by !~ '^app:')
        FROM hasp.account a JOIN hasp.plan p ON p.code = a.plan
        WHERE a.id = wanted;
END $$;

CREATE OR REPLACE FUNCTION hasp.lock_own_account(OUT max_keys integer,
    OUT keys bigint, OUT status text, OUT plan_active boolean,
    OUT self_service boolean, OUT machine_keys boolean) RETURNS SETOF record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM hasp.account a WHERE a.id = hasp.current_account()
        FOR NO KEY UPDATE;
    -- A statement of its own: it sees what was committed before the lock.
    RETURN QUERY
        SELECT p.max_keys, (SELECT count(*) FROM hasp.key k
            WHERE k.account = a.id AND k.revoked_at IS NULL
                AND k.created_by !~ '^app:'),
            a.status, p.active, p.self_service, a.machine_keys
        FROM hasp.account a JOIN hasp.plan p ON p.code = a.plan
        WHERE a.id = hasp.current_account();
END $$;

-- Publishers are no account's: what they reach before an account is known
-- goes through these.
CREATE FUNCTION hasp.find_client(wanted uuid, secret bytea, OUT account bigint,
    OUT name text, OUT publisher text, OUT secret_version integer)
    RETURNS SETOF record
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.account, a.name::text, a.publisher::text, s.version
    FROM hasp.app_secret s JOIN hasp.app a ON a.guid = s.app
    WHERE s.digest = secret AND s.app = wanted
        AND coalesce(s.expires_at > now(), true)
        AND a.removed_at IS NULL $$;
COMMENT ON FUNCTION hasp.find_client IS
    'The app of that guid and secret digest: its own account (NULL: the '
    'operator''s app), name, publisher, which secret; no row if there is no '
    'such app, it was removed, or the secret is not one in force';

CREATE FUNCTION hasp.find_client_account(wanted uuid) RETURNS bigint
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.account FROM hasp.app a WHERE a.guid = wanted $$;
COMMENT ON FUNCTION hasp.find_client_account IS
    'Whose own app it is, so that its log can tell of failures to be it; NULL '
    'for the operator''s, and if there is no such app';

CREATE FUNCTION hasp.find_connections(of_app uuid, of_account bigint,
    OUT id bigint, OUT account bigint, OUT role text, OUT environment text,
    OUT revoked boolean, OUT status text, OUT plan_active boolean)
    RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, c.account, c.role, c.environment, c.revoked_at IS NOT NULL,
        a.status, p.active
    FROM hasp.connection c JOIN hasp.account a ON a.id = c.account
    JOIN hasp.plan p ON p.code = a.plan
    WHERE c.app = of_app AND CASE WHEN of_account IS NULL
        THEN c.revoked_at IS NULL ELSE c.account = of_account END
    ORDER BY c.id DESC LIMIT 2 $$;
COMMENT ON FUNCTION hasp.find_connections IS
    'Connections of the app, the newest first, two at most: with an account '
    'all of its, else those in force';

CREATE FUNCTION hasp.make_connect_code(of_app uuid, code bytea,
    of_account bigint, of_role text, of_environment text, seconds integer)
    RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ends timestamptz := now() + seconds * interval '1 second';
BEGIN
    DELETE FROM hasp.connect_code c WHERE c.digest IN (SELECT o.digest
        FROM hasp.connect_code o
        WHERE o.app = of_app AND o.expires_at < now() - interval '1 day'
        ORDER BY o.expires_at LIMIT 10 FOR UPDATE SKIP LOCKED);
    IF EXISTS (SELECT FROM hasp.connect_code c WHERE c.app = of_app
        AND c.expires_at > now() AND c.used_at IS NULL OFFSET 999) THEN
        RETURN NULL;
    END IF;
    INSERT INTO hasp.connect_code (digest, app, account, role, environment,
        expires_at)
    VALUES (code, of_app, of_account, of_role, of_environment, ends);
    RETURN hasp.unix_us(ends);
END $$;
COMMENT ON FUNCTION hasp.make_connect_code IS
    'Makes a code by which that account, if there is one, may connect the '
    'app; its end in microseconds since 1970, NULL: a thousand codes of the '
    'app wait already';

CREATE FUNCTION hasp.find_connect_code(code bytea, OUT account bigint,
    OUT app uuid, OUT name text, OUT publisher text, OUT home_page text,
    OUT owner bigint, OUT removed boolean, OUT role text, OUT environment text,
    OUT expires bigint, OUT expired boolean, OUT used boolean)
    RETURNS SETOF record
    LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.account, c.app, a.name::text, a.publisher::text, a.home_page,
        a.account, a.removed_at IS NOT NULL, c.role, c.environment,
        hasp.unix_us(c.expires_at), c.expires_at <= now(),
        c.used_at IS NOT NULL
    FROM hasp.connect_code c JOIN hasp.app a ON a.guid = c.app
    WHERE c.digest = code $$;
COMMENT ON FUNCTION hasp.find_connect_code IS
    'What the code of that digest asks for, of which account; who holds a '
    'whole code may know that';

CREATE FUNCTION hasp.tidy_tokens(of_connection bigint) RETURNS bigint
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    SELECT array_agg(o.id) INTO ids FROM (SELECT k.id FROM hasp.key k
        WHERE k.connection = of_connection AND k.created_by ~ '^app:'
            AND k.expires_at < now() - interval '2 days'
        ORDER BY k.expires_at LIMIT 10 FOR UPDATE SKIP LOCKED) o;
    DELETE FROM hasp.secret_use u WHERE u.key_id = ANY (ids);
    DELETE FROM hasp.secret s WHERE s.key_id = ANY (ids);
    DELETE FROM hasp.key k WHERE k.id = ANY (ids);
    RETURN coalesce(cardinality(ids), 0);
END $$;
COMMENT ON FUNCTION hasp.tidy_tokens IS
    'Removes ten fetched tokens that ended two days ago; how many';

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['app', 'app_secret', 'connect_code',
        'connection', 'app_use'] LOOP
        EXECUTE format('ALTER TABLE hasp.%I ENABLE ROW LEVEL SECURITY, '
            'FORCE ROW LEVEL SECURITY', t);
        IF t <> 'app_secret' THEN
            EXECUTE format('CREATE POLICY %I ON hasp.%I USING (account = '
                'hasp.current_account())', t || '_own', t);
        END IF;
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_owner '
            'USING (true) WITH CHECK (true)', t || '_owner', t);
        EXECUTE format('CREATE POLICY %I ON hasp.%I TO hasp_operator '
            'USING (true) WITH CHECK (true)', t || '_operator', t);
    END LOOP;
END $$;
-- An account sees the apps it made and those it connected, once at least.
CREATE POLICY app_connected ON hasp.app FOR SELECT
    USING (EXISTS (SELECT FROM hasp.connection c WHERE c.app = guid));
CREATE POLICY app_secret_own ON hasp.app_secret
    USING (EXISTS (SELECT FROM hasp.app a WHERE a.guid = app
        AND a.account = hasp.current_account()));

-- Uses that tell of an app. (Row security keeps events from such an index.)
CREATE INDEX usage_event_app ON hasp.usage_event (account, app, at)
    WHERE app IS NOT NULL;
CREATE INDEX usage_hour_app ON hasp.usage_hour (account, app, hour)
    WHERE app IS NOT NULL;

-- What every program needs that signs people in and takes keys.
GRANT USAGE ON SCHEMA hasp TO hasp_apps;
GRANT EXECUTE ON FUNCTION hasp.current_account, hasp.unix_us,
    hasp.look_up_keys, hasp.look_up_session, hasp.begin_overlap,
    hasp.use_proof, hasp.lock_own_account, hasp.log_event,
    hasp.close_change, hasp.begin_barrier, hasp.waited_verifiers,
    hasp.bury_verifier, hasp.open_journal, hasp.ship_batch,
    hasp.note_journal, hasp.usage_complete, hasp.read_used TO hasp_apps;
GRANT SELECT ON hasp.plan, hasp.region, hasp.account, hasp.secret_use
    TO hasp_apps;

-- apps
GRANT EXECUTE ON FUNCTION hasp.find_client, hasp.find_client_account,
    hasp.find_connections, hasp.make_connect_code, hasp.find_connect_code,
    hasp.tidy_tokens, hasp.begin_attempt TO hasp_apps;
GRANT SELECT, INSERT (account, name, publisher, home_page, created_by),
    UPDATE (name, publisher, home_page, removed_at, removed_by, revision)
    ON hasp.app TO hasp_apps, hasp_operator;
GRANT SELECT (app, version, last_four, created_at, expires_at),
    INSERT (digest, app, version, last_four), UPDATE (expires_at)
    ON hasp.app_secret TO hasp_apps, hasp_operator;
GRANT SELECT, UPDATE (used_at) ON hasp.connect_code TO hasp_apps;
GRANT SELECT, UPDATE (revoked_at, revoked_by, revoked_why)
    ON hasp.connection TO hasp_apps, hasp_operator;
GRANT INSERT (account, app, role, environment, granted_by)
    ON hasp.connection TO hasp_apps;
GRANT SELECT ON hasp.app_use TO hasp_apps, hasp_operator;
GRANT SELECT, INSERT (id, account, name, kind, role, environment, app,
    connection, created_by, expires_at),
    UPDATE (revoked_at, revoked_by, revoked_why) ON hasp.key TO hasp_apps;
GRANT SELECT (account, key_id, version, last_four, created_at, not_before,
    expires_at, revoked_at, overlap_seconds), INSERT (digest, key_id,
    version, last_four, expires_at) ON hasp.secret TO hasp_apps;
GRANT SELECT, DELETE, INSERT (account, digest, request, key_id),
    UPDATE (request, key_id, created_at) ON hasp.idempotency TO hasp_apps;
GRANT SELECT (created_by) ON hasp.key TO hasp_accounts;
