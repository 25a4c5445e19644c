/* SPDX-License-Identifier: ISC */
/* Second factors [layer 6]: sealed secrets, codes once, recovery codes. */
#include "unit.h"

#include <fcntl.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <sys/stat.h>

#include "factor.h"

#define STEP ((int64_t)TOTP_STEP_SECONDS * 1000000)
#define NOW ((int64_t)60000000 * STEP)
#define MEMBER 7

static struct config config;

static void
write_key(const char *path, mode_t mode, size_t len, char from)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	for (size_t i = 0; i < len; i++, from++)
		assert_int_equal(write(fd, &from, 1), 1);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static int
open_folder(void **state)
{
	static char folder[] = "/tmp/hasp-factor.XXXXXX";

	if (mkdtemp(folder) == NULL)
		return -1;
	*state = folder;
	(void)snprintf(config.accounts_totp_key_file,
	    sizeof(config.accounts_totp_key_file), "%s/key", folder);
	return 0;
}

static int
close_folder(void **state)
{
	(void)unlink(config.accounts_totp_key_file);
	return rmdir(*state);
}

/* The code of SECRET, STEPS after NOW. */
static struct str
code_of(const uint8_t secret[TOTP_SECRET_SIZE], int64_t steps, char room[8])
{
	assert_int_equal(oath_totp_generate((const char *)secret,
	    TOTP_SECRET_SIZE, (time_t)((NOW + steps * STEP) / 1000000),
	    TOTP_STEP_SECONDS, 0, TOTP_DIGITS, room), OATH_OK);
	return str_of(room);
}

static void
test_codes(void **state)
{
	uint8_t secret[TOTP_SECRET_SIZE], sealed[FACTOR_SEALED_SIZE];
	struct str stored = { (const char *)sealed, sizeof(sealed) };
	int64_t now = NOW / STEP, step = 0;
	char room[8];

	(void)state;
	write_key(config.accounts_totp_key_file, 0600, SEAL_KEY_SIZE, 'a');
	assert_int_equal(factor_make(&config, MEMBER, secret, sealed), ERR_OK);
	for (int64_t i = -1; i <= 1; i++) {
		assert_int_equal(factor_check(&config, MEMBER, stored,
		    code_of(secret, i, room), NOW, 0, &step), ERR_OK);
		assert_true(step == now + i);
	}
	assert_int_equal(factor_check(&config, MEMBER, stored,
	    code_of(secret, 0, room), NOW, now, &step), ERR_TOTP_REPLAYED);
	assert_int_equal(factor_check(&config, MEMBER, stored,
	    code_of(secret, 0, room), NOW, now + 1, &step),
	    ERR_TOTP_REPLAYED);
	assert_int_equal(factor_check(&config, MEMBER, stored,
	    code_of(secret, 1, room), NOW, now, &step), ERR_OK);
	assert_int_equal(factor_check(&config, MEMBER, stored,
	    code_of(secret, 3, room), NOW, 0, &step), ERR_SIGN_IN_FAILED);
	assert_int_equal(factor_check(&config, MEMBER, stored, STR(""), NOW,
	    0, &step), ERR_SIGN_IN_FAILED);
}

/* A secret opens for its member, with its key, as it was sealed. */
static void
test_secrets_stay_where_they_are(void **state)
{
	uint8_t secret[TOTP_SECRET_SIZE], sealed[FACTOR_SEALED_SIZE];
	struct str stored = { (const char *)sealed, sizeof(sealed) };
	int64_t step = 0;
	char room[8];
	struct str code;

	(void)state;
	write_key(config.accounts_totp_key_file, 0600, SEAL_KEY_SIZE, 'a');
	assert_int_equal(factor_make(&config, MEMBER, secret, sealed), ERR_OK);
	code = code_of(secret, 0, room);
	assert_int_equal(factor_check(&config, MEMBER + 1, stored, code, NOW,
	    0, &step), ERR_TOTP_UNAVAILABLE);
	assert_int_equal(factor_check(&config, MEMBER, str_part(stored, 0,
	    stored.len - 1), code, NOW, 0, &step), ERR_TOTP_UNAVAILABLE);
	sealed[20] ^= 1;
	assert_int_equal(factor_check(&config, MEMBER, stored, code, NOW, 0,
	    &step), ERR_TOTP_UNAVAILABLE);
	sealed[20] ^= 1;
	write_key(config.accounts_totp_key_file, 0600, SEAL_KEY_SIZE, 'b');
	assert_int_equal(factor_check(&config, MEMBER, stored, code, NOW, 0,
	    &step), ERR_TOTP_UNAVAILABLE);
	assert_int_equal(step, 0);
}

