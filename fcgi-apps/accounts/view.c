/* SPDX-License-Identifier: ISC */
/*
 * view [layer 8]: what accounts answers, as JSON.
 */
#include <string.h>

#include "accounts.h"
#include "store_account.h"

/* The account ID, by a transaction of its own. */
static enum err
view_read(struct ctx *ctx, int64_t id, struct store_account_own *out)
{
	enum err err = store_change_read(ctx->db, id);

	return err != ERR_OK ? err : store_change_read_end(ctx->db,
	    store_account_describe(ctx->db, ctx->arena, id, out));
}

enum err
view_session(struct ctx *ctx, const struct session *session)
{
	const struct store_session *row = &session->row;
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *member = json_object_open();
	struct json *account = json_object_open();
	struct store_account_own own = { .name = "" };
	enum err err = view_read(ctx, row->account, &own);

	json_set_int(member, "id", row->member);
	json_set_text(member, "email", row->email);
	json_set_bool(member, "may_administer", row->may_administer);
	json_set_bool(member, "totp", row->totp);
	json_set_int(account, "id", row->account);
	json_set_text(account, "name", own.name);
	json_set(j, "member", member);
	json_set(j, "account", account);
	json_set_text(j, "csrf_token", session->csrf);
	json_set_time(j, "expires_at", row->expires);
	json_set_time(j, "idle_expires_at", row->idle_expires);
	return err != ERR_OK ? err : response_json(ctx->response, 200, j);
}

static struct json *
view_plan(const struct store_account_own *own)
{
	struct json *plan = json_object_open();
	struct json *rate;

	json_set_text(plan, "code", own->plan);
	json_set_text(plan, "name", own->plan_name);
	json_set_bool(plan, "self_service", own->self_service);
	if (own->max_keys < 0)
		json_set_null(plan, "max_keys");
	else
		json_set_int(plan, "max_keys", own->max_keys);
	if (own->daily_quota != 0)
		json_set_int(plan, "daily_quota", own->daily_quota);
	else
		json_set_null(plan, "daily_quota");
	if (own->rate == 0) {
		json_set_null(plan, "rate_limit");
		return plan;
	}
	rate = json_object_open();
	json_set_int(rate, "per_second", own->rate);
	json_set_int(rate, "burst", own->burst);
	json_set(plan, "rate_limit", rate);
	return plan;
}

static struct json *
view_region(const struct store_account_own *own)
{
	struct json *region = json_object_open();

	json_set_text(region, "code", own->region);
	json_set_text(region, "name", own->region_name);
	json_set_text(region, "api_host", own->api_host);
	return region;
}

/* null: the account says nothing itself. */
static void
view_legacy(struct json *j, const struct store_account_own *own)
{
	bool refuses = strcmp(own->legacy_policy, "refuse") == 0;
	struct json *legacy;

	if (own->legacy_deprecated == 0 && !refuses) {
		json_set_null(j, "legacy_keys");
		return;
	}
	legacy = json_object_open();
	json_set_time(legacy, "deprecated_at", own->legacy_deprecated);
	json_set_time(legacy, "sunset_at", own->legacy_sunset);
	json_set_text(legacy, "link", own->legacy_link[0] != '\0' ?
	    own->legacy_link : NULL);
	json_set_text(legacy, "policy", own->legacy_policy);
	json_set(j, "legacy_keys", legacy);
}

enum err
view_account(struct ctx *ctx, int64_t id)
{
	struct json *j CLEANUP_JSON = NULL;
	struct store_account_own own;
	enum err err = view_read(ctx, id, &own);

	if (err != ERR_OK)
		return err;
	j = json_object_open();
	json_set_int(j, "id", own.id);
	json_set_text(j, "name", own.name);
	json_set_text(j, "status", own.status);
	json_set(j, "plan", view_plan(&own));
	json_set(j, "region", view_region(&own));
	json_set_int(j, "keys", own.keys);
	json_set_bool(j, "machine_key_management", own.machine_keys);
	view_legacy(j, &own);
	return response_json(ctx->response, 200, j);
}

void
view_member(struct json *j, const struct store_member *member)
{
	json_set_int(j, "id", member->id);
	json_set_text(j, "email", member->email);
	json_set_bool(j, "may_administer", member->may_administer);
	json_set_bool(j, "totp", member->totp);
	json_set_time(j, "created_at", member->created);
}

enum err
view_done(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = json_object_open();

	return response_json(ctx->response, 200, j);
}
