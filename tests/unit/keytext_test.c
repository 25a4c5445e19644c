/* SPDX-License-Identifier: ISC */
/* keytext_test: the text of keys, and what is wrong with those that are not. */
#include "unit.h"

#include <stdio.h>

#include "keys.h"
#include "secret.h"

static enum err
parse(const char *text)
{
	struct keytext out;

	return keytext_parse(&keys_rules, str_of(text), &out);
}

static void
test_round_trip(void **state)
{
	char random[KEYTEXT_RANDOM + 1], text[KEYTEXT_SIZE];
	struct keytext out;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(secret_base62(random, KEYTEXT_RANDOM),
		    ERR_OK);
		assert_int_equal(keytext_make(&keys_rules, STR("test"),
		    random, text), ERR_OK);
		assert_int_equal(strlen(text), 10 + 32 + 6);
		assert_int_equal(keytext_parse(&keys_rules, str_of(text),
		    &out), ERR_OK);
		assert_true(str_eq(out.environment, STR("test")));
		assert_true(str_eq(out.text, str_of(text)));
		assert_memory_equal(out.last.ptr, text + 44, 4);
	}
}

/* The check digits are the standard CRC-32, so that others can compute it. */
static void
test_known_checksum(void **state)
{
	char random[KEYTEXT_RANDOM], text[KEYTEXT_SIZE];

	(void)state;
	memset(random, '0', sizeof(random));
	assert_int_equal(keytext_make(&keys_rules, STR("live"), random, text),
	    ERR_OK);
	/* zlib: crc32("hasp_live_" + 32 zeros) in base 62. */
	assert_string_equal(text + 10 + 32, "4R2ArP");
}

/* CRC-32 as IEEE 802.3 defines it, a bit at a time. */
static uint32_t
crc_by_bits(const char *text, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)text[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void
test_checksums(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz";
	char random[KEYTEXT_RANDOM + 1], text[KEYTEXT_SIZE];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint32_t crc;

		assert_int_equal(secret_base62(random, KEYTEXT_RANDOM),
		    ERR_OK);
		assert_int_equal(keytext_make(&keys_rules, STR("live"),
		    random, text), ERR_OK);
		crc = crc_by_bits(text, 10 + 32);
		for (size_t at = 10 + 32 + 6; at-- > 10 + 32; crc /= 62)
			assert_int_equal(text[at], digits[crc % 62]);
	}
}

static void
test_any_change_is_found(void **state)
{
	char good[KEYTEXT_SIZE], bad[KEYTEXT_SIZE];

	(void)state;
	keys_make("live", 'a', good);
	for (size_t i = 0; i < strlen(good); i++) {
		memcpy(bad, good, sizeof(bad));
		bad[i] = bad[i] == 'z' ? 'y' : 'z';
		assert_int_not_equal(parse(bad), ERR_OK);
		bad[i] = '\0';
		assert_int_not_equal(parse(bad), ERR_OK);
	}
	/* Two neighbours changing places is the commonest typing error. */
	for (size_t i = 10; i + 1 < strlen(good); i++) {
		if (good[i] == good[i + 1])
			continue;
		memcpy(bad, good, sizeof(bad));
		bad[i] = good[i + 1];
		bad[i + 1] = good[i];
		assert_int_equal(parse(bad), ERR_KEY_MISTYPED);
	}
}

static void
test_unknown_environment_is_not_made(void **state)
{
	char random[KEYTEXT_RANDOM], text[KEYTEXT_SIZE];

	(void)state;
	memset(random, 'A', sizeof(random));
	assert_int_equal(keytext_make(&keys_rules, STR("prod"), random, text),
	    ERR_INVALID);
	assert_int_equal(keytext_make(&keys_rules, STR(""), random, text),
	    ERR_INVALID);
}

