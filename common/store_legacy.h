/* SPDX-License-Identifier: ISC */
/*
 * store_legacy [layer 5]: how keys of the kind api_key are deprecated for an
 * account.
 */
#ifndef HASP_STORE_LEGACY_H
#define HASP_STORE_LEGACY_H

#include "arena.h"
#include "db.h"
#include "decision.h"

/* What ACCOUNT says, the link in ARENA. ERR_NOT_FOUND. */
enum err store_legacy_find(struct db *db, struct arena *arena, int64_t account,
    struct decision_legacy *out) MUST_CHECK;

#endif
