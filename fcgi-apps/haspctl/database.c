/* SPDX-License-Identifier: ISC */
#include "database.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "conninfo.h"
#include "output.h"
#include "passfile.h"
#include "store_schema.h"

#ifndef HASP_SYSCONFDIR
#define HASP_SYSCONFDIR "/etc"
#endif

static const char database_default[] = "hasp";
static const char database_maintenance[] = "postgres";

/* Connects to what must exist (MAINTENANCE), makes NAME, connects to it. */
static enum status
database_make(struct invocation *inv, const char *conninfo, const char *name)
{
	enum status status;
	bool created;
	enum err err;

	status = invocation_connect(inv, conninfo_with(inv->arena, conninfo,
	    "dbname", database_maintenance));
	if (status != STATUS_OK)
		return status;
	err = store_schema_create_database(inv->db, str_of(name), &created);
	if (err == ERR_INVALID)
		return output_fail(STATUS_USAGE, "%.64s cannot be the name of "
		    "a database", name);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_words(created ? "Made the database %s." :
	    "The database %s is there already.", name);
	return invocation_connect(inv, conninfo_with(inv->arena, conninfo,
	    "dbname", name));
}

/* The file of ROLE if a password was made for it, or NULL. */
static const char *
database_passfile(const struct passfile *passfile, const char *role)
{
	for (size_t i = 0; i < passfile->count; i++)
		if (strcmp(passfile->made[i].role, role) == 0)
			return passfile->made[i].path;
	return NULL;
}

/* Each login role, and the file with its new password if it got one. */
static enum err
database_tell_roles(const struct passfile *passfile)
{
	static const struct output_column columns[] = {
		{ "role", "ROLE", OUTPUT_TEXT, false },
		{ "program", "PROGRAM", OUTPUT_TEXT, false },
		{ "new_passfile", "NEW PASSFILE", OUTPUT_TEXT, false },
	};
	struct output_cell cells[PASSFILE_MAX * ARRAY_LEN(columns)];
	struct output_sheet sheet = { columns, ARRAY_LEN(columns), cells, 0 };
	size_t count;
	const struct store_schema_role *roles = store_schema_roles(&count);
	enum err err;

	for (size_t i = 0; i < count && i < PASSFILE_MAX; i++) {
		struct output_cell *row = &cells[i * ARRAY_LEN(columns)];

		row[0] = OUTPUT_T(roles[i].name);
		row[1] = OUTPUT_T(roles[i].what);
		row[2] = OUTPUT_T(database_passfile(passfile, roles[i].name));
		sheet.row_count++;
	}
	output_list_begin();
	err = output_list_page(&sheet);
	output_list_end();
	if (passfile->count > 0)
		output_words("Give each new file to the user its program runs "
		    "as (chown), and name it in that program's conninfo: "
		    "user=ROLE passfile=FILE.");
	else
		output_words("Every role has a password already; "
		    "--reset-passwords makes new ones.");
	output_words("Next: haspctl db migrate");
	return err;
}

