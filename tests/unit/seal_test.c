/* SPDX-License-Identifier: ISC */
/* Sealed values [layer 1]: there and back, every bit, key files. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "seal.h"

#define NOBODY 65534

static const struct seal_key key = { { 1, 2, 3 } };
static char folder[32];
static char place[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/seal.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/k", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(place);
	return rmdir(folder);
}

static void
test_there_and_back(void **state)
{
	uint8_t plain[SEAL_PLAIN_MAX], sealed[SEAL_SIZE(SEAL_PLAIN_MAX) + 1],
	    again[SEAL_SIZE(SEAL_PLAIN_MAX)], back[SEAL_PLAIN_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t len = 1; len <= SEAL_PLAIN_MAX; len++) {
		memset(sealed, '*', sizeof(sealed));
		memset(back, '*', sizeof(back));
		assert_int_equal(seal_close(&key, STR("totp member 7"), plain,
		    len, sealed), ERR_OK);
		assert_int_equal(sealed[SEAL_SIZE(len)], '*');
		assert_int_equal(seal_open(&key, STR("totp member 7"), sealed,
		    SEAL_SIZE(len), back), ERR_OK);
		assert_memory_equal(back, plain, len);
		assert_int_equal(back[len], '*');
	}
	/* The same value is never sealed alike, into the same memory. */
	memset(again, '*', sizeof(again));
	assert_int_equal(seal_close(&key, STR("totp member 7"), plain,
	    SEAL_PLAIN_MAX, again), ERR_OK);
	assert_memory_not_equal(again, sealed, SEAL_NONCE_SIZE);
	assert_memory_not_equal(again + SEAL_NONCE_SIZE,
	    sealed + SEAL_NONCE_SIZE, SEAL_PLAIN_MAX);
}

/*
 * The example of the GCM specification (McGrew and Viega, test case 16) with
 * its 20 bytes of additional data and 60 bytes of text.
 */
static void
test_known_answer(void **state)
{
	static const struct seal_key theirs = { {
		0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a,
		0x8f, 0x94, 0x67, 0x30, 0x83, 0x08, 0xfe, 0xff, 0xe9, 0x92,
		0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30,
		0x83, 0x08 } };
	static const uint8_t sealed[SEAL_SIZE(60)] = {
		0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca,
		0xf8, 0x88,
		0x52, 0x2d, 0xc1, 0xf0, 0x99, 0x56, 0x7d, 0x07, 0xf4, 0x7f,
		0x37, 0xa3, 0x2a, 0x84, 0x42, 0x7d, 0x64, 0x3a, 0x8c, 0xdc,
		0xbf, 0xe5, 0xc0, 0xc9, 0x75, 0x98, 0xa2, 0xbd, 0x25, 0x55,
		0xd1, 0xaa, 0x8c, 0xb0, 0x8e, 0x48, 0x59, 0x0d, 0xbb, 0x3d,
		0xa7, 0xb0, 0x8b, 0x10, 0x56, 0x82, 0x88, 0x38, 0xc5, 0xf6,
		0x1e, 0x63, 0x93, 0xba, 0x7a, 0x0a, 0xbc, 0xc9, 0xf6, 0x62,
		0x76, 0xfc, 0x6e, 0xce, 0x0f, 0x4e, 0x17, 0x68, 0xcd, 0xdf,
		0x88, 0x53, 0xbb, 0x2d, 0x55, 0x1b };
	static const uint8_t head[] = { 0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84,
		0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26, 0x9a };
	const struct str context = STR("\xfe\xed\xfa\xce\xde\xad\xbe\xef"
	    "\xfe\xed\xfa\xce\xde\xad\xbe\xef\xab\xad\xda\xd2");
	uint8_t back[60];

	(void)state;
	assert_int_equal(seal_open(&theirs, context, sealed, sizeof(sealed),
	    back), ERR_OK);
	assert_memory_equal(back, head, sizeof(head));
}

