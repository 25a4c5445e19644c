/* SPDX-License-Identifier: ISC */
/* Secrets [layer 1]: randomness, evenness, comparison, no core files. */
#include "unit.h"

#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "secret.h"

static const char digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void
test_random(void **state)
{
	unsigned char a[32], b[32];

	(void)state;
	assert_int_equal(secret_random(a, sizeof(a)), ERR_OK);
	assert_int_equal(secret_random(b, sizeof(b)), ERR_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	memset(a, 'x', sizeof(a));
	assert_int_equal(secret_random(a, 0), ERR_OK);
	assert_int_equal(a[0], 'x');
}

static void
test_base62_lengths(void **state)
{
	static const size_t lens[] = { 0, 1, 6, 16, 32, 63, 64, 65, 255, 256 };
	char text[260];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		memset(text, '*', sizeof(text));
		assert_int_equal(secret_base62(text, lens[i]), ERR_OK);
		assert_int_equal(strlen(text), lens[i]);
		assert_int_equal(strspn(text, digits), lens[i]);
		assert_int_equal(text[lens[i] + 1], '*');
	}
}

static void
test_base62_is_even(void **state)
{
	unsigned int seen[UCHAR_MAX + 1] = { 0 };
	char text[257];

	(void)state;
	for (int i = 0; i < 62 * 40; i++) {
		assert_int_equal(secret_base62(text, 256), ERR_OK);
		for (size_t k = 0; k < 256; k++)
			seen[(unsigned char)text[k]]++;
	}
	/*
	 * 10 240 of each are expected, with a deviation of about 100; taking
	 * bytes modulo 62 would give 9 920 of most and 12 400 of the first
	 * eight. Ten deviations never happen by chance.
	 */
	for (const char *c = digits; *c != '\0'; c++) {
		assert_true(seen[(unsigned char)*c] > 9240);
		assert_true(seen[(unsigned char)*c] < 11240);
	}
}

static void
test_equal(void **state)
{
	unsigned char a[64], b[64];

	(void)state;
	memset(a, 0x5a, sizeof(a));
	memset(b, 0x5a, sizeof(b));
	assert_true(secret_equal(a, b, sizeof(a)));
	assert_true(secret_equal(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++)
		for (int bit = 0; bit < 8; bit++) {
			b[i] ^= (unsigned char)(1 << bit);
			assert_false(secret_equal(a, b, sizeof(a)));
			assert_true(secret_equal(a, b, i));
			b[i] ^= (unsigned char)(1 << bit);
		}
	assert_true(secret_equal("a\0b", "a\0b", 3));
	assert_false(secret_equal("a\0b", "a\0c", 3));
}

/* Runs in a process of its own; what does not hold is its exit status. */
static int
secret_hardened(void)
{
	struct rlimit limit;

	if (secret_harden_process() != ERR_OK)
		return 1;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return 3;
	return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 4;
}

static void
test_hardening(void **state)
{
	int status = -1;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(secret_hardened());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_base62_lengths),
		cmocka_unit_test(test_base62_is_even),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_hardening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
