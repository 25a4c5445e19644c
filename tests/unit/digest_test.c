/* SPDX-License-Identifier: ISC */
/* SHA-256 [layer 1] against the examples of FIPS 180-4. */
#include <pthread.h>

#include "unit.h"

#include "digest.h"

static void
digest_expect(struct str data, const char *hex)
{
	struct digest digest;
	char text[DIGEST_HEX_SIZE];

	memset(&digest, 0xff, sizeof(digest));
	assert_int_equal(digest_sha256(data, &digest), ERR_OK);
	digest_hex(&digest, text);
	assert_string_equal(text, hex);
}

static void
test_examples(void **state)
{
	(void)state;
	digest_expect(STR(""), "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	digest_expect(str_of(NULL), "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	digest_expect(STR("abc"), "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	digest_expect(STR("abcdbcdecdefdefgefghfghighijhijk"
	    "ijkljklmklmnlmnomnopnopq"), "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
}

static void
test_every_byte_counts(void **state)
{
	struct digest a, b;

	(void)state;
	assert_int_equal(digest_sha256(STR("a\0b"), &a), ERR_OK);
	assert_int_equal(digest_sha256(STR("a\0c"), &b), ERR_OK);
	assert_memory_not_equal(a.bytes, b.bytes, DIGEST_SIZE);
	assert_int_equal(digest_sha256(STR("a"), &b), ERR_OK);
	assert_memory_not_equal(a.bytes, b.bytes, DIGEST_SIZE);
}

/* Digests that one thread makes say nothing of those of another. */
static void *
digest_many(void *arg)
{
	const char *byte = arg;
	char data[200];
	struct digest first, again;
	intptr_t wrong = 0;

	memset(data, *byte, sizeof(data));
	for (size_t i = 0; i < 2000; i++) {
		struct str part = { data, i % sizeof(data) };

		if (digest_sha256(STR("abc"), &first) != ERR_OK ||
		    digest_sha256(part, &again) != ERR_OK ||
		    digest_sha256(STR("abc"), &again) != ERR_OK ||
		    memcmp(&first, &again, sizeof(first)) != 0 ||
		    first.bytes[0] != 0xba)
			wrong++;
	}
	return (void *)wrong;
}

static void
test_threads(void **state)
{
	static char bytes[] = "abcd";
	pthread_t threads[sizeof(bytes)];
	void *wrong;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, digest_many,
		    &bytes[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
}

static void
test_in_pieces(void **state)
{
	struct digest_stream *stream CLEANUP_DIGEST = digest_open();
	struct digest whole, pieces;

	(void)state;
	assert_non_null(stream);
	/* Nothing was begun. */
	assert_int_equal(digest_end(stream, &pieces), ERR_INTERNAL);
	for (size_t cut = 0; cut <= 6; cut++) {
		assert_int_equal(digest_sha256(STR("ab\0cde"), &whole), ERR_OK);
		digest_begin(stream);
		digest_add(stream, (struct str){ "ab\0cde", cut });
		digest_add(stream, (struct str){ &"ab\0cde"[cut], 6 - cut });
		assert_int_equal(digest_end(stream, &pieces), ERR_OK);
		assert_memory_equal(whole.bytes, pieces.bytes, DIGEST_SIZE);
	}
	assert_int_equal(digest_end(stream, &pieces), ERR_INTERNAL);
}

/* RFC 4231 section 4.3, and an empty key and message. */
static void
test_hmac(void **state)
{
	struct digest digest;
	char text[DIGEST_HEX_SIZE];

	(void)state;
	assert_int_equal(digest_hmac(STR("Jefe"),
	    STR("what do ya want for nothing?"), &digest), ERR_OK);
	digest_hex(&digest, text);
	assert_string_equal(text, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	assert_int_equal(digest_hmac(str_of(NULL), STR(""), &digest), ERR_OK);
	digest_hex(&digest, text);
	assert_string_equal(text, "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
}

static void
test_hex(void **state)
{
	struct digest digest;
	char text[DIGEST_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		digest.bytes[i] = (uint8_t)(i * 8 + i % 8);
	digest_hex(&digest, text);
	assert_string_equal(text, "0009121b242d363f4049525b646d767f"
	    "8089929ba4adb6bfc0c9d2dbe4edf6ff");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_in_pieces),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
