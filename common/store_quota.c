/* SPDX-License-Identifier: ISC */
#include "store_quota.h"

#include <assert.h>
#include <string.h>

/* A number on each line of TEXT, COUNT of them. */
static enum err
store_quota_take(struct str text, size_t count, int32_t *out)
{
	struct str line;
	bool more = true;
	uint64_t n;

	for (size_t i = 0; i < count; i++) {
		if (!more)
			return ERR_INTERNAL;
		more = str_cut(text, '\n', &line, &text);
		if (!str_u64(line, INT32_MAX, &n))
			return ERR_INTERNAL;
		out[i] = (int32_t)n;
	}
	return more ? ERR_INTERNAL : ERR_OK;
}

enum err
store_quota_read(struct db *db, const char (*ids)[DECISION_ID_SIZE],
    size_t count, int64_t day, int32_t *out)
{
	char text[STORE_QUOTA_BATCH * DECISION_ID_SIZE];
	struct db_result *result CLEANUP_RESULT = NULL;
	struct db_param params[2];
	size_t len = 0;
	enum err err;

	assert(count >= 1 && count <= STORE_QUOTA_BATCH);
	for (size_t i = 0; i < count; i++) {
		struct str id = str_of(ids[i]);

		if (i > 0)
			text[len++] = '\n';
		memcpy(text + len, id.ptr, id.len);
		len += id.len;
	}
	params[0] = db_text((struct str){ text, len });
	params[1] = db_int(day);
	err = db_run(db, STATEMENT_READ_USED, params, ARRAY_LEN(params),
	    &result);
	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? store_quota_take(
	    db_get_text(result, 0, 0), count, out) : ERR_INTERNAL;
}
