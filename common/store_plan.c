/* SPDX-License-Identifier: ISC */
#include "store_plan.h"

#include "store_audit.h"
#include "store_row.h"

/* A number that may be missing: -1. */
static int64_t
store_plan_limit(const struct store_row *row, int column)
{
	return db_is_null(row->result, row->row, column) ? -1 :
	    store_row_int(row, column);
}

static void
store_plan_read(struct store_row *row, void *out)
{
	*(struct store_plan *)out = (struct store_plan){
		.code = store_row_text(row, 0),
		.name = store_row_text(row, 1),
		.active = store_row_bool(row, 2),
		.self_service = store_row_bool(row, 3),
		.max_keys = store_plan_limit(row, 4),
		.rate = store_plan_limit(row, 5),
		.burst = store_plan_limit(row, 6),
		.daily_quota = store_plan_limit(row, 7),
		.accounts = store_row_int(row, 8),
	};
}

enum err
store_plan_list(struct db *db, struct arena *arena, struct str code,
    struct store_plan **out, size_t *count)
{
	struct db_param params[] = { db_text(code) };
	const struct store_row_query query = {
		STATEMENT_LIST_PLANS, params, ARRAY_LEN(params),
		sizeof(**out), store_plan_read,
	};
	void *rows;
	enum err err = store_row_list(db, arena, &query, &rows, count);

	if (err == ERR_OK)
		*out = rows;
	return err;
}

static struct db_param
store_plan_truth(const bool *truth)
{
	return truth == NULL ? db_null() : db_bool(*truth);
}

/* -1 is none. */
static struct db_param
store_plan_number(int64_t number)
{
	return number < 0 ? db_null() : db_int(number);
}

static enum err
store_plan_write(struct store_change *c, const struct store_plan_values *v)
{
	struct db_param params[] = {
		db_text(v->code),
		v->name == NULL ? db_null() : db_text(str_of(v->name)),
		store_plan_truth(v->active), store_plan_truth(v->self_service),
		db_bool(v->max_keys != NULL),
		store_plan_number(v->max_keys != NULL ? *v->max_keys : -1),
		db_bool(v->rate != NULL),
		store_plan_number(v->rate != NULL ? *v->rate : -1),
		store_plan_number(v->rate != NULL ? v->burst : -1),
		db_bool(v->daily_quota != NULL),
		store_plan_number(v->daily_quota != NULL ?
		    *v->daily_quota : -1),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_SET_PLAN, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? store_audit_plan(c, v->code) :
	    ERR_INTERNAL;
}

enum err
store_plan_set(struct store_change *change,
    const struct store_plan_values *values)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_plan_write(change,
		    values));
	return err;
}
