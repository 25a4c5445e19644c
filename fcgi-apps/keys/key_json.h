/* SPDX-License-Identifier: ISC */
/*
 * key_json [layer 8]: a key as callers are shown it.
 */
#ifndef HASP_KEY_JSON_H
#define HASP_KEY_JSON_H

#include "json.h"
#include "key_legacy.h"
#include "route.h"
#include "store_key.h"

/* KEY as an object, or NULL if memory is short. */
struct json *key_json_make(const struct ctx *ctx, const struct store_key *key,
    const struct decision_legacy *legacy) MUST_CHECK;

/*
 * When and from where each secret of KEY was used, and up to when that is
 * known.
 */
struct json *key_json_usage(const struct store_key *key) MUST_CHECK;

/* Answers 200 with KEY and its ETag. ERR_MEMORY. */
enum err key_json_respond(struct ctx *ctx, const struct store_key *key,
    const struct decision_legacy *legacy) MUST_CHECK;

#endif
