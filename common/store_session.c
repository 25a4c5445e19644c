/* SPDX-License-Identifier: ISC */
#include "store_session.h"

#include "store_row.h"

/* Columns of look_up_session. */
static void
store_session_read(struct store_row *row, struct store_session *out)
{
	*out = (struct store_session){
		.account = store_row_int(row, 0),
		.account_status = decision_status_of(str_of(
		    store_row_text(row, 1))),
		.region = store_row_text(row, 2),
		.api_host = store_row_text(row, 3),
		.member = store_row_int(row, 4),
		.email = store_row_text(row, 5),
		.may_administer = store_row_bool(row, 6),
		.totp = store_row_bool(row, 7),
		.created = store_row_int(row, 8),
		.idle_expires = store_row_int(row, 9),
		.expires = store_row_int(row, 10),
	};
}

enum err
store_session_look_up(struct db *db, struct arena *arena,
    const struct digest *digest, struct store_session *out)
{
	struct db_param params[] = { store_row_digest(digest) };
	struct db_result *result CLEANUP_RESULT = NULL;
	struct store_row row = { .arena = arena };
	enum err err = db_run(db, STATEMENT_LOOK_UP_SESSION, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_SESSION_ENDED;
	row.result = result;
	store_session_read(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

static enum err
store_session_tidy(struct db *db, int64_t account, int64_t member)
{
	struct db_param params[] = {
		db_int(account), db_int(member),
		db_int(STORE_SESSION_MEMBER_MAX - 1),
	};

	return store_row_touch(db, STATEMENT_TIDY_SESSIONS, params,
	    ARRAY_LEN(params), NULL);
}

enum err
store_session_make(struct db *db, const struct store_session_new *new)
{
	struct db_param params[] = {
		store_row_digest(new->digest), db_int(new->account),
		db_int(new->member), db_int(new->idle_seconds),
		db_int(new->seconds), db_text(new->address),
	};
	enum err err = store_session_tidy(db, new->account, new->member);

	return err != ERR_OK ? err : store_row_touch(db,
	    STATEMENT_MAKE_SESSION, params, ARRAY_LEN(params), NULL);
}

enum err
store_session_end(struct db *db, int64_t account, const struct digest *digest)
{
	struct db_param params[] = {
		db_int(account), store_row_digest(digest),
	};
	size_t rows = 0;
	enum err err = store_row_touch(db, STATEMENT_END_SESSION, params,
	    ARRAY_LEN(params), &rows);

	return err == ERR_OK && rows == 0 ? ERR_SESSION_ENDED : err;
}

enum err
store_session_end_others(struct db *db, int64_t account, int64_t member,
    const struct digest *digest)
{
	struct db_param params[] = {
		db_int(account), db_int(member), store_row_digest(digest),
	};

	return store_row_touch(db, STATEMENT_END_OTHER_SESSIONS, params,
	    ARRAY_LEN(params), NULL);
}

enum err
store_session_add_proof(struct db *db, int64_t account,
    const struct digest *session, const struct digest *proof, int seconds)
{
	struct db_param room[] = {
		db_int(account), store_row_digest(session),
		db_int(STORE_SESSION_PROOFS_MAX - 1),
	};
	struct db_param params[] = {
		store_row_digest(proof), db_int(account),
		store_row_digest(session), db_int(seconds),
	};
	enum err err = store_row_touch(db, STATEMENT_TIDY_PROOFS, room,
	    ARRAY_LEN(room), NULL);

	return err != ERR_OK ? err : store_row_touch(db, STATEMENT_MAKE_PROOF,
	    params, ARRAY_LEN(params), NULL);
}
