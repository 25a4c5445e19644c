/* SPDX-License-Identifier: ISC */
/*
 * store_usage [layer 5]: how far journals have come into the database; their
 * uses come by store_batch.
 */
#ifndef HASP_STORE_USAGE_H
#define HASP_STORE_USAGE_H

#include "db.h"

#define STORE_USAGE_ID_SIZE 16

/*
 * Makes the journal of that ID known, written on HOST by PROGRAM, whose oldest
 * position that is kept is KEPT. In NUMBER what stands for it in this
 * database, and in FROM the position that comes next. May be called again at
 * any time, and has to be on each new connection: the database may be one that
 * was put back. Errors as db_run.
 */
enum err store_usage_open(struct db *db, const uint8_t id[STORE_USAGE_ID_SIZE],
    struct str host, struct str program, uint64_t kept, int64_t *number,
    uint64_t *from) MUST_CHECK;

/*
 * Says of the journal NUMBER, of which all up to OLD is in the database, that
 * it has no other use before COMPLETE (clock_wall_us), and whether it is
 * CLOSED for good. In KNOWN whether that was so: false if it is not OLD that
 * comes next there, or there is no such journal. Errors as db_run.
 */
enum err store_usage_note(struct db *db, int64_t number, uint64_t old,
    int64_t complete, bool closed, bool *known) MUST_CHECK;

#endif
