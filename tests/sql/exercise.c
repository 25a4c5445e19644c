/* SPDX-License-Identifier: ISC */
/*
 * exercise [tests]: the stores and the database layer, driven line by line by
 * pytest against a real cluster:
 *
 *	exercise CONNINFO CONNECT_MS QUERY_MS BREAKER(0 or 1)
 *
 * A line of standard input is a command and its arguments, separated by tabs;
 * a line of standard output answers it: a JSON object with the error's code,
 * the database's message, how many ms it took, and what came back.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "exercise.h"
#include "log.h"
#include "record.h"
#include "store_account.h"
#include "store_key.h"
#include "store_schema.h"
#include "store_use.h"

#define THREADS 16

int64_t
exercise_number(struct str text)
{
	bool negative = str_starts(text, STR("-"));
	uint64_t n = 0;

	if (!str_u64(str_part(text, negative ? 1 : 0, text.len), INT64_MAX, &n))
		n = 0;
	return negative ? -(int64_t)n : (int64_t)n;
}

/* A digest from 64 hexadecimal digits. */
struct digest
exercise_digest(struct str hex)
{
	struct digest digest = { { 0 } };
	char pair[3] = "";

	for (size_t i = 0; i < DIGEST_SIZE && 2 * i + 1 < hex.len; i++) {
		memcpy(pair, hex.ptr + 2 * i, 2);
		digest.bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return digest;
}

static enum err
run_connect(struct exercise *x)
{
	return db_connect(x->db);
}

static enum err
run_ping(struct exercise *x)
{
	return store_key_ping(x->db);
}

static enum err
run_look_up(struct exercise *x)
{
	struct digest digest = exercise_digest(x->args[0]);
	struct store_key_found found;

	store_key_look_up(x->db, &digest, 1, &found);
	if (found.err == ERR_OK)
		record_tell(x->answer, &found.record);
	return found.err;
}

/* Several digests; the answer's found has the error or the key of each. */
static enum err
run_look_up_all(struct exercise *x)
{
	struct digest digests[STORE_KEY_BATCH];
	struct store_key_found found[STORE_KEY_BATCH];
	struct json *list = json_array_open();
	struct str rest = x->args[0], hex;
	size_t count = 0;

	while (count < STORE_KEY_BATCH && str_word(&rest, " ", &hex))
		digests[count++] = exercise_digest(hex);
	store_key_look_up(x->db, digests, count, found);
	for (size_t i = 0; i < count; i++)
		json_append_str(list, str_of(found[i].err == ERR_OK ?
		    found[i].record.key_id : err_code(found[i].err)));
	json_set(x->answer, "found", list);
	return ERR_OK;
}

static enum err
run_begin_overlap(struct exercise *x)
{
	return store_use_begin_overlap(x->db, x->args[0],
	    (int32_t)exercise_number(x->args[1]));
}

static struct json *
account_json(const struct store_account *a)
{
	struct json *json = json_object_open();

	json_set_int(json, "id", a->id);
	json_set_text(json, "name", a->name);
	json_set_text(json, "plan", a->plan);
	json_set_text(json, "region", a->region);
	json_set_text(json, "api_host", a->api_host);
	json_set_text(json, "status", a->status);
	json_set_int(json, "created", a->created);
	json_set_int(json, "keys", a->keys);
	return json;
}

static enum err
run_create_account(struct exercise *x)
{
	struct store_account account;
	enum err err = store_account_create(x->db, x->arena, x->args[0],
	    x->args[1], x->args[2], &account);

	if (err == ERR_OK)
		json_set(x->answer, "account", account_json(&account));
	return err;
}

static enum err
run_find_account(struct exercise *x)
{
	struct store_account account;
	enum err err = store_account_find(x->db, x->arena,
	    exercise_number(x->args[0]), &account);

	if (err == ERR_OK)
		json_set(x->answer, "account", account_json(&account));
	return err;
}

static enum err
run_list_accounts(struct exercise *x)
{
	struct store_account *accounts;
	struct json *list;
	size_t count;
	enum err err = store_account_list(x->db, x->arena,
	    exercise_number(x->args[0]), (int)exercise_number(x->args[1]),
	    &accounts, &count);

	if (err != ERR_OK)
		return err;
	list = json_array_open();
	for (size_t i = 0; i < count; i++)
		json_append(list, account_json(&accounts[i]));
	json_set(x->answer, "accounts", list);
	return ERR_OK;
}

static const char *
next_password(const char *role, void *arg)
{
	struct exercise *x = arg;

	json_append_str(x->answer, str_of(role));
	return x->args[1].len > 0 ? x->args[1].ptr : NULL;
}

/* reset(0 or 1) password; the answer's roles got it */
static enum err
run_init(struct exercise *x)
{
	struct json *outer = x->answer, *roles = json_array_open();
	enum err err;

	x->answer = roles;
	err = store_schema_init(x->db, exercise_number(x->args[0]) != 0,
	    next_password, x);
	x->answer = outer;
	json_set(outer, "roles", roles);
	return err;
}

static enum err
run_status(struct exercise *x)
{
	struct store_schema_step *steps;
	struct json *list;
	size_t count;
	enum err err = store_schema_status(x->db, x->arena, &steps, &count);

	if (err != ERR_OK)
		return err;
	list = json_array_open();
	for (size_t i = 0; i < count; i++) {
		struct json *step = json_object_open();

		json_set_int(step, "number", steps[i].number);
		json_set_text(step, "name", steps[i].name);
		json_set_text(step, "digest", steps[i].digest);
		json_set_bool(step, "applied", steps[i].applied);
		json_set_int(step, "applied_at", steps[i].applied_at);
		json_set_bool(step, "changed", steps[i].changed);
		json_set_bool(step, "unknown", steps[i].unknown);
		json_append(list, step);
	}
	json_set(x->answer, "steps", list);
	return ERR_OK;
}

static enum err
run_migrate(struct exercise *x)
{
	const char *lacking;
	int applied = 0;
	enum err err = store_schema_migrate(x->db, x->arena,
	    exercise_number(x->args[0]) != 0, &applied, &lacking);

	json_set_int(x->answer, "applied", applied);
	return err;
}

static enum err
run_create_database(struct exercise *x)
{
	bool created = false;
	enum err err = store_schema_create_database(x->db, x->args[0],
	    &created);

	json_set_bool(x->answer, "created", created);
	return err;
}

static enum err
run_begin(struct exercise *x)
{
	return db_begin(x->db);
}

static enum err
run_commit(struct exercise *x)
{
	return db_commit(x->db);
}

static enum err
run_rollback(struct exercise *x)
{
	db_rollback(x->db);
	return ERR_OK;
}

/* A text with a NUL byte must not be cut. */
static enum err
run_nul(struct exercise *x)
{
	struct store_key key;

	return store_key_find(x->db, x->arena, 1, STR("key_\0id"), &key);
}

/* Wrong number of parameters. */
static enum err
run_miscount(struct exercise *x)
{
	struct db_result *result CLEANUP_RESULT = NULL;

	return db_run(x->db, STATEMENT_LOOK_UP_KEYS, NULL, 0, &result);
}

/* What the threads of a storm share. */
struct storm {
	const struct exercise *x;
	int64_t until;
	struct digest digest;
	_Atomic int64_t found, down, others, slowest;
};

static void
storm_count(struct storm *storm, enum err err, int64_t took)
{
	int64_t slowest = atomic_load(&storm->slowest);

	atomic_fetch_add(err == ERR_OK ? &storm->found :
	    err == ERR_DATABASE_DOWN ? &storm->down : &storm->others, 1);
	while (took > slowest && !atomic_compare_exchange_weak(
	    &storm->slowest, &slowest, took))
		continue;
}

static void *
storm_thread(void *arg)
{
	struct storm *storm = arg;
	struct db *db = db_open(&storm->x->options);
	struct store_key_found found;

	while (db != NULL && clock_mono_ms() < storm->until) {
		int64_t begun = clock_mono_ms();

		store_key_look_up(db, &storm->digest, 1, &found);
		storm_count(storm, found.err, clock_mono_ms() - begun);
		/* Refusals at once would be millions. */
		if (found.err != ERR_OK)
			(void)usleep(1000);
	}
	db_close(db);
	return NULL;
}

/* threads ms hex: each looks up again and again on its own connection */
static enum err
run_storm(struct exercise *x)
{
	struct storm storm = {
		.x = x,
		.until = clock_mono_ms() + exercise_number(x->args[1]),
		.digest = exercise_digest(x->args[2]),
	};
	pthread_t threads[THREADS];
	size_t count = (size_t)exercise_number(x->args[0]), started = 0;

	while (started < count && started < THREADS &&
	    pthread_create(&threads[started], NULL, storm_thread,
	    &storm) == 0)
		started++;
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	json_set_int(x->answer, "found", storm.found);
	json_set_int(x->answer, "down", storm.down);
	json_set_int(x->answer, "others", storm.others);
	json_set_int(x->answer, "slowest", storm.slowest);
	return started == count ? ERR_OK : ERR_SYSTEM;
}

static const struct exercise_command commands[] = {
	{ "connect", run_connect },
	{ "ping", run_ping },
	{ "look_up", run_look_up },
	{ "look_up_all", run_look_up_all },
	{ "begin_overlap", run_begin_overlap },
	{ "create_account", run_create_account },
	{ "find_account", run_find_account },
	{ "list_accounts", run_list_accounts },
	{ "init", run_init },
	{ "status", run_status },
	{ "migrate", run_migrate },
	{ "create_database", run_create_database },
	{ "begin", run_begin },
	{ "commit", run_commit },
	{ "rollback", run_rollback },
	{ "nul", run_nul },
	{ "miscount", run_miscount },
	{ "storm", run_storm },
};

static const struct exercise_command *
find(const struct exercise_command *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, str_of(list[i].name)))
			return &list[i];
	return NULL;
}

