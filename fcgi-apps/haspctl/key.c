/* SPDX-License-Identifier: ISC */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "certainty.h"
#include "clock.h"
#include "key_sheet.h"
#include "key_secret.h"
#include "keytext.h"
#include "newkey.h"
#include "output.h"
#include "question.h"
#include "store_account.h"
#include "store_key_change.h"
#include "store_plan.h"
#include "when.h"

#define KEY_PAGE 100

static enum status
key_not_found(const char *id)
{
	return output_fail(STATUS_NO, "no key %s: `haspctl key list` shows "
	    "those of an account", id);
}

/* Reads the --allow options into RANGES. */
static enum status
key_read_ranges(const struct invocation *inv, struct cidr *ranges)
{
	for (size_t i = 0; i < inv->allow_count; i++)
		if (!cidr_parse(str_of(inv->allow[i]), &ranges[i]))
			return output_fail(STATUS_USAGE, "--allow %.60s is "
			    "not an address or range such as 192.0.2.0/24 or "
			    "2001:db8::/32 (no bits may be set behind the "
			    "prefix)", inv->allow[i]);
	return STATUS_OK;
}

/* The point of time that ARGUMENT gives, 0 if it was left out. */
static enum status
key_read_when(const struct invocation *inv, enum argument argument,
    int64_t now, int64_t *out)
{
	const char *text = inv->values[argument];

	*out = 0;
	if (text == NULL || when_point(str_of(text), now, out))
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--%s %.60s is no time; write "
	    "2031-05-04, 2031-05-04T03:02:01Z, 90d or 12h",
	    invocation_argument(argument)->name, text);
}

static enum status
key_read_times(const struct invocation *inv, struct store_key_values *key)
{
	int64_t now = clock_wall_us();
	enum status status;

	if ((status = key_read_when(inv, ARGUMENT_EXPIRES, now,
	    &key->expires)) != STATUS_OK ||
	    (status = key_read_when(inv, ARGUMENT_NOT_BEFORE, now,
	    &key->not_before)) != STATUS_OK)
		return status;
	if (key->expires != 0 && key->expires <= now)
		return output_fail(STATUS_DATA, "--expires lies in the past");
	if (key->expires != 0 && key->not_before >= key->expires)
		return output_fail(STATUS_DATA, "the key would end before it "
		    "begins: --not-before must be earlier than --expires");
	return STATUS_OK;
}

/* --rate, --burst, --daily-quota; without them the plan's limits count. */
static enum status
key_read_limits(const struct invocation *inv, struct store_key_values *key)
{
	int64_t rate, burst, daily_quota;
	enum status status;

	if ((status = invocation_number(inv, ARGUMENT_RATE, 1,
	    STORE_PLAN_RATE_MAX, &rate)) != STATUS_OK ||
	    (status = invocation_number(inv, ARGUMENT_BURST, 1,
	    STORE_PLAN_BURST_MAX, &burst)) != STATUS_OK ||
	    (status = invocation_number(inv, ARGUMENT_DAILY_QUOTA, 1,
	    DECISION_QUOTA_MAX, &daily_quota)) != STATUS_OK)
		return status;
	if ((rate < 0) != (burst < 0))
		return output_fail(STATUS_USAGE, "--rate and --burst go "
		    "together: a number each");
	key->rate = rate < 0 ? 0 : (int32_t)rate;
	key->burst = burst < 0 ? 0 : (int32_t)burst;
	key->daily_quota = daily_quota < 0 ? 0 : (int32_t)daily_quota;
	return STATUS_OK;
}

/* The environment asked for, or the first of the configuration's. */
static enum status
key_read_environment(const struct invocation *inv, struct str *out)
{
	const struct config *config = inv->config;
	const char *given = inv->values[ARGUMENT_ENVIRONMENT];

	*out = config->environments[0];
	if (given == NULL)
		return STATUS_OK;
	for (size_t i = 0; i < config->environment_count; i++) {
		*out = config->environments[i];
		if (str_eq(*out, str_of(given)))
			return STATUS_OK;
	}
	return output_fail(STATUS_USAGE, "there is no environment %.20s; the "
	    "configuration has: %s", given, config->key_environments);
}

static enum status
key_read_kind(const struct invocation *inv, struct str *out)
{
	const char *given = inv->values[ARGUMENT_KIND];

	*out = given == NULL ? STR("access_token") : str_of(given);
	if (str_eq(*out, STR("access_token")) || str_eq(*out, STR("api_key")))
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--kind is access_token or api_key");
}

