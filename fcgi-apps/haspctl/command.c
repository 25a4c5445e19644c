/* SPDX-License-Identifier: ISC */
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "account_change.h"
#include "app.h"
#include "app_change.h"
#include "audit_checkpoint.h"
#include "audit_export.h"
#include "audit_journal.h"
#include "audit_key.h"
#include "audit_retention.h"
#include "audit_tail.h"
#include "audit_verify.h"
#include "certainty.h"
#include "completion.h"
#include "connection.h"
#include "database.h"
#include "document.h"
#include "help.h"
#include "key.h"
#include "member.h"
#include "nginx_check.h"
#include "output.h"
#include "overview.h"
#include "plan.h"
#include "probe.h"
#include "region.h"

/* Memory of one invocation; the biggest user is a page of a list. */
#define COMMAND_ARENA ((size_t)16 * 1024 * 1024)

/* getopt's value of ARGUMENT: above every letter. */
#define COMMAND_VALUE(argument) (256 + (int)(argument))

#define B COMMAND_BIT

static const struct command commands[] = {
	{ "account", "create", NULL, "Make an account.",
	    "Writes the account; its id is what Basic takes as user name.",
	    B(NAME) | B(PLAN) | B(REGION), B(NAME), account_create },
	{ "account", "legacy", "ID", "Say as of when api_key keys are "
	    "deprecated.",
	    "Keys of that kind work on; answers to them carry the dates and "
	    "the link, and new\nones get a warning or are refused. What is "
	    "not given stays as it is; none takes\nit away.",
	    B(DEPRECATED) | B(SUNSET) | B(LINK) | B(POLICY) | B(WAIT), 0,
	    account_change_legacy },
	{ "account", "list", NULL, "List all accounts.", NULL, 0, 0,
	    account_list },
	{ "account", "machine-keys", "ID on|off", "Say whether admin keys may "
	    "manage keys.",
	    "off: people alone make, change and revoke the account's "
	    "keys.", 0, 0,
	    account_change_machine_keys },
	{ "account", "plan", "ID PLAN", "Give an account another plan.",
	    "PLAN is a plan's code: `haspctl plan list`. Keys beyond what the "
	    "plan allows\nwork on; no more can be made.", B(WAIT), 0,
	    account_change_plan },
	{ "account", "resume", "ID", "Take the suspension of an account back.",
	    "Its keys work again and its members can sign in.", B(WAIT), 0,
	    account_change_resume },
	{ "account", "show", "ID", "Show one account and what it may have.",
	    NULL, 0, 0, account_show },
	{ "account", "suspend", "ID", "Refuse all keys of an account.",
	    "Nothing is lost: `haspctl account resume` takes it back. Doing "
	    "it again changes\nnothing.", B(WHY) | B(WAIT), 0,
	    account_change_suspend },
	{ "app", "create", NULL, "Make an app of a publisher.",
	    "Accounts connect it, which gives it tokens. Its GUID (the "
	    "client_id) and its\nsecret (the client_secret) go to standard "
	    "output, a line each and this once; the\nwords go to standard "
	    "error. With --json they are `guid` and `secret`. With\n--account "
	    "that account alone can connect it.",
	    B(NAME) | B(PUBLISHER) | B(HOME_PAGE) | B(ACCOUNT),
	    B(NAME) | B(PUBLISHER), app_create },
	{ "app", "list", NULL, "List the apps.",
	    "All there ever were, removed ones among them, or an account's "
	    "own.", B(ACCOUNT), 0, app_list },
	{ "app", "remove", "APP", "Remove an app for good.",
	    "APP is its GUID. All its tokens, of all accounts, and its "
	    "secrets stop at once.\nAsks on a terminal; elsewhere --yes is "
	    "needed. Removing it again changes\nnothing.",
	    B(WAIT) | B(YES), 0, app_change_remove },
	{ "app", "rotate-secret", "APP", "Give an app a new secret.",
	    "APP is its GUID. The new secret goes to standard output, this "
	    "once; the old one\nends after the overlap, older ones at once.",
	    B(OVERLAP), 0, app_change_rotate },
	{ "app", "show", "APP", "Show one app and its secrets' fates.",
	    "APP is its GUID.", 0, 0, app_show },
	{ "audit", "abandon", "NUMBER", "Give up a journal whose host is gone.",
	    "Until then nobody can say that all uses are known. What it has "
	    "not shipped\ncounts as lost, unless its program comes back; the "
	    "log tells of it. Asks on a\nterminal; elsewhere --yes is needed.",
	    B(YES), 0, audit_journal_abandon },
	{ "audit", "checkpoint", NULL, "Seal the log and sign its head.",
	    "Reads again what was logged since the last time, and signs "
	    "nothing if any of it\nis not what was written: status 1. The "
	    "checkpoint goes to the database, the log,\nand where --file and "
	    "--witness say. Keep it running: --every 60.",
	    B(KEY) | B(FILE) | B(WITNESS) | B(EVERY), B(KEY),
	    audit_checkpoint_run },
	{ "audit", "erase", NULL, "Erase addresses in an account's log.",
	    "Of all its events and uses, or of those that --member or "
	    "--address chooses. The\nlog stays provable, and tells that it was "
	    "done. Asks on a terminal; elsewhere\n--yes is needed.",
	    B(ACCOUNT) | B(MEMBER) | B(ADDRESS) | B(BEFORE) | B(YES),
	    B(ACCOUNT), audit_retention_erase },
	{ "audit", "export", "FILE", "Write the log to a file.",
	    "FILE must not be there; - is standard output. All of it, which "
	    "can be verified\nanywhere; with options a part, to read.",
	    B(ACCOUNT) | B(SINCE) | B(UNTIL), 0, audit_export_run },
	{ "audit", "journals", NULL, "List the journals that uses come from.",
	    "The last 1000; all uses of one before KNOWN UNTIL are in the "
	    "database.", 0, 0, audit_journal_list },
	{ "audit", "keygen", "FILE", "Make a key to sign checkpoints with.",
	    "FILE (mode 0600) signs; FILE.pub, which is written to standard "
	    "output as well,\nverifies. Neither may be there.",
	    B(NAME), 0, audit_key_generate },
	{ "audit", "prune", NULL, "Drop what is old from the log.",
	    "Whole months of events, whole days of uses. What is kept stays "
	    "provable: a\nsigned checkpoint covers what it begins with. Asks "
	    "on a terminal; elsewhere\n--yes is needed.",
	    B(BEFORE) | B(KEY) | B(FILE) | B(WITNESS) | B(YES),
	    B(BEFORE) | B(KEY), audit_retention_prune },
	{ "audit", "tail", NULL, "Show the last events.",
	    "A line an event, the newest last; with --json an object a line.",
	    B(ACCOUNT) | B(FOLLOW), 0, audit_tail_run },
	{ "audit", "verify", NULL, "Find out whether the log is what was "
	    "written.",
	    "Status 0: it is; 1: it is not, and the first place is named; 2: "
	    "it cannot be\ntold (no key, no checkpoint, a file broken off). An "
	    "export needs no database.",
	    B(EXPORT) | B(KEY) | B(CHECKPOINT) | B(FROM), 0,
	    audit_verify_run },
	{ "barrier", NULL, NULL, "Wait until all that was changed so far is "
	    "true everywhere.",
	    "Also what was changed by hand, in SQL.", B(WAIT), 0,
	    certainty_barrier },
	{ "completion", NULL, NULL, "Write a bash completion.",
	    "Put it where bash looks for it:\n"
	    "  haspctl completion >/etc/bash_completion.d/haspctl", 0, 0,
	    completion_write },
	{ "config", NULL, NULL, "Write a sample configuration.", NULL,
	    B(SAMPLE), B(SAMPLE), document_config },
	{ "connection", "list", NULL, "List connections of accounts to apps.",
	    "Of one account, the newest to each app, or all of one app.",
	    B(ACCOUNT) | B(APP), 0, connection_list },
	{ "connection", "revoke", "ID", "Revoke an app's access to an account "
	    "for good.",
	    "ID is the connection's number. All its tokens stop at once; a "
	    "new connection\nneeds a new connect code from the publisher. "
	    "Asks on a terminal; elsewhere --yes\nis needed. Revoking it "
	    "again changes nothing.",
	    B(WHY) | B(WAIT) | B(YES), 0, connection_revoke },
	{ "db", "init", NULL, "Make the database, its roles and the schema's "
	    "owner.",
	    "Connects as --database or the configuration says, which must be "
	    "as a superuser,\nmakes the database named there (hasp if none "
	    "is), the roles, and for each login\nrole a password that is "
	    "written to DIR/<role>.pgpass (mode 0600) and nowhere\nelse. The "
	    "programs' conninfo names that file: passfile=DIR/<role>.pgpass.\n"
	    "Doing it again changes nothing. `haspctl db migrate` goes on.",
	    B(PASSFILE_DIR) | B(RESET_PASSWORDS), 0, database_init },
	{ "db", "migrate", NULL, "Apply the migrations that are missing.",
	    "Each in its own transaction, under a lock. Refuses, with status "
	    "78, if one was\nchanged after it was applied or is unknown to "
	    "this program.",
	    B(DRY_RUN), 0, database_migrate },
	{ "db", "status", NULL, "Show the migrations.",
	    "Status 1 if some are missing, 78 if some were changed or are "
	    "unknown.", 0, 0, database_status },
	{ "errors", NULL, NULL, "Write the table of error codes.", NULL,
	    B(HTML) | B(MARKDOWN), 0, document_errors },
	{ "help", NULL, "[NOUN [VERB]]", "Explain a command, or list all.",
	    NULL, 0, 0, help_run },
	{ "key", "create", NULL, "Make a key.",
	    "The key's text goes to standard output, this once; the words go "
	    "to standard\nerror. With --json it is the member `secret`.",
	    B(ACCOUNT) | B(NAME) | B(ROLE) | B(ENVIRONMENT) | B(KIND) |
	    B(ALLOW) | B(EXPIRES) | B(NOT_BEFORE) | B(RATE) | B(BURST) |
	    B(DAILY_QUOTA),
	    B(ACCOUNT) | B(NAME) | B(ROLE), key_create },
	{ "key", "list", NULL, "List the keys of an account.", NULL,
	    B(ACCOUNT), B(ACCOUNT), key_list },
	{ "key", "revoke", "KEY", "Revoke a key for good.",
	    "KEY is the key's id, never its text. Asks on a terminal; "
	    "elsewhere --yes is\nneeded. Revoking it again changes nothing.",
	    B(WHY) | B(WAIT) | B(YES), 0, key_revoke },
	{ "key", "rotate", "KEY", "Give a key a new secret.",
	    "KEY is the key's id, never its text. The new text goes to "
	    "standard output, this\nonce; the old one ends after the overlap.",
	    B(OVERLAP) | B(WAIT), 0, key_rotate },
	{ "key", "show", "KEY", "Show one key and its secrets' fates.",
	    "KEY is the key's id, never its text.", 0, 0, key_show },
	{ "member", "create", NULL, "Make a member, who signs in with a "
	    "password.",
	    "Without --password-file a password is made and goes to standard "
	    "output, this\nonce; the words go to standard error. With --totp "
	    "the secret for the\nauthenticator and its otpauth: URI follow, a "
	    "line each (-q: no URI). With --json\nthey are the members "
	    "`password`, `totp_secret` and `totp_uri`.",
	    B(ACCOUNT) | B(EMAIL) | B(ADMIN) | B(TOTP) | B(PASSWORD_FILE),
	    B(ACCOUNT) | B(EMAIL), member_create },
	{ "member", "disable", "MEMBER", "Refuse a member's logins.",
	    "MEMBER is the member's number. Ends all sessions; `haspctl "
	    "member enable` lets\nsign in again.", 0, 0, member_disable },
	{ "member", "enable", "MEMBER", "Let a disabled member sign in again.",
	    "MEMBER is the member's number.", 0, 0, member_enable },
	{ "member", "list", NULL, "List the members of an account.", NULL,
	    B(ACCOUNT), B(ACCOUNT), member_list },
	{ "member", "reset", "MEMBER", "Give a member a new password.",
	    "MEMBER is the member's number. Removes authenticator and "
	    "recovery codes and ends\nall sessions. Asks on a terminal; "
	    "elsewhere --yes is needed. The password is\nmade and shown as by "
	    "member create.",
	    B(PASSWORD_FILE) | B(YES), 0, member_reset },
	{ "nginx-check", NULL, "[FILE]", "Find what is wrong in the "
	    "configuration of nginx.",
	    "FILE is a configuration or the output of `nginx -T`; - reads "
	    "standard input;\nwithout it `nginx -T` is run. A line a finding, "
	    "`file:line: severity: what\n[id]`. Status 1 if one is an error, "
	    "78 if the configuration cannot be read.", 0, 0,
	    nginx_check_run },
	{ "plan", "list", NULL, "List all plans.", NULL, 0, 0, plan_list },
	{ "plan", "set", "CODE", "Make a plan, or change one.",
	    "What is not given stays as it is; of a new plan: the code as "
	    "name, active,\nself-service, no limits.",
	    B(NAME) | B(SELF_SERVICE) | B(MAX_KEYS) | B(RATE) | B(BURST) |
	    B(DAILY_QUOTA) | B(ACTIVE) | B(WAIT), 0, plan_set },
	{ "probe", NULL, "URL", "Try a live site from outside.",
	    "Asks without and with bad credentials, which must be refused, "
	    "and, with\n--key-file, with that key, which must be let in. "
	    "Needs curl. Status 1 if a step\nfails.",
	    B(ACCOUNT) | B(KEY_FILE), 0, probe_run },
	{ "region", "list", NULL, "List all regions.", NULL, 0, 0,
	    region_list },
	{ "region", "set", "CODE", "Make a region, or change one.",
	    "What is not given stays as it is; a new region needs --api-host.",
	    B(NAME) | B(API_HOST) | B(WAIT), 0, region_set },
	{ "status", NULL, NULL, "Show the last change and the programs that "
	    "follow.",
	    "A program is live, silent (its lease is over) or dead (nobody "
	    "waits for it). LAG\nis how many changes it has not "
	    "acknowledged.", 0, 0, overview_run },
};