static enum err
dispatch(struct exercise *x, struct str name)
{
	const struct exercise_command *found = find(commands,
	    ARRAY_LEN(commands), name);

	if (found == NULL)
		found = find(exercise_key_commands, exercise_key_count, name);
	if (found == NULL)
		found = find(exercise_fence_commands, exercise_fence_count,
		    name);
	if (found == NULL)
		found = find(exercise_usage_commands, exercise_usage_count,
		    name);
	return found != NULL ? found->run(x) : ERR_USAGE;
}

static bool
answer_line(struct exercise *x, char *line)
{
	struct str rest = { line, strcspn(line, "\n") }, name;
	int64_t begun = clock_mono_ms();
	struct str text;
	enum err err;

	line[rest.len] = '\0';
	(void)str_cut(rest, '\t', &name, &rest);
	for (size_t i = 0; i < EXERCISE_ARGUMENTS; i++)
		(void)str_cut(rest, '\t', &x->args[i], &rest);
	x->answer = json_object_open();
	err = dispatch(x, name);
	json_set_text(x->answer, "err", err_code(err));
	json_set_text(x->answer, "message", db_message(x->db));
	json_set_int(x->answer, "ms", clock_mono_ms() - begun);
	if (json_write(x->answer, x->arena, &text) != ERR_OK)
		return false;
	(void)printf("%.*s\n", (int)text.len, text.ptr);
	(void)fflush(stdout);
	json_close(x->answer);
	arena_reset(x->arena);
	return true;
}

int
main(int argc, char **argv)
{
	struct exercise x = { .arena = arena_new((size_t)4 << 20) };
	char *line CLEANUP_FREE = NULL;
	size_t room = 0;

	if (argc != 5 || x.arena == NULL)
		return 64;
	log_open("exercise", LOG_LEVEL_DEBUG);
	x.options = (struct db_options){
		.conninfo = argv[1],
		.program = "exercise",
		.connect_timeout = (int)exercise_number(str_of(argv[2])),
		.query_timeout = (int)exercise_number(str_of(argv[3])),
		.breaker = exercise_number(str_of(argv[4])) != 0,
	};
	x.db = db_open(&x.options);
	if (x.db == NULL)
		return 71;
	while (getline(&line, &room, stdin) > 0)
		if (!answer_line(&x, line))
			break;
	db_close(x.db);
	arena_free(x.arena);
	return 0;
}
