-- SPDX-License-Identifier: ISC
-- The newest checks of a request in which no key was identified.
-- $1 request uuid
-- columns: at journal pos claimed code status method site repeated address
-- roles: hasp_audit
-- reads
SELECT hasp.unix_us(u.at), u.journal, u.pos, u.claimed, u.code, u.status,
    u.method, u.site, u.repeated, host(u.address)
FROM hasp.look_up_stranger($1) u