/* In FORMAT a %s is a whole live key, %.Ns its first N characters. */
static void
test_faults_by_shape(void **state)
{
	static const struct {
		const char *format;
		enum err err;
	} rows[] = {
		{ "", ERR_KEY_TRUNCATED },
		{ "hasp", ERR_KEY_TRUNCATED },
		{ "hasp_", ERR_KEY_TRUNCATED },
		{ "hasp_li", ERR_KEY_TRUNCATED },
		{ "hasp_live", ERR_KEY_TRUNCATED },
		{ "hasp_live_", ERR_KEY_TRUNCATED },
		{ "%.30s", ERR_KEY_TRUNCATED },
		{ "%.47s", ERR_KEY_TRUNCATED },
		{ "%sx", ERR_KEY_OVERLONG },
		{ "%s%%0A", ERR_KEY_PERCENT_ENCODED },
		{ "hasp%%5Flive", ERR_KEY_PERCENT_ENCODED },
		{ "hasp_prod_abc", ERR_KEY_UNKNOWN_ENVIRONMENT },
		{ "hasp__abc", ERR_KEY_UNKNOWN_ENVIRONMENT },
		{ "HASP_live_abc", ERR_KEY_CASE_CHANGED },
		{ "hasp_LIVE_abc", ERR_KEY_CASE_CHANGED },
		{ "sk_live_abc", ERR_KEY_FOREIGN },
		{ "anything", ERR_KEY_FOREIGN },
		{ "xhasp_live_abc", ERR_KEY_FOREIGN },
		{ "hasp_live_ab-cd", ERR_KEY_BAD_CHARACTER },
		{ "hasp_live_ab_cd", ERR_KEY_BAD_CHARACTER },
		{ "\"%s\"", ERR_KEY_QUOTED },
		{ "'%s'", ERR_KEY_QUOTED },
		{ "%s'", ERR_KEY_QUOTED },
		{ " %s", ERR_KEY_SPACES },
		{ "%s ", ERR_KEY_SPACES },
		{ "hasp_live_...abcd", ERR_KEY_MASKED },
		{ "hasp_live_****abcd", ERR_KEY_MASKED },
		{ "hasp_live_\xe2\x80\xa6" "abcd", ERR_KEY_MASKED },
		{ "$HASP_KEY", ERR_KEY_PLACEHOLDER },
		{ "${KEY}", ERR_KEY_PLACEHOLDER },
		{ "{{ key }}", ERR_KEY_PLACEHOLDER },
		{ "<key>", ERR_KEY_PLACEHOLDER },
		{ "YOUR_API_KEY", ERR_KEY_PLACEHOLDER },
		{ "hasp_live_xxxxxxxx", ERR_KEY_PLACEHOLDER },
		{ "undefined", ERR_KEY_PLACEHOLDER },
		{ "null", ERR_KEY_PLACEHOLDER },
	};
	char key[KEYTEXT_SIZE], text[256];

	(void)state;
	keys_make("live", 'b', key);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(text, sizeof(text), rows[i].format, key);
#pragma GCC diagnostic pop
		if (parse(text) != rows[i].err)
			fail_msg("row %zu: %s, not %s", i,
			    err_code(parse(text)), err_code(rows[i].err));
	}
}

static void
test_lower_cased(void **state)
{
	char key[KEYTEXT_SIZE];

	(void)state;
	keys_make("live", 'B', key);
	for (char *c = key; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	assert_int_equal(parse(key), ERR_KEY_CASE_CHANGED);
}

static void
test_resembles(void **state)
{
	(void)state;
	assert_true(keytext_resembles(&keys_rules, STR("hasp_")));
	assert_true(keytext_resembles(&keys_rules, STR("HASP_live")));
	assert_true(keytext_resembles(&keys_rules, STR(" \"hasp_live")));
	assert_false(keytext_resembles(&keys_rules, STR("hasp")));
	assert_false(keytext_resembles(&keys_rules, STR("haspx_")));
	assert_true(keytext_resembles(&keys_rules, STR("haspapp_live")));
	assert_true(keytext_resembles(&keys_rules, STR("'HaspApp%5f")));
	assert_false(keytext_resembles(&keys_rules, STR("haspap_")));
	assert_false(keytext_resembles(&keys_rules, STR("")));
	assert_false(keytext_resembles(&keys_rules, STR("\"\"")));
}

/* Tokens of apps are keys of another prefix, and nothing else is. */
static void
test_the_other_prefix(void **state)
{
	struct keytext_rules tokens = keys_rules;
	char random[KEYTEXT_RANDOM], key[KEYTEXT_SIZE], text[300];

	(void)state;
	tokens.prefix = keys_rules.other;
	tokens.other = STR("");
	memset(random, 'd', sizeof(random));
	assert_int_equal(keytext_make(&tokens, STR("live"), random, key),
	    ERR_OK);
	assert_true(strncmp(key, "haspapp_live_", 13) == 0);
	assert_int_equal(parse(key), ERR_OK);
	(void)snprintf(text, sizeof(text), "k=%s&", key);
	assert_true(keytext_within(&keys_rules, str_of(text)));
	assert_int_equal(parse("haspapp"), ERR_KEY_TRUNCATED);
	assert_int_equal(parse("HASPAPP_live_"), ERR_KEY_CASE_CHANGED);
	key[4] = 'b';
	assert_int_equal(parse(key), ERR_KEY_FOREIGN);
	/* A key is no token. */
	keys_make("live", 'd', key);
	assert_int_equal(keytext_parse(&tokens, str_of(key),
	    &(struct keytext){ .text = STR("") }), ERR_KEY_FOREIGN);
}

static void
test_within(void **state)
{
	char key[KEYTEXT_SIZE], text[300];

	(void)state;
	keys_make("test", 'c', key);
	(void)snprintf(text, sizeof(text), "a=1&k=%s&b=hasp_live_", key);
	assert_true(keytext_within(&keys_rules, str_of(text)));
	(void)snprintf(text, sizeof(text), "hasphasp_hasp_%s", key);
	assert_true(keytext_within(&keys_rules, str_of(text)));
	(void)snprintf(text, sizeof(text), "k=%.47s", key);
	assert_false(keytext_within(&keys_rules, str_of(text)));
	assert_false(keytext_within(&keys_rules, STR("")));
	assert_false(keytext_within(&keys_rules, STR("hasp_hasp_hasp_")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_known_checksum),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_any_change_is_found),
		cmocka_unit_test(test_unknown_environment_is_not_made),
		cmocka_unit_test(test_faults_by_shape),
		cmocka_unit_test(test_lower_cased),
		cmocka_unit_test(test_resembles),
		cmocka_unit_test(test_the_other_prefix),
		cmocka_unit_test(test_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
