/* SPDX-License-Identifier: ISC */
#include "invocation.h"

#include <errno.h>
#include <string.h>

#include "command.h"
#include "conninfo.h"
#include "keytext.h"
#include "label.h"
#include "newkey.h"
#include "output.h"
#include "store_app.h"
#include "when.h"

#ifndef HASP_SYSCONFDIR
#define HASP_SYSCONFDIR "/etc"
#endif

#define INVOCATION_OVERLAP 86400	/* seconds, unless --overlap says so */
#define INVOCATION_CODE 31	/* bytes of a plan's or region's code */

/* Milliseconds that a statement of db or audit may take: all of a table. */
#define INVOCATION_PATIENCE 600000

static const char invocation_installed[] = HASP_SYSCONFDIR "/hasp/hasp.conf";

static const struct argument_row invocation_arguments[] = {
#define A(id, name, letter, value, text) { name, letter, value, text },
#include "arguments.def"
#undef A
};

const struct argument_row *
invocation_argument(enum argument argument)
{
	return &invocation_arguments[argument];
}

enum status
invocation_read_config(struct invocation *inv)
{
	char message[CONFIG_MESSAGE_SIZE];
	const char *path = inv->values[ARGUMENT_CONFIG];
	enum err err;

	if (inv->config != NULL)
		return STATUS_OK;
	if (path == NULL && access(invocation_installed, F_OK) == 0)
		path = invocation_installed;
	if (path != NULL && access(path, R_OK) != 0 && errno == EACCES)
		return output_fail(STATUS_PERMISSION,
		    "%s: permission denied; run haspctl as a user who may "
		    "read it", path);
	err = config_read(path, "haspctl", &inv->config, message);
	if (err == ERR_OK)
		return STATUS_OK;
	inv->config = NULL;
	if (err == ERR_CONFIG)
		return output_fail(STATUS_CONFIG, "%s", message);
	return output_fail(status_of(err), "%s", err_sentence(err));
}

const char *
invocation_conninfo(struct invocation *inv)
{
	const char *given = inv->values[ARGUMENT_DATABASE];

	if (given == NULL)
		return config_conninfo(inv->config);
	if (strchr(given, '=') != NULL || conninfo_is_uri(given))
		return given;
	return conninfo_with(inv->arena, "", "dbname", given);
}

