/* SPDX-License-Identifier: ISC */
/*
 * input [layer 8]: what handlers of accounts read of a request.
 */
#include "accounts.h"
#include "query.h"

#define INPUT_LIMIT 50
#define INPUT_LIMIT_MAX 100

#define INPUT_VALUE_MAX 23	/* bytes of a parameter's value */

/*
 * The parameter NAME as a number of 1 to MAX; OUT stays if it is not there.
 */
static enum err
input_number(const struct ctx *ctx, const char *name, uint64_t max,
    uint64_t *out)
{
	struct str value = { NULL, 0 };
	enum err err = query_text(ctx, name, INPUT_VALUE_MAX, &value);

	if (err != ERR_OK || value.ptr == NULL)
		return err;
	return str_u64(value, max, out) && *out > 0 ? ERR_OK :
	    ERR_QUERY_INVALID;
}

enum err
input_page(const struct ctx *ctx, struct input_page *out)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	uint64_t limit = INPUT_LIMIT, after = 0;
	enum err err;

	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = input_number(ctx, "limit", INPUT_LIMIT_MAX, &limit)) !=
	    ERR_OK ||
	    (err = input_number(ctx, "cursor", INT64_MAX, &after)) != ERR_OK)
		return err;
	out->limit = (int)limit;
	out->after = (int64_t)after;
	return ERR_OK;
}

enum err
input_form(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults)
{
	struct form_faults *all = arena_alloc(ctx->arena, sizeof(*all));
	enum err err = query_none(ctx);

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
