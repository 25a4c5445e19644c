/* SPDX-License-Identifier: ISC */
/* One-time codes [layer 1] against RFC 6238, RFC 4226 and RFC 4648. */
#include "unit.h"

#include <dlfcn.h>
#include <liboath/oath.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>

#include "totp.h"

/* This program's calls stand before liboath's; they fail when told to. */
static bool init_fails, generate_fails;

int
oath_init(void)
{
	int (*real)(void) = NULL;

	*(void **)&real = dlsym(RTLD_NEXT, "oath_init");
	return init_fails ? OATH_CRYPTO_ERROR : real();
}

int
oath_hotp_generate(const char *secret, size_t secret_length, uint64_t factor,
    unsigned digits, bool add_checksum, size_t truncation_offset, char *otp)
{
	int (*real)(const char *, size_t, uint64_t, unsigned, bool, size_t,
	    char *) = NULL;

	*(void **)&real = dlsym(RTLD_NEXT, "oath_hotp_generate");
	return generate_fails ? OATH_MALLOC_ERROR :
	    real(secret, secret_length, factor, digits, add_checksum,
	    truncation_offset, otp);
}

/* The secret of RFC 6238 appendix B and RFC 4226 appendix D. */
static const uint8_t secret[TOTP_SECRET_SIZE] = { '1', '2', '3', '4', '5',
	'6', '7', '8', '9', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
	'0' };

/* RFC 4226 appendix D: the codes of the first steps. */
static const char *const first[] = { "755224", "287082", "359152", "969429",
	"338314", "254676", "287922", "162583", "399871", "520489" };

static enum err
check(const char *code, int64_t now, int64_t last, int64_t *step)
{
	*step = 4711;
	return totp_check(secret, str_of(code), now, last, step);
}

static void
assert_refused(const char *code, int64_t now, int64_t last)
{
	int64_t step;

	assert_int_equal(check(code, now, last, &step), ERR_SIGN_IN_FAILED);
	assert_int_equal(step, 4711);
}

