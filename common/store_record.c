/* SPDX-License-Identifier: ISC */
#include "store_record.h"

#include <string.h>

/* In the order of hasp.look_up_keys and hasp.secret_record. */
enum store_record_field {
	FIELD_ACCOUNT,
	FIELD_STATUS,
	FIELD_PLAN_ACTIVE,
	FIELD_REGION,
	FIELD_API_HOST,
	FIELD_PLAN_RATE,
	FIELD_PLAN_BURST,
	FIELD_LEGACY_DEPRECATED,
	FIELD_LEGACY_SUNSET,
	FIELD_LEGACY_LINK,
	FIELD_LEGACY_POLICY,
	FIELD_PLAN_QUOTA,
	FIELD_USED_DAY,
	FIELD_USED,
	FIELD_CONNECTION,
	FIELD_CONNECTION_REVOKED,
	FIELD_APP_REMOVED,
	FIELD_KEY_ID,
	FIELD_KEY_NAME,
	FIELD_VERSION,
	FIELD_ROLE,
	FIELD_ENVIRONMENT,
	FIELD_APP,
	FIELD_KEY_REVOKED,
	FIELD_SECRET_REVOKED,
	FIELD_DISABLED,
	FIELD_KEY_EXPIRES,
	FIELD_SECRET_EXPIRES,
	FIELD_KEY_NOT_BEFORE,
	FIELD_SECRET_NOT_BEFORE,
	FIELD_RANGES,
	FIELD_KIND,
	FIELD_KEY_RATE,
	FIELD_KEY_BURST,
	FIELD_STARTS_OVERLAP,
	FIELD_KEY_QUOTA,
	FIELD__COUNT
};

static bool
store_record_split(struct str text, struct str fields[FIELD__COUNT])
{
	for (size_t i = 0; i < FIELD__COUNT; i++) {
		bool more = str_cut(text, '\t', &fields[i], &text);

		if (more != (i + 1 < FIELD__COUNT))
			return false;
	}
	return true;
}

/* LEAST to SIZE - 1 bytes without NUL. */
static bool
store_record_text(struct str text, size_t least, char *out, size_t size)
{
	if (text.len < least || text.len >= size ||
	    str_find(text, '\0') < text.len)
		return false;
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
	return true;
}

static bool
store_record_flag(struct str text, bool *out)
{
	*out = str_eq(text, STR("t"));
	return *out || str_eq(text, STR("f"));
}

