/* SPDX-License-Identifier: ISC */
/*
 * token_json [layer 8]: a token of an app as callers are shown it.
 */
#ifndef HASP_TOKEN_JSON_H
#define HASP_TOKEN_JSON_H

#include "json.h"
#include "route.h"
#include "store_connection.h"
#include "store_token.h"

/* TOKEN, which belongs to C, as an object. */
struct json *token_json_make(const struct ctx *ctx,
    const struct store_connection *c, const struct store_token *token)
    MUST_CHECK;

#endif
