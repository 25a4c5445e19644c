/* SPDX-License-Identifier: ISC */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "key_sheet.h"
#include "key_secret.h"
#include "keytext.h"
#include "output.h"
#include "secret.h"
#include "store_account.h"
#include "store_key.h"
#include "when.h"

#define KEY_PAGE 100
#define KEY_ID_RANDOM 16	/* base62 digits behind "key_" */
#define KEY_OVERLAP 86400	/* seconds, unless --overlap says so */
#define KEY_OVERLAP_MAX 2592000

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
key_read_times(const struct invocation *inv, struct store_key_new *key)
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

/* Everything that the options say about a new key. */
static enum status
key_read_new(const struct invocation *inv, struct cidr *ranges,
    struct store_key_new *key)
{
	enum status status;

	*key = (struct store_key_new){
		.name = str_of(inv->values[ARGUMENT_NAME]),
		.ranges = inv->allow_count > 0 ? ranges : NULL,
		.range_count = inv->allow_count,
	};
	if (!role_parse(str_of(inv->values[ARGUMENT_ROLE]), &key->role))
		return output_fail(STATUS_USAGE,
		    "--role is read, write or admin");
	if ((status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", &key->account)) != STATUS_OK ||
	    (status = key_read_kind(inv, &key->kind)) != STATUS_OK ||
	    (status = key_read_environment(inv, &key->environment)) !=
	    STATUS_OK ||
	    (status = key_read_ranges(inv, ranges)) != STATUS_OK)
		return status;
	return key_read_times(inv, key);
}

static enum status
key_create_failed(const struct invocation *inv, enum err err,
    const struct store_key_new *key)
{
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_NO, "no account %lld: `haspctl "
		    "account list` shows them", (long long)key->account);
	if (err == ERR_CONFLICT)
		return output_fail(STATUS_NO, "the plan of account %lld "
		    "allows no more keys: revoke one, or change the plan",
		    (long long)key->account);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "the name must be 1 to 100 "
		    "characters of plain text");
	return invocation_database_failed(inv, err);
}

enum status
key_create(struct invocation *inv)
{
	struct key_secret secret CLEANUP_KEY_SECRET = { .text = "" };
	struct cidr ranges[DECISION_RANGES_MAX];
	char id[DECISION_ID_SIZE] = "key_";
	struct store_key_new key;
	struct keytext_rules rules;
	enum status status;
	enum err err;

	if ((status = invocation_read_config(inv)) != STATUS_OK ||
	    (status = key_read_new(inv, ranges, &key)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	rules = keytext_rules(inv->config);
	if ((err = key_secret_make(&rules, key.environment, &secret)) == ERR_OK)
		err = secret_base62(id + strlen(id), KEY_ID_RANDOM);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	key.id = str_of(id);
	key.digest = secret.digest;
	key.last = secret.last;
	if ((err = store_key_create(inv->db, &key)) != ERR_OK)
		return key_create_failed(inv, err, &key);
	return key_secret_tell(inv, id, &secret, "Made");
}

/* Opens the database and reads the key that the operand names. */
static enum status
key_find(struct invocation *inv, struct store_key *key)
{
	const char *id = inv->operands[0];
	enum status status;
	enum err err;

	if ((status = invocation_key_id(inv, id)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_key_find(inv->db, inv->arena, str_of(id), key);
	if (err == ERR_NOT_FOUND)
		return key_not_found(id);
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
		err = output_record(&sheet);
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

/* Asks whether to revoke KEY; only a whole "yes" is one. */
static enum status
key_confirm(const struct invocation *inv, const struct store_key *key)
{
	char answer[8] = "";

	if (invocation_has(inv, ARGUMENT_YES))
		return STATUS_OK;
	if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
		return output_fail(STATUS_USAGE, "nobody can be asked here: "
		    "--yes revokes without asking");
	output_error("key %s (%s) of account %lld, role %s, will stop working "
	    "at once and for good. Type yes to revoke it:", key->id, key->name,
	    (long long)key->account, key->role);
	if (fgets(answer, sizeof(answer), stdin) != NULL &&
	    strcmp(answer, "yes\n") == 0)
		return STATUS_OK;
	return output_fail(STATUS_NO, "nothing was revoked");
}

enum status
key_revoke(struct invocation *inv)
{
	const char *id = inv->operands[0];
	struct store_key key;
	enum status status;
	bool already = false;
	enum err err;

	if ((status = key_find(inv, &key)) != STATUS_OK ||
	    (status = key_confirm(inv, &key)) != STATUS_OK)
		return status;
	err = store_key_revoke(inv->db, str_of(id),
	    str_of(inv->values[ARGUMENT_WHY]), &already);
	if (err == ERR_NOT_FOUND)
		return key_not_found(id);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--why takes at most 200 "
		    "characters of plain text; nothing was revoked");
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_words(already ? "Key %s was revoked before; nothing changed." :
	    "Key %s is revoked.", id);
	if (!output_is_json() && !output_is_quiet())
		return STATUS_OK;
	return key_show(inv);
}

static enum status
key_read_overlap(const struct invocation *inv, int64_t *seconds)
{
	const char *text = inv->values[ARGUMENT_OVERLAP];

	*seconds = KEY_OVERLAP;
	if (text == NULL)
		return STATUS_OK;
	if (when_span(str_of(text), seconds) && *seconds <= KEY_OVERLAP_MAX)
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--overlap is a span from 0 to 30d, "
	    "such as 3600, 24h or 7d");
}

enum status
key_rotate(struct invocation *inv)
{
	struct key_secret secret CLEANUP_KEY_SECRET = { .text = "" };
	const char *id = inv->operands[0];
	struct keytext_rules rules;
	struct store_key key;
	int64_t overlap;
	int32_t version;
	enum status status;
	enum err err;

	if ((status = key_read_overlap(inv, &overlap)) != STATUS_OK ||
	    (status = key_find(inv, &key)) != STATUS_OK)
		return status;
	rules = keytext_rules(inv->config);
	err = key_secret_make(&rules, str_of(key.environment), &secret);
	if (err == ERR_INVALID)
		return output_fail(STATUS_CONFIG, "the key's environment, "
		    "%s, is not in the configuration any more",
		    key.environment);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	err = store_key_rotate(inv->db, str_of(id), &secret.digest, secret.last,
	    overlap, &version);
	if (err == ERR_NOT_FOUND)
		return key_not_found(id);
	if (err == ERR_CONFLICT)
		return output_fail(STATUS_NO, "key %s is revoked or has "
		    "expired: make a new one with `haspctl key create`", id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return key_secret_tell(inv, id, &secret, "Rotated");
}
