-- SPDX-License-Identifier: ISC
-- Logs what a member did, or what was done to one, and how it stands now.
-- $1 account bigint
-- $2 actor text
-- $3 event text
-- $4 member bigint (whom it was done to)
-- $5 address text ('' for none)
-- $6 request_id text ('' for none)
-- columns: seq
-- roles: hasp_accounts hasp_operator
-- writes
SELECT hasp.log_event($1, $2, $3, NULL, NULL, $4, $5, $6,
    (SELECT jsonb_build_object('may_administer', m.may_administer,
        'totp', m.totp_confirmed_at IS NOT NULL,
        'disabled', m.disabled_at IS NOT NULL)
    FROM hasp.member m WHERE m.id = $4 AND m.account = $1))
