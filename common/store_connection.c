/* SPDX-License-Identifier: ISC */
#include "store_connection.h"

#include "store_audit.h"
#include "store_row.h"

/* Columns of find_connection, list_app_connections, list_connected and
 * list_connections. */
static void
store_connection_read(struct store_row *row, void *out)
{
	*(struct store_connection *)out = (struct store_connection){
		.id = store_row_int(row, 0),
		.account = store_row_int(row, 1),
		.app = store_row_text(row, 2),
		.name = store_row_text(row, 3),
		.publisher = store_row_text(row, 4),
		.home_page = store_row_text(row, 5),
		.is_private = store_row_bool(row, 6),
		.removed = store_row_int(row, 7),
		.role = store_row_text(row, 8),
		.environment = store_row_text(row, 9),
		.granted_by = store_row_text(row, 10),
		.granted = store_row_int(row, 11),
		.revoked = store_row_int(row, 12),
		.revoked_by = store_row_text(row, 13),
		.revoked_why = store_row_text(row, 14),
		.last_used = store_row_int(row, 15),
		.last_used_from = store_row_text(row, 16),
		.tokens = store_row_int(row, 17),
	};
}

static enum err
store_connection_query(struct db *db, struct arena *arena,
    enum statement statement, const struct db_param *params, size_t n,
    struct store_connection **out, size_t *count)
{
	const struct store_row_query query = {
		.statement = statement,
		.params = params,
		.param_count = n,
		.size = sizeof(**out),
		.read = store_connection_read,
	};
	void *rows = NULL;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	*out = rows;
	return err;
}

enum err
store_connection_list(struct db *db, struct arena *arena, int64_t account,
    enum store_connection_status status, int64_t before, int limit,
    struct store_connection **out, size_t *count)
{
	static const char *const names[] = {
		[STORE_CONNECTION_CONNECTED] = "connected",
		[STORE_CONNECTION_REVOKED] = "revoked",
		[STORE_CONNECTION_ALL] = "all",
	};
	struct db_param params[] = {
		db_int(account), db_text(str_of(names[status])),
		db_int(before), db_int(limit),
	};

	return store_connection_query(db, arena, STATEMENT_LIST_CONNECTIONS,
	    params, ARRAY_LEN(params), out, count);
}

enum err
store_connection_history(struct db *db, struct arena *arena, int64_t account,
    struct str app, int limit, struct store_connection **out, size_t *count)
{
	struct db_param params[] = {
		db_int(account), db_text(app), db_int(limit)
	};

	return store_connection_query(db, arena,
	    STATEMENT_LIST_APP_CONNECTIONS, params, ARRAY_LEN(params), out,
	    count);
}

enum err
store_connection_find(struct db *db, struct arena *arena, int64_t account,
    struct str app, struct store_connection *out)
{
	struct store_connection *rows;
	size_t count;
	enum err err = store_connection_history(db, arena, account, app, 1,
	    &rows, &count);

	if (err != ERR_OK)
		return err;
	if (count != 1)
		return ERR_NOT_FOUND;
	*out = rows[0];
	return ERR_OK;
}

enum err
store_connection_get(struct db *db, struct arena *arena, int64_t id,
    struct store_connection *out)
{
	struct db_param params[] = { db_int(id) };
	struct store_connection *rows;
	size_t count;
	enum err err = store_connection_query(db, arena,
	    STATEMENT_FIND_CONNECTION, params, ARRAY_LEN(params), &rows,
	    &count);

	if (err != ERR_OK)
		return err;
	if (count != 1)
		return ERR_NOT_FOUND;
	*out = rows[0];
	return ERR_OK;
}

enum err
store_connection_list_app(struct db *db, struct arena *arena, struct str app,
    int64_t before, int limit, struct store_connection **out, size_t *count)
{
	struct db_param params[] = {
		db_text(app), db_int(before), db_int(limit)
	};

	return store_connection_query(db, arena, STATEMENT_LIST_CONNECTED,
	    params, ARRAY_LEN(params), out, count);
}

