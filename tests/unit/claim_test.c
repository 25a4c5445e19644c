/* SPDX-License-Identifier: ISC */
/* The file that says which verifier runs in a place [layer 6]. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "claim.h"

#define FIRST "0123456789abcdef0123456789abcdef"
#define SECOND "fedcba9876543210fedcba9876543210"

static char folder[32];
static char place[64], other[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/claim.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/p", folder);
	(void)snprintf(other, sizeof(other), "%s/q", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(place);
	(void)unlink(other);
	return rmdir(folder);
}

static void
put(const char *text)
{
	FILE *f = fopen(place, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_successor(void **state)
{
	char before[BARRIER_ID_SIZE];
	int fd, again;

	(void)state;
	assert_int_equal(claim_take(place, before, &fd), ERR_OK);
	assert_string_equal(before, "");
	assert_int_equal(claim_write(fd, FIRST), ERR_OK);
	/* As long as it lives nobody may bury it. */
	assert_int_equal(claim_take(place, before, &again), ERR_CONFLICT);
	assert_int_equal(again, -1);
	assert_string_equal(before, "");
	(void)close(fd);
	assert_int_equal(claim_take(place, before, &fd), ERR_OK);
	assert_string_equal(before, FIRST);
	/* One that ended before it had registered left the place as it was. */
	(void)close(fd);
	assert_int_equal(claim_take(place, before, &fd), ERR_OK);
	assert_string_equal(before, FIRST);
	assert_int_equal(claim_write(fd, SECOND), ERR_OK);
	(void)close(fd);
	assert_int_equal(claim_take(place, before, &fd), ERR_OK);
	assert_string_equal(before, SECOND);
	(void)close(fd);
}

/* A process that is killed lets go of it. */
static void
test_killed(void **state)
{
	char before[BARRIER_ID_SIZE], byte;
	int pipes[2], fd, status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		if (claim_take(place, before, &fd) == ERR_OK &&
		    claim_write(fd, FIRST) == ERR_OK &&
		    write(pipes[1], "x", 1) == 1)
			(void)pause();
		_exit(1);
	}
	assert_true(pid > 0);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	assert_int_equal(claim_take(place, before, &fd), ERR_CONFLICT);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(claim_take(place, before, &fd), ERR_OK);
	assert_string_equal(before, FIRST);
	(void)close(fd);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

static void
test_nonsense(void **state)
{
	static const char *const texts[] = {
		"", "0123", "0123456789abcdef0123456789abcdeX",
		"0123456789ABCDEF0123456789ABCDEF", "\n",
	};
	char before[BARRIER_ID_SIZE];
	int fd;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		put(texts[i]);
		assert_int_equal(claim_take(place, before, &fd), ERR_OK);
		assert_string_equal(before, "");
		(void)close(fd);
	}
}

static void
test_places(void **state)
{
	char before[BARRIER_ID_SIZE];
	int fd;

	(void)state;
	put(FIRST);
	assert_int_equal(symlink(place, other), 0);
	assert_int_not_equal(claim_take(other, before, &fd), ERR_OK);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_not_equal(claim_take(other, before, &fd), ERR_OK);
	assert_int_not_equal(claim_take(folder, before, &fd), ERR_OK);
	assert_int_not_equal(claim_take("/nowhere/p", before, &fd), ERR_OK);
	assert_int_equal(fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_successor, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_killed, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_nonsense, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_places, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
