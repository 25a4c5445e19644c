/* SPDX-License-Identifier: ISC */
#include "db_sqlstate.h"

#include <string.h>

#define DB_SQLSTATE_SIZE 5

struct db_sqlstate_row {
	const char *prefix;	/* the first row whose text begins the state */
	enum err err;
	bool stale;
};

static const struct db_sqlstate_row db_sqlstate_rows[] = {
	{ "08", ERR_DATABASE_DOWN, true },	/* connection exception */
	{ "0A000", ERR_INTERNAL, true },	/* a plan's result changed */
	{ "22", ERR_INVALID, false },		/* data exception */
	{ "23502", ERR_INVALID, false },	/* not null */
	{ "23503", ERR_CONFLICT, false },	/* foreign key */
	{ "23505", ERR_CONFLICT, false },	/* unique */
	{ "23514", ERR_INVALID, false },	/* check */
	{ "23P01", ERR_CONFLICT, false },	/* exclusion */
	{ "23", ERR_CONFLICT, false },
	{ "25006", ERR_DATABASE_DOWN, true },	/* read-only server */
	{ "26000", ERR_INTERNAL, true },	/* prepared statement gone */
	{ "28", ERR_PERMISSION, false },	/* login refused */
	{ "3D000", ERR_SCHEMA, false },		/* no such database */
	{ "3F000", ERR_SCHEMA, false },		/* no such schema */
	{ "40", ERR_DATABASE_DOWN, false },	/* deadlock, serialization */
	{ "42501", ERR_PERMISSION, false },	/* insufficient privilege */
	{ "42703", ERR_SCHEMA, false },		/* no such column */
	{ "42704", ERR_SCHEMA, false },		/* no such object */
	{ "42883", ERR_SCHEMA, false },		/* no such function */
	{ "42710", ERR_CONFLICT, false },	/* such an object exists */
	{ "42P04", ERR_CONFLICT, false },	/* such a database exists */
	{ "42P01", ERR_SCHEMA, false },		/* no such table */
	{ "53", ERR_DATABASE_DOWN, false },	/* out of a resource */
	{ "55P03", ERR_DATABASE_DOWN, false },	/* lock not available */
	{ "57014", ERR_DATABASE_DOWN, false },	/* statement_timeout */
	{ "57P", ERR_DATABASE_DOWN, true },	/* shutdown, starting up */
	{ "58", ERR_DATABASE_DOWN, false },	/* system error */
};

static const struct db_sqlstate_row *
db_sqlstate_find(const char *state)
{
	if (state == NULL || strlen(state) != DB_SQLSTATE_SIZE)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(db_sqlstate_rows); i++)
		if (strncmp(state, db_sqlstate_rows[i].prefix,
		    strlen(db_sqlstate_rows[i].prefix)) == 0)
			return &db_sqlstate_rows[i];
	return NULL;
}

enum err
db_sqlstate_err(const char *state)
{
	const struct db_sqlstate_row *row = db_sqlstate_find(state);

	return row == NULL ? ERR_INTERNAL : row->err;
}

bool
db_sqlstate_stale(const char *state)
{
	const struct db_sqlstate_row *row = db_sqlstate_find(state);

	return row != NULL && row->stale;
}

bool
db_sqlstate_tells_values(const char *state)
{
	/* "invalid input syntax for type cidr: ..." and its like. */
	return state == NULL || strncmp(state, "22", 2) == 0;
}