#undef B

const struct command *
command_table(size_t *count)
{
	*count = ARRAY_LEN(commands);
	return commands;
}

uint64_t
command_common(void)
{
	return COMMAND_BIT(CONFIG) | COMMAND_BIT(DATABASE) |
	    COMMAND_BIT(JSON) | COMMAND_BIT(QUIET) | COMMAND_BIT(HELP) |
	    COMMAND_BIT(VERSION);
}

const struct command *
command_find(const char *noun, const char *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].noun, noun) != 0)
			continue;
		if (commands[i].verb == NULL || (verb != NULL &&
		    strcmp(commands[i].verb, verb) == 0))
			return &commands[i];
	}
	return NULL;
}

/* Fills what getopt_long wants for the options of MASK. */
static void
command_getopt(uint64_t mask, struct option *longs, char *letters)
{
	for (size_t i = 0; i < ARGUMENT__COUNT; i++) {
		const struct argument_row *row =
		    invocation_argument((enum argument)i);

		if ((mask >> i & 1) == 0)
			continue;
		*longs++ = (struct option){ row->name, row->value != NULL ?
		    required_argument : no_argument, NULL, COMMAND_VALUE(i) };
		if (row->letter != '\0')
			*letters++ = row->letter;
	}
	*longs = (struct option){ NULL, 0, NULL, 0 };
	*letters = '\0';
}

