/* SPDX-License-Identifier: ISC */
#include "store_change.h"

#include <string.h>

#include "cidr.h"
#include "store_row.h"

/* From here on the transaction sees the rows of ACCOUNT and no others. */
static enum err
store_change_see(struct db *db, int64_t account)
{
	struct db_param params[] = { db_int(account) };
	struct db_result *result CLEANUP_RESULT = NULL;

	return db_run(db, STATEMENT_SET_ACCOUNT, params, ARRAY_LEN(params),
	    &result);
}

/* The request was answered before: under which key id, and was it this one? */
static enum err
store_change_replay(struct store_change *c)
{
	struct db_param params[] = {
		db_int(c->account), store_row_digest(&c->once->key)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_FIND_REPLAY, params,
	    ARRAY_LEN(params), &result);
	char hex[DIGEST_HEX_SIZE];
	struct str id;

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_CONFLICT;
	digest_hex(&c->once->request, hex);
	if (!str_eq(db_get_text(result, 0, 0), str_of(hex)))
		return ERR_IDEMPOTENCY_KEY_REUSED;
	id = db_get_text(result, 0, 1);
	if (id.len >= sizeof(c->replayed))
		return ERR_INTERNAL;
	memcpy(c->replayed, id.ptr, id.len);
	c->replayed[id.len] = '\0';
	return ERR_SECRET_ALREADY_SHOWN;
}

/*
 * Claims the request's Idempotency-Key. Who comes second waits here until the
 * first has ended, and then knows how.
 */
static enum err
store_change_claim(struct store_change *c)
{
	struct db_param params[] = {
		db_int(c->account), store_row_digest(&c->once->key),
		store_row_digest(&c->once->request),
		db_text(c->once->key_id),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_CLAIM_REQUEST, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? ERR_OK : store_change_replay(c);
}

enum err
store_change_prove(struct store_change *c)
{
	struct db_param params[2];
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err;

	if (c->proof == NULL)
		return ERR_OK;
	/* A key has no session that a proof could count in. */
	if (c->session == NULL)
		return ERR_PROOF_INVALID;
	params[0] = store_row_digest(c->session);
	params[1] = store_row_digest(c->proof);
	err = db_run(c->db, STATEMENT_USE_PROOF, params, ARRAY_LEN(params),
	    &result);
	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 && db_get_bool(result, 0, 0) ? ERR_OK :
	    ERR_PROOF_INVALID;
}

enum err
store_change_begin(struct store_change *c)
{
	enum err err = db_begin(c->db);

	if (err != ERR_OK)
		return err;
	c->replayed[0] = '\0';
	c->fence = (struct store_fence_number){ .seq = 0 };
	if (!c->is_operator)
		err = store_change_see(c->db, c->account);
	/* First: a repetition comes with the proof that is used up. */
	if (err == ERR_OK && c->once != NULL)
		err = store_change_claim(c);
	if (err == ERR_OK && !c->prove_later)
		err = store_change_prove(c);
	if (err != ERR_OK)
		db_rollback(c->db);
	return err;
}

enum err
store_change_end(struct store_change *c, enum err err)
{
	/* The last thing: the fence is held from here until the commit. */
	if (err == ERR_OK)
		err = store_fence_close(c->db, &c->fence);
	if (err != ERR_OK) {
		db_rollback(c->db);
		return err;
	}
	err = db_commit(c->db);
	return err == ERR_DATABASE_DOWN ? ERR_OUTCOME_UNKNOWN : err;
}

enum err
store_change_read(struct db *db, int64_t account)
{
	enum err err = db_begin(db);

	if (err == ERR_OK && (err = store_change_see(db, account)) != ERR_OK)
		db_rollback(db);
	return err;
}

enum err
store_change_read_end(struct db *db, enum err err)
{
	if (err == ERR_OK)
		return db_commit(db);
	db_rollback(db);
	return err;
}

struct str
store_change_address(const struct store_change *change)
{
	struct cidr address;

	return cidr_parse(change->address, &address) ? change->address :
	    STR("");
}
