/* SPDX-License-Identifier: ISC */
#include "store_app.h"

#include <string.h>

#include "store_audit.h"
#include "store_row.h"

/* NULL for all. */
static struct db_param
store_app_whose(int64_t account)
{
	return account != 0 ? db_int(account) : db_null();
}

bool
store_app_is_home(struct str text)
{
	size_t scheme = str_starts(text, STR("https://")) ? 8 :
	    str_starts(text, STR("http://")) ? 7 : 0;

	if (scheme == 0 || text.len <= scheme ||
	    text.len > STORE_APP_HOME_MAX)
		return false;
	for (size_t i = scheme; i < text.len; i++)
		if (text.ptr[i] <= 0x20 || text.ptr[i] >= 0x7f ||
		    memchr("\"'\\,;<>", text.ptr[i], 7) != NULL)
			return false;
	return true;
}

/* Columns of find_app and list_apps. */
static void
store_app_read(struct store_row *row, void *out)
{
	*(struct store_app *)out = (struct store_app){
		.guid = store_row_text(row, 0),
		.account = store_row_int(row, 1),
		.name = store_row_text(row, 2),
		.publisher = store_row_text(row, 3),
		.home_page = store_row_text(row, 4),
		.created_by = store_row_text(row, 5),
		.created = store_row_int(row, 6),
		.removed = store_row_int(row, 7),
		.removed_by = store_row_text(row, 8),
		.revision = store_row_int(row, 9),
	};
}

enum err
store_app_list(struct db *db, struct arena *arena, int64_t account,
    struct str after, int limit, struct store_app **out, size_t *count)
{
	struct db_param params[] = {
		store_app_whose(account),
		after.len > 0 ? db_text(after) : db_null(), db_int(limit),
	};
	const struct store_row_query query = {
		.statement = STATEMENT_LIST_APPS,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(**out),
		.read = store_app_read,
	};
	void *rows = NULL;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	*out = rows;
	return err;
}

enum err
store_app_find(struct db *db, struct arena *arena, int64_t account,
    struct str guid, struct store_app *out)
{
	struct db_param params[] = { store_app_whose(account), db_text(guid) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_FIND_APP, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	row.result = result;
	store_app_read(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

/* Columns of list_app_secrets. */
static void
store_app_read_secret(struct store_row *row, void *out)
{
	*(struct store_app_secret *)out = (struct store_app_secret){
		.version = (int32_t)store_row_int(row, 0),
		.last = store_row_text(row, 1),
		.created = store_row_int(row, 2),
		.expires = store_row_int(row, 3),
	};
}

enum err
store_app_secrets(struct db *db, struct arena *arena, int64_t account,
    struct str guid, struct store_app_secret **out, size_t *count)
{
	struct db_param params[] = { store_app_whose(account), db_text(guid) };
	const struct store_row_query query = {
		.statement = STATEMENT_LIST_APP_SECRETS,
		.params = params,
		.param_count = ARRAY_LEN(params),
		.size = sizeof(**out),
		.read = store_app_read_secret,
	};
	void *rows = NULL;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	*out = rows;
	return err;
}

/* Runs a statement that touches the one row of APP. */
static enum err
store_app_one(struct store_change *c, enum statement statement,
    const struct db_param *params, size_t count)
{
	size_t rows = 0;
	enum err err = store_row_touch(c->db, statement, params, count, &rows);

	return err == ERR_OK && rows != 1 ? ERR_NOT_FOUND : err;
}

static enum err
store_app_add_secret(struct store_change *c, struct str guid,
    const struct store_key_fresh *secret, int32_t version)
{
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid),
		store_row_digest(&secret->digest), db_int(version),
		db_text(secret->last),
	};

