/* SPDX-License-Identifier: ISC */
/*
 * journal_test: what many threads append is read once and in order, beside
 * them; what finds no room is refused, or counted to the one, also where the
 * disk is full; the folder is ours alone.
 */
#include "journals.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "clock.h"

/* A reader beside four writers, over many segments, in little room. */
static int
play_both(void)
{
	struct account a = { .ordered = true };
	pthread_t threads[THREADS];
	int64_t end = clock_mono_ms() + 60000;

	start(4 * MEGA, true);
	patient = true;
	wanted = 50000;
	for (intptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, append_some,
		    (void *)i) != 0)
			return 3;
	while (a.entries < THREADS * wanted && clock_mono_ms() < end) {
		read_on(journal_own(), &a);
		journal_release(journal_own(), a.next);
	}
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_join(threads[i], NULL) != 0)
			return 4;
	if (!a.ordered || a.entries != THREADS * wanted || a.lost != 0)
		return 5;
	return journal_next(journal_own()) == a.entries ? 0 : 6;
}

static void
test_reader_beside_writers(void **state)
{
	(void)state;
	assert_int_equal(played(play_both), 0);
}

/* --- No room --- */

static int
play_strict(void)
{
	struct account a;
	struct entry e = numbered(0);
	enum err err = ERR_OK;

	start(MEGA, true);
	for (int i = 0; err == ERR_OK && i < 100000; i++) {
		e = numbered(i * THREADS);
		err = journal_append(&e);
	}
	a = read_all(journal_own());
	if (err != ERR_JOURNAL_FULL || !a.ordered || a.lost != 0 ||
	    a.entries > MEGA / ENTRY_SIZE || a.entries < MEGA / ENTRY_SIZE / 2)
		return 3;
	/* All of it is shipped: there is room again. */
	journal_release(journal_own(), a.next);
	for (int i = 0; i < 1000 && journal_append(&e) != ERR_OK; i++)
		(void)usleep(5000);
	a = read_all(journal_own());
	return a.entries > 0 ? 0 : 4;
}

static void
test_strict(void **state)
{
	(void)state;
	assert_int_equal(played(play_strict), 0);
}

/* As many as were appended are read, or told as lost, to the one. */
static int
play_lossy(void)
{
	struct account a = { .ordered = true };
	uint64_t before, sum;

	start(MEGA, false);
	if (!append_by_all(5000))
		return 3;
	read_on(journal_own(), &a);
	before = a.entries;
	if (a.lost != 0 || before >= 20000)
		return 4;
	/* The number is told even if nobody appends any more. */
	journal_release(journal_own(), a.next);
	for (int i = 0; i < 1000 && a.lost == 0; i++) {
		(void)usleep(5000);
		read_on(journal_own(), &a);
	}
	if (a.lost + a.entries != 20000 || a.entries != before)
		return 5;
	for (size_t i = 0; i < THREADS; i++)
		atomic_store(&appended[i], 0);
	if (!append_by_all(100))
		return 6;
	read_on(journal_own(), &a);
	sum = a.lost + a.entries;
	return sum == 20400 && a.entries == before + 400 ? 0 : 7;
}

static void
test_lossy(void **state)
{
	(void)state;
	assert_int_equal(played(play_lossy), 0);
}

/* Killed when it was full: who adopts it knows the number all the same. */
static int
play_lossy_death(void)
{
	start(MEGA, false);
	return append_by_all(5000) ? 0 : 3;
}

static int
play_lossy_heir(void)
{
	struct account a, again;
	struct journal *j;

	start(64 * MEGA, false);
	if ((j = journal_adopt()) == NULL)
		return 3;
	a = read_all(j);
	again = read_all(j);
	if (a.entries != again.entries || a.lost != again.lost)
		return 4;
	/* Released up to the loss alone, it is still told. */
	journal_release(j, journal_next(j) - 1);
	again.next = journal_next(j) - 1;
	again.lost = 0;
	read_on(j, &again);
	return a.lost == again.lost && a.lost + a.entries == 20000 ? 0 : 5;
}

