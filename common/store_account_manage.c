/* SPDX-License-Identifier: ISC */
#include "store_account_manage.h"

#include "store_audit.h"
#include "store_row.h"

static int64_t
store_account_manage_limit(const struct db_result *result, int column)
{
	return db_is_null(result, 0, column) ? -1 :
	    db_get_int(result, 0, column);
}

enum err
store_account_manage_find(struct db *db, struct arena *arena, int64_t id,
    struct store_account_manage *out)
{
	struct db_param params[] = { db_int(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_SHOW_ACCOUNT, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	*out = (struct store_account_manage){
		.members = db_get_int(result, 0, 0),
		.machine_keys = db_get_bool(result, 0, 1),
		.plan_active = db_get_bool(result, 0, 2),
		.self_service = db_get_bool(result, 0, 3),
		.max_keys = store_account_manage_limit(result, 4),
		.rate = store_account_manage_limit(result, 5),
		.burst = store_account_manage_limit(result, 6),
		.daily_quota = store_account_manage_limit(result, 7),
		.legacy_deprecated = db_get_int(result, 0, 8),
		.legacy_sunset = db_get_int(result, 0, 9),
		.legacy_link = store_row_text(&row, 10),
		.legacy_policy = store_row_text(&row, 11),
	};
	return row.failed ? ERR_MEMORY : ERR_OK;
}

/* Columns of hold_account. */
enum {
	COLUMN_PLAN,
	COLUMN_STATUS,
	COLUMN_MACHINE_KEYS,
};

/* How the account stands, which nobody changes until the transaction ends. */
static enum err
store_account_manage_hold(const struct store_change *c, int64_t id,
    struct db_result **out)
{
	struct db_param params[] = { db_int(id) };
	enum err err = db_run(c->db, STATEMENT_HOLD_ACCOUNT, params,
	    ARRAY_LEN(params), out);

	if (err != ERR_OK)
		return err;
	return db_rows(*out) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

/* Changes the account by STATEMENT, whose first parameter is its id. */
static enum err
store_account_manage_run(const struct store_change *c,
    enum statement statement, int64_t id, struct db_param value)
{
	struct db_param params[] = { db_int(id), value };
	size_t count = 0;
	enum err err = store_row_touch(c->db, statement, params,
	    ARRAY_LEN(params), &count);

	return err == ERR_OK && count != 1 ? ERR_INTERNAL : err;
}

static enum err
store_account_manage_write_plan(const struct store_change *c, int64_t id,
    struct str plan, bool *already)
{
	struct db_result *old CLEANUP_RESULT = NULL;
	enum err err = store_account_manage_hold(c, id, &old);

	*already = err == ERR_OK &&
	    str_eq(db_get_text(old, 0, COLUMN_PLAN), plan);
	if (err != ERR_OK || *already)
		return err;
	err = store_account_manage_run(c, STATEMENT_SET_ACCOUNT_PLAN, id,
	    db_text(plan));
	return err != ERR_OK ? err : store_audit_account(c,
	    "account_plan_changed", id, STR(""));
}

enum err
store_account_manage_plan(struct store_change *change, int64_t id,
    struct str plan, bool *already)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_account_manage_write_plan(
		    change, id, plan, already));
	return err;
}

static enum err
store_account_manage_write_status(const struct store_change *c, int64_t id,
    bool suspended, struct str why, bool *already)
{
	struct str wanted = suspended ? STR("suspended") : STR("active"), is;
	struct db_result *old CLEANUP_RESULT = NULL;
	enum err err = store_account_manage_hold(c, id, &old);

	*already = false;
	if (err != ERR_OK)
		return err;
	is = db_get_text(old, 0, COLUMN_STATUS);
	*already = str_eq(is, wanted);
	if (*already)
		return ERR_OK;
	if (str_eq(is, STR("closed")))
		return ERR_CONFLICT;
	err = store_account_manage_run(c, STATEMENT_SET_ACCOUNT_STATUS, id,
	    db_text(wanted));
	return err != ERR_OK ? err : store_audit_account(c, suspended ?
	    "account_suspended" : "account_resumed", id, why);
}

enum err
store_account_manage_suspend(struct store_change *change, int64_t id,
    bool suspended, struct str why, bool *already)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change,
		    store_account_manage_write_status(change, id, suspended,
		    why, already));
	return err;
}

static enum err
store_account_manage_write_machine_keys(const struct store_change *c,
    int64_t id, bool allowed, bool *already)
{
	struct db_result *old CLEANUP_RESULT = NULL;
	enum err err = store_account_manage_hold(c, id, &old);

	*already = err == ERR_OK &&
	    db_get_bool(old, 0, COLUMN_MACHINE_KEYS) == allowed;
	if (err != ERR_OK || *already)
		return err;
	err = store_account_manage_run(c, STATEMENT_SET_MACHINE_KEYS, id,
	    db_bool(allowed));
	return err != ERR_OK ? err : store_audit_account(c, "account_changed",
	    id, STR(""));
}

enum err
store_account_manage_machine_keys(struct store_change *change, int64_t id,
    bool allowed, bool *already)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change,
		    store_account_manage_write_machine_keys(change, id,
		    allowed, already));
	return err;
}

static struct db_param
store_account_manage_time(const int64_t *time)
{
	return time == NULL ? db_null() : db_time(*time);
}

static struct db_param
store_account_manage_text(const char *text)
{
	return text == NULL ? db_null() : db_text(str_of(text));
}

static enum err
store_account_manage_write_legacy(const struct store_change *c, int64_t id,
    const struct store_account_manage_legacy *legacy)
{
	struct db_param params[] = {
		db_int(id), db_bool(legacy->deprecated != NULL),
		store_account_manage_time(legacy->deprecated),
		db_bool(legacy->sunset != NULL),
		store_account_manage_time(legacy->sunset),
		store_account_manage_text(legacy->link),
		store_account_manage_text(legacy->policy),
	};
	size_t count = 0;
	enum err err = store_row_touch(c->db, STATEMENT_SET_ACCOUNT_LEGACY,
	    params, ARRAY_LEN(params), &count);

	if (err != ERR_OK)
		return err;
	return count != 1 ? ERR_NOT_FOUND : store_audit_account(c,
	    "account_changed", id, STR(""));
}

enum err
store_account_manage_set_legacy(struct store_change *change, int64_t id,
    const struct store_account_manage_legacy *legacy)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change,
		    store_account_manage_write_legacy(change, id, legacy));
	return err;
}
