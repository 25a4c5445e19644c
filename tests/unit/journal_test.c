/* SPDX-License-Identifier: ISC */
/*
 * journal_test: what many threads append is read once and in order, by the
 * same process or by one that comes after it, whatever killed the first; what
 * finds no room is refused, or counted to the one; damage harms nobody. Each
 * process has one journal, so that each test is played by processes.
 */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "journal.h"
#include "segment.h"

#define KILO 1024
#define MEGA (KILO * KILO)
#define THREADS 4
#define BATCH 700
#define KILLS 25

static char place[32];
static char folder[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(place, sizeof(place), "/tmp/journal.XXXXXX");
	if (mkdtemp(place) == NULL)
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s/a/b", place);
	return 0;
}

static void
sweep(const char *path)
{
	char inner[300];
	const struct dirent *one;
	DIR *dir = opendir(path);

	while (dir != NULL && (one = readdir(dir)) != NULL) {
		if (strcmp(one->d_name, ".") == 0 ||
		    strcmp(one->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof(inner), "%s/%.200s", path,
		    one->d_name);
		if (unlink(inner) != 0)
			sweep(inner);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

static int
tear_down(void **state)
{
	(void)state;
	sweep(place);
	return 0;
}

static struct entry
numbered(int64_t n)
{
	struct entry e = { .at = 1000000 + n, .account = n + 1 };

	entry_set_code(&e, ERR_KEY_UNKNOWN);
	return e;
}

static void
start(size_t bytes, bool strict)
{
	const struct journal_options options = {
		.folder = folder,
		.bytes = bytes,
		.strict = strict,
	};

	if (journal_start(&options) != ERR_OK)
		_exit(2);
}

/* Runs PART in a process of its own; how it ended. */
static int
played(int (*part)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(part());
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

/* What a whole journal holds. */
struct account {
	uint64_t entries, lost, last, next;
	bool ordered;
	uint64_t seen[THREADS];		/* next number of each thread */
};

/* Goes on reading; each thread's entries have to come as it wrote them. */
static void
read_on(struct journal *j, struct account *a)
{
	static struct entry out[BATCH];
	static uint64_t pos[BATCH];
	uint64_t from, lost;
	size_t n;

	do {
		from = a->next;
		n = journal_read(j, from, BATCH, out, pos, &a->next, &lost);
		a->lost += lost;
		for (size_t i = 0; i < n; i++) {
			int64_t who = (out[i].at - 1000000) % THREADS;
			uint64_t turn = (uint64_t)(out[i].at - 1000000) /
			    THREADS;

			if (turn != a->seen[who] || pos[i] < from ||
			    pos[i] >= a->next || (i > 0 && pos[i] <=
			    pos[i - 1]) || out[i].account !=
			    out[i].at - 1000000 + 1)
				a->ordered = false;
			a->seen[who] = turn + 1;
		}
		a->entries += n;
	} while (a->next > from);
}

static struct account
read_all(struct journal *j)
{
	struct account a = { .ordered = true, .next = journal_first(j) };

	read_on(j, &a);
	return a;
}

/* --- One process appends, and reads itself --- */

static _Atomic uint64_t appended[THREADS];
static uint64_t wanted;
static bool patient;

static void *
append_some(void *arg)
{
	int64_t who = (int64_t)(intptr_t)arg;

	for (uint64_t i = 0; i < wanted; i++) {
		struct entry e = numbered((int64_t)i * THREADS + who);

		/* Only a reader makes room. */
		while (journal_append(&e) != ERR_OK) {
			if (!patient)
				return arg;
			(void)usleep(1000);
		}
		atomic_fetch_add(&appended[who], 1);
	}
	return NULL;
}

static bool
append_by_all(uint64_t each)
{
	pthread_t threads[THREADS];
	void *result;
	bool good = true;

	wanted = each;
	for (intptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, append_some,
		    (void *)i) != 0)
			abort();
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_join(threads[i], &result) != 0)
			abort();
	for (size_t i = 0; i < THREADS; i++)
		good = good && atomic_load(&appended[i]) == each;
	return good;
}

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

static int
play_small_writer(void)
{
	start(MEGA, true);
	return append_by_all(1000) ? 0 : 3;
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
		EACH(test_adopted_once),
		EACH(test_living_is_left_alone),
		EACH(test_killed_writers),
		EACH(test_strict),
		EACH(test_lossy),
		EACH(test_lossy_death),
		EACH(test_full_disk),
		EACH(test_damage),
		EACH(test_one_byte),
		EACH(test_folder_of_others),
		EACH(test_credential),
		EACH(test_stop),
#undef EACH
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
