/* SPDX-License-Identifier: ISC */
/*
 * store_tail [layer 5]: the latest events of management, for who watches.
 */
#ifndef HASP_STORE_TAIL_H
#define HASP_STORE_TAIL_H

#include "db.h"

struct store_tail_event {
	int64_t account;
	int64_t seq;
	int64_t at;
	/* "" for none. */
	struct str actor, event, key_id, version, member, request_id, address;
	struct str detail;	/* JSON */
	struct str json;	/* all of it */
};

/*
 * Calls TAKE with the LIMIT last events after AFTER (0: any) of the account
 * (-1: of all), oldest first. Errors of db_run.
 */
enum err store_tail_read(struct db *db, int64_t account, int64_t after,
    int64_t limit, void (*take)(void *arg,
    const struct store_tail_event *event), void *arg) MUST_CHECK;

#endif
