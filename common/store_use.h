/* SPDX-License-Identifier: ISC */
/*
 * store_use [layer 5]: that a secret was let in: what its first use begins.
 */
#ifndef HASP_STORE_USE_H
#define HASP_STORE_USE_H

#include "db.h"

/*
 * Begins the overlap that waits for the first use of the secret VERSION of
 * KEY, unless it has begun already. ERR_CHECK_UNREACHABLE if the secret went
 * out of force meanwhile, or an error of db_run: do not let it in.
 */
enum err store_use_begin_overlap(struct db *db, struct str key,
    int32_t version) MUST_CHECK;

#endif
