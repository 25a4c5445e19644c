/* SPDX-License-Identifier: ISC */
/* The process id in a file [layer 7]. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "pidfile.h"

static char folder[32];
static char place[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/pidfile.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/p", folder);
	return 0;
}

/* Fails if anything but place is left in the folder. */
static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(place);
	return rmdir(folder);
}

static void
write_text(const char *text)
{
	FILE *f = fopen(place, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_write_and_remove(void **state)
{
	char want[24], got[24] = "";
	struct stat st;
	FILE *f;

	(void)state;
	write_text("999999\n");
	assert_int_equal(pidfile_write(place), ERR_OK);
	f = fopen(place, "re");
	assert_non_null(f);
	assert_non_null(fgets(got, sizeof(got), f));
	(void)fclose(f);
	(void)snprintf(want, sizeof(want), "%ld\n", (long)getpid());
	assert_string_equal(got, want);
	assert_int_equal(stat(place, &st), 0);
	assert_int_equal(st.st_mode & 07133, 0);
	pidfile_remove(place);
	assert_int_equal(access(place, F_OK), -1);
	pidfile_remove(place);
}

static void
test_anothers_is_left(void **state)
{
	static const char *const texts[] = { "1\n", "", "x", "\n", "1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		write_text(texts[i]);
		pidfile_remove(place);
		assert_int_equal(access(place, F_OK), 0);
	}
}

static void
test_nowhere(void **state)
{
	(void)state;
	assert_int_equal(pidfile_write(""), ERR_OK);
	pidfile_remove("");
	assert_int_equal(pidfile_write("/nonexistent/folder/p"), ERR_SYSTEM);
	assert_int_equal(errno, ENOENT);
	/* A folder in its place: nothing is left behind. */
	assert_int_equal(mkdir(place, 0700), 0);
	assert_int_not_equal(pidfile_write(place), ERR_OK);
	assert_int_equal(rmdir(place), 0);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_write_and_remove),
		CASE(test_anothers_is_left),
		CASE(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
