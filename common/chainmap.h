/* SPDX-License-Identifier: ISC */
/*
 * chainmap [layer 2]: how far each of many chains has been followed. Grows
 * with their number. Pure.
 */
#ifndef HASP_CHAINMAP_H
#define HASP_CHAINMAP_H

#include "chainline.h"

struct chainmap_end {
	enum chainline_of of;
	int64_t id;
	int64_t upto;		/* as of hasp.audit_mark; 0: nothing yet */
	struct digest hash;	/* all zero before the first */
	int64_t anchor;		/* it began after this; 0: at its beginning */
	int64_t sealed;		/* upto, when it was sealed last */
	/* Of an account: addresses that are gone, and that events tell of. */
	int64_t gone;
	int64_t told;
	bool used;
	bool given;		/* something of it was seen or given */
};

struct chainmap {
	struct chainmap_end *ends;	/* SIZE of them, by hash; NULL: none */
	size_t size;
	size_t count;
};

/*
 * The end of that chain, made if it is not there; NULL if memory is short.
 * Valid until the next one is made.
 */
struct chainmap_end *chainmap_end(struct chainmap *map, enum chainline_of of,
    int64_t id) MUST_CHECK;

/* The next end that is there from *PLACE on; NULL: no more. Any order. */
struct chainmap_end *chainmap_each(const struct chainmap *map, size_t *place);

/* Frees what MAP holds, which is then empty. */
void chainmap_clear(struct chainmap *map);

#endif
