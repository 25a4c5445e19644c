/* SPDX-License-Identifier: ISC */
#include "app_sheet.h"

static const struct output_column app_sheet_secret_columns[] = {
	{ "version", "VERSION", OUTPUT_NUMBER, false },
	{ "last_four", "LAST FOUR", OUTPUT_TEXT, false },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
	{ "expires_at", "EXPIRES", OUTPUT_TIME, false },
};

/*
 * A row with a secret begins one column further left, a list ends before the
 * secrets.
 */
static const struct output_column app_sheet_columns[] = {
	{ "secret", "SECRET", OUTPUT_TEXT, false },
	{ "guid", "GUID", OUTPUT_TEXT, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "publisher", "PUBLISHER", OUTPUT_TEXT, false },
	{ "home_page", "HOME PAGE", OUTPUT_TEXT, true },
	{ "account", "ACCOUNT", OUTPUT_LIMIT, false },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "created_by", "CREATED BY", OUTPUT_TEXT, true },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
	{ "removed_by", "REMOVED BY", OUTPUT_TEXT, true },
	{ "removed_at", "REMOVED", OUTPUT_TIME, true },
	{ "secrets", "SECRETS", OUTPUT_SHEET, true },
};

#define APP_SHEET_COLUMNS ARRAY_LEN(app_sheet_columns)
#define APP_SHEET_SECRET_COLUMNS ARRAY_LEN(app_sheet_secret_columns)

static const char *
app_sheet_given(const char *text)
{
	return *text != '\0' ? text : NULL;
}

/* Fills ROW, the columns between the secret and the secrets. */
static struct output_cell *
app_sheet_row(const struct store_app *a, struct output_cell *row)
{
	*row++ = OUTPUT_T(a->guid);
	*row++ = OUTPUT_T(a->name);
	*row++ = OUTPUT_T(a->publisher);
	*row++ = OUTPUT_T(app_sheet_given(a->home_page));
	*row++ = OUTPUT_I(a->account != 0 ? a->account : -1);
	*row++ = OUTPUT_T(a->removed != 0 ? "removed" : "active");
	*row++ = OUTPUT_T(a->created_by);
	*row++ = OUTPUT_I(a->created);
	*row++ = OUTPUT_T(app_sheet_given(a->removed_by));
	*row++ = OUTPUT_I(a->removed);
	return row;
}

enum err
app_sheet_make(struct arena *arena, const struct store_app *apps,
    size_t count, struct output_sheet *sheet)
{
	size_t columns = APP_SHEET_COLUMNS - 2;
	struct output_cell *cells = arena_alloc(arena,
	    count * columns * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		row = app_sheet_row(&apps[i], row);
	*sheet = (struct output_sheet){
		app_sheet_columns + 1, columns, cells, count,
	};
	return ERR_OK;
}

static const struct output_sheet *
app_sheet_secrets(struct arena *arena, const struct store_app_secret *secrets,
    size_t count, bool removed, int64_t now)
{
	struct output_sheet *sheet = arena_alloc(arena, sizeof(*sheet));
	struct output_cell *cells = arena_alloc(arena, count *
	    APP_SHEET_SECRET_COLUMNS * sizeof(*cells)), *row = cells;

	if (sheet == NULL || cells == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct store_app_secret *s = &secrets[i];
		bool ended = s->expires != 0 && s->expires <= now;

		*row++ = OUTPUT_I(s->version);
		*row++ = OUTPUT_T(s->last);
		*row++ = OUTPUT_T(removed ? "removed" :
		    ended ? "expired" : "active");
		*row++ = OUTPUT_I(s->created);
		*row++ = OUTPUT_I(s->expires);
	}
	*sheet = (struct output_sheet){ app_sheet_secret_columns,
	    APP_SHEET_SECRET_COLUMNS, cells, count };
	return sheet;
}

enum err
app_sheet_whole(struct arena *arena, const struct store_app *app,
    const struct store_app_secret *secrets, size_t count, int64_t now,
    const char *text, struct output_sheet *sheet)
{
	size_t skip = text == NULL ? 1 : 0;
	const struct output_sheet *inside = app_sheet_secrets(arena, secrets,
	    count, app->removed != 0, now);
	struct output_cell *cells = arena_alloc(arena,
	    APP_SHEET_COLUMNS * sizeof(*cells));

	if (inside == NULL || cells == NULL)
		return ERR_MEMORY;
	cells[0] = OUTPUT_T(text);
	*app_sheet_row(app, cells + 1) = OUTPUT_S(inside);
	*sheet = (struct output_sheet){
		app_sheet_columns + skip, APP_SHEET_COLUMNS - skip,
		cells + skip, 1,
	};
	return ERR_OK;
}