static void
test_lossy_death(void **state)
{
	(void)state;
	assert_int_equal(played(play_lossy_death), 0);
	assert_int_equal(played(play_lossy_heir), 0);
}

/* A disk that is full: no signal, and the same rules. */
static int
play_full_disk(void)
{
	struct account a = { .ordered = true };

	start(256 * MEGA, false);
	if (!append_by_all(50000))
		return 3;
	read_on(journal_own(), &a);
	journal_release(journal_own(), a.next);
	for (int i = 0; i < 1000 && a.lost == 0; i++) {
		(void)usleep(5000);
		read_on(journal_own(), &a);
	}
	return a.lost > 0 && a.lost + a.entries == THREADS * 50000 ? 0 : 4;
}

static void
test_full_disk(void **state)
{
	int result;

	(void)state;
	if (mount("tmpfs", place, "tmpfs", 0, "size=20m,mode=0700") != 0) {
		print_message("skipped: a tmpfs cannot be mounted here\n");
		skip();
	}
	result = played(play_full_disk);
	assert_int_equal(umount2(place, MNT_DETACH), 0);
	assert_int_equal(result, 0);
}

/* --- The folder --- */

static int
play_refused(void)
{
	const struct journal_options options = {
		.folder = folder,
		.bytes = MEGA,
	};

	return journal_start(&options) == ERR_PERMISSION &&
	    !journal_runs() ? 0 : 3;
}

static int
play_adopted_small(void)
{
	struct journal *j;

	start(64 * MEGA, true);
	if ((j = journal_adopt()) == NULL)
		return 3;
	return read_all(j).entries == THREADS * 1000 ? 0 : 4;
}

static void
test_folder_of_others(void **state)
{
	(void)state;
	assert_int_equal(played(play_small_writer), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(played(play_refused), 0);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(played(play_adopted_small), 0);
}

/* The same key's HMAC is the same in every process of the folder. */
static uint8_t (*shared)[ENTRY_ID_SIZE];

static int
play_credential(void)
{
	struct digest digest = { .bytes = { 1, 2, 3 } };
	struct entry e = numbered(0);

	start(MEGA, true);
	journal_set_credential(&e, &digest);
	if (!e.has_credential)
		return 3;
	memcpy(shared[1], shared[0], sizeof(shared[1]));
	memcpy(shared[0], e.credential, sizeof(shared[0]));
	return 0;
}

static void
test_credential(void **state)
{
	static const uint8_t zero[ENTRY_ID_SIZE];

	(void)state;
	shared = mmap(NULL, 2 * sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true((void *)shared != MAP_FAILED);
	assert_int_equal(played(play_credential), 0);
	assert_memory_not_equal(shared[0], zero, ENTRY_ID_SIZE);
	assert_int_equal(played(play_credential), 0);
	assert_memory_equal(shared[0], shared[1], ENTRY_ID_SIZE);
	(void)munmap((void *)shared, 2 * sizeof(*shared));
}

/* Stopped, it takes nothing more, and what it took is there. */
static int
play_stop(void)
{
	struct account a;

	start(MEGA, true);
	if (!append_by_all(100) || !journal_stop(clock_mono_ms() + 20000) ||
	    journal_runs())
		return 3;
	(void)append_by_all(100);
	a = read_all(journal_own());
	if (a.entries != THREADS * 100)
		return 4;
	journal_release(journal_own(), a.next);
	journal_finish(journal_own());
	return journal_own() == NULL && journal_stop(0) ? 0 : 5;
}

static void
test_stop(void **state)
{
	(void)state;
	assert_int_equal(played(play_stop), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		EACH(test_reader_beside_writers),
		EACH(test_strict),
		EACH(test_lossy),
		EACH(test_lossy_death),
		EACH(test_full_disk),
		EACH(test_folder_of_others),
		EACH(test_credential),
		EACH(test_stop),
#undef EACH
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
