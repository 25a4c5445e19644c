/* SPDX-License-Identifier: ISC */
#include "key_form.h"

#include <string.h>

#define KEY_FORM_OVERLAP 86400		/* seconds, unless the body says so */
#define KEY_FORM_YEARS_US (INT64_C(36525) * 86400 * 1000000)	/* a hundred */

static const char *const key_form_roles[] = { "read", "write", "admin", NULL };
static const char *const key_form_kinds[] = { "access_token", "api_key", NULL };
static const char *const key_form_starts[] = { "now", "first_use", NULL };

static const struct form_field key_form_rate_fields[] = {
	{ FORM_MEMBER(struct key_form_rate, per_second), .kind = FORM_INT,
	    .required = true, .low = 1, .high = 1000000 },
	{ FORM_MEMBER(struct key_form_rate, burst), .kind = FORM_INT,
	    .required = true, .low = 1, .high = 10000000 },
};

static const struct form key_form_rate_form = {
	.fields = key_form_rate_fields,
	.count = ARRAY_LEN(key_form_rate_fields),
};

/* The last two are a new key's alone. */
static const struct form_field key_form_fields[] = {
	{ FORM_MEMBER(struct key_form_body, allowed_ips), .kind = FORM_TEXTS,
	    .nullable = true, .low = 0, .high = DECISION_RANGES_MAX },
	{ FORM_MEMBER(struct key_form_body, rate_limit), .kind = FORM_OBJECT,
	    .nullable = true, .form = &key_form_rate_form },
	{ FORM_MEMBER(struct key_form_body, daily_quota), .kind = FORM_INT,
	    .nullable = true, .low = 1, .high = DECISION_QUOTA_MAX },
	{ FORM_MEMBER(struct key_form_body, not_before), .kind = FORM_TIME,
	    .nullable = true },
	{ FORM_MEMBER(struct key_form_body, expires_at), .kind = FORM_TIME,
	    .nullable = true },
	{ FORM_MEMBER(struct key_form_body, name), .kind = FORM_LABEL },
	{ FORM_MEMBER(struct key_form_body, role), .kind = FORM_WORD,
	    .words = key_form_roles },
	{ FORM_MEMBER(struct key_form_body, kind), .kind = FORM_WORD,
	    .words = key_form_kinds },
	{ FORM_MEMBER(struct key_form_body, environment), .kind = FORM_TEXT,
	    .low = 1, .high = CONFIG_ENVIRONMENT_MAX },
};

static const struct form key_form_changes = {
	.fields = key_form_fields,
	.count = ARRAY_LEN(key_form_fields) - 2,
};

static const struct form key_form_creates = {
	.fields = key_form_fields,
	.count = ARRAY_LEN(key_form_fields),
};

/* Reads the body by FORM; its faults become the problem's. */
static enum err
key_form_read(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults)
{
	*faults = arena_alloc(ctx->arena, sizeof(**faults));
	if (*faults == NULL)
		return ERR_MEMORY;
	ctx->problem.faults = *faults;
	return form_read(ctx->request, ctx->arena, form, out, *faults);
}

/* A fault of element INDEX of allowed_ips. */
static void
key_form_range_fault(struct key_form_body *body, size_t index,
    const char *detail)
{
	struct buf pointer = buf_in(body->faults->arena);

	buf_printf(&pointer, "#/allowed_ips/%zu", index);
	if (pointer.failed)
		body->faults->failed = true;
	else
		form_fault(body->faults, pointer.data, detail);
}

