/* SPDX-License-Identifier: ISC */
/*
 * whoami [layer 8]: what the key that makes the request is: where the curl
 * line shown with a new key points, and the first thing to ask when one
 * is refused.
 */
#include "access.h"
#include "auth_check.h"
#include "json.h"
#include "terms.h"

/* The limit that counts and what is left of it, null if there is none. */
static void
whoami_rate_limit(struct json *j, const struct access_caller *caller)
{
	struct json *child;

	if (!caller->limited) {
		json_set_text(j, "rate_limit", NULL);
		return;
	}
	child = json_object_open();
	if (child != NULL) {
		json_set_int(child, "per_second", caller->rate.per_second);
		json_set_int(child, "burst", caller->rate.burst);
		json_set_int(child, "left", caller->limit.left);
	}
	json_set(j, "rate_limit", child);
}

/* The quota that counts and what is left of it today, null if there is none. */
static void
whoami_daily_quota(struct json *j, const struct access_caller *caller)
{
	struct json *child;

	if (!caller->metered) {
		json_set_null(j, "daily_quota");
		return;
	}
	child = json_object_open();
	if (child != NULL) {
		json_set_int(child, "requests", caller->quota);
		json_set_int(child, "left", caller->day.left);
		json_set_int(child, "resets_in", caller->day.reset);
	}
	json_set(j, "daily_quota", child);
}

enum err
whoami_get(struct ctx *ctx)
{
	const struct decision_record *r = &ctx->caller->record;
	struct json *j CLEANUP_JSON = json_object_open();

	if (j == NULL)
		return ERR_MEMORY;
	json_set_int(j, "account", r->account);
	json_set_text(j, "key", r->key_id);
	json_set_text(j, "name", r->key_name);
	json_set_text(j, "kind", decision_kind_name(r->kind));
	json_set_text(j, "role", role_name(r->role));
	json_set_text(j, "environment", r->environment);
	json_set_text(j, "region", r->region);
	json_set_int(j, "secret_version", r->secret_version);
	json_set_text(j, "app", r->app[0] != '\0' ? r->app : NULL);
	json_set_time(j, "expires_at", decision_expires(r));
	terms_set_legacy(j, ctx->caller->deprecated ? &ctx->caller->legacy :
	    NULL);
	whoami_rate_limit(j, ctx->caller);
	whoami_daily_quota(j, ctx->caller);
	return response_json(ctx->response, 200, j);
}