enum status
invocation_connect(struct invocation *inv, const char *conninfo)
{
	bool patient = strcmp(inv->command->noun, "db") == 0 ||
	    strcmp(inv->command->noun, "audit") == 0;
	struct db_options options = {
		.program = "haspctl",
		.connect_timeout = inv->config->database_connect_timeout,
		.query_timeout = patient ? INVOCATION_PATIENCE :
		    inv->config->database_query_timeout,
	};
	enum err err;

	db_close(inv->db);
	free(inv->conninfo);
	inv->db = NULL;
	if (conninfo == NULL || (inv->conninfo = strdup(conninfo)) == NULL) {
		inv->conninfo = NULL;
		return output_fail(STATUS_SOFTWARE, "memory is short");
	}
	options.conninfo = inv->conninfo;
	if ((inv->db = db_open(&options)) == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	if ((err = db_connect(inv->db)) != ERR_OK)
		return invocation_database_failed(inv, err);
	return STATUS_OK;
}

enum status
invocation_check_conninfo(struct invocation *inv)
{
	const char *given = inv->values[ARGUMENT_DATABASE];

	if (given != NULL && conninfo_has_password(inv->arena, given))
		return output_fail(STATUS_USAGE, "--database holds a password, "
		    "which everybody can read in the list of processes; name "
		    "a password file instead: passfile=FILE");
	return STATUS_OK;
}

enum status
invocation_open_database(struct invocation *inv)
{
	enum status status;

	if (inv->db != NULL)
		return STATUS_OK;
	if ((status = invocation_check_conninfo(inv)) != STATUS_OK ||
	    (status = invocation_read_config(inv)) != STATUS_OK)
		return status;
	return invocation_connect(inv, invocation_conninfo(inv));
}

/* What an error of the database means to an operator. */
static const struct {
	enum err err;
	const char *what;
	const char *advice;
} invocation_failures[] = {
	{ ERR_DATABASE_DOWN, "the database cannot be reached",
	    "--database, or conninfo in the configuration, says where it is" },
	{ ERR_OUTCOME_UNKNOWN, "it is not known whether this was done",
	    "repeat it, or look" },
	{ ERR_PERMISSION, "the database refused permission",
	    "db init and db migrate work as a superuser, all else as the "
	    "role hasp_operator with the password file of db init "
	    "(user=hasp_operator passfile=FILE)" },
	{ ERR_SCHEMA, "the database is not set up", "`haspctl db init` and "
	    "`haspctl db migrate` do that, `haspctl db status` tells more" },
	{ ERR_CONFIG, "the database cannot be asked for",
	    "--database, or conninfo in the configuration, says where it is" },
};

enum status
invocation_database_failed(const struct invocation *inv, enum err err)
{
	struct str message = str_of(inv->db == NULL ? "" :
	    db_message(inv->db));
	enum status status = status_of(err);

	while (message.len > 0 && message.ptr[message.len - 1] == '\n')
		message.len--;
	for (size_t i = 0; i < ARRAY_LEN(invocation_failures); i++)
		if (invocation_failures[i].err == err)
			return output_fail(status, "%s: %.*s; %s",
			    invocation_failures[i].what, (int)message.len,
			    message.ptr, invocation_failures[i].advice);
	if (message.len > 0)
		return output_fail(status, "%s %.*s", err_sentence(err),
		    (int)message.len, message.ptr);
	return output_fail(status, "%s", err_sentence(err));
}

enum status
invocation_account(const char *text, const char *what, int64_t *out)
{
	uint64_t id;

	if (!str_u64(str_of(text), INT64_MAX, &id) || id == 0)
		return output_fail(STATUS_USAGE, "%s must be an account's "
		    "numeric id: `haspctl account list` shows them", what);
	*out = (int64_t)id;
	return STATUS_OK;
}

enum status
invocation_member(const char *text, int64_t *out)
{
	uint64_t id;

	if (!str_u64(str_of(text), INT64_MAX, &id) || id == 0)
		return output_fail(STATUS_USAGE, "MEMBER must be a member's "
		    "number: `haspctl member list` shows them");
	*out = (int64_t)id;
	return STATUS_OK;
}

enum status
invocation_code(const char *text, const char *what)
{
	struct str code = str_of(text);
	bool good = code.len <= INVOCATION_CODE && *text >= 'a' &&
	    *text <= 'z';

	for (size_t i = 1; good && i < code.len; i++)
		good = (text[i] >= 'a' && text[i] <= 'z') ||
		    (text[i] >= '0' && text[i] <= '9') || text[i] == '_' ||
		    text[i] == '-';
	return good ? STATUS_OK : output_fail(STATUS_USAGE, "a %s's code is a "
	    "lower-case letter and up to 30 more, digits, _ and -", what);
}

enum status
invocation_check_name(const struct invocation *inv)
{
	const char *name = inv->values[ARGUMENT_NAME];
	enum label_fault fault = name == NULL ? LABEL_GOOD :
	    label_check(str_of(name));

	return fault == LABEL_GOOD ? STATUS_OK : output_fail(STATUS_DATA,
	    "--name must be 1 to 100 characters of plain text: %s",
	    label_sentence(fault));
}

enum status
invocation_number(const struct invocation *inv, enum argument argument,
    uint64_t low, uint64_t high, int64_t *value)
{
	const char *text = inv->values[argument];
	uint64_t n;

	*value = -1;
	if (text == NULL || strcmp(text, "none") == 0)
		return STATUS_OK;
	if (!str_u64(str_of(text), high, &n) || n < low)
		return output_fail(STATUS_USAGE, "--%s is a number from %llu "
		    "to %llu, or none", invocation_argument(argument)->name,
		    (unsigned long long)low, (unsigned long long)high);
	*value = (int64_t)n;
	return STATUS_OK;
}

enum status
invocation_overlap(const struct invocation *inv, int64_t *seconds)
{
	const char *text = inv->values[ARGUMENT_OVERLAP];

	*seconds = INVOCATION_OVERLAP;
	if (text == NULL)
		return STATUS_OK;
	if (when_span(str_of(text), seconds) &&
	    *seconds <= STORE_KEY_CHANGE_OVERLAP_MAX &&
	    *seconds <= STORE_APP_OVERLAP_MAX)
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--overlap is a span from 0 to 30d, "
	    "such as 3600, 24h or 7d");
}

struct store_change
invocation_change(const struct invocation *inv, int64_t account)
{
	return (struct store_change){
		.db = inv->db,
		.is_operator = true,
		.account = account,
		.actor = "operator",
	};
}

enum status
invocation_key_id(struct invocation *inv, const char *text)
{
	struct keytext_rules rules;
	struct str id = str_of(text);
	enum status status;

	if ((status = invocation_read_config(inv)) != STATUS_OK)
		return status;
	rules = keytext_rules(inv->config);
	/* Never repeat what may be a secret. */
	if (keytext_resembles(&rules, id))
		return output_fail(STATUS_USAGE, "this looks like the key "
		    "itself, which must never stand on a command line; give "
		    "its id, which begins with key_: `haspctl key list`");
	if (!newkey_is_id(id))
		return output_fail(STATUS_USAGE, "a key's id is key_ and 16 "
		    "letters and digits: `haspctl key list` shows them");
	return STATUS_OK;
}

void
invocation_end(struct invocation *inv)
{
	db_close(inv->db);
	free(inv->conninfo);
	config_free(inv->config);
	arena_free(inv->arena);
}
