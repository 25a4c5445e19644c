/* SPDX-License-Identifier: ISC */
/*
 * store_legacy [layer 5]: how keys of the kind api_key are deprecated for an
 * account.
 */
#ifndef HASP_STORE_LEGACY_H
#define HASP_STORE_LEGACY_H

#include "arena.h"
#include "db.h"

struct store_legacy {
	int64_t deprecated, sunset;	/* of clock_wall_us, 0 for none */
	const char *link;		/* "" for none */
	bool refuses;			/* policy: no new ones from then on */
};

/* That of ACCOUNT, texts in ARENA. ERR_NOT_FOUND. */
enum err store_legacy_find(struct db *db, struct arena *arena, int64_t account,
    struct store_legacy *out) MUST_CHECK;

#endif
