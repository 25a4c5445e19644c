/* SPDX-License-Identifier: ISC */
/*
 * ledger_test: what a dead process left is read once, whatever ended it;
 * the living are left alone; damage harms nobody and invents nothing.
 */
#include "journals.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "clock.h"
#include "segment.h"

#define KILLS 25

/* --- One process appends, another adopts --- */

static int
play_writer(void)
{
	start(64 * MEGA, true);
	return append_by_all(60000) ? 0 : 3;
}

static int
play_adopter(void)
{
	struct journal *j;
	struct account a;

	start(64 * MEGA, true);
	if ((j = journal_adopt()) == NULL || journal_adopt() != NULL)
		return 3;
	a = read_all(j);
	if (!a.ordered || a.entries != THREADS * 60000 || a.lost != 0 ||
	    a.next != journal_next(j))
		return 4;
	journal_release(j, a.next);
	journal_finish(j);
	return journal_adopt() == NULL ? 0 : 5;
}

static int
play_nothing_left(void)
{
	struct account a;
	struct journal *j;

	start(64 * MEGA, true);
	/* The adopter's own, in which nothing is. */
	if ((j = journal_adopt()) == NULL)
		return 3;
	a = read_all(j);
	journal_finish(j);
	return a.entries == 0 && journal_adopt() == NULL ? 0 : 4;
}

static void
test_adopted_once(void **state)
{
	(void)state;
	assert_int_equal(played(play_writer), 0);
	assert_int_equal(played(play_adopter), 0);
	assert_int_equal(played(play_nothing_left), 0);
}

/* What a living process has is not adopted. */
static int
play_second(void)
{
	start(64 * MEGA, true);
	return journal_adopt() == NULL ? 0 : 3;
}

static int
play_first(void)
{
	pid_t child;
	int status;

	start(64 * MEGA, true);
	if ((child = fork()) == 0)
		_exit(2);
	(void)waitpid(child, &status, 0);
	/* Nor its own; those of the dead are two. */
	return append_by_all(10) && journal_adopt() != NULL &&
	    journal_adopt() != NULL && journal_adopt() == NULL ? 0 : 3;
}

static void
test_living_is_left_alone(void **state)
{
	int go[2];
	char c = 0;
	pid_t first;

	(void)state;
	assert_int_equal(pipe(go), 0);
	if ((first = fork()) == 0) {
		start(64 * MEGA, true);
		c = write(go[1], "x", 1) == 1 ? 0 : 1;
		(void)pause();
		_exit(c);
	}
	assert_int_equal(read(go[0], &c, 1), 1);
	assert_int_equal(played(play_second), 0);
	(void)kill(first, SIGKILL);
	(void)waitpid(first, NULL, 0);
	assert_int_equal(played(play_first), 0);
	(void)close(go[0]);
	(void)close(go[1]);
}

/* --- Killed at any moment --- */

/* Where the writers say how far they got, so that it outlives them. */
static _Atomic uint64_t *told;

static void *
append_and_tell(void *arg)
{
	int64_t who = (int64_t)(intptr_t)arg;

	for (uint64_t i = 0;; i++) {
		struct entry e = numbered((int64_t)i * THREADS + who);

		if (journal_append(&e) != ERR_OK)
			abort();
		atomic_store(&told[who], i + 1);
	}
}

static int
play_until_killed(void)
{
	pthread_t threads[THREADS];

	start(256 * MEGA, true);
	for (intptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, append_and_tell,
		    (void *)i) != 0)
			abort();
	(void)pause();
	return 0;
}

static int
play_coroner(void)
{
	struct journal *j;
	struct account a;

	start(256 * MEGA, true);
	if ((j = journal_adopt()) == NULL)
		return 3;
	a = read_all(j);
	if (!a.ordered)
		return 4;
	/* One more may stand there: it was not told of yet. */
	for (size_t i = 0; i < THREADS; i++)
		if (a.seen[i] < atomic_load(&told[i]) ||
		    a.seen[i] > atomic_load(&told[i]) + 1)
			return 5;
	journal_finish(j);
	if (!journal_stop(clock_mono_ms() + 20000))
		return 6;
	journal_finish(journal_own());
	return 0;
}

