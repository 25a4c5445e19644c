/* SPDX-License-Identifier: ISC */
/* Strict base64 [layer 1]: RFC 4648 vectors, one text for each value. */
#include "unit.h"

#include "base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648 section 10, and bytes that need the last two digits. */
static const struct {
	struct str plain;
	const char *text;
} vectors[] = {
	{ STR(""), "" },
	{ STR("f"), "Zg==" },
	{ STR("fo"), "Zm8=" },
	{ STR("foo"), "Zm9v" },
	{ STR("foob"), "Zm9vYg==" },
	{ STR("fooba"), "Zm9vYmE=" },
	{ STR("foobar"), "Zm9vYmFy" },
	{ STR("\0"), "AA==" },
	{ STR("\0\0\0"), "AAAA" },
	{ STR("\xfb\xef\xff"), "++//" },
	{ STR("\xff\xff\xff\xff"), "/////w==" },
};

static void
test_vectors(void **state)
{
	char text[64], plain[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		base64_encode(vectors[i].plain.ptr, vectors[i].plain.len,
		    text);
		assert_string_equal(text, vectors[i].text);
		assert_int_equal(strlen(text) + 1,
		    BASE64_SIZE(vectors[i].plain.len));
		assert_int_equal(base64_decode(str_of(text), plain,
		    sizeof(plain), &len), BASE64_OK);
		assert_true(str_eq((struct str){ plain, len },
		    vectors[i].plain));
	}
}

static void
test_faults(void **state)
{
	static const struct {
		struct str text;
		enum base64_rc rc;
	} rows[] = {
		{ STR("Z"), BASE64_PADDING },
		{ STR("Zg"), BASE64_PADDING },
		{ STR("Zg="), BASE64_PADDING },
		{ STR("Zg==="), BASE64_PADDING },
		{ STR("Zg======"), BASE64_PADDING },
		{ STR("Zm9v="), BASE64_PADDING },
		{ STR("Zm9v===="), BASE64_PADDING },
		{ STR("Z==="), BASE64_PADDING },
		{ STR("===="), BASE64_PADDING },
		{ STR("=="), BASE64_PADDING },
		{ STR("="), BASE64_PADDING },
		{ STR("Zg==Zg=="), BASE64_PADDING },
		{ STR("Z=g="), BASE64_PADDING },
		{ STR("Zh=="), BASE64_PADDING },
		{ STR("Zm9="), BASE64_PADDING },
		{ STR("Zm9v Zm9v"), BASE64_ALPHABET },
		{ STR("Zm9v\n"), BASE64_ALPHABET },
		{ STR(" Zm9v"), BASE64_ALPHABET },
		{ STR("Zm9v\0"), BASE64_ALPHABET },
		{ STR("Zm9\0"), BASE64_ALPHABET },
		{ STR("Zm9\xff"), BASE64_ALPHABET },
		{ STR("Zg==\n"), BASE64_PADDING },
		{ STR("Zm9*"), BASE64_ALPHABET },
		{ STR("-_-_"), BASE64_URL },
		{ STR("Zm9_"), BASE64_URL },
		{ STR("Zm-v="), BASE64_URL },
		{ STR("Zm-!"), BASE64_ALPHABET },
	};
	char plain[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum base64_rc rc = base64_decode(rows[i].text, plain,
		    sizeof(plain), &len);

		if (rc != rows[i].rc)
			fail_msg("row %zu gives %d, not %d", i, (int)rc,
			    (int)rows[i].rc);
	}
}

static void
test_room(void **state)
{
	char plain[8];
	size_t len;

	(void)state;
	assert_int_equal(base64_decode(STR("Zm9vYg=="), plain, 4, &len),
	    BASE64_OK);
	assert_int_equal(len, 4);
	memset(plain, 'x', sizeof(plain));
	assert_int_equal(base64_decode(STR("Zm9vYg=="), plain, 3, &len),
	    BASE64_ROOM);
	assert_memory_equal(plain, "xxxxxxxx", sizeof(plain));
	assert_int_equal(base64_decode(STR("Zg=="), plain, 0, &len),
	    BASE64_ROOM);
	assert_int_equal(base64_decode(STR(""), plain, 0, &len), BASE64_OK);
	assert_int_equal(len, 0);
	assert_int_equal(base64_decode((struct str){ NULL, 0 }, plain, 0,
	    &len), BASE64_OK);
}

/* Whether TEXT is taken; if so it has to come back the same. */
static bool
base64_taken(struct str text)
{
	char plain[64], again[96];
	size_t len;

	if (base64_decode(text, plain, sizeof(plain), &len) != BASE64_OK)
		return false;
	base64_encode(plain, len, again);
	assert_true(str_eq(str_of(again), text));
	return true;
}

static void
test_every_short_tail(void **state)
{
	char text[4] = { 0, 0, '=', '=' };
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++)
		for (size_t j = 0; j < 64; j++) {
			text[0] = digits[i];
			text[1] = digits[j];
			taken += base64_taken((struct str){ text, 4 });
		}
	assert_int_equal(taken, 256);
	taken = 0;
	for (size_t i = 0; i < (size_t)64 * 64 * 64; i++) {
		text[0] = digits[i >> 12];
		text[1] = digits[i >> 6 & 63];
		text[2] = digits[i & 63];
		taken += base64_taken((struct str){ text, 4 });
	}
	assert_int_equal(taken, 65536);
}

static void
test_what_is_taken_is_canonical(void **state)
{
	static const char bytes[] = "AQgw/+-_= \nZ";
	const size_t n = sizeof(bytes) - 1;
	char text[5];
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < n * n * n * n * n; i++) {
		size_t rest = i;

		for (size_t k = 0; k < sizeof(text); k++, rest /= n)
			text[k] = bytes[rest % n];
		for (size_t len = 1; len <= sizeof(text); len++)
			taken += base64_taken((struct str){ text, len });
	}
	assert_true(taken > 0);
}

static void
test_round_trip(void **state)
{
	unsigned char plain[48];
	char text[BASE64_SIZE(sizeof(plain))], back[sizeof(plain)];
	uint64_t seed = 1;
	size_t len;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		size_t want = i % (sizeof(plain) + 1);

		for (size_t k = 0; k < want; k++)
			plain[k] = (unsigned char)(unit_next(&seed) >> 56);
		base64_encode(plain, want, text);
		assert_int_equal(base64_decode(str_of(text), back, want,
		    &len), BASE64_OK);
		assert_int_equal(len, want);
		assert_memory_equal(back, plain, want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_every_short_tail),
		cmocka_unit_test(test_what_is_taken_is_canonical),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
