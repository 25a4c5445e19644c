-- SPDX-License-Identifier: ISC
-- The number of the last change, how many changes are kept, and how many
-- percent of the queue of notifications are in use.
-- columns: seq kept queue
-- roles: hasp_operator
-- reads
SELECT f.seq, (SELECT count(DISTINCT c.seq) FROM hasp.change c),
    ceil(100 * pg_notification_queue_usage())::bigint
FROM hasp.fence f
