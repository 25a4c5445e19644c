/* SPDX-License-Identifier: ISC */
/*
 * key_sheet [layer 8]: keys as rows to show, their secrets inside.
 */
#ifndef HASPCTL_KEY_SHEET_H
#define HASPCTL_KEY_SHEET_H

#include "arena.h"
#include "output.h"
#include "store_key.h"

/*
 * COUNT keys as they stand at NOW, in ARENA; the id is the first column. TEXT
 * is the secret of the one key just made, else NULL: then there is no such
 * column. ERR_MEMORY.
 */
enum err key_sheet_make(struct arena *arena, const struct store_key *keys,
    size_t count, int64_t now, const char *text, struct output_sheet *sheet)
    MUST_CHECK;

#endif
