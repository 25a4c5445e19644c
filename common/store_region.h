/* SPDX-License-Identifier: ISC */
/*
 * store_region [layer 5]: regions: where accounts live.
 */
#ifndef HASP_STORE_REGION_H
#define HASP_STORE_REGION_H

#include "arena.h"
#include "store_change.h"

struct store_region {
	const char *code;
	const char *name;
	const char *api_host;	/* host, perhaps with a port */
	int64_t accounts;	/* that live there */
};

/*
 * Regions in order of code, texts in ARENA: the one of that CODE (perhaps
 * none), or all of them if it is empty.
 */
enum err store_region_list(struct db *db, struct arena *arena, struct str code,
    struct store_region **out, size_t *count) MUST_CHECK;

/*
 * Makes the region or changes it, in a transaction of its own, and logs it. A
 * NULL leaves a thing as it is; a new region's name is then its code, and its
 * host must be given. ERR_INVALID: a value is refused, or the host of a new
 * one is missing.
 */
enum err store_region_set(struct store_change *change, struct str code,
    const char *name, const char *api_host) MUST_CHECK;

#endif
