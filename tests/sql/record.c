/* SPDX-License-Identifier: ISC */
#include "record.h"

static const char *
record_status(enum decision_status status)
{
	switch (status) {
	case DECISION_ACTIVE:
		return "active";
	case DECISION_SUSPENDED:
		return "suspended";
	case DECISION_CLOSED:
		return "closed";
	case DECISION_DOUBTFUL:
		break;
	}
	return "doubtful";
}

static void
record_tell_limits(struct json *json, const struct decision_record *r)
{
	json_set_int(json, "key_rate", r->key_rate.per_second);
	json_set_int(json, "key_burst", r->key_rate.burst);
	json_set_int(json, "plan_rate", r->plan_rate.per_second);
	json_set_int(json, "plan_burst", r->plan_rate.burst);
	json_set_int(json, "legacy_deprecated", r->legacy_deprecated);
	json_set_int(json, "legacy_sunset", r->legacy_sunset);
	json_set_text(json, "legacy_link", r->legacy_link);
	json_set_bool(json, "legacy_refuses", r->legacy_refuses);
	json_set_bool(json, "starts_overlap", r->starts_overlap);
	json_set_int(json, "key_quota", r->key_quota);
	json_set_int(json, "plan_quota", r->plan_quota);
	json_set_int(json, "used", r->used);
	json_set_int(json, "used_day", r->used_day);
}

void
record_tell(struct json *json, const struct decision_record *r)
{
	struct json *ranges = json_array_open();
	char text[CIDR_TEXT_SIZE];

	json_set_int(json, "account", r->account);
	json_set_text(json, "status", record_status(r->account_status));
	json_set_bool(json, "plan_active", r->plan_active);
	json_set_text(json, "key", r->key_id);
	json_set_text(json, "name", r->key_name);
	json_set_int(json, "version", r->secret_version);
	json_set_text(json, "role", role_name(r->role));
	json_set_text(json, "environment", r->environment);
	json_set_text(json, "region", r->region);
	json_set_text(json, "api_host", r->api_host);
	json_set_text(json, "app", r->app);
	json_set_int(json, "connection", r->connection);
	json_set_bool(json, "connection_revoked", r->connection_revoked);
	json_set_bool(json, "app_removed", r->app_removed);
	json_set_bool(json, "key_revoked", r->key_revoked);
	json_set_bool(json, "secret_revoked", r->secret_revoked);
	json_set_bool(json, "disabled", r->disabled);
	json_set_int(json, "key_expires", r->key_expires);
	json_set_int(json, "secret_expires", r->secret_expires);
	json_set_int(json, "key_not_before", r->key_not_before);
	json_set_int(json, "secret_not_before", r->secret_not_before);
	for (size_t i = 0; i < r->range_count; i++) {
		cidr_text(&r->ranges[i], text);
		json_append_str(ranges, str_of(text));
	}
	json_set(json, "ranges", ranges);
	json_set_text(json, "kind", decision_kind_name(r->kind));
	record_tell_limits(json, r);
}
