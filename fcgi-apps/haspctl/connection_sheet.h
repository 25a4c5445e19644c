/* SPDX-License-Identifier: ISC */
/*
 * connection_sheet [layer 8]: connections of accounts to apps as rows to show.
 */
#ifndef HASPCTL_CONNECTION_SHEET_H
#define HASPCTL_CONNECTION_SHEET_H

#include "arena.h"
#include "output.h"
#include "store_connection.h"

/* COUNT connections in ARENA; the id is the first column. ERR_MEMORY. */
enum err connection_sheet_make(struct arena *arena,
    const struct store_connection *connections, size_t count,
    struct output_sheet *sheet) MUST_CHECK;

#endif
