/* SPDX-License-Identifier: ISC */
/*
 * published_json [layer 8]: an app as the account that made it is shown it.
 */
#ifndef HASP_PUBLISHED_JSON_H
#define HASP_PUBLISHED_JSON_H

#include "json.h"
#include "route.h"
#include "store_app.h"

/* APP as an object, without its secrets. */
struct json *published_json_make(const struct store_app *app) MUST_CHECK;

/*
 * APP with its secrets, read inside the transaction that it was read in; OUT is
 * the caller's to close. ERR_MEMORY, and those of store_app_secrets.
 */
enum err published_json_whole(const struct ctx *ctx,
    const struct store_app *app, struct json **out) MUST_CHECK;

#endif
