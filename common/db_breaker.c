/* SPDX-License-Identifier: ISC */
#include "db_breaker.h"

#include <stdatomic.h>

/* When the next try may begin; 0 while the database is up. */
static _Atomic int64_t db_breaker_next;

/* When the last answer came. */
static _Atomic int64_t db_breaker_answered = INT64_MIN;

bool
db_breaker_admits(int64_t now)
{
	int64_t next = atomic_load(&db_breaker_next);

	if (next == 0)
		return true;
	/* The one who moves the date is the one who tries. */
	return now >= next && atomic_compare_exchange_strong(&db_breaker_next,
	    &next, now + DB_BREAKER_PAUSE);
}

bool
db_breaker_up(int64_t now)
{
	if (atomic_load(&db_breaker_answered) < now)
		atomic_store(&db_breaker_answered, now);
	if (atomic_load(&db_breaker_next) == 0)
		return false;
	return atomic_exchange(&db_breaker_next, 0) != 0;
}

bool
db_breaker_down(int64_t begun, int64_t now)
{
	if (atomic_load(&db_breaker_answered) >= begun)
		return false;
	return atomic_exchange(&db_breaker_next, now + DB_BREAKER_PAUSE) == 0;
}