/* Everything that the options say about a new key of ACCOUNT. */
static enum status
key_read_new(const struct invocation *inv, struct cidr *ranges,
    struct store_key_new *key, int64_t *account)
{
	struct store_key_values *values = &key->values;
	enum status status;

	memset(key, 0, sizeof(*key));
	values->name = str_of(inv->values[ARGUMENT_NAME]);
	values->ranges = inv->allow_count > 0 ? ranges : NULL;
	values->range_count = inv->allow_count;
	if (!role_parse(str_of(inv->values[ARGUMENT_ROLE]), &values->role))
		return output_fail(STATUS_USAGE,
		    "--role is read, write or admin");
	if ((status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", account)) != STATUS_OK ||
	    (status = key_read_kind(inv, &key->kind)) != STATUS_OK ||
	    (status = key_read_environment(inv, &key->environment)) !=
	    STATUS_OK ||
	    (status = key_read_ranges(inv, ranges)) != STATUS_OK ||
	    (status = key_read_limits(inv, values)) != STATUS_OK)
		return status;
	return key_read_times(inv, values);
}

static enum status
key_create_failed(const struct invocation *inv, enum err err, int64_t account)
{
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no account %lld: `haspctl "
		    "account list` shows them", (long long)account);
	if (err == ERR_KEY_LIMIT_REACHED)
		return output_fail(STATUS_NO, "the plan of account %lld "
		    "allows no more keys: revoke one, or change the plan",
		    (long long)account);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "the name must be 1 to 100 "
		    "characters of plain text");
	return invocation_database_failed(inv, err);
}

static enum err
key_insert(struct invocation *inv, int64_t account,
    const struct store_key_new *key)
{
	struct store_change change = invocation_change(inv, account);
	enum err err = store_change_begin(&change);

	if (err != ERR_OK)
		return err;
	err = store_key_change_allow(&change, STORE_KEY_CHANGE_CREATE);
	if (err == ERR_OK)
		err = store_key_change_create(&change, key);
	return store_change_end(&change, err);
}

