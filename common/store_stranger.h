/* SPDX-License-Identifier: ISC */
/*
 * store_stranger [layer 5]: checks in which no key was identified. They belong
 * to no account; who asks has to know the whole random id of the request.
 */
#ifndef HASP_STORE_STRANGER_H
#define HASP_STORE_STRANGER_H

#include "store_event.h"

struct store_stranger {
	struct store_event event;	/* a use, without a key */
	int64_t claimed;	/* the account that was named; 0: none */
};

/*
 * The newest 20 checks of the request ID, texts in ARENA, COUNT of them; none
 * for what is not such an id: 32 hexadecimal digits, small letters. Inside a
 * transaction or not. ERR_MEMORY, and those of db_run.
 */
enum err store_stranger_find(struct db *db, struct arena *arena, struct str id,
    struct store_stranger **out, size_t *count) MUST_CHECK;

#endif