/* Roles, their passwords, the schema's owner. */
static enum status
database_make_roles(struct invocation *inv, struct passfile *passfile)
{
	enum err err = store_schema_init(inv->db,
	    invocation_has(inv, ARGUMENT_RESET_PASSWORDS), passfile_make,
	    passfile);

	if (passfile->error != 0)
		return output_fail(STATUS_CREATE, "%s: no password file can "
		    "be written: %s", passfile->folder,
		    strerror(passfile->error));
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	if (passfile_keep(passfile) != ERR_OK)
		return output_fail(STATUS_CREATE, "%s: the password files "
		    "cannot be put in place: %s; repeat with "
		    "--reset-passwords", passfile->folder,
		    strerror(passfile->error));
	err = database_tell_roles(passfile);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Makes the folder of the files, and its name one that holds everywhere. */
static enum status
database_folder(struct invocation *inv, struct passfile *passfile)
{
	char *path CLEANUP_FREE = NULL;
	const char *given = inv->values[ARGUMENT_PASSFILE_DIR];

	passfile->folder = given != NULL ? given : HASP_SYSCONFDIR "/hasp";
	if ((mkdir(passfile->folder, 0755) != 0 && errno != EEXIST) ||
	    (path = realpath(passfile->folder, NULL)) == NULL)
		return output_fail(STATUS_CREATE, "%s: %s; --passfile-dir "
		    "names another folder", passfile->folder,
		    strerror(errno));
	passfile->folder = arena_copy(inv->arena, path, strlen(path));
	return passfile->folder != NULL ? STATUS_OK :
	    output_fail(STATUS_SOFTWARE, "memory is short");
}

enum status
database_init(struct invocation *inv)
{
	struct passfile passfile CLEANUP(passfile_end) = { .count = 0 };
	const char *conninfo, *name;
	enum status status;

	if ((status = invocation_read_config(inv)) != STATUS_OK ||
	    (status = invocation_check_conninfo(inv)) != STATUS_OK)
		return status;
	if ((conninfo = invocation_conninfo(inv)) == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	if (conninfo_is_uri(conninfo))
		return output_fail(STATUS_USAGE, "db init takes no URI: write "
		    "the connection as host=... user=... dbname=...");
	if ((name = conninfo_get(inv->arena, conninfo, "dbname")) == NULL)
		name = database_default;
	if ((status = database_folder(inv, &passfile)) != STATUS_OK ||
	    (status = database_make(inv, conninfo, name)) != STATUS_OK)
		return status;
	return database_make_roles(inv, &passfile);
}

enum status
database_migrate(struct invocation *inv)
{
	static const struct output_column columns[] = {
		{ "applied", "APPLIED", OUTPUT_NUMBER, false },
		{ "dry_run", "DRY RUN", OUTPUT_BOOL, false },
	};
	bool dry = invocation_has(inv, ARGUMENT_DRY_RUN);
	struct output_cell cells[] = { OUTPUT_I(0), OUTPUT_I(dry) };
	const struct output_sheet sheet = {
		columns, ARRAY_LEN(columns), cells, 1,
	};
	enum status status = invocation_open_database(inv);
	const char *lacking;
	int applied = 0;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_schema_migrate(inv->db, inv->arena, dry, &applied,
	    &lacking);
	if (err == ERR_SCHEMA && lacking != NULL)
		return output_fail(STATUS_CONFIG, "run `haspctl db init` "
		    "again: the role %s is missing; nothing was changed",
		    lacking);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	cells[0].number = applied;
	err = output_record(&sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

static const char *
database_step_state(const struct store_schema_step *step)
{
	if (step->unknown)
		return "unknown";
	if (step->changed)
		return "changed";
	return step->applied ? "applied" : "missing";
}

static enum err
database_tell_steps(struct arena *arena,
    const struct store_schema_step *steps, size_t count)
{
	static const struct output_column columns[] = {
		{ "number", "NUMBER", OUTPUT_NUMBER, false },
		{ "name", "NAME", OUTPUT_TEXT, false },
		{ "state", "STATE", OUTPUT_TEXT, false },
		{ "applied_at", "APPLIED", OUTPUT_TIME, false },
		{ "sha256", "SHA256", OUTPUT_TEXT, true },
	};
	struct output_cell *cells = arena_alloc(arena,
	    count * ARRAY_LEN(columns) * sizeof(*cells)), *row = cells;
	const struct output_sheet sheet = {
		columns, ARRAY_LEN(columns), cells, count,
	};
	enum err err;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		*row++ = OUTPUT_I(steps[i].number);
		*row++ = OUTPUT_T(steps[i].name);
		*row++ = OUTPUT_T(database_step_state(&steps[i]));
		*row++ = OUTPUT_I(steps[i].applied_at);
		*row++ = OUTPUT_T(steps[i].digest);
	}
	output_list_begin();
	err = output_list_page(&sheet);
	output_list_end();
	return err;
}

enum status
database_status(struct invocation *inv)
{
	struct store_schema_step *steps;
	size_t count, missing = 0, wrong = 0;
	enum status status = invocation_open_database(inv);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_schema_status(inv->db, inv->arena, &steps, &count);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	err = database_tell_steps(inv->arena, steps, count);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	for (size_t i = 0; i < count; i++) {
		missing += !steps[i].applied;
		wrong += steps[i].changed || steps[i].unknown;
	}
	if (wrong > 0)
		return output_fail(STATUS_CONFIG, "%zu migration(s) do not "
		    "fit this program: install the version that made this "
		    "database, or a newer one", wrong);
	if (missing > 0)
		return output_fail(STATUS_NO, "%zu migration(s) are missing: "
		    "`haspctl db migrate` applies them", missing);
	output_words("The schema is complete.");
	return STATUS_OK;
}
