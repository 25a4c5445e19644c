/* SPDX-License-Identifier: ISC */
#include "account.h"

#include <string.h>

#include "certainty.h"
#include "output.h"
#include "store_account.h"
#include "store_account_manage.h"
#include "store_audit.h"

#define ACCOUNT_PAGE 200

static const struct output_column account_columns[] = {
	{ "id", "ID", OUTPUT_NUMBER, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "plan", "PLAN", OUTPUT_TEXT, false },
	{ "region", "REGION", OUTPUT_TEXT, false },
	{ "api_host", "API HOST", OUTPUT_TEXT, true },
	{ "status", "STATUS", OUTPUT_TEXT, false },
	{ "keys", "KEYS", OUTPUT_NUMBER, false },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
};

#define ACCOUNT_COLUMNS ARRAY_LEN(account_columns)

/* Of one account alone, behind those above. */
static const struct output_column account_more_columns[] = {
	{ "members", "MEMBERS", OUTPUT_NUMBER, false },
	{ "machine_keys", "MACHINE KEYS", OUTPUT_BOOL, false },
	{ "plan_active", "PLAN ACTIVE", OUTPUT_BOOL, false },
	{ "self_service", "SELF-SERVICE", OUTPUT_BOOL, false },
	{ "max_keys", "MAX KEYS", OUTPUT_LIMIT, false },
	{ "rate_per_second", "RATE", OUTPUT_LIMIT, false },
	{ "rate_burst", "BURST", OUTPUT_LIMIT, false },
	{ "daily_quota", "DAILY QUOTA", OUTPUT_LIMIT, false },
	{ "legacy_deprecated_at", "LEGACY DEPRECATED", OUTPUT_TIME, false },
	{ "legacy_sunset_at", "LEGACY SUNSET", OUTPUT_TIME, false },
	{ "legacy_link", "LEGACY LINK", OUTPUT_TEXT, false },
	{ "legacy_policy", "LEGACY POLICY", OUTPUT_TEXT, false },
};

#define ACCOUNT_MORE ARRAY_LEN(account_more_columns)

static void
account_row(const struct store_account *a, struct output_cell *row)
{
	*row++ = OUTPUT_I(a->id);
	*row++ = OUTPUT_T(a->name);
	*row++ = OUTPUT_T(a->plan);
	*row++ = OUTPUT_T(a->region);
	*row++ = OUTPUT_T(a->api_host);
	*row++ = OUTPUT_T(a->status);
	*row++ = OUTPUT_I(a->keys);
	*row++ = OUTPUT_I(a->created);
}

static void
account_more_row(const struct store_account_manage *m, struct output_cell *row)
{
	*row++ = OUTPUT_I(m->members);
	*row++ = OUTPUT_I(m->machine_keys);
	*row++ = OUTPUT_I(m->plan_active);
	*row++ = OUTPUT_I(m->self_service);
	*row++ = OUTPUT_I(m->max_keys);
	*row++ = OUTPUT_I(m->rate);
	*row++ = OUTPUT_I(m->burst);
	*row++ = OUTPUT_I(m->daily_quota);
	*row++ = OUTPUT_I(m->legacy_deprecated);
	*row++ = OUTPUT_I(m->legacy_sunset);
	*row++ = OUTPUT_T(*m->legacy_link != '\0' ? m->legacy_link : NULL);
	*row++ = OUTPUT_T(m->legacy_policy);
}

/* COUNT accounts as a sheet whose cells live in ARENA. */
static enum err
account_sheet(struct arena *arena, const struct store_account *accounts,
    size_t count, struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * ACCOUNT_COLUMNS * sizeof(*cells));

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		account_row(&accounts[i], &cells[i * ACCOUNT_COLUMNS]);
	*sheet = (struct output_sheet){
		account_columns, ACCOUNT_COLUMNS, cells, count,
	};
	return ERR_OK;
}

static enum err
account_record(const struct invocation *inv,
    const struct store_account *account,
    const struct store_account_manage *more)
{
	struct output_column columns[ACCOUNT_COLUMNS + ACCOUNT_MORE];
	struct output_cell cells[ARRAY_LEN(columns)];
	const struct output_sheet sheet = {
		columns, ARRAY_LEN(columns), cells, 1,
	};

	memcpy(columns, account_columns, sizeof(account_columns));
	memcpy(columns + ACCOUNT_COLUMNS, account_more_columns,
	    sizeof(account_more_columns));
	account_row(account, cells);
	account_more_row(more, cells + ACCOUNT_COLUMNS);
	return certainty_record(inv, &sheet);
}

enum status
account_not_found(int64_t id)
{
	return output_fail(STATUS_NO, "no account %lld: `haspctl account "
	    "list` shows them", (long long)id);
}

enum status
account_tell(struct invocation *inv, int64_t id)
{
	struct store_account account;
	struct store_account_manage more;
	enum err err = store_account_find(inv->db, inv->arena, id, &account);

	if (err == ERR_OK)
		err = store_account_manage_find(inv->db, inv->arena, id,
		    &more);
	if (err == ERR_NOT_FOUND)
		return account_not_found(id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	err = account_record(inv, &account, &more);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

static enum err
account_insert(struct invocation *inv, int64_t *id)
{
	struct store_change change = invocation_change(inv, 0);
	struct store_account account;
	enum err err = store_change_begin(&change);

	if (err != ERR_OK)
		return err;
	err = store_account_create(inv->db, inv->arena,
	    str_of(inv->values[ARGUMENT_NAME]),
	    str_of(inv->values[ARGUMENT_PLAN]),
	    str_of(inv->values[ARGUMENT_REGION]), &account);
	if (err == ERR_OK) {
		*id = account.id;
		err = store_audit_account(&change, "account_created",
		    account.id, STR(""));
	}
	return store_change_end(&change, err);
}

enum status
account_create(struct invocation *inv)
{
	enum status status = invocation_open_database(inv);
	int64_t id = 0;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = account_insert(inv, &id);
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "there is no such plan or "
		    "region, or there are several and none was named: give "
		    "--plan and --region");
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "the name must be 1 to 100 "
		    "characters of plain text");
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return account_tell(inv, id);
}

enum status
account_show(struct invocation *inv)
{
	enum status status;
	int64_t id;

	if ((status = invocation_account(inv->operands[0], "ID", &id)) !=
	    STATUS_OK || (status = invocation_open_database(inv)) !=
	    STATUS_OK)
		return status;
	return account_tell(inv, id);
}

enum status
account_list(struct invocation *inv)
{
	struct store_account *accounts;
	struct output_sheet sheet;
	enum status status = invocation_open_database(inv);
	int64_t after = 0;
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	output_list_begin();
	do {
		arena_reset(inv->arena);
		err = store_account_list(inv->db, inv->arena, after,
		    ACCOUNT_PAGE, &accounts, &count);
		if (err != ERR_OK)
			return invocation_database_failed(inv, err);
		if (count > 0)
			after = accounts[count - 1].id;
		err = account_sheet(inv->arena, accounts, count, &sheet);
		if (err == ERR_OK)
			err = output_list_page(&sheet);
	} while (err == ERR_OK && count == ACCOUNT_PAGE);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}
