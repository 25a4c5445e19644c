/* SPDX-License-Identifier: ISC */
/* Signatures [layer 1]: RFC 8032's vectors, key texts, signed notes. */
#include "unit.h"

#include <stdio.h>

#include "signature.h"

#define NOTE_TEXT "hasp\n12\nAAAA\n"

/* RFC 8032 section 7.1, tests 1 to 3. */
static const struct {
	const char *seed, *key, *message, *signature;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
	    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
	    "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
	    "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static size_t
unhex(const char *text, uint8_t *out)
{
	size_t n = strlen(text) / 2;
	unsigned int byte;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return n;
}

static struct signature_signer
signer_of(const char *name, const char *seed)
{
	struct signature_signer signer;
	uint8_t bytes[SIGNATURE_SEED_SIZE];

	(void)unhex(seed, bytes);
	assert_int_equal(signature_derive(str_of(name), bytes, &signer),
	    ERR_OK);
	return signer;
}

static void
test_the_rfc(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct signature_signer signer = signer_of("a",
		    vectors[i].seed);
		uint8_t key[32], message[8], want[64], got[64];
		struct str data = { (char *)message,
		    unhex(vectors[i].message, message) };

		(void)unhex(vectors[i].key, key);
		(void)unhex(vectors[i].signature, want);
		assert_memory_equal(signer.key.bytes, key, sizeof(key));
		assert_int_equal(signature_sign(&signer, data, got), ERR_OK);
		assert_memory_equal(got, want, sizeof(want));
		assert_true(signature_holds(&signer.key, data, want));
		for (size_t bit = 0; bit < 512; bit += 7) {
			want[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(signature_holds(&signer.key, data, want));
			want[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		message[data.len++] = 1;
		assert_false(signature_holds(&signer.key, data, want));
	}
}

static void
test_names(void **state)
{
	char longest[SIGNATURE_NAME_MAX + 2];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_true(signature_is_name(STR("example.org/hasp-audit")));
	assert_true(signature_is_name((struct str){ longest, 100 }));
	assert_false(signature_is_name((struct str){ longest, 101 }));
	assert_false(signature_is_name(STR("")));
	assert_false(signature_is_name(STR("a b")));
	assert_false(signature_is_name(STR("a+b")));
	assert_false(signature_is_name(STR("a\n")));
	assert_false(signature_is_name(STR("a\x7f")));
	assert_false(signature_is_name(STR("a\xc3\xa4")));
}

/* The example key of signed-note's implementation in Go. */
static void
test_key_texts(void **state)
{
	static const char public[] = "PeterNeumann+c74f20a3+"
	    "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct signature_signer signer, back;
	struct signature_key key;
	char text[SIGNATURE_TEXT_SIZE], other[SIGNATURE_TEXT_SIZE];

	(void)state;
	assert_true(signature_key_parse(str_of(public), &key));
	assert_string_equal(key.name, "PeterNeumann");
	signature_key_text(&key, text);
	assert_string_equal(text, public);

	assert_int_equal(signature_make(STR("a.b/c"), &signer), ERR_OK);
	signature_signer_text(&signer, text);
	assert_true(signature_signer_parse(str_of(text), &back));
	assert_memory_equal(&signer, &back, sizeof(back));
	for (size_t i = 0; text[i] != '\0'; i++) {
		memcpy(other, text, sizeof(other));
		other[i] = other[i] == 'A' ? 'B' : 'A';
		assert_false(signature_signer_parse(str_of(other), &back));
	}
	signature_key_text(&signer.key, text);
	assert_true(signature_key_parse(str_of(text), &key));
	assert_memory_equal(&key, &signer.key, sizeof(key));
	for (size_t i = 0; text[i] != '\0'; i++) {
		memcpy(other, text, sizeof(other));
		other[i] = other[i] == 'A' ? 'B' : 'A';
		assert_false(signature_key_parse(str_of(other), &key));
		assert_false(signature_key_parse(str_part(str_of(text), 0, i),
		    &key));
	}
	assert_int_equal(signature_make(STR("a b"), &signer), ERR_INVALID);
}

static char note[2048];

static struct str
note_of(const struct signature_signer *signer, const char *more)
{
	char line[SIGNATURE_LINE_SIZE];

	assert_int_equal(signature_line(signer, STR(NOTE_TEXT), line), ERR_OK);
	(void)snprintf(note, sizeof(note), NOTE_TEXT "\n%s%s", more, line);
	return str_of(note);
}

static void
test_notes(void **state)
{
	struct signature_signer mine = signer_of("hasp", vectors[0].seed),
	    other = signer_of("hasp", vectors[1].seed);
	char line[SIGNATURE_LINE_SIZE];
	struct str text;

	(void)state;
	assert_int_equal(signature_check(&mine.key, 1, note_of(&mine, ""),
	    &text), SIGNATURE_GOOD);
	assert_str(text, NOTE_TEXT);
	assert_int_equal(signature_check(&other.key, 1, note_of(&mine, ""),
	    &text), SIGNATURE_UNKNOWN);
	assert_int_equal(signature_check(NULL, 0, note_of(&mine, ""), &text),
	    SIGNATURE_UNKNOWN);
	assert_int_equal(text.len, 0);
	assert_int_equal(signature_line(&other, STR(NOTE_TEXT), line),
	    ERR_OK);
	assert_int_equal(signature_check(&mine.key, 1, note_of(&mine, line),
	    &text), SIGNATURE_GOOD);
	assert_int_equal(signature_line(&other, STR("no end"), line),
	    ERR_INVALID);
	assert_int_equal(signature_line(&other, STR(""), line), ERR_INVALID);
}

/* No byte of a note may be another, and none may be missing. */
static void
test_edited_notes(void **state)
{
	struct signature_signer mine = signer_of("hasp", vectors[0].seed);
	struct str whole = note_of(&mine, ""), text;

	(void)state;
	for (size_t i = 0; i < whole.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			note[i] = (char)(note[i] ^ 1 << bit);
			assert_int_not_equal(signature_check(&mine.key, 1,
			    whole, &text), SIGNATURE_GOOD);
			note[i] = (char)(note[i] ^ 1 << bit);
		}
		assert_int_not_equal(signature_check(&mine.key, 1,
		    str_part(whole, 0, i), &text), SIGNATURE_GOOD);
	}
	assert_int_equal(signature_check(&mine.key, 1, whole, &text),
	    SIGNATURE_GOOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rfc),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_key_texts),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_edited_notes),
	};

	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
