/* SPDX-License-Identifier: ISC */
/*
 * store_quota [layer 5]: what of their daily quotas keys have used, as far as
 * it was counted.
 */
#ifndef HASP_STORE_QUOTA_H
#define HASP_STORE_QUOTA_H

#include "db.h"
#include "decision.h"
#include "err.h"

/* Keys that one question takes at most. */
#define STORE_QUOTA_BATCH 256

/*
 * How many requests of COUNT (1 to STORE_QUOTA_BATCH) keys had been let in on
 * DAY (UTC, counted from 1970), into OUT, in the order of IDS; INT32_MAX for
 * as many or more. Errors as db_run; ERR_INTERNAL for another answer.
 */
enum err store_quota_read(struct db *db,
    const char (*ids)[DECISION_ID_SIZE], size_t count, int64_t day,
    int32_t *out) MUST_CHECK;

#endif
