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

/* LINK, to what is at the same path, ends with its query. */
static void
query_link(struct ctx *ctx, struct buf *link)
{
	buf_add(link, STR(">; rel=\"next\""));
	if (link->failed)
		ctx->response->bad = true;
	else
		response_header(ctx->response, "Link", buf_str(link));
}

void
query_link_next(struct ctx *ctx, int limit, const char *cursor)
{
	struct str path = ctx->request->path;
	struct buf link = buf_in(ctx->arena);

	buf_printf(&link, "<%.*s?limit=%d&cursor=%s", (int)path.len,
	    path.ptr, limit, cursor);
	query_link(ctx, &link);
}

void
query_link_again(struct ctx *ctx, const char *const *names,
    const char *cursor)
{
	struct str path = ctx->request->path;
	struct buf link = buf_in(ctx->arena);

	buf_printf(&link, "<%.*s?", (int)path.len, path.ptr);
	for (; *names != NULL; names++) {
		struct str value = { .ptr = NULL };

		if (str_eq(str_of(*names), STR("cursor")))
			continue;
		if (query_text(ctx, *names, query_of(ctx).len, &value) !=
		    ERR_OK)
			link.failed = true;
		if (value.ptr == NULL)
			continue;
		buf_printf(&link, "%s=", *names);
		buf_percent(&link, value);
		buf_add(&link, STR("&"));
	}
	buf_printf(&link, "cursor=%s", cursor);
	query_link(ctx, &link);
}
