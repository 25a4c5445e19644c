-- SPDX-License-Identifier: ISC
-- Makes a session.
-- $1 digest bytea
-- $2 account bigint
-- $3 member bigint
-- $4 idle_seconds integer
-- $5 seconds integer
-- $6 address text ('' for none)
-- columns:
-- roles: hasp_accounts
-- writes
INSERT INTO hasp.session (digest, account, member, idle_seconds, expires_at,
    address)
VALUES ($1, $2, $3, $4, now() + $5::integer * interval '1 second',
    nullif($6::text, '')::inet)
