/* SPDX-License-Identifier: ISC */
#include "connection_sheet.h"

static const struct output_column connection_sheet_columns[] = {
	{ "id", "ID", OUTPUT_NUMBER, false },
	{ "account", "ACCOUNT", OUTPUT_NUMBER, false },
	{ "app", "APP", OUTPUT_TEXT, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "publisher", "PUBLISHER", OUTPUT_TEXT, true },
	{ "role", "ROLE", OUTPUT_TEXT, false },
	{ "environment", "ENVIRONMENT", OUTPUT_TEXT, false },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "tokens", "TOKENS", OUTPUT_NUMBER, false },
	{ "tokens_more", "MORE", OUTPUT_BOOL, true },
	{ "granted_by", "GRANTED BY", OUTPUT_TEXT, true },
	{ "granted_at", "GRANTED", OUTPUT_TIME, false },
	{ "last_used_at", "LAST USED", OUTPUT_TIME, false },
	{ "last_used_from", "LAST USED FROM", OUTPUT_TEXT, true },
	{ "revoked_by", "REVOKED BY", OUTPUT_TEXT, true },
	{ "revoked_at", "REVOKED", OUTPUT_TIME, true },
	{ "revoked_why", "REVOKED WHY", OUTPUT_TEXT, true },
};

static const char *
connection_sheet_state(const struct store_connection *c)
{
	if (c->revoked != 0)
		return "revoked";
	return c->removed != 0 ? "app removed" : "connected";
}

static const char *
connection_sheet_given(const char *text)
{
	return *text != '\0' ? text : NULL;
}

static struct output_cell *
connection_sheet_row(const struct store_connection *c,
    struct output_cell *row)
{
	bool more = c->tokens > STORE_CONNECTION_TOKENS;

	*row++ = OUTPUT_I(c->id);
	*row++ = OUTPUT_I(c->account);
	*row++ = OUTPUT_T(c->app);
	*row++ = OUTPUT_T(c->name);
	*row++ = OUTPUT_T(c->publisher);
	*row++ = OUTPUT_T(c->role);
	*row++ = OUTPUT_T(c->environment);
	*row++ = OUTPUT_T(connection_sheet_state(c));
	*row++ = OUTPUT_I(more ? STORE_CONNECTION_TOKENS : c->tokens);
	*row++ = OUTPUT_I(more);
	*row++ = OUTPUT_T(c->granted_by);
	*row++ = OUTPUT_I(c->granted);
	*row++ = OUTPUT_I(c->last_used);
	*row++ = OUTPUT_T(connection_sheet_given(c->last_used_from));
	*row++ = OUTPUT_T(connection_sheet_given(c->revoked_by));
	*row++ = OUTPUT_I(c->revoked);
	*row++ = OUTPUT_T(c->revoked != 0 ? c->revoked_why : NULL);
	return row;
}

enum err
connection_sheet_make(struct arena *arena,
    const struct store_connection *connections, size_t count,
    struct output_sheet *sheet)
{
	size_t columns = ARRAY_LEN(connection_sheet_columns);
	struct output_cell *cells = arena_alloc(arena,
	    count * columns * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		row = connection_sheet_row(&connections[i], row);
	*sheet = (struct output_sheet){
		connection_sheet_columns, columns, cells, count,
	};
	return ERR_OK;
}
