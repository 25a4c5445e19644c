/* SPDX-License-Identifier: ISC */
#include "published_form.h"

#include <string.h>

#include "app_task.h"

#define PUBLISHED_FORM_OVERLAP 86400		/* seconds */

/* As the body has it. */
struct published_form_body {
	struct form_text name, publisher, home_page;
};

static const struct form_field published_form_fields[] = {
	{ FORM_MEMBER(struct published_form_body, name), .kind = FORM_LABEL },
	{ FORM_MEMBER(struct published_form_body, publisher),
	    .kind = FORM_LABEL },
	{ FORM_MEMBER(struct published_form_body, home_page),
	    .kind = FORM_TEXT, .nullable = true, .low = 1,
	    .high = STORE_APP_HOME_MAX },
};

static const struct form published_form_names = {
	.fields = published_form_fields,
	.count = ARRAY_LEN(published_form_fields),
};

enum err
published_form_read(struct ctx *ctx, bool creates, struct published_form *out)
{
	struct published_form_body body;
	struct form_faults *faults;
	enum err err;

	memset(&body, 0, sizeof(body));
	err = app_task_form(ctx, &published_form_names, &body, &faults);
	if (err != ERR_OK && err != ERR_INVALID)
		return err;
	if (creates && !body.name.given)
		form_fault(faults, "#/name", "This member is missing.");
	if (body.home_page.given && !body.home_page.null &&
	    body.home_page.value.len > 0 &&
	    !store_app_is_home(body.home_page.value))
		form_fault(faults, "#/home_page", "An address that begins "
		    "with https:// or http://, without spaces.");
	*out = (struct published_form){
		.names = { body.name.value, body.publisher.value,
		    body.home_page.null ? STR("") : body.home_page.value },
		.names_name = body.name.given,
		.names_publisher = body.publisher.given,
		.names_home = body.home_page.given,
	};
	return form_verdict(faults);
}

void
published_form_apply(const struct published_form *form,
    const struct store_app *app, struct store_app_names *out)
{
	out->name = form->names_name ? form->names.name : str_of(app->name);
	out->publisher = form->names_publisher ? form->names.publisher :
	    str_of(app->publisher);
	out->home_page = form->names_home ? form->names.home_page :
	    str_of(app->home_page);
}

/* As the body has it. */
struct published_form_turn {
	struct form_int overlap_seconds;
};

static const struct form_field published_form_turn_fields[] = {
	{ FORM_MEMBER(struct published_form_turn, overlap_seconds),
	    .kind = FORM_INT, .low = 0, .high = STORE_APP_OVERLAP_MAX },
};

static const struct form published_form_turns = {
	.fields = published_form_turn_fields,
	.count = ARRAY_LEN(published_form_turn_fields),
	.optional = true,
};

enum err
published_form_overlap(struct ctx *ctx, int64_t *overlap)
{
	struct published_form_turn turn = { { .given = false } };
	struct form_faults *faults;
	enum err err = app_task_form(ctx, &published_form_turns, &turn,
	    &faults);

	*overlap = turn.overlap_seconds.given ? turn.overlap_seconds.value :
	    PUBLISHED_FORM_OVERLAP;
	return err;
}
