/* SPDX-License-Identifier: ISC */
/* guid_test: what has the form of one, and what nearly has. */
#include "unit.h"

#include "guid.h"

#define GOOD "0189abcd-EF01-2345-6789-abcdefABCDEF"

static void
test_form(void **state)
{
	(void)state;
	assert_true(guid_check(STR(GOOD)));
	assert_false(guid_check(STR("")));
	assert_false(guid_check(STR(GOOD "0")));
	assert_false(guid_check((struct str){ GOOD, GUID_SIZE - 2 }));
	assert_false(guid_check(STR("{" GOOD "}")));
	assert_false(guid_check(STR("0189abcdEF0123456789abcdefABCDEF")));
}

/* Every other byte in every place is refused. */
static void
test_bytes(void **state)
{
	char text[] = GOOD;
	struct str s = { text, sizeof(text) - 1 };

	(void)state;
	for (size_t i = 0; i < s.len; i++) {
		char good = text[i];
		bool hyphen = good == '-';

		for (int byte = 0; byte < 256; byte++) {
			bool hex = (byte >= '0' && byte <= '9') ||
			    (byte >= 'a' && byte <= 'f') ||
			    (byte >= 'A' && byte <= 'F');

			text[i] = (char)byte;
			assert_int_equal(guid_check(s),
			    hyphen ? byte == '-' : hex);
		}
		text[i] = good;
	}
}

static void
test_lower(void **state)
{
	char out[GUID_SIZE] = "left alone";

	(void)state;
	assert_false(guid_lower(STR("no"), out));
	assert_string_equal(out, "left alone");
	assert_true(guid_lower(STR(GOOD), out));
	assert_string_equal(out, "0189abcd-ef01-2345-6789-abcdefabcdef");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_lower),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
