/* SPDX-License-Identifier: ISC */
#include "store_member.h"

#include "base64.h"
#include "store_row.h"

/* Column COLUMN, which is base64, as bytes; empty if it is NULL. */
static enum err
store_member_bytes(struct store_row *row, int column, struct str *out)
{
	struct str text = db_get_text(row->result, row->row, column);
	char *room = arena_alloc(row->arena, text.len);
	size_t len = 0;

	if (room == NULL)
		return ERR_MEMORY;
	if (base64_decode(text, room, text.len, &len) != BASE64_OK)
		return ERR_INTERNAL;
	*out = (struct str){ room, len };
	return ERR_OK;
}

/* Columns of find_sign_in. */
static enum err
store_member_read_sign_in(struct store_row *row,
    struct store_member_sign_in *out)
{
	enum err err;

	*out = (struct store_member_sign_in){
		.account = store_row_int(row, 0),
		.account_status = decision_status_of(str_of(
		    store_row_text(row, 2))),
		.region = store_row_text(row, 3),
		.api_host = store_row_text(row, 4),
		.member = store_row_int(row, 5),
		.password_hash = store_row_text(row, 7),
		.totp_step = store_row_int(row, 9),
	};
	if ((err = store_member_bytes(row, 8, &out->totp_sealed)) != ERR_OK ||
	    (err = store_member_bytes(row, 10, &out->totp_pending)) != ERR_OK)
		return err;
	return row->failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_member_sign_in(struct db *db, struct arena *arena, struct str email,
    struct store_member_sign_in *out)
{
	struct db_param params[] = { db_text(email) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_FIND_SIGN_IN, params,
	    ARRAY_LEN(params), &result);

	*out = (struct store_member_sign_in){ .password_hash = "" };
	if (err != ERR_OK || db_rows(result) == 0)
		return err;
	row.result = result;
	return store_member_read_sign_in(&row, out);
}

/* Columns of lock_member and its like. */
static void
store_member_read(struct store_row *row, struct store_member *out)
{
	*out = (struct store_member){
		.id = store_row_int(row, 0),
		.email = store_row_text(row, 1),
		.may_administer = store_row_bool(row, 2),
		.totp = store_row_bool(row, 3),
		.created = store_row_int(row, 4),
	};
}

/* The one row of RESULT. */
static enum err
store_member_only(const struct db_result *result, struct arena *arena,
    struct store_member *out)
{
	struct store_row row = { .result = result, .arena = arena };

	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	store_member_read(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_member_lock(struct db *db, struct arena *arena, int64_t account,
    int64_t member, struct store_member *out)
{
	struct db_param params[] = { db_int(account), db_int(member) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LOCK_MEMBER, params,
	    ARRAY_LEN(params), &result);

	return err != ERR_OK ? err : store_member_only(result, arena, out);
}

enum err
store_member_lock_admins(struct db *db, struct arena *arena, int64_t account,
    int64_t **ids, size_t *count)
{
	struct db_param params[] = { db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LOCK_ADMINISTRATORS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	*ids = arena_alloc(arena, *count * sizeof(**ids));
	if (*ids == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < *count; i++)
		(*ids)[i] = db_get_int(result, i, 0);
	return ERR_OK;
}

enum err
store_member_list(struct db *db, struct arena *arena, int64_t account,
    int64_t after, int limit, struct store_member **out, size_t *count)
{
	struct db_param params[] = {
		db_int(account), db_int(after), db_int(limit),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LIST_MEMBERS, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	*out = arena_alloc(arena, *count * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	for (row.row = 0; row.row < *count; row.row++)
		store_member_read(&row, &(*out)[row.row]);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_member_create(struct db *db, struct arena *arena, int64_t account,
    struct str email, const char *password_hash, bool may_administer,
    struct store_member *out)
{
	struct db_param params[] = {
		db_int(account), db_text(email),
		db_text(str_of(password_hash)), db_bool(may_administer),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_CREATE_MEMBER, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_CONFLICT)
		return ERR_EMAIL_TAKEN;
	return err != ERR_OK ? err : store_member_only(result, arena, out);
}

/* Runs what changes one member. */
static enum err
store_member_one(struct db *db, enum statement statement,
    const struct db_param *params, size_t count)
{
	size_t rows = 0;
	enum err err = store_row_touch(db, statement, params, count, &rows);

	if (err != ERR_OK)
		return err;
	return rows == 1 ? ERR_OK : ERR_NOT_FOUND;
}

enum err
store_member_set_admin(struct db *db, int64_t account, int64_t member,
    bool may_administer)
{
	struct db_param params[] = {
		db_int(account), db_int(member), db_bool(may_administer),
	};

	return store_member_one(db, STATEMENT_SET_ADMINISTRATOR, params,
	    ARRAY_LEN(params));
}

enum err
store_member_set_password(struct db *db, int64_t account, int64_t member,
    const char *password_hash)
{
	struct db_param params[] = {
		db_int(account), db_int(member),
		db_text(str_of(password_hash)),
	};

	return store_member_one(db, STATEMENT_SET_PASSWORD, params,
	    ARRAY_LEN(params));
}

enum err
store_member_remove(struct db *db, int64_t account, int64_t member)
{
	struct db_param params[] = { db_int(account), db_int(member) };

	return store_member_one(db, STATEMENT_REMOVE_MEMBER, params,
	    ARRAY_LEN(params));
}
