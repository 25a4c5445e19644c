/* SPDX-License-Identifier: ISC */
#include "store_use.h"

enum err
store_use_begin_overlap(struct db *db, struct str key, int32_t version)
{
	struct db_param params[] = { db_text(key), db_int(version) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_BEGIN_OVERLAP, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 && db_get_bool(result, 0, 0) ? ERR_OK :
	    ERR_CHECK_UNREACHABLE;
}
