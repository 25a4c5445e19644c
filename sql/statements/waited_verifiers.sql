-- SPDX-License-Identifier: ISC
-- Verifiers that have not acknowledged a change.
-- $1 number bigint
-- columns: id renewals lease_ms answer_ms
-- roles: hasp_accounts hasp_apps hasp_keys hasp_operator
-- reads
SELECT id, renewals, lease_ms, answer_ms FROM hasp.waited_verifiers($1)
