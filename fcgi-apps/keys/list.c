/* SPDX-License-Identifier: ISC */
/*
 * list [layer 8]: the keys of the account, a page at a time, in the order in
 * which they were made, so that new ones come behind every page.
 */
#include "key_json.h"
#include "query.h"
#include "key_task.h"
#include "keys.h"

#define LIST_LIMIT_MAX 100

struct list_page {
	uint64_t limit;
	struct str after;	/* the last key of the page before; "" */
	struct store_key *keys;
	size_t count;		/* one more than the limit: there are more */
	struct decision_legacy legacy;
};

static enum err
list_query(const struct ctx *ctx, struct list_page *page)
{
	static const char *const names[] = { "limit", "cursor", NULL };
	struct str limit = STR("50");
	enum err err;

	if ((err = query_known(ctx, names)) != ERR_OK ||
	    (err = query_text(ctx, "limit", 3, &limit)) != ERR_OK ||
	    (err = query_text(ctx, "cursor", DECISION_ID_SIZE,
	    &page->after)) != ERR_OK)
		return err;
	return str_u64(limit, LIST_LIMIT_MAX, &page->limit) &&
	    page->limit > 0 ? ERR_OK : ERR_QUERY_INVALID;
}

/* Inside the transaction. */
static enum err
list_fetch(const struct ctx *ctx, int64_t account, struct list_page *page)
{
	struct store_key cursor;
	enum err err = ERR_OK;

	if (page->after.len > 0)
		err = store_key_find(ctx->db, ctx->arena, account,
		    page->after, &cursor);
	if (err == ERR_NOT_FOUND)
		return ERR_QUERY_INVALID;
	if (err == ERR_OK)
		err = key_legacy_read(ctx, account, &page->legacy);
	return err == ERR_OK ? store_key_list(ctx->db, ctx->arena, account,
	    page->after, (int)page->limit + 1, &page->keys, &page->count) :
	    err;
}

static enum err
list_respond(struct ctx *ctx, const struct list_page *page)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *list = json_array_open();
	bool more = page->count > page->limit;
	size_t count = more ? page->limit : page->count;
	const char *cursor = more ? page->keys[count - 1].id : NULL;
	enum err err;

	for (size_t i = 0; list != NULL && i < count; i++)
		json_append(list, key_json_make(ctx, &page->keys[i],
		    &page->legacy));
	if (j == NULL) {
		json_close(list);
		return ERR_MEMORY;
	}
	json_set(j, "keys", list);
	json_set_bool(j, "has_more", more);
	json_set_text(j, "next_cursor", cursor);
	err = response_json(ctx->response, 200, j);
	if (err == ERR_OK && more)
		query_link_next(ctx, (int)page->limit, cursor);
	return err;
}

enum err
list_handle(struct ctx *ctx)
{
	struct list_page page = { .after = STR("") };
	int64_t account = key_task_account(ctx);
	enum err err;

	if ((err = list_query(ctx, &page)) != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	err = store_change_read_end(ctx->db, list_fetch(ctx, account, &page));
	return err == ERR_OK ? list_respond(ctx, &page) : err;
}
