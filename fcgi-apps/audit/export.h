/* SPDX-License-Identifier: ISC */
/*
 * export [layer 8]: all events that pass the filters, in one answer of any
 * length and little memory: page by page, each in a transaction of its own.
 */
#ifndef HASP_EXPORT_H
#define HASP_EXPORT_H

#include "event_query.h"

/*
 * Answers with all that QUERY asks for, in its format, which is no page.
 * ERR_OVERLOADED if half of the workers are at such answers already; after the
 * answer has begun an error breaks it off.
 */
enum err export_respond(struct ctx *ctx, struct event_query *query)
    MUST_CHECK;

#endif
