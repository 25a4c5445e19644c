/* SPDX-License-Identifier: ISC */
/*
 * arena [layer 0]: the memory of one request. One block, taken once, handed
 * out from the front and wiped whole: a request can neither leak nor grow
 * past its cap, and no secret outlives it.
 */
#ifndef HASP_ARENA_H
#define HASP_ARENA_H

#include "base.h"

struct arena;

/*
 * An arena of CAP bytes (1 KiB to 64 MiB), or NULL if memory is short.
 * The caller owns it and ends it with arena_free.
 */
struct arena *arena_new(size_t cap) MUST_CHECK;

/* Wipes and frees; NULL is fine. */
void arena_free(struct arena *arena);

/*
 * SIZE zeroed bytes aligned for any object, valid until the next reset; NULL
 * when the cap is reached (the caller answers ERR_MEMORY). A SIZE of 0 gives a
 * pointer that may be compared and nothing else.
 */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;

/* A NUL-terminated copy of LEN bytes at TEXT, or NULL as above. */
char *arena_copy(struct arena *arena, const char *text, size_t len) MUST_CHECK;

/* Wipes every byte that was handed out; all pointers into it are dead. */
void arena_reset(struct arena *arena);

/* Bytes handed out since the last reset, alignment included. */
size_t arena_used(const struct arena *arena);

#endif
