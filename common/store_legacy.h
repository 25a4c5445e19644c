/* SPDX-License-Identifier: ISC */
/*
 * store_legacy [layer 5]: how keys of the kind api_key are deprecated for an
 * account.
 */
#ifndef HASP_STORE_LEGACY_H
#define HASP_STORE_LEGACY_H

#include "db.h"
#include "decision.h"

/*
 * Fills the legacy_ fields of OUT with those of ACCOUNT. ERR_NOT_FOUND;
 * ERR_INTERNAL for a link that is not understood.
 */
enum err store_legacy_find(struct db *db, int64_t account,
    struct decision_record *out) MUST_CHECK;

#endif
