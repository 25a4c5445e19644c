-- SPDX-License-Identifier: ISC
-- From here on the transaction sees the rows of one account and no others.
-- $1 account bigint
-- columns: account
-- roles: any
-- writes
SELECT set_config('hasp.account', ($1::bigint)::text, true)
