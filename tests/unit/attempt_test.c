/* SPDX-License-Identifier: ISC */
/* Slowed guessing [layer 6]: which addresses are one place. */
#include "unit.h"

#include "attempt.h"

static void
test_places(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.7", "192.0.2.7/32" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
		{ "2001:db8:1:2::", "2001:db8:1:2::/64" },
		{ "2001:db8:1:3::1", "2001:db8:1:3::/64" },
		/* The IPv4 address that it is. */
		{ "::ffff:192.0.2.7", "192.0.2.7/32" },
		{ "", "" },
		{ "unix:", "" },
		{ "192.0.2.7:80", "" },
		{ "localhost", "" },
	};
	char place[CIDR_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		memset(place, 'x', sizeof(place));
		attempt_place(str_of(rows[i][0]), place);
		assert_string_equal(place, rows[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