static void
test_every_bit_counts(void **state)
{
	static const uint8_t zeros[20];
	const struct str context = STR("totp member 7");
	uint8_t sealed[SEAL_SIZE(20)], back[20];
	struct seal_key other = key;

	(void)state;
	assert_int_equal(seal_close(&key, context, "twenty bytes of text", 20,
	    sealed), ERR_OK);
	for (size_t bit = 0; bit < sizeof(sealed) * 8; bit++) {
		memset(back, '*', sizeof(back));
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(seal_open(&key, context, sealed,
		    sizeof(sealed), back), ERR_INTERNAL);
		assert_memory_equal(back, zeros, sizeof(back));
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof(other.bytes) * 8; bit++) {
		other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(seal_open(&other, context, sealed,
		    sizeof(sealed), back), ERR_INTERNAL);
		other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(seal_open(&other, context, sealed, sizeof(sealed),
	    back), ERR_OK);
	assert_memory_equal(back, "twenty bytes of text", 20);
}

static void
test_another_context(void **state)
{
	static const struct str others[] = { STR("totp member 8"), STR(""),
		STR("totp member 77"), STR("totp member "),
		STR("totp member 7\0"), STR("Totp member 7") };
	uint8_t sealed[SEAL_SIZE(3)], back[3];

	(void)state;
	assert_int_equal(seal_close(&key, STR("totp member 7"), "abc", 3,
	    sealed), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_int_equal(seal_open(&key, others[i], sealed,
		    sizeof(sealed), back), ERR_INTERNAL);
	assert_int_equal(seal_close(&key, str_of(NULL), "abc", 3, sealed),
	    ERR_OK);
	assert_int_equal(seal_open(&key, STR(""), sealed, sizeof(sealed),
	    back), ERR_OK);
	assert_int_equal(seal_open(&key, STR("x"), sealed, sizeof(sealed),
	    back), ERR_INTERNAL);
}

static void
test_lengths(void **state)
{
	uint8_t sealed[SEAL_SIZE(SEAL_PLAIN_MAX) + 64], back[256];
	uint8_t plain[SEAL_PLAIN_MAX + 1] = { 0 };
	const size_t whole = SEAL_SIZE(40);

	(void)state;
	assert_int_equal(seal_close(&key, STR("c"), plain, 0, sealed),
	    ERR_INTERNAL);
	assert_int_equal(seal_close(&key, STR("c"), plain, sizeof(plain),
	    sealed), ERR_INTERNAL);
	assert_int_equal(seal_close(&key, STR("c"), plain, SIZE_MAX, sealed),
	    ERR_INTERNAL);
	memset(sealed, 0, sizeof(sealed));
	assert_int_equal(seal_close(&key, STR("c"), plain, 40, sealed),
	    ERR_OK);
	for (size_t len = 0; len < sizeof(sealed); len++)
		assert_int_equal(seal_open(&key, STR("c"), sealed, len, back),
		    len == whole ? ERR_OK : ERR_INTERNAL);
	assert_int_equal(seal_open(&key, STR("c"), sealed, SIZE_MAX, back),
	    ERR_INTERNAL);
}

/* Makes place a file of LEN bytes, each one above the one before. */
static void
write_file(size_t len, mode_t mode)
{
	int fd;

	(void)unlink(place);
	fd = open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(write(fd, &(uint8_t){ (uint8_t)i }, 1), 1);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

/* The file is refused for the reason WHY, with the recipe. */
static void
assert_refused(const char *path, const char *why)
{
	static const struct seal_key wiped;
	char message[SEAL_MESSAGE_SIZE] = "";
	struct seal_key got = key;

	assert_int_equal(seal_read_key(path, &got, message), ERR_CONFIG);
	assert_memory_equal(&got, &wiped, sizeof(got));
	if (strstr(message, why) == NULL ||
	    strstr(message, "head -c 32 /dev/urandom") == NULL)
		fail_msg("\"%s\" lacks \"%s\"", message, why);
}

static void
test_key_file(void **state)
{
	static const mode_t modes[] = { 0600, 0400, 0700 };
	char message[SEAL_MESSAGE_SIZE] = "left";
	struct seal_key got;

	(void)state;
	for (size_t m = 0; m < ARRAY_LEN(modes); m++) {
		memset(&got, 0xff, sizeof(got));
		write_file(SEAL_KEY_SIZE, modes[m]);
		assert_int_equal(seal_read_key(place, &got, message), ERR_OK);
		assert_string_equal(message, "");
		for (size_t i = 0; i < SEAL_KEY_SIZE; i++)
			assert_int_equal(got.bytes[i], i);
	}
	seal_key_wipe(&got);
	for (size_t i = 0; i < SEAL_KEY_SIZE; i++)
		assert_int_equal(got.bytes[i], 0);
}

static void
test_wrong_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 31, 33, 64, 65 };
	int fd;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		write_file(sizes[i], 0600);
		assert_refused(place, "exactly 32 bytes");
	}
	write_file(0, 0600);
	fd = open(place, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SEAL_KEY_SIZE), 0);
	assert_int_equal(close(fd), 0);
	assert_refused(place, "again and again");
}

static void
test_open_to_others(void **state)
{
	char message[SEAL_MESSAGE_SIZE];
	struct seal_key got;

	(void)state;
	for (mode_t mode = 0600; mode <= 0677; mode++) {
		bool group = geteuid() == 0 && mode == 0640;

		if (mode == 0600 || group)
			continue;
		write_file(SEAL_KEY_SIZE, mode);
		assert_refused(place, "open to others");
	}
	if (geteuid() != 0)
		return;
	write_file(SEAL_KEY_SIZE, 0640);
	assert_int_equal(seal_read_key(place, &got, message), ERR_OK);
	write_file(SEAL_KEY_SIZE, 0440);
	assert_int_equal(seal_read_key(place, &got, message), ERR_OK);
	/* Of a user who is neither root nor this process's. */
	write_file(SEAL_KEY_SIZE, 0600);
	assert_int_equal(chown(place, NOBODY, NOBODY), 0);
	assert_refused(place, "belongs neither to root");
	/* The process's own, but not root's. */
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	assert_int_equal(seal_read_key(place, &got, message), ERR_OK);
	assert_int_equal(chmod(place, 0640), 0);
	assert_refused(place, "open to others");
	assert_int_equal(seteuid(0), 0);
}

static void
test_no_file(void **state)
{
	char far[8192];

	(void)state;
	assert_refused("", strerror(ENOENT));
	assert_refused(place, strerror(ENOENT));
	assert_refused("/nonexistent/key", "key file /nonexistent/key:");
	assert_refused(folder, "not a regular file");
	assert_refused("/dev/zero", "not a regular file");
	assert_int_equal(mkfifo(place, 0600), 0);
	assert_refused(place, "not a regular file");
	memset(far, 'x', sizeof(far));
	far[sizeof(far) - 1] = '\0';
	assert_refused(far, strerror(ENAMETOOLONG));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_another_context),
		cmocka_unit_test(test_lengths),
		CASE(test_key_file),
		CASE(test_wrong_sizes),
		CASE(test_open_to_others),
		CASE(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
