/* SPDX-License-Identifier: ISC */
/*
 * token_list [layer 8]: GET /apps/{guid}/tokens: the tokens of the newest
 * connection of an app, a page at a time, the newest first.
 */
#include "app_task.h"
#include "apps.h"
#include "newkey.h"
#include "query.h"
#include "token_json.h"

struct token_list_page {
	int limit;
	struct str before;	/* the last token of the page before; "" */
	struct store_connection connection;
	struct store_token *rows;
	size_t count;		/* one more than the limit: there are more */
};

static enum err
token_list_query(const struct ctx *ctx, struct token_list_page *page)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	enum err err;

	page->before = STR("");
	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = app_task_limit(ctx, &page->limit)) != ERR_OK ||
	    (err = query_text(ctx, "cursor", DECISION_ID_SIZE,
	    &page->before)) != ERR_OK)
		return err;
	return page->before.len == 0 || newkey_is_id(page->before) ? ERR_OK :
	    ERR_QUERY_INVALID;
}

/* Inside the transaction. */
static enum err
token_list_fetch(const struct ctx *ctx, int64_t account, struct str guid,
    struct token_list_page *page)
{
	struct store_token cursor;
	enum err err = store_connection_find(ctx->db, ctx->arena, account,
	    guid, &page->connection);

	if (err != ERR_OK)
		return err;
	if (page->before.len > 0) {
		err = store_token_find(ctx->db, ctx->arena, account,
		    page->before, &cursor);
		if (err == ERR_NOT_FOUND || (err == ERR_OK &&
		    cursor.connection != page->connection.id))
			return ERR_QUERY_INVALID;
	}
	return err == ERR_OK ? store_token_list(ctx->db, ctx->arena, account,
	    page->connection.id, page->before, page->limit + 1, &page->rows,
	    &page->count) : err;
}

static enum err
token_list_respond(struct ctx *ctx, const struct token_list_page *page)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *list = json_array_open();
	bool more = page->count > (size_t)page->limit;
	size_t count = more ? (size_t)page->limit : page->count;
	const char *cursor = more ? page->rows[count - 1].id : NULL;
	enum err err;

	for (size_t i = 0; list != NULL && i < count; i++)
		json_append(list, token_json_make(ctx, &page->connection,
		    &page->rows[i]));
	if (j == NULL) {
		json_close(list);
		return ERR_MEMORY;
	}
	json_set(j, "tokens", list);
	json_set_bool(j, "has_more", more);
	json_set_text(j, "next_cursor", cursor);
	err = response_json(ctx->response, 200, j);
	if (err == ERR_OK && more)
		query_link_next(ctx, page->limit, cursor);
	return err;
}

enum err
token_list_get(struct ctx *ctx)
{
	int64_t account = app_task_account(ctx);
	struct token_list_page page;
	struct str guid;
	enum err err;

	if ((err = app_task_guid(ctx, &guid)) != ERR_OK ||
	    (err = token_list_query(ctx, &page)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, token_list_fetch(ctx, account,
	    guid, &page));
	return err == ERR_OK ? token_list_respond(ctx, &page) : err;
}