static bool
store_record_number(struct str text, int64_t most, int64_t *out)
{
	uint64_t n;

	if (!str_u64(text, (uint64_t)most, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

static bool
store_record_int(struct str text, int64_t most, int32_t *out)
{
	int64_t n;

	if (!store_record_number(text, most, &n))
		return false;
	*out = (int32_t)n;
	return true;
}

/* A date before 1970 has a sign; it is never 0, which means none. */
static bool
store_record_time(struct str text, int64_t *out)
{
	bool before = str_starts(text, STR("-"));

	if (!store_record_number(str_part(text, before ? 1 : 0, text.len),
	    INT64_MAX, out))
		return false;
	*out = before ? -*out : *out;
	return true;
}

/* Only an empty text is no restriction. */
static bool
store_record_ranges(struct str text, struct decision_record *out)
{
	struct str rest = text, word;

	while (str_word(&rest, " ", &word)) {
		if (out->range_count >= DECISION_RANGES_MAX ||
		    !cidr_parse(word, &out->ranges[out->range_count]))
			return false;
		out->range_count++;
	}
	return text.len == 0 || out->range_count > 0;
}

/* Rate and burst stand side by side; there is none of them or both. */
static bool
store_record_rate(const struct str *fields, struct decision_rate *out)
{
	return store_record_int(fields[0], DECISION_RATE_MAX,
	    &out->per_second) &&
	    store_record_int(fields[1], DECISION_BURST_MAX, &out->burst) &&
	    (out->per_second == 0) == (out->burst == 0);
}

static bool
store_record_quota(const struct str *fields, struct decision_record *out)
{
	return store_record_int(fields[FIELD_PLAN_QUOTA],
	    DECISION_QUOTA_MAX, &out->plan_quota) &&
	    store_record_int(fields[FIELD_KEY_QUOTA],
	    DECISION_QUOTA_MAX, &out->key_quota) &&
	    store_record_int(fields[FIELD_USED_DAY], INT32_MAX,
	    &out->used_day) &&
	    store_record_int(fields[FIELD_USED], INT32_MAX, &out->used);
}

static bool
store_record_legacy(const struct str *fields, struct decision_record *out)
{
	struct str link = fields[FIELD_LEGACY_LINK];
	struct str policy = fields[FIELD_LEGACY_POLICY];

	out->legacy_refuses = str_eq(policy, STR("refuse"));
	return (out->legacy_refuses || str_eq(policy, STR("warn"))) &&
	    (link.len == 0 || decision_is_link(link)) &&
	    store_record_text(link, 0, out->legacy_link,
	    sizeof(out->legacy_link)) &&
	    store_record_time(fields[FIELD_LEGACY_DEPRECATED],
	    &out->legacy_deprecated) &&
	    store_record_time(fields[FIELD_LEGACY_SUNSET],
	    &out->legacy_sunset);
}

static bool
store_record_flags(const struct str *fields, struct decision_record *out)
{
	return store_record_flag(fields[FIELD_PLAN_ACTIVE],
	    &out->plan_active) &&
	    store_record_flag(fields[FIELD_KEY_REVOKED], &out->key_revoked) &&
	    store_record_flag(fields[FIELD_SECRET_REVOKED],
	    &out->secret_revoked) &&
	    store_record_flag(fields[FIELD_DISABLED], &out->disabled) &&
	    store_record_flag(fields[FIELD_STARTS_OVERLAP],
	    &out->starts_overlap) &&
	    store_record_flag(fields[FIELD_CONNECTION_REVOKED],
	    &out->connection_revoked) &&
	    store_record_flag(fields[FIELD_APP_REMOVED], &out->app_removed);
}

static bool
store_record_times(const struct str *fields, struct decision_record *out)
{
	return store_record_time(fields[FIELD_KEY_EXPIRES],
	    &out->key_expires) &&
	    store_record_time(fields[FIELD_SECRET_EXPIRES],
	    &out->secret_expires) &&
	    store_record_time(fields[FIELD_KEY_NOT_BEFORE],
	    &out->key_not_before) &&
	    store_record_time(fields[FIELD_SECRET_NOT_BEFORE],
	    &out->secret_not_before);
}

#define STORE_RECORD_TEXT(field, least, array) \
	store_record_text(fields[field], (least), (array), sizeof(array))

static bool
store_record_texts(const struct str *fields, struct decision_record *out)
{
	return STORE_RECORD_TEXT(FIELD_KEY_ID, 1, out->key_id) &&
	    STORE_RECORD_TEXT(FIELD_KEY_NAME, 1, out->key_name) &&
	    STORE_RECORD_TEXT(FIELD_ENVIRONMENT, 1, out->environment) &&
	    STORE_RECORD_TEXT(FIELD_REGION, 1, out->region) &&
	    STORE_RECORD_TEXT(FIELD_API_HOST, 1, out->api_host) &&
	    STORE_RECORD_TEXT(FIELD_APP, 0, out->app);
}

static bool
store_record_fill(const struct str *fields, struct decision_record *out)
{
	if (!store_record_number(fields[FIELD_ACCOUNT], INT64_MAX,
	    &out->account) || out->account == 0 ||
	    !store_record_number(fields[FIELD_CONNECTION], INT64_MAX,
	    &out->connection) ||
	    !store_record_int(fields[FIELD_VERSION], INT32_MAX,
	    &out->secret_version) ||
	    !role_parse(fields[FIELD_ROLE], &out->role))
		return false;
	out->account_status = decision_status_of(fields[FIELD_STATUS]);
	return store_record_texts(fields, out) &&
	    store_record_flags(fields, out) &&
	    store_record_times(fields, out) &&
	    store_record_ranges(fields[FIELD_RANGES], out) &&
	    decision_kind_parse(fields[FIELD_KIND], &out->kind) &&
	    store_record_rate(&fields[FIELD_PLAN_RATE], &out->plan_rate) &&
	    store_record_rate(&fields[FIELD_KEY_RATE], &out->key_rate) &&
	    store_record_quota(fields, out) &&
	    store_record_legacy(fields, out);
}

bool
store_record_parse(struct str text, struct decision_record *out)
{
	struct str fields[FIELD__COUNT];

	memset(out, 0, sizeof(*out));
	if (store_record_split(text, fields) && store_record_fill(fields, out))
		return true;
	memset(out, 0, sizeof(*out));
	return false;
}
