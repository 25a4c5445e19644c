/* SPDX-License-Identifier: ISC */
#include "store_checkpoint.h"

#include "store_row.h"

/* It is the result itself: there may be many. */
static const struct db_result *
store_checkpoint_result(const struct store_checkpoint_moves *moves)
{
	return (const struct db_result *)moves;
}

enum err
store_checkpoint_find_moves(struct db *db, int64_t limit,
    struct store_checkpoint_moves **out)
{
	struct db_param params[] = { db_int(limit + 1) };
	struct db_result *result = NULL;
	enum err err = db_run(db, STATEMENT_FIND_MOVES, params,
	    ARRAY_LEN(params), &result);

	*out = (struct store_checkpoint_moves *)result;
	return err;
}

size_t
store_checkpoint_count(const struct store_checkpoint_moves *moves)
{
	return db_rows(store_checkpoint_result(moves));
}

void
store_checkpoint_moves_free(struct store_checkpoint_moves *moves)
{
	db_result_free((struct db_result *)moves);
}

static enum chainline_of
store_checkpoint_of(const struct db_result *result, size_t row)
{
	return str_eq(db_get_text(result, row, 0), STR("account")) ?
	    CHAINLINE_ACCOUNT : CHAINLINE_JOURNAL;
}

/* A hash as text, all zero for NULL. */
static bool
store_checkpoint_hash(const struct db_result *result, size_t row, int column,
    struct digest *out)
{
	*out = (struct digest){ { 0 } };
	return db_is_null(result, row, column) || chainline_hex(
	    db_get_text(result, row, column), out->bytes, DIGEST_SIZE);
}

bool
store_checkpoint_move(const struct store_checkpoint_moves *moves,
    size_t number, struct store_checkpoint_move *out)
{
	const struct db_result *result = store_checkpoint_result(moves);

	*out = (struct store_checkpoint_move){
		.of = store_checkpoint_of(result, number),
		.head = {
			.id = db_get_int(result, number, 1),
			.from = db_get_int(result, number, 2),
			.from_at = db_get_int(result, number, 3),
			.upto = db_get_int(result, number, 5),
			.upto_at = db_get_int(result, number, 6),
		},
	};
	return store_checkpoint_hash(result, number, 4, &out->from_hash) &&
	    store_checkpoint_hash(result, number, 7, &out->head.hash);
}

enum err
store_checkpoint_sealed(struct db *db, int64_t seq, enum err (*take)(void *arg,
    enum chainline_of of, int64_t id, int64_t upto,
    const struct digest *hash), void *arg)
{
	struct db_param params[] = { db_int(seq) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct digest hash;
	enum err err = db_run(db, STATEMENT_FIND_SEALED, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK && (db_rows(result) == 0 ||
	    db_get_int(result, 0, 1) != 0))
		return ERR_NOT_FOUND;
	for (size_t i = 0; err == ERR_OK && i < db_rows(result); i++) {
		if (!store_checkpoint_hash(result, i, 3, &hash))
			return ERR_INTERNAL;
		err = take(arg, store_checkpoint_of(result, i),
		    db_get_int(result, i, 1), db_get_int(result, i, 2),
		    &hash);
	}
	return err;
}

/* The one number that STATEMENT gives; ERR_CONFLICT if that is NULL. */
static enum err
store_checkpoint_number(struct db *db, enum statement statement,
    const struct db_param *params, size_t count, int64_t *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, statement, params, count, &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	if (db_is_null(result, 0, 0))
		return ERR_CONFLICT;
	*out = db_get_int(result, 0, 0);
	return ERR_OK;
}

enum err
store_checkpoint_unsealed(struct db *db, int64_t *out)
{
	return store_checkpoint_number(db, STATEMENT_COUNT_UNSEALED, NULL, 0,
	    out);
}

enum err
store_checkpoint_seal(struct db *db, struct str accounts, struct str journals)
{
	struct db_param params[] = { db_text(accounts), db_text(journals) };
	enum err err = db_begin(db);
	int64_t seq;

	if (err != ERR_OK)
		return err;
	err = store_checkpoint_number(db, STATEMENT_SEAL_CHAINS, params,
	    ARRAY_LEN(params), &seq);
	if (err == ERR_OK)
		return db_commit(db);
	db_rollback(db);
	return err;
}

enum err
store_checkpoint_last(struct db *db, struct arena *arena,
    struct store_checkpoint_last *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_FIND_CHECKPOINT, NULL, 0, &result);

	*out = (struct store_checkpoint_last){ .note = STR("") };
	if (err != ERR_OK || db_rows(result) == 0)
		return err;
	row.result = result;
	out->seq = store_row_int(&row, 0);
	out->note = str_of(store_row_text(&row, 1));
	out->at = store_row_int(&row, 2);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_checkpoint_chained(struct db *db, int64_t seq, int64_t *at,
    struct digest *hash)
{
	struct db_param params[] = { db_int(seq) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_CHAINED, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) == 0)
		return ERR_NOT_FOUND;
	*at = db_get_int(result, 0, 0);
	return store_checkpoint_hash(result, 0, 1, hash) ? ERR_OK :
	    ERR_INTERNAL;
}

