/* SPDX-License-Identifier: ISC */
#include "store_key.h"

#include <assert.h>
#include <string.h>

#include "store_record.h"
#include "store_row.h"

static_assert(sizeof(struct digest) == DIGEST_SIZE,
    "an array of digests is their bytes, one after the other");

/*
 * Reads LINE, the answer for the digest at byte AT (from 1). A line in another
 * digest's place would give a key somebody else's rights.
 */
static enum err
store_key_take(struct str line, size_t at, struct decision_record *out)
{
	struct str place, record;
	uint64_t n;

	if (line.len == 0)
		return ERR_KEY_UNKNOWN;
	if (!str_cut(line, '\t', &place, &record) ||
	    !str_u64(place, SIZE_MAX, &n) || n != at ||
	    !store_record_parse(record, out))
		return ERR_INTERNAL;
	return ERR_OK;
}

/* One line of TEXT for each of the COUNT digests. */
static enum err
store_key_take_all(struct str text, size_t count, struct store_key_found *out)
{
	struct str line;
	bool more = true;

	for (size_t i = 0; i < count; i++) {
		if (!more)
			return ERR_INTERNAL;
		more = str_cut(text, '\n', &line, &text);
		out[i].err = store_key_take(line, i * DIGEST_SIZE + 1,
		    &out[i].record);
	}
	return more ? ERR_INTERNAL : ERR_OK;
}

void
store_key_look_up(struct db *db, const struct digest *digests, size_t count,
    struct store_key_found *out)
{
	struct db_param params[] = {
		db_bytes(digests, count * sizeof(*digests))
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LOOK_UP_KEYS, params,
	    ARRAY_LEN(params), &result);

	memset(out, 0, count * sizeof(*out));
	if (err == ERR_OK && (db_rows(result) != 1 ||
	    db_is_null(result, 0, 0)))
		err = ERR_INTERNAL;
	if (err == ERR_OK)
		err = store_key_take_all(db_get_text(result, 0, 0), count,
		    out);
	for (size_t i = 0; i < count && err != ERR_OK; i++)
		out[i].err = err;
}

enum err
store_key_ping(struct db *db)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_PING_DATABASE, NULL, 0, &result);

	if (err != ERR_OK)
		return ERR_DATABASE_DOWN;
	return db_rows(result) == 1 && db_get_bool(result, 0, 0) ? ERR_OK :
	    ERR_DATABASE_DOWN;
}

/* Columns of find_key and list_keys: the key's, then the secret's. */
enum {
	COLUMN_ACCOUNT,
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_KIND,
	COLUMN_ROLE,
	COLUMN_ENVIRONMENT,
	COLUMN_APP,
	COLUMN_RANGES,
	COLUMN_RATE,
	COLUMN_BURST,
	COLUMN_DAILY_QUOTA,
	COLUMN_CREATED,
	COLUMN_CREATED_BY,
	COLUMN_NOT_BEFORE,
	COLUMN_EXPIRES,
	COLUMN_DISABLED,
	COLUMN_REVOKED,
	COLUMN_REVOKED_BY,
	COLUMN_REVOKED_WHY,
	COLUMN_REVISION,
	COLUMN_VERSION,
	COLUMN_LAST,
	COLUMN_S_CREATED,
	COLUMN_S_NOT_BEFORE,
	COLUMN_S_EXPIRES,
	COLUMN_S_REVOKED,
	COLUMN_S_OVERLAP,
	COLUMN_S_FIRST_USED,
	COLUMN_S_LAST_USED,
	COLUMN_S_LAST_USED_FROM,
	COLUMN_S_LAST_WROTE,
	COLUMN_KNOWN,
};

static void
store_key_read(struct store_row *row, struct store_key *out)
{
	*out = (struct store_key){
		.account = store_row_int(row, COLUMN_ACCOUNT),
		.id = store_row_text(row, COLUMN_ID),
		.name = store_row_text(row, COLUMN_NAME),
		.kind = store_row_text(row, COLUMN_KIND),
		.role = store_row_text(row, COLUMN_ROLE),
		.environment = store_row_text(row, COLUMN_ENVIRONMENT),
		.app = store_row_text(row, COLUMN_APP),
		.ranges = store_row_text(row, COLUMN_RANGES),
		.rate = (int32_t)store_row_int(row, COLUMN_RATE),
		.burst = (int32_t)store_row_int(row, COLUMN_BURST),
		.daily_quota = (int32_t)store_row_int(row, COLUMN_DAILY_QUOTA),
		.created = store_row_int(row, COLUMN_CREATED),
		.created_by = store_row_text(row, COLUMN_CREATED_BY),
		.not_before = store_row_int(row, COLUMN_NOT_BEFORE),
		.expires = store_row_int(row, COLUMN_EXPIRES),
		.disabled = store_row_int(row, COLUMN_DISABLED),
		.revoked = store_row_int(row, COLUMN_REVOKED),
		.revoked_by = store_row_text(row, COLUMN_REVOKED_BY),
		.revoked_why = store_row_text(row, COLUMN_REVOKED_WHY),
		.revision = store_row_int(row, COLUMN_REVISION),
		.known = store_row_int(row, COLUMN_KNOWN),
	};
}

