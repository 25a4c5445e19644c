/* SPDX-License-Identifier: ISC */
/*
 * app_list [layer 8]: GET /apps: the apps that the account connected, a page at
 * a time, what was granted last first.
 */
#include <stdio.h>

#include "app_json.h"
#include "app_task.h"
#include "apps.h"
#include "query.h"

#define APP_LIST_CURSOR 24	/* room for a number as text */

static const char *const app_list_names[] = {
	"status", "limit", "cursor", NULL
};

struct app_list_page {
	enum store_connection_status status;
	int limit;
	int64_t before;		/* 0: from the newest */
	struct store_connection *rows;
	size_t count;		/* one more than the limit: there are more */
};

static enum err
app_list_query(const struct ctx *ctx, struct app_list_page *page)
{
	static const char *const words[] = { "connected", "revoked", "all" };
	struct str status = str_of(words[0]);
	enum err err;

	if ((err = query_known(ctx, app_list_names)) != ERR_OK ||
	    (err = query_text(ctx, "status", 16, &status)) != ERR_OK ||
	    (err = app_task_limit(ctx, &page->limit)) != ERR_OK ||
	    (err = app_task_cursor(ctx, &page->before)) != ERR_OK)
		return err;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		page->status = (enum store_connection_status)i;
		if (str_eq(status, str_of(words[i])))
			return ERR_OK;
	}
	return ERR_QUERY_INVALID;
}

static enum err
app_list_respond(struct ctx *ctx, const struct app_list_page *page)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *list = json_array_open();
	bool more = page->count > (size_t)page->limit;
	size_t count = more ? (size_t)page->limit : page->count;
	char cursor[APP_LIST_CURSOR];
	enum err err;

	for (size_t i = 0; list != NULL && i < count; i++)
		json_append(list, app_json_make(&page->rows[i]));
	if (j == NULL) {
		json_close(list);
		return ERR_MEMORY;
	}
	if (more)
		(void)snprintf(cursor, sizeof(cursor), "%lld",
		    (long long)page->rows[count - 1].id);
	json_set(j, "apps", list);
	json_set_bool(j, "has_more", more);
	json_set_text(j, "next_cursor", more ? cursor : NULL);
	err = response_json(ctx->response, 200, j);
	if (err == ERR_OK && more)
		query_link_again(ctx, app_list_names, cursor);
	return err;
}

enum err
app_list_get(struct ctx *ctx)
{
	int64_t account = app_task_account(ctx);
	struct app_list_page page;
	enum err err;

	if ((err = app_list_query(ctx, &page)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, store_connection_list(ctx->db,
	    ctx->arena, account, page.status, page.before, page.limit + 1,
	    &page.rows, &page.count));
	return err == ERR_OK ? app_list_respond(ctx, &page) : err;
}
