/* SPDX-License-Identifier: ISC */
/* prefer_test: how long a client says that it waits. */
#include "unit.h"

#include "prefer.h"

#define MAX 25

static void
test_taken(void **state)
{
	static const struct {
		const char *header;
		int64_t seconds;
	} rows[] = {
		{ "wait=0", 0 }, { "wait=1", 1 }, { "wait=25", 25 },
		{ "WAIT=7", 7 }, { "wait=007", 7 }, { " wait = 7 ", 7 },
		{ "wait\t=\t7\t", 7 },
		/* Who would wait longer. */
		{ "wait=26", MAX }, { "wait=99999999999999999999999", MAX },
		/* Among others. */
		{ "respond-async, wait=3", 3 }, { "wait=3,respond-async", 3 },
		{ ",,wait=3,,", 3 }, { "wait=3; foo=bar", 3 },
		{ "wait=3;wait=4", 3 }, { "foo; wait=9, wait=3", 3 },
		{ "foo=\"a, wait=9\", wait=3", 3 },
		{ "foo=\"\\\", wait=9\", wait=3", 3 },
		{ "waiting=9, await=9, wait=3", 3 },
		/* The first one counts. */
		{ "wait=3, wait=4", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = -1;

		if (!prefer_wait(str_of(rows[i].header), MAX, &got))
			fail_msg("'%s' is ignored", rows[i].header);
		assert_int_equal(got, rows[i].seconds);
	}
}

static void
test_ignored(void **state)
{
	static const char *const headers[] = {
		"", ",", "wait", "wait=", "wait=-1", "wait=+1", "wait=1.5",
		"wait=1s", "wait=0x10", "wait=1 2", "wait==1", "wait:1",
		"wait=\"1\"", "wait=\xd9\xa1", "respond-async",
		"return=minimal", "foo=\"wait=1", "foo=\"x\\", "waits=1",
		"; wait=1", "=1", "wait=x, wait=4",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		int64_t got = -1;

		if (prefer_wait(str_of(headers[i]), MAX, &got))
			fail_msg("'%s' is taken", headers[i]);
		assert_int_equal(got, -1);
	}
}

/* Whatever comes, a number that is told is within bounds. */
static void
test_any_bytes(void **state)
{
	static const char alphabet[] = "wait=,;\"\\ \t0123456789x\x01\xff";
	uint64_t seed = 4711;
	char room[24];
	int64_t got;

	(void)state;
	for (size_t round = 0; round < 200000; round++) {
		struct str header = { room, unit_next(&seed) % sizeof(room) };

		for (size_t i = 0; i < header.len; i++)
			room[i] = alphabet[unit_next(&seed) %
			    (sizeof(alphabet) - 1)];
		if (prefer_wait(header, MAX, &got))
			assert_in_range(got, 0, MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
