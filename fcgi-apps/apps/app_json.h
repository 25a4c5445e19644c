/* SPDX-License-Identifier: ISC */
/*
 * app_json [layer 8]: an app, and what the account granted it, as callers are
 * shown them.
 */
#ifndef HASP_APP_JSON_H
#define HASP_APP_JSON_H

#include "json.h"
#include "store_app.h"
#include "store_connection.h"

/* What comes after a revocation. */
#define APP_JSON_FINAL "a new connection takes a new connect code, which the " \
	"publisher of the app makes."

/* The app of C, as an object that has C as its `connection`. */
struct json *app_json_make(const struct store_connection *c) MUST_CHECK;

/* APP, which was never connected. */
struct json *app_json_alone(const struct store_app *app) MUST_CHECK;

/* Sets what people know an app by; HOME_PAGE may be empty. */
void app_json_set_names(struct json *j, const char *guid, const char *name,
    const char *publisher, const char *home_page);

/* C alone, as an object. */
struct json *app_json_connection(const struct store_connection *c) MUST_CHECK;

#endif
