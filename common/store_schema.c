/* SPDX-License-Identifier: ISC */
#include "store_schema.h"

#include <string.h>

#include "buf.h"
#include "digest.h"
#include "store_row.h"

#define STORE_SCHEMA_NAME_MAX 63	/* bytes of a PostgreSQL name */
#define STORE_SCHEMA_SCRATCH 8192	/* bytes of a statement put together */

struct store_schema_file {
	int number;
	const char *name;
	const char *text;
};

/* ISO C asks for 4 095 bytes of literal only; gcc and clang take any. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const struct store_schema_file store_schema_files[] = {
#define M(number, name, text) { number, name, text },
#include "migrations.inc"
#undef M
};
#pragma GCC diagnostic pop

static const struct store_schema_role store_schema_role_table[] = {
	{ "hasp_accounts", "accounts" },
	{ "hasp_apps", "apps" },
	{ "hasp_audit", "audit" },
	{ "hasp_auth", "auth-check" },
	{ "hasp_keys", "keys" },
	{ "hasp_operator", "haspctl" },
};

/* By role, in the order of the table above. */
static const char *const store_schema_role_scripts[] = {
	"CREATE ROLE hasp_accounts LOGIN NOINHERIT",
	"CREATE ROLE hasp_apps LOGIN NOINHERIT",
	"CREATE ROLE hasp_audit LOGIN NOINHERIT",
	"CREATE ROLE hasp_auth LOGIN NOINHERIT",
	"CREATE ROLE hasp_keys LOGIN NOINHERIT",
	"CREATE ROLE hasp_operator LOGIN NOINHERIT",
};

/*
 * hasp_auth runs one look-up all day: planned once, without statistics that
 * may be stale, never compiled. hasp_audit reads many partitions by their
 * indexes: planned once, too.
 */
static const char store_schema_settings[] =
    "ALTER ROLE hasp_auth SET jit = off;"
    "ALTER ROLE hasp_auth SET plan_cache_mode = force_generic_plan;"
    "ALTER ROLE hasp_auth SET enable_seqscan = off;"
    "ALTER ROLE hasp_accounts SET jit = off;"
    "ALTER ROLE hasp_apps SET jit = off;"
    "ALTER ROLE hasp_audit SET jit = off;"
    "ALTER ROLE hasp_audit SET plan_cache_mode = force_generic_plan;"
    "ALTER ROLE hasp_audit SET enable_seqscan = off;"
    "ALTER ROLE hasp_audit SET max_parallel_workers_per_gather = 0;"
    "ALTER ROLE hasp_keys SET jit = off;"
    "ALTER ROLE hasp_operator SET jit = off;"
    "CREATE SCHEMA IF NOT EXISTS hasp AUTHORIZATION hasp_owner;"
    "ALTER SCHEMA hasp OWNER TO hasp_owner;"
    "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I "
    "TO hasp_accounts, hasp_apps, hasp_audit, hasp_auth, hasp_keys, "
    "hasp_operator', "
    "current_database()); END $$";

static const char store_schema_table[] =
    "CREATE TABLE IF NOT EXISTS hasp.schema_migration ("
    "  number integer PRIMARY KEY CHECK (number > 0),"
    "  name text NOT NULL,"
    "  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),"
    "  applied_at timestamptz NOT NULL DEFAULT now());"
    "COMMENT ON TABLE hasp.schema_migration IS"
    "  'Migrations that were applied, kept by haspctl db migrate';"
    "COMMENT ON COLUMN hasp.schema_migration.number IS"
    "  'What its file name begins with';"
    "COMMENT ON COLUMN hasp.schema_migration.name IS 'Its file name';"
    "COMMENT ON COLUMN hasp.schema_migration.digest IS"
    "  'SHA-256 of the file as it was applied';"
    "COMMENT ON COLUMN hasp.schema_migration.applied_at IS 'When';"
    "GRANT SELECT ON hasp.schema_migration TO hasp_operator";

