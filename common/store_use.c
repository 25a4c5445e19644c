/* SPDX-License-Identifier: ISC */
#include "store_use.h"

#include <assert.h>
#include <stdio.h>

/* Key id, three numbers, address and what separates them. */
#define STORE_USE_LINE (DECISION_ID_SIZE + 3 * 21 + CIDR_TEXT_SIZE)

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

enum err
store_use_note(struct db *db, const struct store_use *uses, size_t count)
{
	char text[STORE_USE_BATCH * STORE_USE_LINE];
	char from[CIDR_TEXT_SIZE];
	struct db_result *result CLEANUP_RESULT = NULL;
	struct db_param param;
	size_t len = 0;

	assert(count <= STORE_USE_BATCH);
	for (size_t i = 0; i < count; i++) {
		cidr_text(&uses[i].from, from);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%s\t%ld\t%lld\t%lld\t%s", i > 0 ? "\n" : "",
		    uses[i].key_id, (long)uses[i].version,
		    (long long)uses[i].first, (long long)uses[i].last, from);
	}
	param = db_text((struct str){ text, len });
	return db_run(db, STATEMENT_NOTE_USES, &param, 1, &result);
}
