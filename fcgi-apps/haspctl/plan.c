/* SPDX-License-Identifier: ISC */
#include "plan.h"

#include <string.h>

#include "certainty.h"
#include "output.h"
#include "store_plan.h"

#define PLAN_KEYS_MAX INT32_MAX

static const struct output_column plan_columns[] = {
	{ "code", "CODE", OUTPUT_TEXT, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "active", "ACTIVE", OUTPUT_BOOL, false },
	{ "self_service", "SELF-SERVICE", OUTPUT_BOOL, false },
	{ "max_keys", "MAX KEYS", OUTPUT_LIMIT, false },
	{ "rate_per_second", "RATE", OUTPUT_LIMIT, false },
	{ "rate_burst", "BURST", OUTPUT_LIMIT, false },
	{ "daily_quota", "DAILY QUOTA", OUTPUT_LIMIT, false },
	{ "accounts", "ACCOUNTS", OUTPUT_NUMBER, false },
};

/* What the options say, to be pointed at. */
struct plan_values {
	bool active, self_service;
	int64_t max_keys, rate, daily_quota;
};

static enum err
plan_sheet(struct arena *arena, const struct store_plan *plans, size_t count,
    struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * ARRAY_LEN(plan_columns) * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		*row++ = OUTPUT_T(plans[i].code);
		*row++ = OUTPUT_T(plans[i].name);
		*row++ = OUTPUT_I(plans[i].active);
		*row++ = OUTPUT_I(plans[i].self_service);
		*row++ = OUTPUT_I(plans[i].max_keys);
		*row++ = OUTPUT_I(plans[i].rate);
		*row++ = OUTPUT_I(plans[i].burst);
		*row++ = OUTPUT_I(plans[i].daily_quota);
		*row++ = OUTPUT_I(plans[i].accounts);
	}
	*sheet = (struct output_sheet){
		plan_columns, ARRAY_LEN(plan_columns), cells, count,
	};
	return ERR_OK;
}

enum status
plan_list(struct invocation *inv)
{
	enum status status = invocation_open_database(inv);
	struct store_plan *plans;
	struct output_sheet sheet;
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_plan_list(inv->db, inv->arena, STR(""), &plans, &count);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_list_begin();
	err = plan_sheet(inv->arena, plans, count, &sheet);
	if (err == ERR_OK)
		err = output_list_page(&sheet);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* yes or no into VALUE; OUT points there if ARGUMENT is given. */
static enum status
plan_read_truth(const struct invocation *inv, enum argument argument,
    bool *value, const bool **out)
{
	const char *text = inv->values[argument];

	*out = text == NULL ? NULL : value;
	*value = text != NULL && strcmp(text, "yes") == 0;
	if (text == NULL || *value || strcmp(text, "no") == 0)
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--%s is yes or no",
	    invocation_argument(argument)->name);
}

static enum status
plan_read_rate(const struct invocation *inv, struct plan_values *room,
    struct store_plan_values *out)
{
	enum status status;

	if ((status = invocation_number(inv, ARGUMENT_RATE, 1,
	    STORE_PLAN_RATE_MAX, &room->rate)) != STATUS_OK ||
	    (status = invocation_number(inv, ARGUMENT_BURST, 1,
	    STORE_PLAN_BURST_MAX, &out->burst)) != STATUS_OK)
		return status;
	if ((room->rate < 0) != (out->burst < 0) ||
	    (invocation_has(inv, ARGUMENT_BURST) &&
	    !invocation_has(inv, ARGUMENT_RATE)))
		return output_fail(STATUS_USAGE, "--rate and --burst go "
		    "together: a number each, or --rate none");
	out->rate = invocation_has(inv, ARGUMENT_RATE) ? &room->rate : NULL;
	return STATUS_OK;
}

static enum status
plan_read(const struct invocation *inv, struct plan_values *room,
    struct store_plan_values *out)
{
	enum status status;

	*out = (struct store_plan_values){
		.code = str_of(inv->operands[0]),
		.name = inv->values[ARGUMENT_NAME],
	};
	if ((status = invocation_code(inv->operands[0], "plan")) !=
	    STATUS_OK || (status = invocation_check_name(inv)) !=
	    STATUS_OK || (status = plan_read_truth(inv, ARGUMENT_ACTIVE,
	    &room->active, &out->active)) != STATUS_OK ||
	    (status = plan_read_truth(inv, ARGUMENT_SELF_SERVICE,
	    &room->self_service, &out->self_service)) != STATUS_OK ||
	    (status = invocation_number(inv, ARGUMENT_MAX_KEYS, 0,
	    PLAN_KEYS_MAX, &room->max_keys)) != STATUS_OK ||
	    (status = invocation_number(inv, ARGUMENT_DAILY_QUOTA, 1,
	    DECISION_QUOTA_MAX, &room->daily_quota)) != STATUS_OK)
		return status;
	if (invocation_has(inv, ARGUMENT_MAX_KEYS))
		out->max_keys = &room->max_keys;
	if (invocation_has(inv, ARGUMENT_DAILY_QUOTA))
		out->daily_quota = &room->daily_quota;
	return plan_read_rate(inv, room, out);
}

/* Writes the plan as it stands now. */
static enum status
plan_tell(struct invocation *inv, struct str code)
{
	struct store_plan *plans;
	struct output_sheet sheet;
	size_t count = 0;
	enum err err = store_plan_list(inv->db, inv->arena, code, &plans,
	    &count);

	if (err == ERR_OK && count != 1)
		err = ERR_NOT_FOUND;
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	err = plan_sheet(inv->arena, plans, 1, &sheet);
	if (err == ERR_OK)
		err = certainty_record(inv, &sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
plan_set(struct invocation *inv)
{
	struct store_plan_values values;
	struct plan_values room;
	struct store_change change;
	enum status status, waited;
	enum err err;

	if ((status = plan_read(inv, &room, &values)) != STATUS_OK ||
	    (status = certainty_read(inv)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	change = invocation_change(inv, 0);
	err = store_plan_set(&change, &values);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	waited = certainty_wait(inv, &change);
	status = plan_tell(inv, values.code);
	return status == STATUS_OK ? waited : status;
}
