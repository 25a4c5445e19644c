/* SPDX-License-Identifier: ISC */
#include "journal.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>

#include "clock.h"
#include "folder.h"
#include "ledger.h"
#include "log.h"
#include "metrics.h"
#include "segment.h"

#define JOURNAL_EVERY 1000	/* ms, between two visits to the disk */
#define JOURNAL_STEP 5000000	/* ns */

/* Segments that are made ahead of the one that is written. */
#define JOURNAL_AHEAD 1

/* The room is cut into so many segments, as far as their sizes allow. */
#define JOURNAL_PARTS 8

/* The process's own journal, as its writers see it. */
static struct {
	struct journal_options options;
	char folder[FOLDER_PATH_SIZE];
	uint8_t key[DIGEST_SIZE];
	struct journal *ledger;		/* for the reader */
	struct segment_journal files;
	_Atomic bool runs;
	_Atomic uint64_t next;		/* position to be taken */
	_Atomic uint64_t limit;		/* there is no room from there on */
	_Atomic bool full;
	_Atomic(uint8_t *) *maps;	/* of segment n in place n % PLACES */
	uint64_t places;
	/*
	 * Who makes or frees files, which may take milliseconds, has MAKING;
	 * ROOM is held for moments only, to say that there is room or not.
	 */
	pthread_mutex_t making, room;
	uint64_t made;			/* segments below it were made */
	uint64_t kept;			/* those below it are free */
	uint64_t early;			/* lost before there was any */
	_Atomic int64_t oldest;		/* time of the first not released */
	uint64_t synced;		/* position; the thread's own */
	bool settled;			/* nothing came since */
	bool failing;			/* the last visit to the disk failed */
	bool half;			/* of the room was taken */
	int wake;			/* eventfd */
	_Atomic bool stop, ended;
	pthread_t thread;
} journal = {
	.making = PTHREAD_MUTEX_INITIALIZER,
	.room = PTHREAD_MUTEX_INITIALIZER,
	.wake = -1,
};

bool
journal_runs(void)
{
	return atomic_load_explicit(&journal.runs, memory_order_acquire);
}

/* The thread has something to do. */
static void
journal_wake(void)
{
	uint64_t one = 1;

	/* It fails if it is woken already. */
	if (write(journal.wake, &one, sizeof(one)) < 0 && errno != EAGAIN)
		abort();
}

static uint8_t *
journal_map(uint64_t number)
{
	return atomic_load_explicit(&journal.maps[number % journal.places],
	    memory_order_acquire);
}

/*
 * Says that segment journal.made, which is mapped at MAP, may be written. If
 * entries were lost before it a mark is its first, so that the number is told
 * at once. Needs MAKING.
 */
static void
journal_extend(uint8_t *map)
{
	static const uint8_t mark[ENTRY_BODY_SIZE];
	uint64_t number = journal.made++;

	atomic_store_explicit(&journal.maps[number % journal.places], map,
	    memory_order_release);
	(void)pthread_mutex_lock(&journal.room);
	if (number == 0 && journal.early > 0)
		segment_lose(map, journal.early);
	if (number > 0 && !journal.options.strict &&
	    atomic_load(&journal.full)) {
		/* All places are taken, and nobody can take this one. */
		segment_write(&journal.files, number, map, 0, mark);
		atomic_store(&journal.next, number * journal.files.slots + 1);
	}
	atomic_store_explicit(&journal.limit,
	    journal.made * journal.files.slots, memory_order_release);
	atomic_store(&journal.full, false);
	(void)pthread_mutex_unlock(&journal.room);
}

/* Whether the folder has room for one more file. */
static bool
journal_has_room(void)
{
	if (journal.made - journal.kept >= journal.places)
		return false;
	return segment_has_spare(&journal.files) ||
	    folder_bytes(journal.folder) + segment_size(journal.files.slots) <=
	    journal.options.bytes;
}

/* Makes the next segment; AHEAD, if nobody waits for it. Needs MAKING. */
static enum err
journal_make(bool ahead)
{
	enum err err = ERR_JOURNAL_FULL;
	uint8_t *map;

	if (journal_has_room())
		err = segment_make(&journal.files, journal.made, ahead, &map);
	if (err == ERR_OK)
		journal_extend(map);
	else if (err != ERR_JOURNAL_FULL)
		log_event(LOG_LEVEL_ERROR, "journal_not_extended",
		    LOG_S("reason", strerrordesc_np(errno)));
	return err;
}

