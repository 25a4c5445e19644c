/* SPDX-License-Identifier: ISC */
/*
 * audit_walk [layer 8]: the log in the database as the lines of an export, in
 * their order (docs/tamper.md): what was sealed comes before its seal, a
 * checkpoint behind the event that it is of.
 */
#ifndef HASPCTL_AUDIT_WALK_H
#define HASPCTL_AUDIT_WALK_H

#include "store_lines.h"

/*
 * All of it; or, if FROM is above 1, from that event of account 0 on, and what
 * was sealed since. What happens meanwhile is left out. Errors of db_run, and
 * the sink's.
 */
enum err audit_walk_all(struct db *db, int64_t from,
    const struct store_lines_sink *sink) MUST_CHECK;

/*
 * Of a part: an account (-1: all), from SINCE and before UNTIL (0: open). It
 * shows what happened and proves little.
 */
enum err audit_walk_part(struct db *db, int64_t account, int64_t since,
    int64_t until, const struct store_lines_sink *sink) MUST_CHECK;

#endif
