/* SPDX-License-Identifier: ISC */
#include "account.h"

#include "output.h"
#include "store_account.h"

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

/* COUNT accounts as a sheet whose cells live in ARENA. */
static enum err
account_sheet(struct arena *arena, const struct store_account *accounts,
    size_t count, struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * ACCOUNT_COLUMNS * sizeof(*cells));

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct store_account *a = &accounts[i];
		struct output_cell *row = &cells[i * ACCOUNT_COLUMNS];

		*row++ = OUTPUT_I(a->id);
		*row++ = OUTPUT_T(a->name);
		*row++ = OUTPUT_T(a->plan);
		*row++ = OUTPUT_T(a->region);
		*row++ = OUTPUT_T(a->api_host);
		*row++ = OUTPUT_T(a->status);
		*row++ = OUTPUT_I(a->keys);
		*row++ = OUTPUT_I(a->created);
	}
	*sheet = (struct output_sheet){
		account_columns, ACCOUNT_COLUMNS, cells, count,
	};
	return ERR_OK;
}

static enum status
account_tell(struct invocation *inv, const struct store_account *account)
{
	struct output_sheet sheet;
	enum err err = account_sheet(inv->arena, account, 1, &sheet);

	if (err == ERR_OK)
		err = output_record(&sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
account_create(struct invocation *inv)
{
	struct store_account account;
	enum status status = invocation_open_database(inv);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_account_create(inv->db, inv->arena,
	    str_of(inv->values[ARGUMENT_NAME]),
	    str_of(inv->values[ARGUMENT_PLAN]),
	    str_of(inv->values[ARGUMENT_REGION]), &account);
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "there is no such plan or "
		    "region, or there are several and none was named: give "
		    "--plan and --region");
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "the name must be 1 to 100 "
		    "characters of plain text");
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return account_tell(inv, &account);
}

enum status
account_show(struct invocation *inv)
{
	struct store_account account;
	enum status status;
	enum err err;
	int64_t id;

	if ((status = invocation_account(inv->operands[0], "ID", &id)) !=
	    STATUS_OK || (status = invocation_open_database(inv)) !=
	    STATUS_OK)
		return status;
	err = store_account_find(inv->db, inv->arena, id, &account);
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no account %lld: `haspctl "
		    "account list` shows them", (long long)id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return account_tell(inv, &account);
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
