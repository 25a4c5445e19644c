/* SPDX-License-Identifier: ISC */
#include "store_client.h"

#include "store_row.h"

enum err
store_client_find(struct db *db, struct arena *arena, struct str guid,
    const struct digest *secret, struct store_client *out)
{
	struct db_param params[] = {
		db_text(guid), store_row_digest(secret)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_CLIENT, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_CLIENT_INVALID;
	*out = (struct store_client){
		.account = store_row_int(&row, 0),
		.name = store_row_text(&row, 1),
		.publisher = store_row_text(&row, 2),
		.secret_version = (int32_t)store_row_int(&row, 3),
	};
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_client_account(struct db *db, struct str guid, int64_t *account)
{
	struct db_param params[] = { db_text(guid) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_CLIENT_ACCOUNT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	*account = db_get_int(result, 0, 0);
	return ERR_OK;
}

/* Columns of find_connections. */
enum {
	COLUMN_ID,
	COLUMN_ACCOUNT,
	COLUMN_ROLE,
	COLUMN_ENVIRONMENT,
	COLUMN_REVOKED,
	COLUMN_STATUS,
	COLUMN_PLAN_ACTIVE,
};

/* The first of ROWS is wanted. */
static enum err
store_client_read(struct store_row *row, struct store_client_connection *out)
{
	const struct db_result *r = row->result;

	if (db_get_bool(r, 0, COLUMN_REVOKED))
		return ERR_CONNECTION_ENDED;
	if (decision_account_live(decision_status_of(db_get_text(r, 0,
	    COLUMN_STATUS))) != ERR_OK ||
	    !db_get_bool(r, 0, COLUMN_PLAN_ACTIVE))
		return ERR_CONNECTION_SUSPENDED;
	if (!role_parse(db_get_text(r, 0, COLUMN_ROLE), &out->role))
		return ERR_INTERNAL;
	out->id = store_row_int(row, COLUMN_ID);
	out->account = store_row_int(row, COLUMN_ACCOUNT);
	out->environment = store_row_text(row, COLUMN_ENVIRONMENT);
	return row->failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_client_connection(struct db *db, struct arena *arena, struct str guid,
    int64_t account, struct store_client_connection *out)
{
	struct db_param params[] = { db_text(guid), db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_CONNECTIONS, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) == 0)
		return ERR_CONNECTION_UNKNOWN;
	/* With an account a second one is older, and has ended. */
	if (account == 0 && db_rows(result) > 1)
		return ERR_ACCOUNT_UNNAMED;
	return store_client_read(&row, out);
}

/* What an app did, or, with CODE NULL, somebody who failed to be it. */
static enum err
store_client_note(const struct store_change *c, const char *event,
    struct str guid, const struct store_client_code *code)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(c->actor)),
		db_text(str_of(event)), db_text(guid),
		db_text(store_change_address(c)), db_text(c->request_id),
		db_int(code != NULL ? code->account : 0),
		db_text(str_of(code != NULL ? role_name(code->role) : "")),
		db_text(code != NULL ? code->environment : STR("")),
	};
	size_t rows = 0;
	enum err err = store_row_touch(c->db, STATEMENT_NOTE_CLIENT, params,
	    ARRAY_LEN(params), &rows);

	return err == ERR_OK && rows != 1 ? ERR_INTERNAL : err;
}

enum err
store_client_make_code(struct store_change *c,
    const struct store_client_code *code, int64_t *expires)
{
	struct db_param params[] = {
		db_text(code->guid), store_row_digest(&code->digest),
		db_int(code->account), db_text(str_of(role_name(code->role))),
		db_text(code->environment), db_int(code->seconds),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_MAKE_CONNECT_CODE, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	if (db_is_null(result, 0, 0))
		return ERR_TOO_MANY_CODES;
	*expires = db_get_int(result, 0, 0);
	return store_client_note(c, "connect_code_made", code->guid, code);
}

enum err
store_client_note_refused(const struct store_change *c, struct str guid)
{
	return store_client_note(c, "client_refused", guid, NULL);
}