/*
 * There is no place left: makes a segment, for it would be no quicker to wait
 * for the thread, which may be waiting for the disk. Whoever comes meanwhile
 * waits for this one.
 */
static void
journal_make_now(void)
{
	(void)pthread_mutex_lock(&journal.making);
	if (atomic_load(&journal.next) >= atomic_load(&journal.limit) &&
	    !atomic_load(&journal.full) && journal_make(false) != ERR_OK) {
		(void)pthread_mutex_lock(&journal.room);
		atomic_store(&journal.full, true);
		(void)pthread_mutex_unlock(&journal.room);
		log_event(LOG_LEVEL_ERROR, "journal_full",
		    LOG_S("folder", journal.folder),
		    LOG_S("from_now_on", journal.options.strict ?
		    "nothing is let in" : "uses are counted only"));
	}
	(void)pthread_mutex_unlock(&journal.making);
}

/*
 * The journal is full: the entry is refused, or counted behind the last place.
 * False if there is room after all.
 */
static bool
journal_give_up(void)
{
	uint64_t limit;
	bool full;

	(void)pthread_mutex_lock(&journal.room);
	full = atomic_load(&journal.full);
	limit = atomic_load(&journal.limit);
	if (full && !journal.options.strict && limit == 0)
		journal.early++;
	else if (full && !journal.options.strict)
		segment_lose(journal_map(limit / journal.files.slots - 1), 1);
	(void)pthread_mutex_unlock(&journal.room);
	if (full)
		metrics_add(journal.options.strict ? METRICS_JOURNAL_REFUSED :
		    METRICS_JOURNAL_LOST, 0, 1);
	return full;
}

/* Takes a place; false if there is none at the moment. */
static bool
journal_take(uint64_t *position)
{
	uint64_t at = atomic_load_explicit(&journal.next,
	    memory_order_relaxed);

	/* Never one that is not there: it could not be given back. */
	do {
		if (at >= atomic_load_explicit(&journal.limit,
		    memory_order_acquire))
			return false;
	} while (!atomic_compare_exchange_weak(&journal.next, &at, at + 1));
	*position = at;
	return true;
}

/* Fills the place of POSITION; ERR_JOURNAL_FULL if it has to be synced. */
static enum err
journal_put(uint64_t position, const uint8_t body[ENTRY_BODY_SIZE])
{
	uint64_t number = position / journal.files.slots;
	uint32_t slot = (uint32_t)(position % journal.files.slots);
	uint8_t *map = journal_map(number);

	segment_write(&journal.files, number, map, slot, body);
	metrics_add(METRICS_JOURNAL_ENTRIES, 0, 1);
	if (slot == journal.files.slots / 2)
		journal_wake();
	if (!journal.options.sync_each ||
	    segment_sync(map, slot, 1))
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR, "journal_not_synced",
	    LOG_S("reason", strerrordesc_np(errno)));
	return ERR_JOURNAL_FULL;
}

enum err
journal_append(const struct entry *entry)
{
	uint8_t body[ENTRY_BODY_SIZE];
	uint64_t position;

	if (!journal_runs())
		return ERR_OK;
	entry_pack(entry, body);
	while (!journal_take(&position)) {
		if (!atomic_load(&journal.full))
			journal_make_now();
		else if (journal_give_up())
			return journal.options.strict ? ERR_JOURNAL_FULL :
			    ERR_OK;
	}
	return journal_put(position, body);
}

void
journal_set_credential(struct entry *entry, const struct digest *digest)
{
	const struct str key = { (const char *)journal.key, DIGEST_SIZE };
	const struct str data = { (const char *)digest->bytes, DIGEST_SIZE };
	struct digest sum;

	if (!journal_runs() || digest_hmac(key, data, &sum) != ERR_OK)
		return;
	memcpy(entry->credential, sum.bytes, sizeof(entry->credential));
	entry->has_credential = true;
}

/* Makes what is to be there ahead, if there is room. */
static void
journal_make_ahead(void)
{
	enum err err = ERR_OK;
	uint64_t number;

	(void)pthread_mutex_lock(&journal.making);
	number = atomic_load(&journal.next) / journal.files.slots;
	while (err == ERR_OK && journal.made <= number + JOURNAL_AHEAD)
		err = journal_make(true);
	(void)pthread_mutex_unlock(&journal.making);
}

