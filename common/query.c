/* SPDX-License-Identifier: ISC */
#include "query.h"

#include "target.h"

static struct str
query_of(const struct ctx *ctx)
{
	return target_parse(ctx->request->uri).query;
}

enum err
query_known(const struct ctx *ctx, const char *const *names)
{
	return target_parameters_known(query_of(ctx), names) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

enum err
query_none(const struct ctx *ctx)
{
	return query_of(ctx).len == 0 ? ERR_OK : ERR_QUERY_INVALID;
}

enum err
query_text(const struct ctx *ctx, const char *name, size_t max,
    struct str *out)
{
	char *room = arena_alloc(ctx->arena, max + 1);

	if (room == NULL)
		return ERR_MEMORY;
	switch (target_parameter(query_of(ctx), str_of(name), room,
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

void
query_link_next(struct ctx *ctx, int limit, const char *cursor)
{
	struct str path = ctx->request->path;
	struct buf link = buf_in(ctx->arena);

	buf_printf(&link, "<%.*s?limit=%d&cursor=%s>; rel=\"next\"",
	    (int)path.len, path.ptr, limit, cursor);
	if (link.failed)
		ctx->response->bad = true;
	else
		response_header(ctx->response, "Link", buf_str(&link));
}
