-- SPDX-License-Identifier: ISC
-- Notes when and from where secrets were let in; lines as hasp.note_uses
-- says.
-- $1 uses text
-- columns: noted
-- roles: hasp_accounts hasp_auth hasp_keys
-- writes
SELECT hasp.note_uses($1)
