/* SPDX-License-Identifier: ISC */
/*
 * published_form [layer 8]: what bodies say about apps that an account makes
 * for itself. Their faults go into the problem of the answer.
 */
#ifndef HASP_PUBLISHED_FORM_H
#define HASP_PUBLISHED_FORM_H

#include "route.h"
#include "store_app.h"

/* NULL texts: the body does not say. An empty home page: there is none. */
struct published_form {
	struct store_app_names names;
	bool names_name, names_publisher, names_home;	/* the body says it */
};

/* Reads a body; with CREATES a name has to be there. ERR_INVALID. */
enum err published_form_read(struct ctx *ctx, bool creates,
    struct published_form *out) MUST_CHECK;

/* OUT gets what APP is to be called by FORM; views into both. */
void published_form_apply(const struct published_form *form,
    const struct store_app *app, struct store_app_names *out);

/*
 * How long the secret before lives on after a rotation, in seconds; a day
 * unless the body says it. ERR_INVALID.
 */
enum err published_form_overlap(struct ctx *ctx, int64_t *overlap) MUST_CHECK;

#endif