static void
store_key_read_secret(struct store_row *row, struct store_key_secret *out)
{
	*out = (struct store_key_secret){
		.version = (int32_t)store_row_int(row, COLUMN_VERSION),
		.last = store_row_text(row, COLUMN_LAST),
		.created = store_row_int(row, COLUMN_S_CREATED),
		.not_before = store_row_int(row, COLUMN_S_NOT_BEFORE),
		.expires = store_row_int(row, COLUMN_S_EXPIRES),
		.revoked = store_row_int(row, COLUMN_S_REVOKED),
		.overlap = db_is_null(row->result, row->row,
		    COLUMN_S_OVERLAP) ? -1 :
		    store_row_int(row, COLUMN_S_OVERLAP),
		.first_used = store_row_int(row, COLUMN_S_FIRST_USED),
		.last_used = store_row_int(row, COLUMN_S_LAST_USED),
		.last_used_from = store_row_text(row,
		    COLUMN_S_LAST_USED_FROM),
		.last_wrote = store_row_int(row, COLUMN_S_LAST_WROTE),
	};
}

/* The key that ROW is about. */
static struct str
store_key_row_id(const struct db_result *result, size_t row)
{
	return db_get_text(result, row, COLUMN_ID);
}

/* How many keys there are rows of; those of one stand together. */
static size_t
store_key_distinct(const struct db_result *result)
{
	size_t count = 0;

	for (size_t i = 0; i < db_rows(result); i++)
		if (i == 0 || !str_eq(store_key_row_id(result, i),
		    store_key_row_id(result, i - 1)))
			count++;
	return count;
}

/* KEYS and SECRETS have room for all that the rows are about. */
static void
store_key_group(struct store_row *row, size_t rows, struct store_key *keys,
    struct store_key_secret *secrets)
{
	struct str before = STR("");
	size_t count = 0, used = 0;

	for (row->row = 0; row->row < rows; row->row++) {
		struct str id = store_key_row_id(row->result, row->row);

		if (!str_eq(id, before)) {
			store_key_read(row, &keys[count]);
			keys[count++].secrets = &secrets[used];
		}
		before = id;
		if (db_is_null(row->result, row->row, COLUMN_VERSION))
			continue;
		store_key_read_secret(row, &secrets[used++]);
		keys[count - 1].secret_count++;
	}
}

static enum err
store_key_collect(const struct db_result *result, struct arena *arena,
    struct store_key **out, size_t *count)
{
	struct store_row row = { .result = result, .arena = arena };
	size_t rows = db_rows(result);
	struct store_key_secret *secrets;

	*count = store_key_distinct(result);
	*out = arena_alloc(arena, *count * sizeof(**out));
	secrets = arena_alloc(arena, rows * sizeof(*secrets));
	if (*out == NULL || secrets == NULL)
		return ERR_MEMORY;
	store_key_group(&row, rows, *out, secrets);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_key_find(struct db *db, struct arena *arena, int64_t account,
    struct str id, struct store_key *out)
{
	struct db_param params[] = { db_int(account), db_text(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_key *keys;
	size_t count = 0;
	enum err err = db_run(db, STATEMENT_FIND_KEY, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK)
		err = store_key_collect(result, arena, &keys, &count);
	if (err == ERR_OK && count == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		*out = keys[0];
	return err;
}

enum err
store_key_list(struct db *db, struct arena *arena, int64_t account,
    struct str after, int limit, struct store_key **out, size_t *count)
{
	struct db_param params[] = {
		db_int(account), db_text(after), db_int(limit)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LIST_KEYS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return store_key_collect(result, arena, out, count);
}

enum err
store_key_dispensable(const struct store_key *key,
    const struct store_key_secret *secret, int64_t now, int64_t idle)
{
	if (secret == &key->secrets[0])
		return ERR_SECRET_LAST;
	if (secret->last_used > idle)
		return ERR_SECRET_IN_USE;
	if (key->known == 0 || key->known < now - STORE_KEY_KNOWN_LATE ||
	    (secret->last_used == 0 && secret->created >= key->known))
		return ERR_SECRET_USE_UNKNOWN;
	return ERR_OK;
}

enum err
store_key_account(struct db *db, struct str id, int64_t *account)
{
	struct db_param params[] = { db_text(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_KEY_ACCOUNT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	*account = db_get_int(result, 0, 0);
	return ERR_OK;
}
