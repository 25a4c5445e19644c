/* SPDX-License-Identifier: ISC */
#include "key_query.h"

#include "target.h"

static struct str
key_query_of(const struct ctx *ctx)
{
	return target_parse(ctx->request->uri).query;
}

enum err
key_query_known(const struct ctx *ctx, const char *const *names)
{
	return target_parameters_known(key_query_of(ctx), names) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

enum err
key_query_none(const struct ctx *ctx)
{
	static const char *const names[] = { NULL };

	return key_query_known(ctx, names);
}

enum err
key_query_text(const struct ctx *ctx, const char *name, size_t max,
    struct str *out)
{
	char *room = arena_alloc(ctx->arena, max + 1);

	if (room == NULL)
		return ERR_MEMORY;
	switch (target_parameter(key_query_of(ctx), str_of(name), room,
	    max + 1, out)) {
	case TARGET_ABSENT:
	case TARGET_FOUND:
		return ERR_OK;
	case TARGET_TWICE:
	case TARGET_BAD:
		break;
	}
	return ERR_QUERY_INVALID;
}