static void
test_without_a_key(void **state)
{
	uint8_t secret[TOTP_SECRET_SIZE], sealed[FACTOR_SEALED_SIZE] = { 0 };
	struct str stored = { (const char *)sealed, sizeof(sealed) };
	static struct config none;
	char message[CONFIG_MESSAGE_SIZE] = "";
	int64_t step;

	(void)state;
	assert_int_equal(factor_check_config(&none, message), ERR_OK);
	assert_int_equal(factor_make(&none, MEMBER, secret, sealed),
	    ERR_TOTP_UNAVAILABLE);
	assert_int_equal(factor_check(&none, MEMBER, stored, STR("123456"),
	    NOW, 0, &step), ERR_TOTP_UNAVAILABLE);
	write_key(config.accounts_totp_key_file, 0644, SEAL_KEY_SIZE, 'a');
	assert_int_equal(factor_check_config(&config, message), ERR_CONFIG);
	assert_true(str_starts(str_of(message), STR("totp_key_file: ")));
	write_key(config.accounts_totp_key_file, 0600, SEAL_KEY_SIZE - 1, 'a');
	assert_int_equal(factor_check_config(&config, message), ERR_CONFIG);
	write_key(config.accounts_totp_key_file, 0600, SEAL_KEY_SIZE, 'a');
	assert_int_equal(factor_check_config(&config, message), ERR_OK);
}

static void
test_recovery_codes(void **state)
{
	char code[FACTOR_CODE_SIZE], bare[FACTOR_CODE_SIZE], spaced[64];
	struct digest made, sent, want;
	char text[64];
	size_t n = 0;

	(void)state;
	assert_int_equal(factor_code_make(MEMBER, code, &made), ERR_OK);
	assert_int_equal(strlen(code), FACTOR_CODE_SIZE - 1);
	for (size_t i = 0; code[i] != '\0'; i++) {
		assert_true((code[i] == '-') == (i % 5 == 4));
		if (code[i] != '-')
			bare[n++] = code[i];
	}
	bare[n] = '\0';
	(void)snprintf(text, sizeof(text), "%d:%s", MEMBER, bare);
	assert_int_equal(digest_sha256(str_of(text), &want), ERR_OK);
	assert_memory_equal(&made, &want, sizeof(made));
	(void)snprintf(spaced, sizeof(spaced), " %.4s %s-", bare, bare + 4);
	for (int i = 0; i < 3; i++) {
		struct str forms[] = { str_of(code), str_of(bare),
		    str_of(spaced) };

		assert_int_equal(factor_code_digest(MEMBER, forms[i], &sent),
		    ERR_OK);
		assert_memory_equal(&sent, &made, sizeof(made));
	}
	assert_int_equal(factor_code_digest(MEMBER + 1, str_of(code), &sent),
	    ERR_OK);
	assert_memory_not_equal(&sent, &made, sizeof(made));
}

static void
test_what_is_no_recovery_code(void **state)
{
	static const struct str texts[] = {
		STR(""), STR("-"), STR("0123456789abcde"),
		STR("0123456789abcdef0"), STR("0123456789abcde\0"),
		STR("                "),
		STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	};
	struct digest sent;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(factor_code_digest(MEMBER, texts[i], &sent),
		    ERR_SIGN_IN_FAILED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_secrets_stay_where_they_are),
		cmocka_unit_test(test_without_a_key),
		cmocka_unit_test(test_recovery_codes),
		cmocka_unit_test(test_what_is_no_recovery_code),
	};

	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