/* Brings of segment NUMBER its head and positions FROM to END to the disk. */
static bool
journal_sync_segment(uint64_t number, uint64_t from, uint64_t end)
{
	uint64_t slots = journal.files.slots, first = number * slots;
	uint8_t *map = journal_map(number);

	if (map == NULL)
		return true;
	from = from > first ? from - first : 0;
	end = end < first + slots ? end - first : slots;
	return segment_sync(map, 0, 0) && (from >= end || segment_sync(map,
	    (uint32_t)from, (uint32_t)(end - from)));
}

/*
 * Brings to the disk what was written since the last time. What the database
 * has by now need not be there: it is overwritten soon, or taken away.
 */
static void
journal_sync(void)
{
	uint64_t next = atomic_load(&journal.next);
	uint64_t slots = journal.files.slots;
	uint64_t number = journal.synced / slots;
	bool synced = true;

	/* Once more: an entry may have been written just then. */
	if (next == 0 || (next == journal.synced && journal.settled))
		return;
	for (number -= number > 0; number * slots < next; number++)
		synced = journal_sync_segment(number,
		    ledger_released(journal.ledger), next) && synced;
	synced = fsync(journal.files.folder) == 0 && synced;
	journal.settled = synced && next == journal.synced &&
	    !atomic_load(&journal.full);
	if (synced)
		journal.synced = next;
	if (synced == journal.failing)
		log_event(LOG_LEVEL_WARNING, "journal_sync",
		    LOG_S("works", synced ? "yes" : "no"));
	journal.failing = !synced;
}

/* What operators are told, and warned of. */
static void
journal_tell(void)
{
	int64_t bytes = (int64_t)folder_bytes(journal.folder);
	int64_t room = (int64_t)journal.options.bytes;
	uint64_t first = ledger_released(journal.ledger);
	uint8_t *map;
	bool half = bytes > room / 2;

	metrics_set(METRICS_JOURNAL_BYTES, 0, bytes);
	if (half && !journal.half)
		log_event(LOG_LEVEL_WARNING, "journal_half_full",
		    LOG_S("folder", journal.folder), LOG_I("bytes", bytes),
		    LOG_I("room", room));
	journal.half = half;
	(void)pthread_mutex_lock(&journal.making);
	if (first < atomic_load(&journal.next) &&
	    first / journal.files.slots >= journal.kept) {
		map = journal_map(first / journal.files.slots);
		atomic_store(&journal.oldest, segment_peek(
		    first / journal.files.slots, map,
		    (uint32_t)(first % journal.files.slots)));
	}
	(void)pthread_mutex_unlock(&journal.making);
}

static void *
journal_run(void *arg)
{
	struct pollfd wake = { .fd = journal.wake, .events = POLLIN };
	uint64_t count;

	(void)arg;
	while (!atomic_load(&journal.stop)) {
		journal_make_ahead();
		journal_sync();
		journal_tell();
		if (poll(&wake, 1, JOURNAL_EVERY) == 1 &&
		    read(journal.wake, &count, sizeof(count)) < 0)
			abort();
	}
	journal_sync();
	atomic_store(&journal.ended, true);
	return NULL;
}

/* Entries of the own journal and of adopted ones that are not shipped. */
static int64_t
journal_waiting(void *arg)
{
	(void)arg;
	return (int64_t)(atomic_load(&journal.next) -
	    ledger_released(journal.ledger)) + ledger_adopted();
}

static int64_t
journal_age(void *arg)
{
	int64_t oldest = atomic_load(&journal.oldest);

	(void)arg;
	if (oldest == 0 || ledger_released(journal.ledger) >=
	    atomic_load(&journal.next))
		return 0;
	return clock_wall_us() - oldest;
}

static enum err
journal_open(struct folder *own)
{
	size_t size = journal.options.bytes / JOURNAL_PARTS;
	enum err err;

	if (journal.options.file > 0 && size > journal.options.file)
		size = journal.options.file;
	size = size < SEGMENT_SIZE_MIN ? SEGMENT_SIZE_MIN : size;
	size = size > SEGMENT_SIZE_MAX ? SEGMENT_SIZE_MAX : size;
	journal.files.slots = segment_slots(size);
	journal.places = journal.options.bytes / size + 2;
	journal.maps = calloc(journal.places, sizeof(*journal.maps));
	if (journal.maps == NULL)
		return ERR_MEMORY;
	if ((err = folder_open(journal.folder)) != ERR_OK ||
	    (err = folder_key(journal.folder, journal.key)) != ERR_OK ||
	    (err = folder_begin(journal.folder, own)) != ERR_OK)
		return err;
	journal.files.folder = own->fd;
	memcpy(journal.files.id, own->id, sizeof(journal.files.id));
	journal.ledger = ledger_own(own, &journal.files, &journal.next);
	return journal.ledger != NULL ? ERR_OK : ERR_MEMORY;
}

