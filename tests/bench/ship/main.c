/* SPDX-License-Identifier: ISC */
/*
 * ship [layer 8]: how fast uses come from a journal into the database: makes a
 * journal of so many, then ships it. For people and tests; never installed.
 *
 *	ship CONNINFO FOLDER ENTRIES [KEYS [PAUSE]]
 *
 * CONNINFO logs in as hasp_auth; FOLDER is made. 1000 KEYS unless told, of 100
 * accounts, by chance; the keys need not exist. PAUSE: seconds to wait before
 * the shipping begins. Prints how many uses came in, the seconds it took, and
 * the microseconds of this process's processor time for each.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "journal.h"
#include "log.h"
#include "metrics.h"
#include "secret.h"
#include "shipper.h"

#define SHIP_ACCOUNTS 100
#define SHIP_BYTES ((size_t)8 << 30)
#define SHIP_STEP 10000000	/* ns between two looks at whether it is done */
#define SHIP_LIMIT 600000	/* ms */

static void
ship_fail(const char *what)
{
	(void)fprintf(stderr, "ship: %s\n", what);
	exit(1);
}

/* A number of the command line. */
static uint64_t
ship_number(const char *text, uint64_t most)
{
	uint64_t n;

	if (!str_u64(str_of(text), most, &n))
		ship_fail("not a number, or too large");
	return n;
}

static uint32_t
ship_random(uint32_t limit)
{
	uint32_t n;

	if (secret_random(&n, sizeof(n)) != ERR_OK)
		ship_fail("random");
	return n % limit;
}

/* A check that lets in one of KEYS keys. */
static void
ship_append(uint32_t keys)
{
	uint32_t key = ship_random(keys);
	struct entry e = {
		.at = clock_wall_us(),
		.identified = true,
		.has_request = true,
		.account = 1 + key % SHIP_ACCOUNTS,
		.version = 1,
		.status = 204,
		.method = entry_method_of(STR("GET")),
		.address = { .family = 4, .bits = 32,
		    .addr = { 192, 0, 2, (uint8_t)key } },
	};

	(void)snprintf(e.key_id, sizeof(e.key_id), "key_%016u",
	    (unsigned int)key);
	entry_set_code(&e, ERR_OK);
	entry_set_site(&e, STR("api.example.com"));
	if (secret_random(e.request, sizeof(e.request)) != ERR_OK ||
	    journal_append(&e) != ERR_OK)
		ship_fail("cannot append");
}

/* Microseconds of processor time of this process. */
static double
ship_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
ship_wait(int64_t count)
{
	const struct timespec step = { .tv_nsec = SHIP_STEP };
	int64_t end = clock_mono_ms() + SHIP_LIMIT;

	while (metrics_value(METRICS_JOURNAL_SHIPPED, 0) < count) {
		if (clock_mono_ms() >= end)
			ship_fail("not shipped in time");
		(void)nanosleep(&step, NULL);
	}
}

int
main(int argc, char **argv)
{
	struct db_options database = {
		.program = "ship",
		.connect_timeout = 1000,
		.query_timeout = 5000,
	};
	struct journal_options options = { .bytes = SHIP_BYTES,
	    .strict = true };
	uint32_t keys;
	int64_t count, begun;
	double cpu;
	bool ended;

	if (argc < 4 || argc > 6)
		ship_fail("usage: ship CONNINFO FOLDER ENTRIES [KEYS [PAUSE]]");
	log_open("ship", LOG_LEVEL_NOTICE);
	database.conninfo = argv[1];
	options.folder = argv[2];
	count = (int64_t)ship_number(argv[3], 100000000);
	keys = argc > 4 ? (uint32_t)ship_number(argv[4], 1000000) : 1000;
	if (journal_start(&options) != ERR_OK)
		ship_fail("no journal");
	for (int64_t i = 0; i < count; i++)
		ship_append(keys);
	if (argc > 5)
		(void)sleep((unsigned int)ship_number(argv[5], 3600));
	begun = clock_mono_us();
	cpu = ship_clock();
	shipper_set(&database);
	if (shipper_start() != ERR_OK)
		ship_fail("no shipper");
	ship_wait(count);
	(void)printf("%lld %.3f %.2f\n", (long long)count,
	    (double)(clock_mono_us() - begun) / 1e6,
	    (ship_clock() - cpu) / (double)count);
	begun = clock_mono_ms() + SHIPPER_STOP;
	ended = journal_stop(begun);
	return shipper_stop(begun) && ended ? 0 : 1;
}
