/* SPDX-License-Identifier: ISC */
/*
 * oauth_answer [layer 8]: answers to programs of publishers, which nobody may
 * keep (RFC 6749 sections 5.1 and 5.2).
 */
#ifndef HASP_OAUTH_ANSWER_H
#define HASP_OAUTH_ANSWER_H

#include "json.h"
#include "route.h"

/* Answers with HTTP and J, of which NULL is no memory. ERR_MEMORY. */
enum err oauth_answer_json(struct ctx *ctx, int http, const struct json *j)
    MUST_CHECK;

/*
 * Answers with ERR: what it is called in RFC 6749, FAULT or else its sentence,
 * and the address where it is explained. ERR_MEMORY.
 */
enum err oauth_answer_error(struct ctx *ctx, enum err err, const char *fault)
    MUST_CHECK;

#endif