enum err
store_connection_reach(struct db *db, struct str app, int64_t *accounts)
{
	struct db_param params[] = { db_text(app) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_COUNT_CONNECTED, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK)
		*accounts = db_get_int(result, 0, 0);
	return err;
}

/* Columns of find_connect_code. */
static bool
store_connection_read_code(struct store_row *row,
    struct store_connection_code *out)
{
	*out = (struct store_connection_code){
		.account = store_row_int(row, 0),
		.app = store_row_text(row, 1),
		.name = store_row_text(row, 2),
		.publisher = store_row_text(row, 3),
		.home_page = store_row_text(row, 4),
		.owner = store_row_int(row, 5),
		.removed = store_row_bool(row, 6),
		.environment = store_row_text(row, 8),
		.expires = store_row_int(row, 9),
		.expired = store_row_bool(row, 10),
		.used = store_row_bool(row, 11),
	};
	return role_parse(str_of(store_row_text(row, 7)), &out->role);
}

enum err
store_connection_code(struct db *db, struct arena *arena,
    const struct digest *code, struct store_connection_code *out)
{
	struct db_param params[] = { store_row_digest(code) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_FIND_CONNECT_CODE, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_CONNECT_CODE_UNKNOWN;
	row.result = result;
	if (!store_connection_read_code(&row, out))
		return row.failed ? ERR_MEMORY : ERR_INTERNAL;
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_connection_code_verdict(const struct store_connection_code *code,
    int64_t account)
{
	/* Whose it is comes first: the rest is told to that account alone. */
	if (code->account != account)
		return ERR_CONNECT_CODE_MISMATCH;
	if (code->removed)
		return ERR_APP_ALREADY_REMOVED;
	if (code->used)
		return ERR_CONNECT_CODE_USED;
	return code->expired ? ERR_CONNECT_CODE_EXPIRED : ERR_OK;
}

/* Who comes second waits here, and finds nothing left. */
static enum err
store_connection_use(struct store_change *c, const struct digest *digest)
{
	struct db_param params[] = {
		db_int(c->account), store_row_digest(digest)
	};
	size_t count = 0;
	enum err err = store_row_touch(c->db, STATEMENT_USE_CONNECT_CODE,
	    params, ARRAY_LEN(params), &count);

	if (err != ERR_OK)
		return err;
	return count == 1 ? ERR_OK : ERR_CONNECT_CODE_USED;
}

/* Runs a statement whose one row, if there is one, is the connection's ID. */
static enum err
store_connection_one(struct store_change *c, enum statement statement,
    const struct db_param *params, size_t count, int64_t *id)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, statement, params, count, &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_CONNECTED;
	*id = db_get_int(result, 0, 0);
	return ERR_OK;
}

enum err
store_connection_grant(struct store_change *c, const struct digest *digest,
    const struct store_connection_code *code, enum role role)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(code->app)),
		db_text(str_of(role_name(role))),
		db_text(str_of(code->environment)), db_text(str_of(c->actor)),
	};
	int64_t id;
	enum err err = store_connection_code_verdict(code, c->account);

	if (err != ERR_OK)
		return err;
	if (role > code->role || role == ROLE_NONE)
		return ERR_ROLE_ABOVE_GRANT;
	if ((err = store_connection_use(c, digest)) != ERR_OK)
		return err;
	err = store_connection_one(c, STATEMENT_CREATE_CONNECTION, params,
	    ARRAY_LEN(params), &id);
	if (err == ERR_CONFLICT)
		return ERR_ALREADY_CONNECTED;
	/* The app was removed meanwhile. */
	if (err == ERR_INVALID)
		return ERR_APP_ALREADY_REMOVED;
	return err == ERR_OK ?
	    store_audit_connection(c, "connection_granted", id) : err;
}

enum err
store_connection_revoke(struct store_change *c, struct str app,
    struct str why)
{
	struct db_param params[] = {
		db_int(c->account), db_text(app), db_text(str_of(c->actor)),
		db_text(why),
	};
	int64_t id;
	enum err err = store_connection_one(c, STATEMENT_REVOKE_CONNECTION,
	    params, ARRAY_LEN(params), &id);

	return err == ERR_OK ?
	    store_audit_connection(c, "connection_revoked", id) : err;
}
