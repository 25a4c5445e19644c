/* SPDX-License-Identifier: ISC */
#include "store_token.h"

#include "store_audit.h"
#include "store_row.h"

/* Whether C is of an app that fetches tokens. */
static bool
store_token_is_fetched(const struct store_change *c)
{
	return str_starts(str_of(c->actor), STR("app:"));
}

/* Runs a statement that inserts one row. */
static enum err
store_token_insert(struct store_change *c, enum statement statement,
    const struct db_param *params, size_t count)
{
	size_t rows = 0;
	enum err err = store_row_touch(c->db, statement, params, count, &rows);

	return err == ERR_OK && rows != 1 ? ERR_INTERNAL : err;
}

static enum err
store_token_tidy(struct store_change *c, int64_t connection)
{
	struct db_param params[] = { db_int(connection) };

	return store_row_touch(c->db, STATEMENT_TIDY_TOKENS, params,
	    ARRAY_LEN(params), NULL);
}

/* The first column of the one row that STATEMENT gives. */
static enum err
store_token_number(struct db *db, enum statement statement,
    const struct db_param *params, size_t count, int64_t *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, statement, params, count, &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	*out = db_get_int(result, 0, 0);
	return ERR_OK;
}

/*
 * Whether the app may fetch one more. With the connection locked: else as many
 * as come at once would all see the last place free.
 */
static enum err
store_token_room(struct store_change *c, int64_t connection)
{
	struct db_param params[] = {
		db_int(c->account), db_int(connection),
		db_int(STORE_TOKEN_FETCHED),
	};
	int64_t number = 0;
	enum err err = store_token_number(c->db, STATEMENT_HOLD_CONNECTION,
	    params, 2, &number);

	if (err == ERR_NOT_FOUND)
		return ERR_NOT_CONNECTED;
	/* A statement of its own: it sees what was committed before. */
	if (err == ERR_OK)
		err = store_token_number(c->db, STATEMENT_COUNT_FETCHED,
		    params, ARRAY_LEN(params), &number);
	if (err != ERR_OK)
		return err;
	return number < STORE_TOKEN_FETCHED ? store_token_tidy(c, connection) :
	    ERR_TOO_MANY_TOKENS;
}

static enum err
store_token_add_key(struct store_change *c, const struct store_token_new *t)
{
	struct db_param params[] = {
		db_text(t->id), db_int(c->account), db_text(t->name),
		db_text(str_of(role_name(t->role))), db_text(t->environment),
		db_text(t->app), db_int(t->connection),
		db_text(str_of(c->actor)), db_time(t->expires),
	};
	enum err err = store_token_insert(c, STATEMENT_CREATE_TOKEN, params,
	    ARRAY_LEN(params));

	/* No row: there is such an id. Else the guard refuses it. */
	if (err == ERR_INTERNAL)
		return ERR_CONFLICT;
	return err == ERR_CONFLICT ? ERR_NOT_CONNECTED : err;
}

static enum err
store_token_add_secret(struct store_change *c,
    const struct store_token_new *t)
{
	struct db_param params[] = {
		db_int(c->account), db_text(t->id),
		db_bytes(t->secret.digest.bytes,
		    sizeof(t->secret.digest.bytes)),
		db_text(t->secret.last),
	};

	return store_token_insert(c, STATEMENT_ADD_TOKEN_SECRET, params,
	    ARRAY_LEN(params));
}

enum err
store_token_create(struct store_change *c, const struct store_token_new *t)
{
	enum err err = ERR_OK;

	if (store_token_is_fetched(c))
		err = t->expires > 0 ? store_token_room(c, t->connection) :
		    ERR_INVALID;
	if (err == ERR_OK)
		err = store_token_add_key(c, t);
	if (err == ERR_OK)
		err = store_token_add_secret(c, t);
	return err == ERR_OK ? store_audit_key(c, "token_created", t->id, 1) :
	    err;
}

/* Columns of list_tokens and find_token. */
static void
store_token_read(struct store_row *row, void *out)
{
	*(struct store_token *)out = (struct store_token){
		.id = store_row_text(row, 0),
		.name = store_row_text(row, 1),
		.role = store_row_text(row, 2),
		.environment = store_row_text(row, 3),
		.last = store_row_text(row, 4),
		.fetched = store_row_bool(row, 5),
		.created_by = store_row_text(row, 6),
		.created = store_row_int(row, 7),
		.expires = store_row_int(row, 8),
		.disabled = store_row_int(row, 9),
		.revoked = store_row_int(row, 10),
		.revoked_by = store_row_text(row, 11),
		.revoked_why = store_row_text(row, 12),
		.last_used = store_row_int(row, 13),
		.last_used_from = store_row_text(row, 14),
		.connection = store_row_int(row, 15),
		.app = store_row_text(row, 16),
		.revision = store_row_int(row, 17),
	};
}

enum err
store_token_list(struct db *db, struct arena *arena, int64_t account,
    int64_t connection, struct str before, int limit,
    struct store_token **out, size_t *count)
{
	const struct db_param params[] = {
		db_int(account), db_int(connection), db_text(before),
		db_int(limit),
	};
	const struct store_row_query query = {
		.statement = STATEMENT_LIST_TOKENS,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(struct store_token),
		.read = store_token_read,
	};
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	if (err == ERR_OK)
		*out = rows;
	return err;
}

enum err
store_token_find(struct db *db, struct arena *arena, int64_t account,
    struct str id, struct store_token *out)
{
	const struct db_param params[] = { db_int(account), db_text(id) };
	const struct store_row_query query = {
		.statement = STATEMENT_FIND_TOKEN,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(struct store_token),
		.read = store_token_read,
	};
	size_t count = 0;
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, &count);

	if (err == ERR_OK && count == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		*out = *(struct store_token *)rows;
	return err;
}

enum err
store_token_count(struct db *db, int64_t account, int64_t connection,
    int64_t most, int64_t *count)
{
	struct db_param params[] = {
		db_int(account), db_int(connection), db_int(most + 1)
	};

	return store_token_number(db, STATEMENT_COUNT_TOKENS, params,
	    ARRAY_LEN(params), count);
}