static void
test_killed_writers(void **state)
{
	uint64_t seed = 4711, all = 0;

	(void)state;
	told = mmap(NULL, sizeof(*told) * THREADS, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(told != MAP_FAILED);
	for (int i = 0; i < KILLS; i++) {
		const struct timespec wait = {
			.tv_nsec = 2000000 + (long)(unit_next(&seed) %
			    30000000),
		};
		pid_t child;

		for (size_t t = 0; t < THREADS; t++)
			atomic_store(&told[t], 0);
		if ((child = fork()) == 0)
			_exit(play_until_killed());
		while (atomic_load(&told[0]) == 0)
			(void)nanosleep(&(const struct timespec){
			    .tv_nsec = 100000 }, NULL);
		(void)nanosleep(&wait, NULL);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		for (size_t t = 0; t < THREADS; t++)
			all += atomic_load(&told[t]);
		assert_int_equal(played(play_coroner), 0);
	}
	assert_true(all > KILLS);
	(void)munmap(told, sizeof(*told) * THREADS);
}

/* --- Damage --- */

/* Paths of the dead journal's files, oldest first. */
static size_t
segments_of(char paths[][300], size_t most)
{
	char inner[300];
	const struct dirent *one;
	uint64_t number;
	size_t n = 0;
	DIR *dir = opendir(folder);

	while ((one = readdir(dir)) != NULL)
		if (strlen(one->d_name) == 2 * JOURNAL_ID_SIZE)
			(void)snprintf(inner, sizeof(inner), "%s/%.40s",
			    folder, one->d_name);
	(void)closedir(dir);
	dir = opendir(inner);
	while ((one = readdir(dir)) != NULL)
		if (segment_is_name(one->d_name, &number) && number < most) {
			(void)snprintf(paths[number], 300, "%.200s/%.40s",
			    inner, one->d_name);
			n++;
		}
	(void)closedir(dir);
	return n;
}

static uint64_t damage_seed;

static int
play_damaged(void)
{
	struct account a;
	struct journal *j;

	start(64 * MEGA, true);
	if ((j = journal_adopt()) == NULL)
		return 0;
	a = read_all(j);
	return a.entries <= THREADS * 1000 ? 0 : 3;
}

static void
damage(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint64_t kind = unit_next(&damage_seed) % 4;
	off_t size = lseek(fd, 0, SEEK_END);
	uint64_t at = unit_next(&damage_seed) % (uint64_t)size;
	char junk[512];

	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (char)unit_next(&damage_seed);
	switch (kind) {
	case 0:
		assert_int_equal(ftruncate(fd, (off_t)at), 0);
		break;
	case 1:
		assert_true(pwrite(fd, junk, 1, (off_t)at) == 1);
		break;
	case 2:
		assert_true(pwrite(fd, junk, sizeof(junk), (off_t)at) > 0);
		break;
	default:
		assert_true(pwrite(fd, junk, sizeof(junk), 0) > 0);
	}
	(void)close(fd);
}

static void
test_damage(void **state)
{
	char paths[16][300];
	size_t n;

	(void)state;
	damage_seed = 99;
	for (int i = 0; i < 30; i++) {
		assert_int_equal(played(play_small_writer), 0);
		n = segments_of(paths, 16);
		assert_true(n >= 4);
		for (uint64_t k = unit_next(&damage_seed) % 4; k < 4; k++)
			damage(paths[unit_next(&damage_seed) % n]);
		assert_int_equal(played(play_damaged), 0);
		sweep(place);
		assert_int_equal(mkdir(place, 0700), 0);
	}
}

/* One byte that is changed costs that entry alone, and never invents one. */
static int
play_one_short(void)
{
	struct account a;
	struct journal *j;

	start(64 * MEGA, true);
	if ((j = journal_adopt()) == NULL)
		return 3;
	a = read_all(j);
	return a.entries == THREADS * 1000 - 1 ? 0 : 4;
}

static void
test_one_byte(void **state)
{
	char paths[16][300];
	uint8_t byte;
	int fd;

	(void)state;
	for (off_t at = 0; at < ENTRY_SIZE; at += 13) {
		assert_int_equal(played(play_small_writer), 0);
		(void)segments_of(paths, 16);
		fd = open(paths[1], O_RDWR | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_true(pread(fd, &byte, 1, SEGMENT_HEAD + 12800 + at) ==
		    1);
		byte ^= 0x10;
		assert_true(pwrite(fd, &byte, 1, SEGMENT_HEAD + 12800 + at) ==
		    1);
		(void)close(fd);
		assert_int_equal(played(play_one_short), 0);
		sweep(place);
		assert_int_equal(mkdir(place, 0700), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		EACH(test_adopted_once),
		EACH(test_living_is_left_alone),
		EACH(test_killed_writers),
		EACH(test_damage),
		EACH(test_one_byte),
#undef EACH
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
