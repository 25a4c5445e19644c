-- SPDX-License-Identifier: ISC
-- What a member's password and one-time code are held against.
-- $1 email text
-- columns: account account_name status region api_host member
--	may_administer password_hash totp_sealed totp_step totp_pending
-- roles: hasp_accounts
-- reads
SELECT account, account_name, status, region, api_host, member,
    may_administer, password_hash,
    translate(encode(totp_sealed, 'base64'), E'\n', ''), totp_step,
    translate(encode(totp_pending, 'base64'), E'\n', '')
FROM hasp.find_sign_in($1)
