/* SPDX-License-Identifier: ISC */
#include "store_tail.h"

enum err
store_tail_read(struct db *db, int64_t account, int64_t after, int64_t limit,
    void (*take)(void *arg, const struct store_tail_event *event), void *arg)
{
	struct db_param params[] = {
		db_int(account), db_time(after), db_int(limit),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_TAIL_EVENTS, params,
	    ARRAY_LEN(params), &result);

	for (size_t i = 0; err == ERR_OK && i < db_rows(result); i++) {
		const struct store_tail_event event = {
			.account = db_get_int(result, i, 0),
			.seq = db_get_int(result, i, 1),
			.at = db_get_int(result, i, 2),
			.actor = db_get_text(result, i, 3),
			.event = db_get_text(result, i, 4),
			.key_id = db_get_text(result, i, 5),
			.version = db_get_text(result, i, 6),
			.member = db_get_text(result, i, 7),
			.request_id = db_get_text(result, i, 8),
			.address = db_get_text(result, i, 9),
			.detail = db_get_text(result, i, 10),
			.json = db_get_text(result, i, 11),
		};

		take(arg, &event);
	}
	return err;
}