enum status
key_create(struct invocation *inv)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	struct cidr ranges[DECISION_RANGES_MAX];
	char id[DECISION_ID_SIZE];
	struct store_key_new key;
	struct keytext_rules rules;
	enum status status;
	int64_t account;
	enum err err;

	if ((status = invocation_read_config(inv)) != STATUS_OK ||
	    (status = key_read_new(inv, ranges, &key, &account)) !=
	    STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	rules = keytext_rules(inv->config);
	if ((err = newkey_make(&rules, key.environment, &secret)) != ERR_OK ||
	    (err = newkey_id(id)) != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	key.id = str_of(id);
	key.secret = secret.fresh;
	if ((err = key_insert(inv, account, &key)) != ERR_OK)
		return key_create_failed(inv, err, account);
	return key_secret_tell(inv, account, id, &secret, "Made");
}

/* Opens the database and reads the key that the operand names. */
static enum status
key_find(struct invocation *inv, struct store_key *key)
{
	struct str id = str_of(inv->operands[0]);
	enum status status;
	int64_t account;
	enum err err;

	if ((status = invocation_key_id(inv, inv->operands[0])) !=
	    STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_key_account(inv->db, id, &account);
	if (err == ERR_OK)
		err = store_key_find(inv->db, inv->arena, account, id, key);
	if (err == ERR_NOT_FOUND)
		return key_not_found(inv->operands[0]);
	return err == ERR_OK ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

enum status
key_show(struct invocation *inv)
{
	struct output_sheet sheet;
	struct store_key key;
	enum status status = key_find(inv, &key);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = key_sheet_make(inv->arena, &key, 1, clock_wall_us(), NULL,
	    &sheet);
	if (err == ERR_OK)
		err = certainty_record(inv, &sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Pages of keys of ACCOUNT, from the first on. */
static enum status
key_list_pages(struct invocation *inv, int64_t account)
{
	char after[DECISION_ID_SIZE] = "";
	struct output_sheet sheet;
	struct store_key *keys;
	size_t count;
	enum err err;

	output_list_begin();
	do {
		arena_reset(inv->arena);
		err = store_key_list(inv->db, inv->arena, account,
		    str_of(after), KEY_PAGE, &keys, &count);
		if (err != ERR_OK)
			return invocation_database_failed(inv, err);
		if (count > 0)
			(void)snprintf(after, sizeof(after), "%s",
			    keys[count - 1].id);
		err = key_sheet_make(inv->arena, keys, count, clock_wall_us(),
		    NULL, &sheet);
		if (err == ERR_OK)
			err = output_list_page(&sheet);
	} while (err == ERR_OK && count == KEY_PAGE);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
key_list(struct invocation *inv)
{
	struct store_account account;
	enum status status;
	int64_t id;
	enum err err;

	if ((status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", &id)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_account_find(inv->db, inv->arena, id, &account);
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no account %lld: `haspctl "
		    "account list` shows them", (long long)id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return key_list_pages(inv, id);
}

/* Asks whether to revoke KEY. */
static enum status
key_ask(const struct invocation *inv, const struct store_key *key)
{
	return question_ask(inv, "key %s (%s) of account %lld, role %s, will "
	    "stop working at once and for good. Type yes to revoke it:",
	    key->id, key->name, (long long)key->account, key->role);
}

static enum err
key_end(struct invocation *inv, const struct store_key *known,
    struct store_change *change)
{
	enum err err = store_change_begin(change);
	struct store_key key;

	if (err != ERR_OK)
		return err;
	err = store_key_change_lock(change, inv->arena, str_of(known->id),
	    &key);
	if (err == ERR_OK)
		err = store_key_change_revoke(change, &key,
		    str_of(inv->values[ARGUMENT_WHY]));
	return store_change_end(change, err);
}

enum status
key_revoke(struct invocation *inv)
{
	const char *id = inv->operands[0];
	struct store_change change;
	enum status status, waited;
	struct store_key key;
	enum err err;

	if ((status = certainty_read(inv)) != STATUS_OK ||
	    (status = key_find(inv, &key)) != STATUS_OK ||
	    (status = key_ask(inv, &key)) != STATUS_OK)
		return status;
	change = invocation_change(inv, key.account);
	err = key_end(inv, &key, &change);
	if (err == ERR_NOT_FOUND)
		return key_not_found(id);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--why takes at most 200 "
		    "characters of plain text; nothing was revoked");
	if (err != ERR_OK && err != ERR_ALREADY_REVOKED)
		return invocation_database_failed(inv, err);
	waited = certainty_wait(inv, &change);
	output_words(err == ERR_ALREADY_REVOKED ?
	    "Key %s was revoked before; nothing changed." :
	    "Key %s is revoked.", id);
	if (!output_is_json() && !output_is_quiet())
		return waited;
	status = key_show(inv);
	return status == STATUS_OK ? waited : status;
}

static enum err
key_turn(struct invocation *inv, const struct store_key *known,
    const struct newkey *secret, int64_t overlap, struct store_change *change)
{
	enum err err = store_change_begin(change);
	struct store_key key;
	int32_t version;

	if (err != ERR_OK)
		return err;
	err = store_key_change_lock(change, inv->arena, str_of(known->id),
	    &key);
	if (err == ERR_OK)
		err = store_key_change_rotate(change, &key, &secret->fresh,
		    overlap, false, clock_wall_us(), &version);
	return store_change_end(change, err);
}

static enum status
key_rotate_failed(const struct invocation *inv, enum err err, const char *id)
{
	if (err == ERR_NOT_FOUND)
		return key_not_found(id);
	if (err == ERR_KEY_ENDED)
		return output_fail(STATUS_NO, "key %s is revoked or has "
		    "expired: make a new one with `haspctl key create`", id);
	if (err == ERR_TOO_MANY_SECRETS)
		return output_fail(STATUS_NO, "key %s has %d working secrets, "
		    "as many as it may: --overlap 0 ends them", id,
		    STORE_KEY_CHANGE_SECRETS);
	return invocation_database_failed(inv, err);
}

enum status
key_rotate(struct invocation *inv)
{
	struct newkey secret CLEANUP_NEWKEY = { .text = "" };
	const char *id = inv->operands[0];
	struct keytext_rules rules;
	struct store_change change;
	struct store_key key;
	int64_t overlap;
	enum status status, waited;
	enum err err;

	if ((status = invocation_overlap(inv, &overlap)) != STATUS_OK ||
	    (status = certainty_read(inv)) != STATUS_OK ||
	    (status = key_find(inv, &key)) != STATUS_OK)
		return status;
	rules = keytext_rules(inv->config);
	err = newkey_make(&rules, str_of(key.environment), &secret);
	if (err == ERR_INVALID)
		return output_fail(STATUS_CONFIG, "the key's environment, "
		    "%s, is not in the configuration any more",
		    key.environment);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	change = invocation_change(inv, key.account);
	if ((err = key_turn(inv, &key, &secret, overlap, &change)) != ERR_OK)
		return key_rotate_failed(inv, err, id);
	waited = certainty_wait(inv, &change);
	status = key_secret_tell(inv, key.account, id, &secret, "Rotated");
	return status == STATUS_OK ? waited : status;
}
