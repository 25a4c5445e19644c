/* SPDX-License-Identifier: ISC */
#include "store_usage.h"

/* A UUID in hexadecimal digits; PostgreSQL needs no hyphens. */
static struct str
store_usage_id(const uint8_t id[STORE_USAGE_ID_SIZE],
    char out[2 * STORE_USAGE_ID_SIZE])
{
	str_hex(id, STORE_USAGE_ID_SIZE, out);
	return (struct str){ out, (size_t)2 * STORE_USAGE_ID_SIZE };
}

enum err
store_usage_open(struct db *db, const uint8_t id[STORE_USAGE_ID_SIZE],
    struct str host, struct str program, uint64_t kept, int64_t *number,
    uint64_t *from)
{
	char hex[2 * STORE_USAGE_ID_SIZE];
	const struct db_param params[] = {
		db_text(store_usage_id(id, hex)), db_text(host),
		db_text(program), db_int((int64_t)kept),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_OPEN_JOURNAL, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1 || db_is_null(result, 0, 0))
		return ERR_INTERNAL;
	*number = db_get_int(result, 0, 0);
	*from = (uint64_t)db_get_int(result, 0, 1);
	return ERR_OK;
}

enum err
store_usage_note(struct db *db, int64_t number, uint64_t old, int64_t complete,
    bool closed, bool *known)
{
	const struct db_param params[] = {
		db_int(number), db_int((int64_t)old), db_int(complete),
		db_bool(closed),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_NOTE_JOURNAL, params,
	    ARRAY_LEN(params), &result);

	*known = err == ERR_OK && db_rows(result) == 1 &&
	    !db_is_null(result, 0, 0) &&
	    db_get_int(result, 0, 0) == (int64_t)old;
	return err;
}