enum err
store_checkpoint_add(struct db *db, const struct checkpoint *c, int64_t at,
    struct str note)
{
	struct db_param params[] = {
		db_int(c->seq), db_time(at), store_row_digest(&c->hash),
		db_text(note),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_ADD_CHECKPOINT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 && db_get_bool(result, 0, 0) ? ERR_OK :
	    ERR_CONFLICT;
}

enum err
store_checkpoint_next(struct db *db, int64_t after, int64_t upto,
    enum err (*take)(void *arg, int64_t seq, struct str note), void *arg)
{
	struct db_param params[] = { db_int(after), db_int(upto) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_NEXT_CHECKPOINT, params,
	    ARRAY_LEN(params), &result);

	for (size_t i = 0; err == ERR_OK && i < db_rows(result); i++)
		err = take(arg, db_get_int(result, i, 0),
		    db_get_text(result, i, 1));
	return err;
}

enum err
store_checkpoint_accounts(struct db *db,
    enum err (*take)(void *arg, int64_t account), void *arg)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LIST_CHAINED, NULL, 0, &result);

	for (size_t i = 0; err == ERR_OK && i < db_rows(result); i++)
		err = take(arg, db_get_int(result, i, 0));
	return err;
}

enum err
store_checkpoint_make_ahead(struct db *db)
{
	return store_row_touch(db, STATEMENT_MAKE_AHEAD, NULL, 0, NULL);
}

enum err
store_checkpoint_begin_prune(struct db *db, int64_t before, int64_t *seq)
{
	struct db_param params[] = { db_time(before) };
	enum err err = store_checkpoint_number(db, STATEMENT_BEGIN_PRUNE,
	    params, ARRAY_LEN(params), seq);

	return err == ERR_OK && *seq < 0 ? ERR_INVALID : err;
}

enum err
store_checkpoint_finish_prune(struct db *db, int64_t seq, int64_t *partitions)
{
	struct db_param params[] = { db_int(seq) };

	return store_checkpoint_number(db, STATEMENT_FINISH_PRUNE, params,
	    ARRAY_LEN(params), partitions);
}

enum err
store_checkpoint_erase(struct db *db, struct store_checkpoint_erasure *e)
{
	struct db_param params[] = {
		db_int(e->account), db_int(e->member), db_text(e->address),
		db_time(e->before),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_ERASE_PERSONAL_DATA, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	e->events = db_get_int(result, 0, 0);
	e->uses = db_get_int(result, 0, 1);
	e->seq = db_get_int(result, 0, 2);
	return ERR_OK;
}
