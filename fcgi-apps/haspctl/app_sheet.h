/* SPDX-License-Identifier: ISC */
/*
 * app_sheet [layer 8]: apps as rows to show.
 */
#ifndef HASPCTL_APP_SHEET_H
#define HASPCTL_APP_SHEET_H

#include "arena.h"
#include "output.h"
#include "store_app.h"

/* COUNT apps in ARENA; the GUID is the first column. ERR_MEMORY. */
enum err app_sheet_make(struct arena *arena, const struct store_app *apps,
    size_t count, struct output_sheet *sheet) MUST_CHECK;

/*
 * APP with its COUNT secrets as they stand at NOW. TEXT is the secret that was
 * just made, else NULL: then there is no such column. ERR_MEMORY.
 */
enum err app_sheet_whole(struct arena *arena, const struct store_app *app,
    const struct store_app_secret *secrets, size_t count, int64_t now,
    const char *text, struct output_sheet *sheet) MUST_CHECK;

#endif
