/* SPDX-License-Identifier: ISC */
/*
 * published_task [layer 8]: how a handler comes to the app that the path names
 * and the account made, to change it under its lock.
 */
#ifndef HASP_PUBLISHED_TASK_H
#define HASP_PUBLISHED_TASK_H

#include "manage.h"
#include "store_app.h"
#include "store_key_change.h"

/*
 * Begins MANAGE, a change that the account has to allow as one of KIND; OUT is
 * the app, locked. Nothing is begun unless ERR_OK comes back.
 * ERR_PRECONDITION_FAILED if the request means another state of it;
 * ERR_NOT_FOUND; the errors of manage_begin and store_key_change_allow.
 */
enum err published_task_begin(struct ctx *ctx, struct manage *manage,
    enum store_key_change_kind kind, struct store_app *out) MUST_CHECK;

#endif
