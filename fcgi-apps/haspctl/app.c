/* SPDX-License-Identifier: ISC */
#include "app.h"

#include <stdio.h>

#include "app_sheet.h"
#include "certainty.h"
#include "clock.h"
#include "output.h"

#define APP_PAGE 100

enum status
app_not_found(const char *guid)
{
	return output_fail(STATUS_NO, "no app %s: `haspctl app list` shows "
	    "them", guid);
}

enum status
app_guid(struct invocation *inv, const char *text, const char *what,
    char guid[GUID_SIZE])
{
	struct keytext_rules secrets, keys;
	struct str id = str_of(text);
	enum status status;

	if ((status = invocation_read_config(inv)) != STATUS_OK)
		return status;
	secrets = keytext_client_rules(inv->config);
	keys = keytext_rules(inv->config);
	/* Never repeat what may be a secret. */
	if (keytext_resembles(&secrets, id) || keytext_resembles(&keys, id))
		return output_fail(STATUS_USAGE, "this looks like a secret, "
		    "which must never stand on a command line; %s is the "
		    "GUID of an app: `haspctl app list`", what);
	if (!guid_lower(id, guid))
		return output_fail(STATUS_USAGE, "%s is the GUID of an app, "
		    "8-4-4-4-12 hexadecimal digits: `haspctl app list` shows "
		    "them", what);
	return STATUS_OK;
}

