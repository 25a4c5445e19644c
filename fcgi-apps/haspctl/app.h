/* SPDX-License-Identifier: ISC */
/*
 * app [layer 8]: `haspctl app`: apps of publishers are made, listed and shown.
 */
#ifndef HASPCTL_APP_H
#define HASPCTL_APP_H

#include "guid.h"
#include "invocation.h"
#include "newkey.h"
#include "store_app.h"

enum status app_create(struct invocation *invocation);
enum status app_list(struct invocation *invocation);
enum status app_show(struct invocation *invocation);

/*
 * Opens the database and reads the app that the operand names, as APP and, in
 * lower case, GUID. Refuses a text that is no GUID, above all a secret.
 */
enum status app_find(struct invocation *invocation, char guid[GUID_SIZE],
    struct store_app *app) MUST_CHECK;

/* TEXT as the GUID of an app, for the option or operand called WHAT. */
enum status app_guid(struct invocation *invocation, const char *text,
    const char *what, char guid[GUID_SIZE]) MUST_CHECK;

enum status app_not_found(const char *guid);

/* Shows the app as it stands now, and how certain the change of it is. */
enum status app_tell(struct invocation *invocation, const char *guid)
    MUST_CHECK;

/* A new secret for an app; needs the configuration. */
enum status app_make_secret(const struct invocation *invocation,
    struct newkey *secret) MUST_CHECK;

/*
 * The one showing of SECRET: as JSON, the app with it; else it alone on
 * standard output, behind the GUID if the app is NEW, and words that begin
 * with VERB on standard error.
 */
enum status app_secret_tell(struct invocation *invocation, const char *guid,
    const struct newkey *secret, bool is_new, const char *verb) MUST_CHECK;

#endif