/* First of all, since liboath is set up once in a process. */
static void
test_no_liboath(void **state)
{
	int status = -1;
	int64_t step;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		init_fails = true;
		if (check("287082", 59, TOTP_NO_STEP, &step) != ERR_INTERNAL)
			_exit(1);
		init_fails = false;
		/* It stays refused. */
		_exit(check("287082", 59, TOTP_NO_STEP, &step) == ERR_INTERNAL
		    && step == 4711 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void *
one_of_many(void *slot)
{
	int64_t step;

	*(enum err *)slot = check("287082", 59, TOTP_NO_STEP, &step);
	return NULL;
}

static void
test_threads(void **state)
{
	pthread_t threads[8];
	enum err answers[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, one_of_many,
		    &answers[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(answers[i], ERR_OK);
	}
}

static void
test_rfc_6238(void **state)
{
	/* Appendix B, SHA-1; six digits are the last of its eight. */
	static const struct {
		int64_t now;
		const char *code;
		int64_t step;
	} rows[] = {
		{ INT64_C(59), "287082", 0x1 },
		{ INT64_C(1111111109), "081804", 0x23523EC },
		{ INT64_C(1111111111), "050471", 0x23523ED },
		{ INT64_C(1234567890), "005924", 0x273EF07 },
		{ INT64_C(2000000000), "279037", 0x3F940AA },
		{ INT64_C(20000000000), "353130", 0x27BC86AA },
	};
	int64_t step;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(check(rows[i].code, rows[i].now, TOTP_NO_STEP,
		    &step), ERR_OK);
		assert_int_equal(step, rows[i].step);
	}
}

static void
test_skew(void **state)
{
	(void)state;
	for (int64_t at = 0; at < (int64_t)ARRAY_LEN(first); at++)
		for (int64_t now = 0; now < 12 * TOTP_STEP_SECONDS; now++) {
			int64_t off = now / TOTP_STEP_SECONDS - at, step;
			bool near = off >= -1 && off <= 1;

			assert_int_equal(check(first[at], now, TOTP_NO_STEP,
			    &step), near ? ERR_OK : ERR_SIGN_IN_FAILED);
			assert_int_equal(step, near ? at : 4711);
		}
}

static void
test_each_code_once(void **state)
{
	int64_t step;

	(void)state;
	/* At step 5 those of 4, 5 and 6 are good, if above the last. */
	for (int64_t last = -2; last < 9; last++)
		for (int64_t at = 4; at <= 6; at++) {
			assert_int_equal(check(first[at], 155, last, &step),
			    at > last ? ERR_OK : ERR_SIGN_IN_FAILED);
			assert_int_equal(step, at > last ? at : 4711);
		}
	assert_refused(first[5], 155, INT64_MAX);
	assert_int_equal(check(first[5], 155, INT64_MIN, &step), ERR_OK);
	/* Step 0 counts once, too. */
	assert_int_equal(check(first[0], 0, TOTP_NO_STEP, &step), ERR_OK);
	assert_int_equal(step, 0);
	assert_refused(first[0], 0, 0);
}

/*
 * Two steps with the same code: it is used up for both. This secret's are
 * found by trying: one step in a million has the code of the next but one.
 */
static void
test_same_code_twice(void **state)
{
	char codes[3][TOTP_DIGITS + 1];
	int64_t found = 0, step;

	(void)state;
	for (uint64_t s = 0; found == 0; s++) {
		assert_int_equal(oath_hotp_generate((const char *)secret,
		    TOTP_SECRET_SIZE, s, TOTP_DIGITS, false,
		    OATH_HOTP_DYNAMIC_TRUNCATION, codes[s % 3]), OATH_OK);
		if (s >= 2 && strcmp(codes[s % 3], codes[(s + 1) % 3]) == 0)
			found = (int64_t)s;
	}
	assert_int_equal(check(codes[found % 3],
	    (found - 1) * TOTP_STEP_SECONDS, TOTP_NO_STEP, &step), ERR_OK);
	assert_int_equal(step, found);
	assert_refused(codes[found % 3], (found - 1) * TOTP_STEP_SECONDS,
	    found);
}

static void
test_strange_times(void **state)
{
	char before[TOTP_DIGITS + 1];
	int64_t step;

	(void)state;
	assert_int_equal(check(first[0], -1, TOTP_NO_STEP, &step),
	    ERR_INTERNAL);
	assert_int_equal(check(first[0], INT64_MIN, TOTP_NO_STEP, &step),
	    ERR_INTERNAL);
	assert_int_equal(step, 4711);
	/* There is no step before the first, not even as 2^64 - 1. */
	assert_int_equal(oath_hotp_generate((const char *)secret,
	    TOTP_SECRET_SIZE, UINT64_MAX, TOTP_DIGITS, false,
	    OATH_HOTP_DYNAMIC_TRUNCATION, before), OATH_OK);
	assert_refused(before, 0, INT64_MIN);
	assert_refused("000000", INT64_MAX, TOTP_NO_STEP);
}

static void
test_blanks(void **state)
{
	static const char *const good[] = { "287082", "287 082", " 287082",
		"287082 ", "28 70 82", "\t287\t082\t", "2 8 7 0 8 2" };
	int64_t step;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(check(good[i], 59, TOTP_NO_STEP, &step),
		    ERR_OK);
}

static void
test_garbage(void **state)
{
	static const char *const bad[] = { "", " ", "2", "28708", "2870820",
		"0287082", "94287082", "287082\n", "287-082", "287.082",
		"+287082", "-287082", "0x2870", "28708a", "287082 2", "287O82",
		"\xd9\xa2\xd9\xa8\xd9\xa7", "287\302\240082",
		"999999999999999999999999999999999999", "%s%s%s" };
	int64_t step = 4711;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_refused(bad[i], 59, TOTP_NO_STEP);
	assert_refused(NULL, 59, TOTP_NO_STEP);
	assert_int_equal(totp_check(secret, STR("287\0" "082"), 59,
	    TOTP_NO_STEP, &step), ERR_SIGN_IN_FAILED);
	assert_int_equal(totp_check(secret, STR("287082\0"), 59,
	    TOTP_NO_STEP, &step), ERR_SIGN_IN_FAILED);
	assert_int_equal(step, 4711);
	/* No other code of a million is right. */
	for (int n = 0; n < 1000000; n += 997) {
		char text[TOTP_DIGITS + 1];

		(void)snprintf(text, sizeof(text), "%06d", n);
		if (strcmp(text, first[0]) != 0 && strcmp(text, first[1]) != 0
		    && strcmp(text, first[2]) != 0)
			assert_refused(text, 59, TOTP_NO_STEP);
	}
}

static void
test_liboath_fails(void **state)
{
	int64_t step;

	(void)state;
	generate_fails = true;
	assert_int_equal(check("287082", 59, TOTP_NO_STEP, &step),
	    ERR_INTERNAL);
	/* What it did not write is no code either. */
	assert_int_equal(check("000000", 59, TOTP_NO_STEP, &step),
	    ERR_INTERNAL);
	assert_int_equal(step, 4711);
	generate_fails = false;
}

static void
test_secrets(void **state)
{
	uint8_t a[TOTP_SECRET_SIZE], b[TOTP_SECRET_SIZE];

	(void)state;
	assert_int_equal(totp_make_secret(a), ERR_OK);
	assert_int_equal(totp_make_secret(b), ERR_OK);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
test_base32(void **state)
{
	/* RFC 4648 section 10 has "fooba" and its like. */
	static const uint8_t fooba[TOTP_SECRET_SIZE + 1] =
	    "foobafoobafoobafooba";
	uint8_t bytes[TOTP_SECRET_SIZE];
	char text[TOTP_BASE32_SIZE];

	(void)state;
	totp_base32(fooba, text);
	assert_string_equal(text, "MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB");
	totp_base32(secret, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	memset(bytes, 0xff, sizeof(bytes));
	totp_base32(bytes, text);
	assert_string_equal(text, "77777777777777777777777777777777");
	memset(bytes, 0, sizeof(bytes));
	totp_base32(bytes, text);
	assert_string_equal(text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

/* liboath reads base32 back, whatever the bytes. */
static void
test_base32_back(void **state)
{
	uint64_t seed = 6238;
	uint8_t bytes[TOTP_SECRET_SIZE];
	char text[TOTP_BASE32_SIZE], *back;
	size_t len;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(unit_next(&seed) >> 32);
		totp_base32(bytes, text);
		assert_int_equal(strlen(text), TOTP_BASE32_SIZE - 1);
		assert_int_equal(oath_base32_decode(text, strlen(text), &back,
		    &len), OATH_OK);
		assert_int_equal(len, sizeof(bytes));
		assert_memory_equal(back, bytes, sizeof(bytes));
		free(back);
	}
}

static void
test_uri(void **state)
{
	struct arena *arena = arena_new(16384);
	struct buf out = buf_in(arena);

	(void)state;
	totp_uri(secret, STR("Site & \xc3\x9c: 100%"),
	    STR("o'neil+x@example.com"), &out);
	assert_false(out.failed);
	assert_str(buf_str(&out), "otpauth://totp/"
	    "Site%20%26%20%C3%9C%3A%20100%25:o%27neil%2Bx%40example.com"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=Site%20%26%20%C3%9C%3A%20100%25"
	    "&algorithm=SHA1&digits=6&period=30");
	out = buf_in(arena);
	totp_uri(secret, STR("aZ09-._~"), STR("\0\x7f\xff/?#&=\"<\n"), &out);
	assert_str(buf_str(&out), "otpauth://totp/"
	    "aZ09-._~:%00%7F%FF%2F%3F%23%26%3D%22%3C%0A"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=aZ09-._~"
	    "&algorithm=SHA1&digits=6&period=30");
	arena_free(arena);
	/* A full arena shows in the text's own flag. */
	arena = arena_new(1024);
	out = buf_in(arena);
	for (int i = 0; i < 64; i++)
		totp_uri(secret, STR("Site"), STR("a@example.com"), &out);
	assert_true(out.failed);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_liboath),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_rfc_6238),
		cmocka_unit_test(test_skew),
		cmocka_unit_test(test_each_code_once),
		cmocka_unit_test(test_same_code_twice),
		cmocka_unit_test(test_strange_times),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_liboath_fails),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_base32),
		cmocka_unit_test(test_base32_back),
		cmocka_unit_test(test_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