static enum argument
command_argument_of(int value)
{
	if (value >= 256)
		return (enum argument)(value - 256);
	for (size_t i = 0; i < ARGUMENT__COUNT; i++)
		if (invocation_argument((enum argument)i)->letter == value)
			return (enum argument)i;
	return ARGUMENT__COUNT;
}

/* What getopt refused, without a value that may be a secret. */
static enum status
command_refuse(int rc, const char *word)
{
	enum argument argument = command_argument_of(optopt);

	if (argument == ARGUMENT__COUNT || optopt == 0)
		return output_fail(STATUS_USAGE, "there is no option %.*s "
		    "here; --help lists them", (int)strcspn(word, "="), word);
	if (rc == ':')
		return output_fail(STATUS_USAGE, "--%s needs a value: %s",
		    invocation_argument(argument)->name,
		    invocation_argument(argument)->value);
	return output_fail(STATUS_USAGE, "--%s takes no value",
	    invocation_argument(argument)->name);
}

static enum status
command_set(struct invocation *inv, enum argument argument, const char *value)
{
	if (value != NULL && *value == '\0')
		return output_fail(STATUS_USAGE, "--%s is empty",
		    invocation_argument(argument)->name);
	if (argument == ARGUMENT_ALLOW) {
		if (inv->allow_count == ARRAY_LEN(inv->allow))
			return output_fail(STATUS_USAGE, "--allow is given "
			    "more than %zu times", ARRAY_LEN(inv->allow));
		inv->allow[inv->allow_count++] = value;
	} else if (inv->values[argument] != NULL && value != NULL)
		return output_fail(STATUS_USAGE, "--%s is given twice",
		    invocation_argument(argument)->name);
	inv->values[argument] = value != NULL ? value : "";
	return STATUS_OK;
}

