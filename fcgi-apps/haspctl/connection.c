/* SPDX-License-Identifier: ISC */
#include "connection.h"

#include "app.h"
#include "certainty.h"
#include "connection_sheet.h"
#include "output.h"
#include "question.h"

#define CONNECTION_PAGE 100

/* Whose connections are listed. */
struct connection_of {
	int64_t account;	/* 0: those of the app */
	char guid[GUID_SIZE];
};

static enum status
connection_read_of(struct invocation *inv, struct connection_of *of)
{
	bool account = invocation_has(inv, ARGUMENT_ACCOUNT);

	of->account = 0;
	if (account == invocation_has(inv, ARGUMENT_APP))
		return output_fail(STATUS_USAGE, "--account or --app: one of "
		    "them says whose");
	if (account)
		return invocation_account(inv->values[ARGUMENT_ACCOUNT],
		    "--account", &of->account);
	return app_guid(inv, inv->values[ARGUMENT_APP], "--app", of->guid);
}

static enum err
connection_page(struct invocation *inv, const struct connection_of *of,
    int64_t before, struct store_connection **rows, size_t *count)
{
	return of->account != 0 ?
	    store_connection_list(inv->db, inv->arena, of->account,
	    STORE_CONNECTION_ALL, before, CONNECTION_PAGE, rows, count) :
	    store_connection_list_app(inv->db, inv->arena, str_of(of->guid),
	    before, CONNECTION_PAGE, rows, count);
}

enum status
connection_list(struct invocation *inv)
{
	struct store_connection *rows;
	struct output_sheet sheet;
	struct connection_of of;
	enum status status;
	int64_t before = 0;
	size_t count;
	enum err err;

	if ((status = connection_read_of(inv, &of)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	output_list_begin();
	do {
		arena_reset(inv->arena);
		err = connection_page(inv, &of, before, &rows, &count);
		if (err != ERR_OK)
			return invocation_database_failed(inv, err);
		if (count > 0)
			before = rows[count - 1].id;
		err = connection_sheet_make(inv->arena, rows, count, &sheet);
		if (err == ERR_OK)
			err = output_list_page(&sheet);
	} while (err == ERR_OK && count == CONNECTION_PAGE);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

static enum status
connection_read_id(const struct invocation *inv, int64_t *id)
{
	uint64_t n;

	if (!str_u64(str_of(inv->operands[0]), INT64_MAX, &n) || n == 0)
		return output_fail(STATUS_USAGE, "a connection is named by "
		    "its number: `haspctl connection list` shows them");
	*id = (int64_t)n;
	return STATUS_OK;
}

static enum status
connection_failed(const struct invocation *inv, enum err err, int64_t id)
{
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no connection %lld: `haspctl "
		    "connection list` shows them", (long long)id);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--why takes at most 200 "
		    "characters of plain text; nothing was revoked");
	return invocation_database_failed(inv, err);
}

/* Asks whether to revoke C. */
static enum status
connection_ask(const struct invocation *inv, const struct store_connection *c)
{
	bool more = c->tokens > STORE_CONNECTION_TOKENS;

	return question_ask(inv, "account %lld will be connected to app %s "
	    "(%s by %s) no longer: its %s%lld token%s stop%s working at once "
	    "and for good; a new connection needs a new connect code from "
	    "the publisher. Type yes to revoke connection %lld:",
	    (long long)c->account, c->app, c->name, c->publisher,
	    more ? "more than " : "", (long long)(more ?
	    STORE_CONNECTION_TOKENS : c->tokens),
	    c->tokens == 1 ? "" : "s", c->tokens == 1 ? "s" : "",
	    (long long)c->id);
}

/* ERR_NOT_CONNECTED: it was revoked before. */
static enum err
connection_end(struct invocation *inv, const struct store_connection *known,
    struct store_change *change)
{
	struct store_connection now;
	enum err err = store_change_begin(change);

	if (err != ERR_OK)
		return err;
	/* By now the account may have another, newer one. */
	err = store_connection_get(inv->db, inv->arena, known->id, &now);
	if (err == ERR_OK && now.revoked != 0)
		err = ERR_NOT_CONNECTED;
	if (err == ERR_OK)
		err = store_connection_revoke(change, str_of(known->app),
		    str_of(inv->values[ARGUMENT_WHY]));
	return store_change_end(change, err);
}

static enum status
connection_tell(struct invocation *inv, int64_t id)
{
	struct store_connection now;
	struct output_sheet sheet;
	enum err err = store_connection_get(inv->db, inv->arena, id, &now);

	if (err == ERR_OK)
		err = connection_sheet_make(inv->arena, &now, 1, &sheet);
	if (err == ERR_OK)
		err = certainty_record(inv, &sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
connection_revoke(struct invocation *inv)
{
	struct store_connection found;
	struct store_change change;
	enum status status, waited;
	int64_t id;
	enum err err;

	if ((status = connection_read_id(inv, &id)) != STATUS_OK ||
	    (status = certainty_read(inv)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_connection_get(inv->db, inv->arena, id, &found);
	if (err != ERR_OK)
		return connection_failed(inv, err, id);
	if ((status = connection_ask(inv, &found)) != STATUS_OK)
		return status;
	change = invocation_change(inv, found.account);
	err = connection_end(inv, &found, &change);
	if (err != ERR_OK && err != ERR_NOT_CONNECTED)
		return connection_failed(inv, err, id);
	waited = certainty_wait(inv, &change);
	output_words(err != ERR_OK ?
	    "Connection %lld was revoked before; nothing changed." :
	    "Connection %lld is revoked.", (long long)id);
	if (!output_is_json() && !output_is_quiet())
		return waited;
	status = connection_tell(inv, id);
	return status == STATUS_OK ? waited : status;
}