/* What starts at the process's start and goes on until journal_stop. */
static enum err
journal_begin(void)
{
	enum err err;

	(void)pthread_mutex_lock(&journal.making);
	err = journal_make(true);
	(void)pthread_mutex_unlock(&journal.making);
	/* Without room it begins full, as others go on when there is none. */
	if (err != ERR_OK && err != ERR_JOURNAL_FULL)
		return err;
	journal.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (journal.wake < 0 || pthread_create(&journal.thread, NULL,
	    journal_run, NULL) != 0)
		return ERR_SYSTEM;
	return ERR_OK;
}

enum err
journal_start(const struct journal_options *options)
{
	struct folder own = { .fd = -1, .lock = -1 };
	enum err err;

	journal.options = *options;
	(void)snprintf(journal.folder, sizeof(journal.folder), "%s",
	    options->folder);
	journal.options.folder = journal.folder;
	err = journal_open(&own);
	if (err == ERR_OK)
		err = journal_begin();
	if (err != ERR_OK) {
		log_event(LOG_LEVEL_ERROR, "journal_refused",
		    LOG_S("journal_folder", journal.folder),
		    LOG_S("reason", strerrordesc_np(errno)));
		return err == ERR_PERMISSION ? err : ERR_SYSTEM;
	}
	metrics_set(METRICS_JOURNAL_LIMIT, 0, (int64_t)options->bytes);
	metrics_watch(METRICS_JOURNAL_WAITING, journal_waiting, NULL);
	metrics_watch(METRICS_JOURNAL_AGE, journal_age, NULL);
	atomic_store_explicit(&journal.runs, true, memory_order_release);
	return ERR_OK;
}

bool
journal_stop(int64_t deadline)
{
	const struct timespec step = { .tv_nsec = JOURNAL_STEP };

	if (!atomic_exchange(&journal.runs, false))
		return true;
	atomic_store(&journal.stop, true);
	journal_wake();
	while (!atomic_load(&journal.ended)) {
		if (clock_mono_ms() >= deadline)
			return false;
		(void)nanosleep(&step, NULL);
	}
	return pthread_join(journal.thread, NULL) == 0;
}

struct journal *
journal_own(void)
{
	return journal.ledger;
}

struct journal *
journal_adopt(void)
{
	return ledger_adopt(journal.folder);
}

const uint8_t *
journal_id(const struct journal *j)
{
	return ledger_id(j);
}

uint64_t
journal_first(const struct journal *j)
{
	return ledger_first(j);
}

uint64_t
journal_next(const struct journal *j)
{
	return ledger_next(j);
}

size_t
journal_read(struct journal *j, uint64_t from, size_t max, struct entry *out,
    uint64_t *pos, uint64_t *next, uint64_t *lost)
{
	return ledger_read(j, from, max, out, pos, next, lost);
}

/* Segment NUMBER of the own journal is free. */
static void
journal_free(uint64_t number)
{
	uint8_t *map;

	(void)pthread_mutex_lock(&journal.making);
	map = atomic_exchange(&journal.maps[number % journal.places], NULL);
	(void)munmap(map, segment_size(journal.files.slots));
	journal.kept = number + 1;
	segment_spare(&journal.files, number);
	/* Not left to the thread, which may be waiting for the disk. */
	if (atomic_load(&journal.full))
		(void)journal_make(false);
	(void)pthread_mutex_unlock(&journal.making);
}

void
journal_release(struct journal *j, uint64_t shipped)
{
	uint64_t number;

	while (ledger_release(j, shipped, &number)) {
		if (j == journal.ledger)
			journal_free(number);
		else
			segment_remove(ledger_files(j), number);
	}
}

void
journal_finish(struct journal *j)
{
	if (j == journal.ledger)
		journal.ledger = NULL;
	ledger_end(j);
}
