/* SPDX-License-Identifier: ISC */
/*
 * oauth_introspect [layer 8]: tells an app whether a token of its own works
 * (RFC 7662).
 */
#include <stdio.h>

#include "apps.h"
#include "oauth_answer.h"
#include "oauth_own.h"

#define OAUTH_INTROSPECT_SECOND 1000000

/* Whether the token would be let in somewhere, at this moment. */
static bool
oauth_introspect_works(const struct oauth *o,
    const struct decision_record *record)
{
	const struct decision_demand demand = {
		.any_environment = true,
		.role = ROLE_NONE,
		.method_role = ROLE_NONE,
		.now = o->ctx->now,
	};

	return decision_make(record, &demand) == ERR_OK;
}

static void
oauth_introspect_tell(const struct oauth *o,
    const struct decision_record *record, struct json *j)
{
	int64_t expires = decision_expires(record);
	char subject[32];

	(void)snprintf(subject, sizeof(subject), "account:%lld",
	    (long long)record->account);
	json_set_text(j, "scope", role_name(record->role));
	json_set_text(j, "client_id", o->guid);
	json_set_text(j, "token_type", "Bearer");
	if (expires != 0)
		json_set_int(j, "exp", expires / OAUTH_INTROSPECT_SECOND);
	json_set_text(j, "sub", subject);
	json_set_text(j, "jti", record->key_id);
	json_set_int(j, "account", record->account);
	json_set_text(j, "environment", record->environment);
}

static enum err
oauth_introspect_make(struct oauth *o)
{
	struct json *j CLEANUP_JSON = NULL;
	struct decision_record record;
	bool found;
	enum err err = oauth_own_find(o, &record, &found);

	if (err != ERR_OK)
		return err;
	if ((j = json_object_open()) == NULL)
		return ERR_MEMORY;
	found = found && oauth_introspect_works(o, &record);
	json_set_bool(j, "active", found);
	/* Of one that does not work nothing is told (section 2.2). */
	if (found)
		oauth_introspect_tell(o, &record, j);
	return oauth_answer_json(o->ctx, 200, j);
}

enum err
oauth_introspect_post(struct ctx *ctx)
{
	return oauth_serve(ctx, oauth_introspect_make);
}
