-- SPDX-License-Identifier: ISC
-- Accounts that have events or uses; 0 is the installation.
-- columns: account
-- roles: hasp_operator
-- reads
SELECT h.account FROM hasp.audit_head h
UNION SELECT m.id FROM hasp.audit_mark m WHERE m.kind = 'account'
UNION SELECT 0
ORDER BY 1
