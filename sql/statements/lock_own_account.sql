-- SPDX-License-Identifier: ISC
-- Keeps others from adding keys to the transaction's account until it ends.
-- columns: max_keys keys status plan_active self_service machine_keys
-- roles: hasp_apps hasp_keys
-- writes
SELECT max_keys, keys, status, plan_active, self_service, machine_keys
FROM hasp.lock_own_account()