/* Takes the options of MASK out of ARGV; USED words, itself included. */
static enum status
command_parse(struct invocation *inv, uint64_t mask, bool stop_at_word,
    int argc, char **argv, int *used)
{
	struct option longs[ARGUMENT__COUNT + 1];
	char letters[ARGUMENT__COUNT + 3] = "+:";
	enum status status;
	int rc;

	command_getopt(mask, longs, letters + (stop_at_word ? 2 : 1));
	if (!stop_at_word)
		letters[0] = ':';
	optind = 0;
	opterr = 0;
	while ((rc = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (rc == '?' || rc == ':')
			return command_refuse(rc, argv[optind - 1]);
		status = command_set(inv, command_argument_of(rc), optarg);
		if (status != STATUS_OK)
			return status;
	}
	*used = optind;
	return STATUS_OK;
}

static enum status
command_operands(struct invocation *inv, int argc, char **argv)
{
	const char *operand = inv->command->operand;
	struct str rest = str_of(operand), word, first = rest;
	size_t most = 0, least = 0;

	while (str_word(&rest, " ", &word)) {
		if (*word.ptr != '[' && least == (size_t)argc)
			first = word;
		most++;
		least += *word.ptr != '[';
	}
	if ((size_t)argc > most)
		return output_fail(STATUS_USAGE, "too many words: %s takes %s; "
		    "--help explains it", inv->command->noun,
		    operand == NULL ? "none" : operand);
	if ((size_t)argc < least)
		return output_fail(STATUS_USAGE, "%.*s is missing; --help "
		    "explains it", (int)first.len, first.ptr);
	for (int i = 0; i < argc; i++)
		inv->operands[inv->operand_count++] = argv[i];
	return STATUS_OK;
}

static enum status
command_check_required(const struct invocation *inv)
{
	for (size_t i = 0; i < ARGUMENT__COUNT; i++)
		if ((inv->command->required >> i & 1) != 0 &&
		    inv->values[i] == NULL)
			return output_fail(STATUS_USAGE, "--%s is missing; "
			    "--help explains it",
			    invocation_argument((enum argument)i)->name);
	return STATUS_OK;
}

/* What --help and --version ask for; false if neither was given. */
static bool
command_asked(const struct invocation *inv, const char *noun)
{
	if (invocation_has(inv, ARGUMENT_VERSION)) {
		output_raw("haspctl %s\n", PACKAGE_VERSION);
		return true;
	}
	if (!invocation_has(inv, ARGUMENT_HELP))
		return false;
	if (inv->command != NULL)
		help_command(inv->command);
	else
		help_overview(noun);
	return true;
}

/* The command that ARGV begins with; WORDS it takes. */
static enum status
command_choose(struct invocation *inv, int argc, char **argv, int *words)
{
	const char *verb = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;

	*words = 1;
	if (argc == 0) {
		help_usage();
		return STATUS_USAGE;
	}
	inv->command = command_find(argv[0], verb);
	if (inv->command == NULL && !help_knows(argv[0]))
		return output_fail(STATUS_USAGE, "there is no command %.20s; "
		    "`haspctl help` lists them", argv[0]);
	if (inv->command == NULL && verb != NULL)
		return output_fail(STATUS_USAGE, "%s has no verb %.20s; "
		    "`haspctl help %s` lists them", argv[0], verb, argv[0]);
	if (inv->command != NULL && inv->command->verb != NULL)
		*words = 2;
	return STATUS_OK;
}

static enum status
command_run(struct invocation *inv, int argc, char **argv)
{
	enum status status;
	uint64_t mask = command_common();
	int used, words;

	if ((status = command_parse(inv, mask, true, argc, argv, &used)) !=
	    STATUS_OK)
		return status;
	argc -= used;
	argv += used;
	if (argc == 0 && command_asked(inv, NULL))
		return STATUS_OK;
	if ((status = command_choose(inv, argc, argv, &words)) != STATUS_OK)
		return status;
	if (inv->command != NULL)
		mask |= inv->command->options;
	/* The last word of the command stands where getopt wants a name. */
	argc -= words - 1;
	argv += words - 1;
	if ((status = command_parse(inv, mask, false, argc, argv, &used)) !=
	    STATUS_OK)
		return status;
	if (command_asked(inv, argv[0]))
		return STATUS_OK;
	if (inv->command == NULL)
		return output_fail(STATUS_USAGE, "a verb is missing; `haspctl "
		    "help %s` lists them", argv[0]);
	output_open(invocation_has(inv, ARGUMENT_JSON),
	    invocation_has(inv, ARGUMENT_QUIET));
	if ((status = command_operands(inv, argc - used, argv + used)) !=
	    STATUS_OK || (status = command_check_required(inv)) != STATUS_OK)
		return status;
	return inv->command->run(inv);
}

enum status
command_main(int argc, char **argv)
{
	struct invocation inv = { .arena = arena_new(COMMAND_ARENA) };
	enum status status;

	output_open(false, false);
	if (inv.arena == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	status = command_run(&inv, argc, argv);
	invocation_end(&inv);
	return output_close(status);
}
