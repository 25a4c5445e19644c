/* SPDX-License-Identifier: ISC */
/*
 * published_list [layer 8]: GET /published-apps: the apps that the account made
 * for itself, a page at a time, in the order in which they were made.
 */
#include "app_task.h"
#include "apps.h"
#include "guid.h"
#include "published_json.h"
#include "query.h"

struct published_list_page {
	int limit;
	struct str after;	/* the last app of the page before; "" */
	struct store_app *rows;
	size_t count;		/* one more than the limit: there are more */
};

static enum err
published_list_query(const struct ctx *ctx, struct published_list_page *page)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	enum err err;

	page->after = STR("");
	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = app_task_limit(ctx, &page->limit)) != ERR_OK ||
	    (err = query_text(ctx, "cursor", GUID_SIZE, &page->after)) !=
	    ERR_OK)
		return err;
	return page->after.len == 0 || guid_check(page->after) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

/* Inside the transaction. */
static enum err
published_list_fetch(const struct ctx *ctx, int64_t account,
    struct published_list_page *page)
{
	struct store_app cursor;
	enum err err = page->after.len > 0 ? store_app_find(ctx->db,
	    ctx->arena, account, page->after, &cursor) : ERR_OK;

	if (err == ERR_NOT_FOUND)
		return ERR_QUERY_INVALID;
	return err == ERR_OK ? store_app_list(ctx->db, ctx->arena, account,
	    page->after, page->limit + 1, &page->rows, &page->count) : err;
}

static enum err
published_list_respond(struct ctx *ctx,
    const struct published_list_page *page)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *list = json_array_open();
	bool more = page->count > (size_t)page->limit;
	size_t count = more ? (size_t)page->limit : page->count;
	const char *cursor = more ? page->rows[count - 1].guid : NULL;
	enum err err;

	for (size_t i = 0; list != NULL && i < count; i++)
		json_append(list, published_json_make(&page->rows[i]));
	if (j == NULL) {
		json_close(list);
		return ERR_MEMORY;
	}
	json_set(j, "published_apps", list);
	json_set_bool(j, "has_more", more);
	json_set_text(j, "next_cursor", cursor);
	err = response_json(ctx->response, 200, j);
	if (err == ERR_OK && more)
		query_link_next(ctx, page->limit, cursor);
	return err;
}

enum err
published_list_get(struct ctx *ctx)
{
	int64_t account = app_task_account(ctx);
	struct published_list_page page;
	enum err err;

	if ((err = published_list_query(ctx, &page)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, published_list_fetch(ctx,
	    account, &page));
	return err == ERR_OK ? published_list_respond(ctx, &page) : err;
}
