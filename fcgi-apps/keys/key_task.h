/* SPDX-License-Identifier: ISC */
/*
 * key_task [layer 8]: how a handler comes to the key that the path names: to
 * read it, or to change it under its lock.
 */
#ifndef HASP_KEY_TASK_H
#define HASP_KEY_TASK_H

#include "json.h"
#include "key_legacy.h"
#include "manage.h"
#include "store_key_change.h"

/* The account that the request is about. */
int64_t key_task_account(const struct ctx *ctx);

/* The id of the path. ERR_NOT_FOUND if it cannot be one. */
enum err key_task_id(const struct ctx *ctx, struct str *out) MUST_CHECK;

/* The key of the path as it stands, and what is deprecated. ERR_NOT_FOUND. */
enum err key_task_read(const struct ctx *ctx, struct store_key *out,
    struct decision_legacy *legacy) MUST_CHECK;

/*
 * Begins MANAGE, a change of KIND of the key of the path; OUT is that key,
 * locked. Nothing is begun unless ERR_OK comes back. ERR_PRECONDITION_FAILED
 * if the request means another state of it; ERR_NOT_FOUND; the errors of
 * manage_begin and store_key_change_allow.
 */
enum err key_task_begin(struct ctx *ctx, struct manage *manage,
    enum store_key_change_kind kind, struct store_key *out) MUST_CHECK;

/*
 * Reads KEY again, inside the change that changed it; OUT shows it, and is the
 * caller's to close. ERR_MEMORY.
 */
enum err key_task_again(const struct ctx *ctx, struct store_key *key,
    struct json **out) MUST_CHECK;

#endif
