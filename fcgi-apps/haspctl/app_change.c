/* SPDX-License-Identifier: ISC */
#include "app_change.h"

#include "app.h"
#include "certainty.h"
#include "output.h"
#include "question.h"
#include "store_connection.h"
#include "when.h"

static enum status
app_change_failed(const struct invocation *inv, enum err err,
    const char *guid)
{
	if (err == ERR_NOT_FOUND)
		return app_not_found(guid);
	if (err == ERR_APP_ALREADY_REMOVED)
		return output_fail(STATUS_NO, "app %s was removed, which is "
		    "for good: make a new one with `haspctl app create`",
		    guid);
	return invocation_database_failed(inv, err);
}

static enum err
app_change_turn(struct invocation *inv, const char *guid,
    const struct newkey *secret, int64_t overlap)
{
	struct store_change change = invocation_change(inv, 0);
	struct store_app app;
	int32_t version;
	enum err err;

	/* Nothing but the exchange of secrets for tokens looks at it. */
	change.gives = true;
	if ((err = store_change_begin(&change)) != ERR_OK)
		return err;
	err = store_app_lock(&change, inv->arena, str_of(guid), &app);
	if (err == ERR_OK)
		err = store_app_rotate(&change, &app, &secret->fresh,
		    overlap, &version);
	return store_change_end(&change, err);
}

enum status
app_change_rotate(struct invocation *inv)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	char guid[GUID_SIZE];
	struct store_app app;
	enum status status;
	int64_t overlap;
	enum err err;

	if ((status = invocation_overlap(inv, &overlap)) != STATUS_OK ||
	    (status = app_find(inv, guid, &app)) != STATUS_OK ||
	    (status = app_make_secret(inv, &secret)) != STATUS_OK)
		return status;
	err = app_change_turn(inv, guid, &secret, overlap);
	if (err != ERR_OK)
		return app_change_failed(inv, err, guid);
	return app_secret_tell(inv, guid, &secret, false, "Rotated");
}

/* Asks whether to remove APP. */
static enum status
app_change_ask(const struct invocation *inv, const struct store_app *app)
{
	int64_t accounts;
	enum err err = store_connection_reach(inv->db, str_of(app->guid),
	    &accounts);

	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return question_ask(inv, "app %s (%s by %s) is connected to %lld "
	    "account%s: all its tokens and its secrets will stop working at "
	    "once and for good. Type yes to remove it:", app->guid,
	    app->name, app->publisher, (long long)accounts,
	    accounts == 1 ? "" : "s");
}

static enum err
app_change_end(struct invocation *inv, const char *guid,
    struct store_change *change)
{
	enum err err = store_change_begin(change);
	struct store_app app;

	if (err != ERR_OK)
		return err;
	err = store_app_lock(change, inv->arena, str_of(guid), &app);
	if (err == ERR_OK)
		err = store_app_remove(change, &app);
	return store_change_end(change, err);
}

enum status
app_change_remove(struct invocation *inv)
{
	enum status status, waited;
	struct store_change change;
	char guid[GUID_SIZE];
	struct store_app app;
	enum err err;

	if ((status = certainty_read(inv)) != STATUS_OK ||
	    (status = app_find(inv, guid, &app)) != STATUS_OK ||
	    (status = app_change_ask(inv, &app)) != STATUS_OK)
		return status;
	change = invocation_change(inv, 0);
	err = app_change_end(inv, guid, &change);
	if (err != ERR_OK && err != ERR_APP_ALREADY_REMOVED)
		return app_change_failed(inv, err, guid);
	waited = certainty_wait(inv, &change);
	output_words(err != ERR_OK ?
	    "App %s was removed before; nothing changed." :
	    "App %s is removed.", guid);
	if (!output_is_json() && !output_is_quiet())
		return waited;
	status = app_tell(inv, guid);
	return status == STATUS_OK ? waited : status;
}
