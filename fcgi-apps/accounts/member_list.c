/* SPDX-License-Identifier: ISC */
/*
 * member_list [layer 8]: GET /members: the members of the account, in order of
 * their numbers, page by page.
 */
#include <stdio.h>

#include "accounts.h"
#include "query.h"

#define MEMBER_LIST_CURSOR 24	/* room for a number as text */

/* The members and one more, which tells whether there is another page. */
static enum err
member_list_read(struct ctx *ctx, const struct input_page *page,
    struct store_member **out, size_t *count)
{
	int64_t account = ctx->session->row.account;
	enum err err = store_change_read(ctx->db, account);

	return err != ERR_OK ? err : store_change_read_end(ctx->db,
	    store_member_list(ctx->db, ctx->arena, account, page->after,
	    page->limit + 1, out, count));
}

static enum err
member_list_answer(struct ctx *ctx, const struct input_page *page,
    const struct store_member *members, size_t count)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct json *list = json_array_open();
	bool more = count > (size_t)page->limit;
	char cursor[MEMBER_LIST_CURSOR];
	enum err err;

	if (more)
		count = (size_t)page->limit;
	for (size_t i = 0; i < count; i++) {
		struct json *one = json_object_open();

		view_member(one, &members[i]);
		json_append(list, one);
	}
	json_set(j, "members", list);
	json_set_bool(j, "has_more", more);
	if (more)
		(void)snprintf(cursor, sizeof(cursor), "%lld",
		    (long long)members[count - 1].id);
	json_set_text(j, "next_cursor", more ? cursor : NULL);
	err = response_json(ctx->response, 200, j);
	if (err == ERR_OK && more)
		query_link_next(ctx, page->limit, cursor);
	return err;
}

enum err
member_list_get(struct ctx *ctx)
{
	struct store_member *members = NULL;
	struct input_page page;
	size_t count = 0;
	enum err err;

	if ((err = input_page(ctx, &page)) != ERR_OK ||
	    (err = member_list_read(ctx, &page, &members, &count)) != ERR_OK)
		return err;
	return member_list_answer(ctx, &page, members, count);
}