	return store_app_one(c, STATEMENT_ADD_APP_SECRET, params,
	    ARRAY_LEN(params));
}

/* Whether the account, which is locked, may have one more. */
static enum err
store_app_room(struct store_change *c)
{
	struct db_param params[] = { db_int(c->account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err;

	if (c->account == 0)
		return ERR_OK;
	err = db_run(c->db, STATEMENT_COUNT_APPS, params, ARRAY_LEN(params),
	    &result);
	if (err != ERR_OK)
		return err;
	return db_get_int(result, 0, 0) < STORE_APP_MAX ? ERR_OK :
	    ERR_TOO_MANY_APPS;
}

static enum err
store_app_insert(struct store_change *c, struct arena *arena,
    const struct store_app_names *names, struct str *guid)
{
	struct db_param params[] = {
		store_app_whose(c->account), db_text(names->name),
		db_text(names->publisher), db_text(names->home_page),
		db_text(str_of(c->actor)),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(c->db, STATEMENT_CREATE_APP, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	row.result = result;
	*guid = str_of(store_row_text(&row, 0));
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_app_create(struct store_change *c, struct arena *arena,
    const struct store_app_names *names, const struct store_key_fresh *secret,
    struct store_app *out)
{
	struct str guid;
	enum err err;

	if ((err = store_app_room(c)) != ERR_OK ||
	    (err = store_app_insert(c, arena, names, &guid)) != ERR_OK ||
	    (err = store_app_add_secret(c, guid, secret, 1)) != ERR_OK ||
	    (err = store_audit_app(c, "app_created", guid, 1)) != ERR_OK)
		return err;
	return store_app_find(c->db, arena, c->account, guid, out);
}

enum err
store_app_lock(struct store_change *c, struct arena *arena, struct str guid,
    struct store_app *out)
{
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid)
	};
	enum err err = store_app_one(c, STATEMENT_LOCK_APP, params,
	    ARRAY_LEN(params));

	/* A statement of its own: it sees what was committed before. */
	return err == ERR_OK ?
	    store_app_find(c->db, arena, c->account, guid, out) : err;
}

enum err
store_app_change(struct store_change *c, const struct store_app *app,
    const struct store_app_names *names)
{
	struct str guid = str_of(app->guid);
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid),
		db_text(names->name), db_text(names->publisher),
		db_text(names->home_page),
	};
	enum err err;

	if (app->removed != 0)
		return ERR_APP_ALREADY_REMOVED;
	err = store_app_one(c, STATEMENT_CHANGE_APP, params,
	    ARRAY_LEN(params));
	return err == ERR_OK ? store_audit_app(c, "app_changed", guid, 0) :
	    err;
}

/* The secrets that are there get their end; VERSION is the next one's. */
static enum err
store_app_end_secrets(struct store_change *c, struct str guid,
    int64_t overlap, int32_t *version)
{
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid), db_int(overlap)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_END_APP_SECRETS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	*version = (int32_t)db_get_int(result, 0, 0);
	return ERR_OK;
}

enum err
store_app_rotate(struct store_change *c, const struct store_app *app,
    const struct store_key_fresh *secret, int64_t overlap, int32_t *version)
{
	struct str guid = str_of(app->guid);
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid)
	};
	enum err err;

	if (overlap < 0 || overlap > STORE_APP_OVERLAP_MAX)
		return ERR_INVALID;
	if (app->removed != 0)
		return ERR_APP_ALREADY_REMOVED;
	if ((err = store_app_end_secrets(c, guid, overlap, version)) !=
	    ERR_OK ||
	    (err = store_app_add_secret(c, guid, secret, *version)) !=
	    ERR_OK ||
	    (err = store_app_one(c, STATEMENT_TOUCH_APP, params,
	    ARRAY_LEN(params))) != ERR_OK)
		return err;
	return store_audit_app(c, "app_secret_made", guid, *version);
}

enum err
store_app_remove(struct store_change *c, const struct store_app *app)
{
	struct str guid = str_of(app->guid);
	struct db_param params[] = {
		store_app_whose(c->account), db_text(guid),
		db_text(str_of(c->actor)),
	};
	enum err err;

	if (app->removed != 0)
		return ERR_APP_ALREADY_REMOVED;
	err = store_app_one(c, STATEMENT_REMOVE_APP, params,
	    ARRAY_LEN(params));
	return err == ERR_OK ? store_audit_app_removed(c, guid) : err;
}