enum status
app_find(struct invocation *inv, char guid[GUID_SIZE], struct store_app *app)
{
	enum status status;
	enum err err;

	if ((status = app_guid(inv, inv->operands[0], "APP", guid)) !=
	    STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_app_find(inv->db, inv->arena, 0, str_of(guid), app);
	if (err == ERR_NOT_FOUND)
		return app_not_found(guid);
	return err == ERR_OK ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

enum status
app_make_secret(const struct invocation *inv, struct newkey *secret)
{
	struct keytext_rules rules = keytext_client_rules(inv->config);
	enum err err = newkey_make(&rules, rules.environments[0], secret);

	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* The sheet of the app GUID as it stands; TEXT is its new secret or NULL. */
static enum err
app_sheet_of(struct invocation *inv, const char *guid, const char *text,
    struct store_app *app, struct output_sheet *sheet)
{
	struct store_app_secret *secrets;
	size_t count;
	enum err err = store_app_find(inv->db, inv->arena, 0, str_of(guid),
	    app);

	if (err == ERR_OK)
		err = store_app_secrets(inv->db, inv->arena, 0, str_of(guid),
		    &secrets, &count);
	return err != ERR_OK ? err : app_sheet_whole(inv->arena, app, secrets,
	    count, clock_wall_us(), text, sheet);
}

enum status
app_tell(struct invocation *inv, const char *guid)
{
	struct output_sheet sheet;
	struct store_app app;
	enum err err = app_sheet_of(inv, guid, NULL, &app, &sheet);

	if (err == ERR_OK)
		err = certainty_record(inv, &sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Lines on standard output, words on standard error. */
static enum err
app_secret_lines(const struct store_app *app, const struct newkey *secret,
    bool is_new, const char *verb)
{
	enum err err = ERR_OK;

	output_words("%s app %s (%s by %s)%s", verb, app->guid, app->name,
	    app->publisher, is_new ? ": the client_id, and the only showing "
	    "of the client_secret:" : ". This is its only showing:");
	if (is_new)
		err = output_secret(str_of(app->guid));
	return err == ERR_OK ? output_secret(str_of(secret->text)) : err;
}

enum status
app_secret_tell(struct invocation *inv, const char *guid,
    const struct newkey *secret, bool is_new, const char *verb)
{
	struct output_sheet sheet;
	struct store_app app;
	enum err err = app_sheet_of(inv, guid, secret->text, &app, &sheet);

	if (err == ERR_OK && output_is_json())
		err = output_record(&sheet);
	else if (err == ERR_OK)
		err = app_secret_lines(&app, secret, is_new, verb);
	if (err == ERR_OK && output_close(STATUS_OK) == STATUS_OK)
		return STATUS_OK;
	return output_fail(STATUS_IO, "the secret of app %s was made but not "
	    "shown, and cannot be shown again: `haspctl app rotate-secret %s "
	    "--overlap 0`", guid, guid);
}

enum status
app_show(struct invocation *inv)
{
	char guid[GUID_SIZE];
	struct store_app app;
	enum status status = app_find(inv, guid, &app);

	return status == STATUS_OK ? app_tell(inv, guid) : status;
}

/* What the options say about a new app of ACCOUNT, 0: the operator's. */
static enum status
app_read_new(const struct invocation *inv, struct store_app_names *names,
    int64_t *account)
{
	const char *home = inv->values[ARGUMENT_HOME_PAGE];

	names->name = str_of(inv->values[ARGUMENT_NAME]);
	names->publisher = str_of(inv->values[ARGUMENT_PUBLISHER]);
	names->home_page = str_of(home);
	*account = 0;
	if (home != NULL && !store_app_is_home(names->home_page))
		return output_fail(STATUS_DATA, "--home-page is an absolute "
		    "http or https address of at most %d bytes, without "
		    "blanks, quotes, commas and semicolons",
		    STORE_APP_HOME_MAX);
	return invocation_has(inv, ARGUMENT_ACCOUNT) ?
	    invocation_account(inv->values[ARGUMENT_ACCOUNT], "--account",
	    account) : STATUS_OK;
}

static enum err
app_insert(struct invocation *inv, int64_t account,
    const struct store_app_names *names, const struct newkey *secret,
    char guid[GUID_SIZE])
{
	struct store_change change = invocation_change(inv, account);
	struct store_app app = { .guid = "" };
	enum err err;

	/* No check looks at it before it is connected. */
	change.gives = true;
	if ((err = store_change_begin(&change)) != ERR_OK)
		return err;
	if (account != 0)
		err = store_key_change_allow(&change,
		    STORE_KEY_CHANGE_CONNECT);
	if (err == ERR_OK)
		err = store_app_create(&change, inv->arena, names,
		    &secret->fresh, &app);
	if (err == ERR_OK && !guid_lower(str_of(app.guid), guid))
		err = ERR_INTERNAL;
	return store_change_end(&change, err);
}

static enum status
app_create_failed(const struct invocation *inv, enum err err, int64_t account)
{
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no account %lld: `haspctl "
		    "account list` shows them", (long long)account);
	if (err == ERR_TOO_MANY_APPS)
		return output_fail(STATUS_NO, "account %lld has %d apps of "
		    "its own, as many as it may: remove one",
		    (long long)account, STORE_APP_MAX);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "name and publisher must be "
		    "1 to 100 characters of plain text");
	return invocation_database_failed(inv, err);
}

enum status
app_create(struct invocation *inv)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct store_app_names names;
	char guid[GUID_SIZE];
	enum status status;
	int64_t account;
	enum err err;

	if ((status = invocation_read_config(inv)) != STATUS_OK ||
	    (status = app_read_new(inv, &names, &account)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK ||
	    (status = app_make_secret(inv, &secret)) != STATUS_OK)
		return status;
	err = app_insert(inv, account, &names, &secret, guid);
	if (err != ERR_OK)
		return app_create_failed(inv, err, account);
	return app_secret_tell(inv, guid, &secret, true, "Made");
}

/* Pages of apps of ACCOUNT, 0: of all, from the first on. */
static enum status
app_list_pages(struct invocation *inv, int64_t account)
{
	char after[GUID_SIZE] = "";
	struct output_sheet sheet;
	struct store_app *apps;
	size_t count;
	enum err err;

	output_list_begin();
	do {
		arena_reset(inv->arena);
		err = store_app_list(inv->db, inv->arena, account,
		    str_of(after), APP_PAGE, &apps, &count);
		if (err != ERR_OK)
			return invocation_database_failed(inv, err);
		if (count > 0)
			(void)snprintf(after, sizeof(after), "%s",
			    apps[count - 1].guid);
		err = app_sheet_make(inv->arena, apps, count, &sheet);
		if (err == ERR_OK)
			err = output_list_page(&sheet);
	} while (err == ERR_OK && count == APP_PAGE);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
app_list(struct invocation *inv)
{
	enum status status = STATUS_OK;
	int64_t account = 0;

	if (invocation_has(inv, ARGUMENT_ACCOUNT))
		status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
		    "--account", &account);
	if (status != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	return app_list_pages(inv, account);
}
