/* SPDX-License-Identifier: ISC */
/*
 * reading [layer 8]: that the log is read is itself an event, which is written
 * before anything is shown.
 */
#ifndef HASP_READING_H
#define HASP_READING_H

#include "route.h"

/* The account that the request is about. */
int64_t reading_account(const struct ctx *ctx);

/*
 * Logs EVENT (audit_read, audit_exported) by the caller of CTX; DETAIL is a
 * JSON object that says what is read. SEQ gets the event's number. Whatever it
 * fails with, nothing may be shown.
 */
enum err reading_note(const struct ctx *ctx, const char *event,
    struct str detail, int64_t *seq) MUST_CHECK;

/*
 * The same for one more page of what is read (audit_read): nothing is logged
 * if SEQ already is the number of such an event of the last hour, by the same
 * caller and with the same DETAIL.
 */
enum err reading_note_page(const struct ctx *ctx, struct str detail,
    int64_t *seq) MUST_CHECK;

#endif