static void
store_schema_arena_free(struct arena **arena)
{
	arena_free(*arena);
}

#define CLEANUP_ARENA CLEANUP(store_schema_arena_free)

/* Ends the transaction: keeps what was done if ERR is ERR_OK. */
static enum err
store_schema_end(struct db *db, enum err err)
{
	if (err == ERR_OK)
		return db_commit(db);
	db_rollback(db);
	return err;
}

static enum err
store_schema_lock(struct db *db)
{
	struct db_result *result CLEANUP_RESULT = NULL;

	return db_run(db, STATEMENT_LOCK_SCHEMA, NULL, 0, &result);
}

/* FOUND says whether ROLE is there, MEMBER whether we may act as it. */
static enum err
store_schema_find_role(struct db *db, const char *role, bool *found,
    bool *member)
{
	struct db_param params[] = { db_text(str_of(role)) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_ROLE, params,
	    ARRAY_LEN(params), &result);

	*found = err == ERR_OK && db_rows(result) == 1;
	*member = *found && db_get_bool(result, 0, 0);
	return err;
}

/* Runs BEFORE, TEXT in quotes (a name, or a literal) and AFTER as one. */
static enum err
store_schema_quoted(struct db *db, const char *before, struct str text,
    char *(*quote)(struct db *, struct str), const char *after)
{
	struct arena *arena CLEANUP_ARENA = arena_new(STORE_SCHEMA_SCRATCH);
	char *quoted CLEANUP_FREE = quote(db, text);
	struct buf script;

	if (arena == NULL || quoted == NULL)
		return ERR_MEMORY;
	script = buf_in(arena);
	buf_add(&script, str_of(before));
	buf_add(&script, str_of(quoted));
	buf_add(&script, str_of(after));
	if (script.failed)
		return ERR_MEMORY;
	return db_script(db, script.data);
}

static enum err
store_schema_set_password(struct db *db, const char *role,
    const char *password)
{
	struct arena *arena CLEANUP_ARENA = arena_new(STORE_SCHEMA_SCRATCH);
	char *verifier CLEANUP_FREE = db_scram_verifier(db, role, password);
	struct buf before;

	if (arena == NULL || verifier == NULL)
		return ERR_MEMORY;
	before = buf_in(arena);
	buf_add(&before, STR("ALTER ROLE "));
	buf_add(&before, str_of(role));
	buf_add(&before, STR(" PASSWORD "));
	if (before.failed)
		return ERR_MEMORY;
	return store_schema_quoted(db, before.data, str_of(verifier),
	    db_quote_text, "");
}

/* The role that owns everything; we become a member to act as it. */
static enum err
store_schema_make_owner(struct db *db)
{
	bool found, member;
	enum err err = store_schema_find_role(db, "hasp_owner", &found,
	    &member);

	if (err == ERR_OK && !found)
		err = db_script(db, "CREATE ROLE hasp_owner NOLOGIN");
	if (err == ERR_OK && !found)
		err = store_schema_find_role(db, "hasp_owner", &found,
		    &member);
	if (err == ERR_OK && !member)
		err = db_script(db, "GRANT hasp_owner TO CURRENT_USER");
	return err;
}

static enum err
store_schema_make_roles(struct db *db, bool reset,
    const char *(*password)(const char *role, void *arg), void *arg)
{
	enum err err = store_schema_make_owner(db);

	for (size_t i = 0; i < ARRAY_LEN(store_schema_role_table); i++) {
		const char *role = store_schema_role_table[i].name, *text;
		bool found = false, member;

		if (err == ERR_OK)
			err = store_schema_find_role(db, role, &found, &member);
		if (err == ERR_OK && !found)
			err = db_script(db, store_schema_role_scripts[i]);
		if (err != ERR_OK)
			return err;
		if (found && !reset)
			continue;
		text = password(role, arg);
		if (text == NULL)
			return ERR_SYSTEM;
		err = store_schema_set_password(db, role, text);
	}
	return err;
}

