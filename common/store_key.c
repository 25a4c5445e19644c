/* SPDX-License-Identifier: ISC */
#include "store_key.h"

#include <assert.h>
#include <string.h>

#include "store_record.h"
#include "store_row.h"

/* Longest time that an old secret lives on after a rotation, in seconds. */
#define STORE_KEY_OVERLAP_MAX 2592000

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

/* The ranges of KEY as text, separated by spaces. */
static struct str
store_key_ranges(const struct store_key_new *key, char *room)
{
	size_t len = 0;

	for (size_t i = 0; i < key->range_count; i++) {
		if (len > 0)
			room[len++] = ' ';
		cidr_text(&key->ranges[i], room + len);
		len += strlen(room + len);
	}
	return (struct str){ room, len };
}

/* Whether the account is there and its plan has room; locks it. */
static enum err
store_key_claim(struct db *db, int64_t account)
{
	struct db_param params[] = { db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LOCK_ACCOUNT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	if (!db_is_null(result, 0, 0) &&
	    db_get_int(result, 0, 1) >= db_get_int(result, 0, 0))
		return ERR_CONFLICT;
	return ERR_OK;
}

static enum err
store_key_add_secret(struct db *db, struct str id,
    const struct digest *digest, int32_t version, struct str last)
{
	struct db_param params[] = {
		db_bytes(digest->bytes, sizeof(digest->bytes)), db_text(id),
		db_int(version), db_text(last),
	};
	struct db_result *result CLEANUP_RESULT = NULL;

	return db_run(db, STATEMENT_ADD_SECRET, params, ARRAY_LEN(params),
	    &result);
}

static enum err
store_key_insert(struct db *db, const struct store_key_new *key)
{
	char room[DECISION_RANGES_MAX * CIDR_TEXT_SIZE];
	struct db_param params[] = {
		db_text(key->id), db_int(key->account), db_text(key->name),
		db_text(key->kind), db_text(str_of(role_name(key->role))),
		db_text(key->environment),
		db_text(store_key_ranges(key, room)),
		db_time(key->not_before), db_time(key->expires),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_key_claim(db, key->account);

	if (err == ERR_OK)
		err = db_run(db, STATEMENT_CREATE_KEY, params,
		    ARRAY_LEN(params), &result);
	if (err == ERR_OK)
		err = store_key_add_secret(db, key->id, &key->digest, 1,
		    key->last);
	return err;
}

/* Ends the transaction: keeps what was done if ERR is ERR_OK. */
static enum err
store_key_end(struct db *db, enum err err)
{
	if (err == ERR_OK)
		return db_commit(db);
	db_rollback(db);
	return err;
}

enum err
store_key_create(struct db *db, const struct store_key_new *key)
{
	enum err err;

	if (key->range_count > DECISION_RANGES_MAX)
		return ERR_INVALID;
	err = db_begin(db);
	if (err != ERR_OK)
		return err;
	return store_key_end(db, store_key_insert(db, key));
}

/* Columns of find_key and list_keys: the key's, then the secret's. */
enum {
	COLUMN_ID = 1,
	COLUMN_VERSION = 13,
};

static void
store_key_read(struct store_row *row, struct store_key *out)
{
	*out = (struct store_key){
		.account = store_row_int(row, 0),
		.id = store_row_text(row, COLUMN_ID),
		.name = store_row_text(row, 2),
		.kind = store_row_text(row, 3),
		.role = store_row_text(row, 4),
		.environment = store_row_text(row, 5),
		.ranges = store_row_text(row, 6),
		.created = store_row_int(row, 7),
		.not_before = store_row_int(row, 8),
		.expires = store_row_int(row, 9),
		.disabled = store_row_int(row, 10),
		.revoked = store_row_int(row, 11),
		.revoked_why = store_row_text(row, 12),
	};
}

static void
store_key_read_secret(struct store_row *row, struct store_key_secret *out)
{
	*out = (struct store_key_secret){
		.version = (int32_t)store_row_int(row, COLUMN_VERSION),
		.last = store_row_text(row, COLUMN_VERSION + 1),
		.created = store_row_int(row, COLUMN_VERSION + 2),
		.not_before = store_row_int(row, COLUMN_VERSION + 3),
		.expires = store_row_int(row, COLUMN_VERSION + 4),
		.revoked = store_row_int(row, COLUMN_VERSION + 5),
	};
}

/*
 * Rows of one key stand together, one a secret. KEYS and SECRETS have room
 * for as many as there are rows; the number of keys comes back.
 */
static size_t
store_key_group(struct store_row *row, size_t rows, struct store_key *keys,
    struct store_key_secret *secrets)
{
	struct str before = STR("");
	size_t count = 0, used = 0;

	for (row->row = 0; row->row < rows; row->row++) {
		struct str id = db_get_text(row->result, row->row, COLUMN_ID);

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
	return count;
}

static enum err
store_key_collect(const struct db_result *result, struct arena *arena,
    struct store_key **out, size_t *count)
{
	struct store_row row = { .result = result, .arena = arena };
	size_t rows = db_rows(result);
	struct store_key_secret *secrets;

	*out = arena_alloc(arena, rows * sizeof(**out));
	secrets = arena_alloc(arena, rows * sizeof(*secrets));
	if (*out == NULL || secrets == NULL)
		return ERR_MEMORY;
	*count = store_key_group(&row, rows, *out, secrets);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_key_find(struct db *db, struct arena *arena, struct str id,
    struct store_key *out)
{
	struct db_param params[] = { db_text(id) };
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
store_key_revoke(struct db *db, struct str id, struct str why, bool *already)
{
	struct db_param params[] = { db_text(id), db_text(why) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_REVOKE_KEY, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	*already = db_get_bool(result, 0, 0);
	return ERR_OK;
}

/* Whether the key is there and alive; locks it. */
static enum err
store_key_lock(struct db *db, struct str id)
{
	struct db_param params[] = { db_text(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LOCK_KEY, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	return db_get_bool(result, 0, 0) ? ERR_CONFLICT : ERR_OK;
}

static enum err
store_key_replace(struct db *db, struct str id, const struct digest *digest,
    struct str last, int64_t overlap, int32_t *version)
{
	struct db_param params[] = { db_text(id), db_int(overlap) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_key_lock(db, id);

	if (err == ERR_OK)
		err = db_run(db, STATEMENT_END_SECRETS, params,
		    ARRAY_LEN(params), &result);
	if (err != ERR_OK)
		return err;
	*version = (int32_t)db_get_int(result, 0, 0);
	return store_key_add_secret(db, id, digest, *version, last);
}

enum err
store_key_rotate(struct db *db, struct str id, const struct digest *digest,
    struct str last, int64_t overlap, int32_t *version)
{
	enum err err;

	if (overlap < 0 || overlap > STORE_KEY_OVERLAP_MAX)
		return ERR_INVALID;
	err = db_begin(db);
	if (err != ERR_OK)
		return err;
	return store_key_end(db, store_key_replace(db, id, digest, last,
	    overlap, version));
}
