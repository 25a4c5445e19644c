-- SPDX-License-Identifier: ISC
-- Makes a proof of re-authentication that counts in one session.
-- $1 digest bytea
-- $2 account bigint
-- $3 session bytea
-- $4 seconds integer
-- columns:
-- roles: hasp_accounts
-- writes
INSERT INTO hasp.proof (digest, account, session, expires_at)
VALUES ($1, $2, $3, now() + $4::integer * interval '1 second')