enum err
store_schema_init(struct db *db, bool reset,
    const char *(*password)(const char *role, void *arg), void *arg)
{
	enum err err = db_begin(db);

	if (err != ERR_OK)
		return err;
	err = store_schema_lock(db);
	if (err == ERR_OK)
		err = store_schema_make_roles(db, reset, password, arg);
	if (err == ERR_OK)
		err = db_script(db, store_schema_settings);
	return store_schema_end(db, err);
}

const struct store_schema_role *
store_schema_roles(size_t *count)
{
	*count = ARRAY_LEN(store_schema_role_table);
	return store_schema_role_table;
}

static bool
store_schema_is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] < ' ' || name.ptr[i] == 0x7f)
			return false;
	return name.len > 0 && name.len <= STORE_SCHEMA_NAME_MAX;
}

enum err
store_schema_create_database(struct db *db, struct str name, bool *created)
{
	struct db_param params[] = { db_text(name) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err;

	*created = false;
	if (!store_schema_is_name(name))
		return ERR_INVALID;
	err = db_run(db, STATEMENT_FIND_DATABASE, params, ARRAY_LEN(params),
	    &result);
	if (err != ERR_OK || db_rows(result) > 0)
		return err;
	err = store_schema_quoted(db, "CREATE DATABASE ", name, db_quote_name,
	    " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
	/* Somebody else made it a moment ago. */
	if (err == ERR_CONFLICT)
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	*created = true;
	return store_schema_quoted(db, "REVOKE ALL ON DATABASE ", name,
	    db_quote_name, " FROM PUBLIC");
}

static struct store_schema_step *
store_schema_at(struct store_schema_step *steps, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (steps[i].number == number)
			return &steps[i];
	return NULL;
}

/* The steps of this program, none applied; room for MORE others. */
static enum err
store_schema_own(struct arena *arena, size_t more,
    struct store_schema_step **out)
{
	size_t count = ARRAY_LEN(store_schema_files);

	*out = arena_alloc(arena, (count + more) * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct store_schema_file *file = &store_schema_files[i];
		char *hex = arena_alloc(arena, DIGEST_HEX_SIZE);
		struct digest digest;

		if (hex == NULL)
			return ERR_MEMORY;
		if (digest_sha256(str_of(file->text), &digest) != ERR_OK)
			return ERR_INTERNAL;
		digest_hex(&digest, hex);
		(*out)[i] = (struct store_schema_step){
			.number = file->number,
			.name = file->name,
			.digest = hex,
		};
	}
	return ERR_OK;
}

/* Marks what ROW says was applied; adds what this program does not have. */
static void
store_schema_mark(struct store_row *row, struct store_schema_step *steps,
    size_t *count)
{
	int number = (int)store_row_int(row, 0);
	const char *digest = store_row_text(row, 2);
	struct store_schema_step *step = store_schema_at(steps, *count,
	    number);

	if (step == NULL) {
		step = &steps[(*count)++];
		*step = (struct store_schema_step){
			.number = number,
			.name = store_row_text(row, 1),
			.digest = digest,
			.unknown = true,
		};
	}
	step->applied = true;
	step->applied_at = store_row_int(row, 3);
	step->changed = strcmp(step->digest, digest) != 0;
}

static int
store_schema_compare(const void *a, const void *b)
{
	const struct store_schema_step *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static enum err
store_schema_read(struct db *db, bool any, struct db_result **result)
{
	if (!any)
		return ERR_OK;
	return db_run(db, STATEMENT_LIST_MIGRATIONS, NULL, 0, result);
}

static enum err
store_schema_any(struct db *db, bool *any)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_MIGRATIONS, NULL, 0, &result);

	*any = err == ERR_OK && db_rows(result) == 1 &&
	    db_get_bool(result, 0, 0);
	return err;
}

enum err
store_schema_status(struct db *db, struct arena *arena,
    struct store_schema_step **out, size_t *count)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	size_t rows;
	bool any;
	enum err err = store_schema_any(db, &any);

	if (err == ERR_OK)
		err = store_schema_read(db, any, &result);
	if (err != ERR_OK)
		return err;
	rows = result == NULL ? 0 : db_rows(result);
	err = store_schema_own(arena, rows, out);
	if (err != ERR_OK)
		return err;
	*count = ARRAY_LEN(store_schema_files);
	row.result = result;
	for (; row.row < rows; row.row++)
		store_schema_mark(&row, *out, count);
	qsort(*out, *count, sizeof(**out), store_schema_compare);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

/* Whether what was applied is the beginning of what this program has. */
static bool
store_schema_fits(const struct store_schema_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (steps[i].changed || steps[i].unknown ||
		    (i > 0 && steps[i].applied && !steps[i - 1].applied))
			return false;
	return true;
}

static enum err
store_schema_apply(struct db *db, const struct store_schema_step *step)
{
	struct db_param params[] = {
		db_int(step->number), db_text(str_of(step->name)),
		db_text(str_of(step->digest)),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = ERR_INTERNAL;

	for (size_t i = 0; i < ARRAY_LEN(store_schema_files); i++)
		if (store_schema_files[i].number == step->number)
			err = db_script(db, store_schema_files[i].text);
	if (err == ERR_OK)
		err = db_run(db, STATEMENT_RECORD_MIGRATION, params,
		    ARRAY_LEN(params), &result);
	return err;
}

/* Inside a transaction: applies the next one, or with DRY counts them all. */
static enum err
store_schema_next(struct db *db, struct arena *arena, bool dry, int *missing)
{
	struct store_schema_step *steps;
	size_t count, next = 0;
	enum err err = store_schema_lock(db);

	*missing = 0;
	if (err == ERR_OK && !dry)
		err = db_script(db, "SET LOCAL ROLE hasp_owner");
	if (err == ERR_OK && !dry)
		err = db_script(db, store_schema_table);
	if (err == ERR_OK)
		err = store_schema_status(db, arena, &steps, &count);
	if (err != ERR_OK)
		return err;
	if (!store_schema_fits(steps, count))
		return ERR_SCHEMA;
	while (next < count && steps[next].applied)
		next++;
	*missing = (int)(count - next);
	if (dry || next == count)
		return ERR_OK;
	return store_schema_apply(db, &steps[next]);
}

/* The first role that migrations name and the cluster has not, or NULL. */
static enum err
store_schema_find_lacking(struct db *db, const char **lacking)
{
	bool found, member;
	enum err err = store_schema_find_role(db, "hasp_owner", &found,
	    &member);

	*lacking = err == ERR_OK && !found ? "hasp_owner" : NULL;
	for (size_t i = 0; i < ARRAY_LEN(store_schema_role_table) &&
	    err == ERR_OK && *lacking == NULL; i++) {
		const char *role = store_schema_role_table[i].name;

		err = store_schema_find_role(db, role, &found, &member);
		if (err == ERR_OK && !found)
			*lacking = role;
	}
	return err;
}

enum err
store_schema_migrate(struct db *db, struct arena *arena, bool dry,
    int *applied, const char **lacking)
{
	int missing = 1;
	enum err err = store_schema_find_lacking(db, lacking);

	*applied = 0;
	if (err == ERR_OK && *lacking != NULL)
		err = ERR_SCHEMA;
	while (err == ERR_OK && missing > 0) {
		err = db_begin(db);
		if (err == ERR_OK)
			err = store_schema_end(db, store_schema_next(db,
			    arena, dry, &missing));
		if (err != ERR_OK)
			break;
		if (dry) {
			*applied = missing;
			break;
		}
		*applied += missing > 0;
	}
	return err;
}
