/* SPDX-License-Identifier: ISC */
/*
 * member_sheet [layer 8]: members as rows to show.
 */
#ifndef HASPCTL_MEMBER_SHEET_H
#define HASPCTL_MEMBER_SHEET_H

#include "output.h"
#include "store_person.h"

/* COUNT members, in ARENA; the id is the first column. ERR_MEMORY. */
enum err member_sheet_make(struct arena *arena,
    const struct store_person *people, size_t count,
    struct output_sheet *sheet) MUST_CHECK;

/* The one member, with what was made for it (each may be NULL) before it. */
enum err member_sheet_secret(struct arena *arena,
    const struct store_person *person, const char *password,
    const char *totp_secret, const char *totp_uri, struct output_sheet *sheet)
    MUST_CHECK;

#endif
