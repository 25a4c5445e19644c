/* SPDX-License-Identifier: ISC */
/*
 * input [layer 8]: what handlers of accounts read of a request.
 */
#include "accounts.h"
#include "target.h"

#define INPUT_LIMIT 50
#define INPUT_LIMIT_MAX 100

/* Room for a parameter's value. */
#define INPUT_VALUE_SIZE 24

static struct str
input_query(const struct ctx *ctx)
{
	return target_parse(ctx->request->uri).query;
}

enum err
input_no_query(const struct ctx *ctx)
{
	return input_query(ctx).len == 0 ? ERR_OK : ERR_QUERY_INVALID;
}

/* The parameter NAME as a number of 1 to MAX; OUT stays if it is not there. */
static bool
input_number(struct str query, struct str name, uint64_t max, uint64_t *out)
{
	char room[INPUT_VALUE_SIZE];
	struct str value;

	switch (target_parameter(query, name, room, sizeof(room), &value)) {
	case TARGET_ABSENT:
		return true;
	case TARGET_FOUND:
		return str_u64(value, max, out) && *out > 0;
	case TARGET_TWICE:
	case TARGET_BAD:
		break;
	}
	return false;
}

enum err
input_page(const struct ctx *ctx, struct input_page *out)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	struct str query = input_query(ctx);
	uint64_t limit = INPUT_LIMIT, after = 0;

	if (!target_parameters_known(query, names) ||
	    !input_number(query, STR("limit"), INPUT_LIMIT_MAX, &limit) ||
	    !input_number(query, STR("cursor"), INT64_MAX, &after))
		return ERR_QUERY_INVALID;
	out->limit = (int)limit;
	out->after = (int64_t)after;
	return ERR_OK;
}

enum err
input_form(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults)
{
	struct form_faults *all = arena_alloc(ctx->arena, sizeof(*all));
	enum err err = input_no_query(ctx);

	if (all == NULL)
		return ERR_MEMORY;
	if (err != ERR_OK)
		return err;
	/* The problem is made after the handler has returned. */
	ctx->problem.faults = all;
	if (faults != NULL)
		*faults = all;
	return form_read(ctx->request, ctx->arena, form, out, all);
}

enum err
input_member(const struct ctx *ctx, int64_t *id)
{
	uint64_t n = 0;

	if (!str_u64(ctx->params[0], INT64_MAX, &n) || n == 0)
		return ERR_NOT_FOUND;
	*id = (int64_t)n;
	return ERR_OK;
}
