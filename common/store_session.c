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
	struct db_param params[] = {
		db_bytes(digest->bytes, sizeof(digest->bytes))
	};
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