static bool
key_form_is_same(const struct cidr *a, const struct cidr *b)
{
	return a->family == b->family && a->bits == b->bits &&
	    memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

static void
key_form_get_ranges(struct key_form_body *body)
{
	for (size_t i = 0; i < body->allowed_ips.count; i++) {
		struct cidr *range = &body->ranges[i];

		if (!cidr_parse(body->allowed_ips.items[i], range)) {
			key_form_range_fault(body, i, "An address or a range, "
			    "such as 192.0.2.0/24 or 2001:db8::/32, no bit "
			    "set behind the prefix.");
			continue;
		}
		for (size_t j = 0; j < i; j++)
			if (key_form_is_same(range, &body->ranges[j]))
				key_form_range_fault(body, i,
				    "This range is there already.");
	}
}

static void
key_form_get_times(const struct ctx *ctx, struct key_form_body *body,
    struct store_key_values *out)
{
	const struct form_time *begin = &body->not_before;
	const struct form_time *end = &body->expires_at;

	if (begin->given)
		out->not_before = begin->null ? 0 : begin->wall_us;
	if (end->given)
		out->expires = end->null ? 0 : end->wall_us;
	if (end->given && !end->null && (end->wall_us <= ctx->now ||
	    end->wall_us > ctx->now + KEY_FORM_YEARS_US))
		form_fault(body->faults, "#/expires_at", "A point of time that "
		    "lies ahead, at most 100 years.");
	else if ((begin->given || end->given) && out->expires != 0 &&
	    out->not_before >= out->expires)
		form_fault(body->faults, begin->given ? "#/not_before" :
		    "#/expires_at", "The key would end before it begins.");
}

/* OUT gets what the body gives; the rest stays. */
static enum err
key_form_get_values(const struct ctx *ctx, struct key_form_body *body,
    struct store_key_values *out)
{
	if (body->name.given)
		out->name = body->name.value;
	if (body->role.given && !role_parse(str_of(
	    key_form_roles[body->role.index]), &out->role))
		return ERR_INTERNAL;
	if (body->allowed_ips.given) {
		out->ranges = body->ranges;
		out->range_count = body->allowed_ips.count;
		key_form_get_ranges(body);
	}
	if (body->rate_limit.seen.given) {
		out->rate = (int32_t)body->rate_limit.per_second.value;
		out->burst = (int32_t)body->rate_limit.burst.value;
	}
	if (body->daily_quota.given)
		out->daily_quota = (int32_t)body->daily_quota.value;
	key_form_get_times(ctx, body, out);
	return form_verdict(body->faults);
}

/* What was not asked for is live, or the first that there is. */
static void
key_form_get_environment(const struct ctx *ctx, struct key_form_body *body,
    struct str *out)
{
	const struct config *config = ctx->config;
	struct str wanted = body->environment.given ?
	    body->environment.value : STR("live");

	*out = config->environments[0];
	for (size_t i = 0; i < config->environment_count; i++)
		if (str_eq(config->environments[i], wanted)) {
			*out = config->environments[i];
			return;
		}
	if (body->environment.given)
		form_fault(body->faults, "#/environment",
		    "There is no such environment here.");
}

enum err
key_form_create(struct ctx *ctx, struct key_form_body *body,
    struct store_key_new *out)
{
	enum err err;

	memset(body, 0, sizeof(*body));
	memset(out, 0, sizeof(*out));
	err = key_form_read(ctx, &key_form_creates, body, &body->faults);
	if (err != ERR_OK && err != ERR_INVALID)
		return err;
	if (!body->name.given)
		form_fault(body->faults, "#/name", "This member is missing.");
	if (!body->role.given)
		form_fault(body->faults, "#/role", "This member is missing.");
	if ((err = form_verdict(body->faults)) != ERR_OK)
		return err;
	out->kind = str_of(key_form_kinds[body->kind.index]);
	key_form_get_environment(ctx, body, &out->environment);
	return key_form_get_values(ctx, body, &out->values);
}

enum err
key_form_change(struct ctx *ctx, struct key_form_body *body)
{
	memset(body, 0, sizeof(*body));
	return key_form_read(ctx, &key_form_changes, body, &body->faults);
}

enum err
key_form_apply(struct ctx *ctx, struct key_form_body *body,
    const struct store_key *key, struct cidr ranges[DECISION_RANGES_MAX],
    struct store_key_values *out)
{
	struct str list = str_of(key->ranges), word;

	*out = (struct store_key_values){
		.name = str_of(key->name),
		.ranges = ranges,
		.rate = key->rate,
		.burst = key->burst,
		.daily_quota = key->daily_quota,
		.not_before = key->not_before,
		.expires = key->expires,
	};
	if (!role_parse(str_of(key->role), &out->role))
		return ERR_INTERNAL;
	while (str_word(&list, " ", &word))
		if (out->range_count == DECISION_RANGES_MAX ||
		    !cidr_parse(word, &ranges[out->range_count++]))
			return ERR_INTERNAL;
	return key_form_get_values(ctx, body, out);
}

/* As the body has it. */
struct key_form_turn {
	struct form_int overlap_seconds;
	struct form_word overlap_starts;
};

static const struct form_field key_form_turn_fields[] = {
	{ FORM_MEMBER(struct key_form_turn, overlap_seconds),
	    .kind = FORM_INT, .low = 0, .high = STORE_KEY_CHANGE_OVERLAP_MAX },
	{ FORM_MEMBER(struct key_form_turn, overlap_starts),
	    .kind = FORM_WORD, .words = key_form_starts },
};

static const struct form key_form_turns = {
	.fields = key_form_turn_fields,
	.count = ARRAY_LEN(key_form_turn_fields),
	.optional = true,
};

enum err
key_form_rotation(struct ctx *ctx, struct key_form_rotation *out)
{
	struct key_form_turn turn = { .overlap_seconds = { .given = false } };
	struct form_faults *faults;
	enum err err = key_form_read(ctx, &key_form_turns, &turn, &faults);

	if (err != ERR_OK)
		return err;
	out->overlap = turn.overlap_seconds.given ?
	    turn.overlap_seconds.value : KEY_FORM_OVERLAP;
	out->first_use = turn.overlap_starts.index == 1;
	out->body = faults->body;
	return ERR_OK;
}

enum err
key_form_none(struct ctx *ctx)
{
	static const struct form empty = { .optional = true };
	struct form_seen nothing;
	struct form_faults *faults;

	return key_form_read(ctx, &empty, &nothing, &faults);
}
