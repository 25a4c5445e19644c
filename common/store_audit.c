/* SPDX-License-Identifier: ISC */
#include "store_audit.h"

/* Writes one row; what it tells of has to be there. */
static enum err
store_audit_write(const struct store_change *c, enum statement statement,
    const struct db_param *params, size_t count)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, statement, params, count, &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? ERR_OK : ERR_INTERNAL;
}

enum err
store_audit_key(const struct store_change *c, const char *event, struct str id,
    int32_t version)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(c->actor)),
		db_text(str_of(event)), db_text(id),
		version > 0 ? db_int(version) : db_null(),
		db_text(store_change_address(c)), db_text(c->request_id),
	};

	return store_audit_write(c, STATEMENT_NOTE_KEY, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_member(const struct store_change *c, const char *event,
    int64_t member)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(c->actor)),
		db_text(str_of(event)), member > 0 ? db_int(member) : db_null(),
		db_text(store_change_address(c)), db_text(c->request_id),
	};

	return store_audit_write(c, STATEMENT_NOTE_MEMBER, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_account(const struct store_change *c, const char *event,
    int64_t account, struct str why)
{
	struct db_param params[] = {
		db_int(account), db_text(str_of(c->actor)),
		db_text(str_of(event)), db_text(store_change_address(c)),
		db_text(c->request_id), db_text(why),
	};

	return store_audit_write(c, STATEMENT_NOTE_ACCOUNT, params,
	    ARRAY_LEN(params));
}

/* Whose apps C sees: NULL for all. */
static struct db_param
store_audit_whose(const struct store_change *c)
{
	return c->account != 0 ? db_int(c->account) : db_null();
}

enum err
store_audit_app(const struct store_change *c, const char *event,
    struct str app, int32_t version)
{
	struct db_param params[] = {
		store_audit_whose(c), db_text(app), db_text(str_of(c->actor)),
		db_text(str_of(event)),
		version > 0 ? db_int(version) : db_null(),
		db_text(store_change_address(c)), db_text(c->request_id),
	};

	return store_audit_write(c, STATEMENT_NOTE_APP, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_app_removed(const struct store_change *c, struct str app)
{
	struct db_param params[] = {
		store_audit_whose(c), db_text(app), db_text(str_of(c->actor)),
		db_text(store_change_address(c)), db_text(c->request_id),
	};

	return store_audit_write(c, STATEMENT_NOTE_APP_REMOVED, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_connection(const struct store_change *c, const char *event,
    int64_t id)
{
	struct db_param params[] = {
		db_int(c->account), db_text(str_of(c->actor)),
		db_text(str_of(event)), db_int(id),
		db_text(store_change_address(c)), db_text(c->request_id),
	};

	return store_audit_write(c, STATEMENT_NOTE_CONNECTION, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_plan(const struct store_change *c, struct str code)
{
	struct db_param params[] = { db_text(code) };

	return store_audit_write(c, STATEMENT_NOTE_PLAN, params,
	    ARRAY_LEN(params));
}

enum err
store_audit_region(const struct store_change *c, struct str code)
{
	struct db_param params[] = { db_text(code) };

	return store_audit_write(c, STATEMENT_NOTE_REGION, params,
	    ARRAY_LEN(params));
}
