/* SPDX-License-Identifier: ISC */
#include "account_change.h"

#include <string.h>

#include "account.h"
#include "certainty.h"
#include "clock.h"
#include "label.h"
#include "output.h"
#include "store_account_manage.h"
#include "when.h"

#define ACCOUNT_CHANGE_WHY 200	/* characters */

/* The account that the first operand names; opens the database. */
static enum status
account_change_open(struct invocation *inv, int64_t *id)
{
	enum status status = invocation_account(inv->operands[0], "ID", id);

	if (status != STATUS_OK ||
	    (status = certainty_read(inv)) != STATUS_OK)
		return status;
	return invocation_open_database(inv);
}

/* Waits for CHANGE, whose end was ERR, and tells what was DONE. */
static enum status
account_change_told(struct invocation *inv, const struct store_change *change,
    enum err err, bool already, const char *done)
{
	int64_t id = change->account;
	enum status status, waited;

	if (err == ERR_NOT_FOUND)
		return account_not_found(id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	waited = certainty_wait(inv, change);
	output_words(already ? "Account %lld stood so before; nothing "
	    "changed." : "Account %lld %s.", (long long)id, done);
	if (!output_is_json() && !output_is_quiet())
		return waited;
	status = account_tell(inv, id);
	return status == STATUS_OK ? waited : status;
}

enum status
account_change_plan(struct invocation *inv)
{
	const char *plan = inv->operands[1];
	struct store_change change;
	bool already = false;
	enum status status;
	int64_t id;
	enum err err;

	if ((status = account_change_open(inv, &id)) != STATUS_OK)
		return status;
	change = invocation_change(inv, id);
	err = store_account_manage_plan(&change, id, str_of(plan), &already);
	if (err == ERR_CONFLICT || err == ERR_INVALID)
		return output_fail(STATUS_NO, "there is no plan %.40s: "
		    "`haspctl plan list` shows them", plan);
	return account_change_told(inv, &change, err, already,
	    "has another plan now");
}

static enum status
account_change_status(struct invocation *inv, bool suspended)
{
	struct str why = str_of(inv->values[ARGUMENT_WHY]);
	struct store_change change;
	bool already = false;
	enum status status;
	int64_t id;
	enum err err;

	if (!label_is_remark(why, ACCOUNT_CHANGE_WHY))
		return output_fail(STATUS_DATA, "--why takes at most 200 "
		    "characters of plain text; nothing was changed");
	if ((status = account_change_open(inv, &id)) != STATUS_OK)
		return status;
	change = invocation_change(inv, id);
	err = store_account_manage_suspend(&change, id, suspended, why,
	    &already);
	if (err == ERR_CONFLICT)
		return output_fail(STATUS_NO, "account %lld is closed, which "
		    "is for good", (long long)id);
	return account_change_told(inv, &change, err, already, suspended ?
	    "is suspended: all its keys are refused" :
	    "is active: its keys work again");
}

enum status
account_change_suspend(struct invocation *inv)
{
	return account_change_status(inv, true);
}

enum status
account_change_resume(struct invocation *inv)
{
	return account_change_status(inv, false);
}

enum status
account_change_machine_keys(struct invocation *inv)
{
	const char *word = inv->operands[1];
	bool on = strcmp(word, "on") == 0, already = false;
	struct store_change change;
	enum status status;
	int64_t id;
	enum err err;

	if (!on && strcmp(word, "off") != 0)
		return output_fail(STATUS_USAGE, "the word behind ID is on or "
		    "off");
	if ((status = account_change_open(inv, &id)) != STATUS_OK)
		return status;
	change = invocation_change(inv, id);
	/* No check looks at it. */
	change.gives = true;
	err = store_account_manage_machine_keys(&change, id, on, &already);
	return account_change_told(inv, &change, err, already, on ?
	    "lets admin keys manage keys" : "lets people alone manage keys");
}

/* A point of time or none (0) into ROOM; OUT points there if it is given. */
static enum status
account_change_when(const struct invocation *inv, enum argument argument,
    int64_t *room, const int64_t **out)
{
	const char *text = inv->values[argument];

	*room = 0;
	*out = text == NULL ? NULL : room;
	if (text == NULL || strcmp(text, "none") == 0 ||
	    when_point(str_of(text), clock_wall_us(), room))
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--%s %.60s is no time; write "
	    "2031-05-04, 2031-05-04T03:02:01Z, 90d, 12h or none",
	    invocation_argument(argument)->name, text);
}

static enum status
account_change_read_legacy(const struct invocation *inv, int64_t room[2],
    struct store_account_manage_legacy *out)
{
	const char *link = inv->values[ARGUMENT_LINK];
	enum status status;

	*out = (struct store_account_manage_legacy){
		.link = link != NULL && strcmp(link, "none") == 0 ? "" : link,
		.policy = inv->values[ARGUMENT_POLICY],
	};
	if ((status = account_change_when(inv, ARGUMENT_DEPRECATED, &room[0],
	    &out->deprecated)) != STATUS_OK ||
	    (status = account_change_when(inv, ARGUMENT_SUNSET, &room[1],
	    &out->sunset)) != STATUS_OK)
		return status;
	if (out->policy != NULL && strcmp(out->policy, "warn") != 0 &&
	    strcmp(out->policy, "refuse") != 0)
		return output_fail(STATUS_USAGE, "--policy is warn or refuse");
	if (out->deprecated == NULL && out->sunset == NULL &&
	    out->link == NULL && out->policy == NULL)
		return output_fail(STATUS_USAGE, "say what to change: "
		    "--deprecated, --sunset, --link or --policy");
	return STATUS_OK;
}

enum status
account_change_legacy(struct invocation *inv)
{
	struct store_account_manage_legacy legacy;
	struct store_change change;
	enum status status;
	int64_t room[2], id;
	enum err err;

	if ((status = account_change_read_legacy(inv, room, &legacy)) !=
	    STATUS_OK || (status = account_change_open(inv, &id)) != STATUS_OK)
		return status;
	change = invocation_change(inv, id);
	err = store_account_manage_set_legacy(&change, id, &legacy);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "nothing was changed: a sunset "
		    "needs a deprecation that is not later%s",
		    legacy.link == NULL ? "" : ", and --link is an http or "
		    "https address of at most 300 characters");
	return account_change_told(inv, &change, err, false,
	    "has its keys of the legacy kind as asked");
}
