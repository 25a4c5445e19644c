/* SPDX-License-Identifier: ISC */
#include "app_task.h"

#include "access.h"
#include "guid.h"
#include "query.h"
#include "session.h"

#define APP_TASK_LIMIT 100
#define APP_TASK_CURSOR 19	/* digits */
#define APP_TASK_WHY 200	/* characters */

int64_t
app_task_account(const struct ctx *ctx)
{
	return ctx->session != NULL ? ctx->session->row.account :
	    ctx->caller->record.account;
}

enum err
app_task_guid(const struct ctx *ctx, struct str *out)
{
	char *text = arena_alloc(ctx->arena, GUID_SIZE);

	if (text == NULL)
		return ERR_MEMORY;
	if (!guid_lower(ctx->params[0], text))
		return ERR_NOT_FOUND;
	*out = str_of(text);
	return ERR_OK;
}

enum err
app_task_limit(const struct ctx *ctx, int *limit)
{
	struct str text = STR("50");
	uint64_t n;
	enum err err = query_text(ctx, "limit", 3, &text);

	if (err != ERR_OK)
		return err;
	if (!str_u64(text, APP_TASK_LIMIT, &n) || n == 0)
		return ERR_QUERY_INVALID;
	*limit = (int)n;
	return ERR_OK;
}

enum err
app_task_cursor(const struct ctx *ctx, int64_t *after)
{
	struct str text = STR("");
	uint64_t n = 0;
	enum err err = query_text(ctx, "cursor", APP_TASK_CURSOR, &text);

	if (err != ERR_OK)
		return err;
	if (text.len > 0 && (!str_u64(text, INT64_MAX, &n) || n == 0))
		return ERR_QUERY_INVALID;
	*after = (int64_t)n;
	return ERR_OK;
}

enum err
app_task_why(const struct ctx *ctx, struct str *why)
{
	static const char *const names[] = { "why", NULL };
	enum err err = query_known(ctx, names);

	return err == ERR_OK ?
	    query_text(ctx, "why", 4 * APP_TASK_WHY, why) : err;
}

enum err
app_task_form(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults)
{
	*faults = arena_alloc(ctx->arena, sizeof(**faults));
	if (*faults == NULL)
		return ERR_MEMORY;
	ctx->problem.faults = *faults;
	return form_read(ctx->request, ctx->arena, form, out, *faults);
}

enum err
app_task_no_body(struct ctx *ctx)
{
	static const struct form empty = { .optional = true };
	struct form_seen nothing;
	struct form_faults *faults;

	return app_task_form(ctx, &empty, &nothing, &faults);
}
