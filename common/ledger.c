/* SPDX-License-Identifier: ISC */
#include "ledger.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "log.h"

/* Slots that are read at once. */
#define LEDGER_CHUNK 512

/* More segments than a journal can have; holes in between included. */
#define LEDGER_SEGMENTS_MAX ((uint64_t)1 << 20)

struct journal {
	struct folder folder;
	struct segment_journal files;
	const _Atomic uint64_t *live;	/* NULL: its process is gone */
	uint64_t end;			/* then: as journal_next */
	uint64_t first;			/* segment, the oldest kept */
	uint64_t last;			/* of one that is not written */
	_Atomic uint64_t released;	/* position */
	int fd;				/* of segment OPEN, or -1 */
	uint64_t open;
	bool damage_told;
	uint8_t chunk[LEDGER_CHUNK * ENTRY_SIZE];
};

static _Atomic int64_t ledger_waiting;

static struct journal *
ledger_new(const struct folder *folder)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->folder = *folder;
	j->fd = -1;
	return j;
}

struct journal *
ledger_own(const struct folder *folder, const struct segment_journal *files,
    const _Atomic uint64_t *next)
{
	struct journal *j = ledger_new(folder);

	if (j == NULL)
		return NULL;
	j->files = *files;
	j->live = next;
	return j;
}

const uint8_t *
ledger_id(const struct journal *j)
{
	return j->files.id;
}

const struct segment_journal *
ledger_files(const struct journal *j)
{
	return &j->files;
}

uint64_t
ledger_first(const struct journal *j)
{
	return j->first * j->files.slots;
}

uint64_t
ledger_next(const struct journal *j)
{
	return j->live != NULL ? atomic_load(j->live) : j->end;
}

uint64_t
ledger_released(const struct journal *j)
{
	return atomic_load(&j->released);
}

int64_t
ledger_adopted(void)
{
	return atomic_load(&ledger_waiting);
}

static void
ledger_tell_damage(struct journal *j, const char *what, uint64_t number)
{
	if (j->damage_told)
		return;
	j->damage_told = true;
	log_event(LOG_LEVEL_ERROR, "journal_damaged",
	    LOG_S("folder", j->folder.path), LOG_S("what", what),
	    LOG_I("segment", (int64_t)number));
}

/*
 * Opens segment NUMBER unless it is open. ERR_CONFLICT: there is none;
 * ERR_SYSTEM: for the moment.
 */
static enum err
ledger_seek(struct journal *j, uint64_t number)
{
	uint64_t lost;
	enum err err;
	bool sound;

	if (j->fd >= 0 && j->open == number)
		return ERR_OK;
	base_close(&j->fd);
	err = segment_open(&j->files, number, &j->fd, &sound, &lost);
	j->open = number;
	if (err != ERR_OK)
		base_close(&j->fd);
	/* Behind the last there may be the word of what was lost alone. */
	if ((err == ERR_CONFLICT && (j->live != NULL || number <= j->last)) ||
	    (err == ERR_OK && !sound))
		ledger_tell_damage(j, err == ERR_OK ? "head" : "missing",
		    number);
	return err;
}

/* How many were lost behind the last entry of segment NUMBER. */
static uint64_t
ledger_lost(const struct journal *j, uint64_t number)
{
	int fd CLEANUP_CLOSE = -1;
	uint64_t lost;
	bool sound;

	if (segment_open(&j->files, number, &fd, &sound, &lost) != ERR_OK)
		return 0;
	return lost;
}

/* What stands in slot I of what was read from slot SLOT on. */
static enum segment_slot
ledger_look(const struct journal *j, uint32_t slot, uint32_t i)
{
	return segment_look(&j->files, j->open, slot + i,
	    j->chunk + (size_t)i * ENTRY_SIZE);
}

/*
 * Reads at most COUNT slots of the open segment from SLOT on; how many can be
 * gone through now, -1 if the system refuses.
 */
static int64_t
ledger_fetch(struct journal *j, uint32_t slot, uint32_t count)
{
	uint32_t whole = 0;

	if (!segment_read(j->fd, slot, count, j->chunk))
		return -1;
	if (j->live == NULL)
		return count;
	/*
	 * Where it is being written a slot may have been read in the middle of
	 * it. What counted the first time is whole the second time.
	 */
	while (whole < count && segment_is_written(j->open,
	    j->chunk + (size_t)whole * ENTRY_SIZE))
		whole++;
	atomic_thread_fence(memory_order_acquire);
	if (!segment_read(j->fd, slot, whole, j->chunk))
		return -1;
	return whole;
}

static bool
ledger_is_mark(const uint8_t *body)
{
	static const uint8_t mark[ENTRY_BODY_SIZE];

	return memcmp(body, mark, sizeof(mark)) == 0;
}

/* Takes slot I of what was read, if it is an entry. */
static bool
ledger_take(struct journal *j, uint32_t slot, uint32_t i, struct entry *out)
{
	const uint8_t *body = j->chunk + (size_t)i * ENTRY_SIZE;
	enum segment_slot look = ledger_look(j, slot, i);

	if (look == SEGMENT_HOLE ||
	    (look == SEGMENT_WHOLE && ledger_is_mark(body)))
		return false;
	if (look == SEGMENT_WHOLE && entry_unpack(body, out))
		return true;
	ledger_tell_damage(j, "entry", j->open);
	return false;
}

/* Where a reading stands. */
struct ledger_reading {
	uint64_t at, end;
	size_t max, count;
	struct entry *out;
	uint64_t *pos;
	uint64_t lost;
};

/* Goes through slots of one segment; false if it is to stop there. */
static bool
ledger_read_some(struct journal *j, struct ledger_reading *r)
{
	uint64_t number = r->at / j->files.slots;
	uint32_t slot = (uint32_t)(r->at % j->files.slots);
	uint64_t past = (number + 1) * j->files.slots;
	uint64_t room = (r->end < past ? r->end : past) - r->at;
	enum err err = ledger_seek(j, number);
	int64_t got = (int64_t)room;

	if (err == ERR_OK)
		got = ledger_fetch(j, slot, room < LEDGER_CHUNK ?
		    (uint32_t)room : LEDGER_CHUNK);
	else if (err != ERR_CONFLICT)
		return false;
	if (got <= 0)
		return false;
	if (slot == 0 && number > j->first)
		r->lost += ledger_lost(j, number - 1);
	if (err != ERR_OK) {
		r->at += (uint64_t)got;
		return true;
	}
	for (uint32_t i = 0; i < got && r->count < r->max; i++) {
		r->pos[r->count] = r->at++;
		r->count += ledger_take(j, slot, i, &r->out[r->count]);
	}
	return true;
}

size_t
ledger_read(struct journal *j, uint64_t from, size_t max, struct entry *out,
    uint64_t *pos, uint64_t *next, uint64_t *lost)
{
	uint64_t first = ledger_first(j);
	struct ledger_reading r = {
		.at = from > first ? from : first,
		.end = ledger_next(j),
		.max = max,
		.out = out,
		.pos = pos,
	};

	while (r.count < r.max && r.at < r.end && ledger_read_some(j, &r))
		continue;
	*next = r.at;
	*lost = r.lost;
	return r.count;
}

bool
ledger_release(struct journal *j, uint64_t shipped, uint64_t *number)
{
	uint64_t before = atomic_load(&j->released);

	if (shipped > before) {
		atomic_store(&j->released, shipped);
		if (j->live == NULL)
			atomic_fetch_sub(&ledger_waiting,
			    (int64_t)(shipped - before));
	}
	if (shipped <= (j->first + 1) * j->files.slots)
		return false;
	*number = j->first++;
	if (j->fd >= 0 && j->open == *number)
		base_close(&j->fd);
	return true;
}

void
ledger_end(struct journal *j)
{
	if (j->live == NULL)
		atomic_fetch_sub(&ledger_waiting,
		    (int64_t)(j->end - atomic_load(&j->released)));
	base_close(&j->fd);
	folder_remove(&j->folder);
	free(j);
}

/* Segments of a journal, as a folder lists them. */
struct ledger_span {
	uint64_t least, most, count;
};

static void
ledger_note_name(void *arg, const char *name)
{
	struct ledger_span *span = arg;
	uint64_t number;

	if (!segment_is_name(name, &number))
		return;
	if (span->count == 0 || number < span->least)
		span->least = number;
	if (span->count == 0 || number > span->most)
		span->most = number;
	span->count++;
}

/* The position after the last slot of segment NUMBER that was written. */
static uint64_t
ledger_end_of(struct journal *j, uint64_t number)
{
	uint64_t end = 0;
	int64_t got;

	if (ledger_seek(j, number) != ERR_OK)
		return 0;
	for (uint32_t slot = 0; slot < j->files.slots; slot += (uint32_t)got) {
		uint32_t left = j->files.slots - slot;

		got = ledger_fetch(j, slot, left < LEDGER_CHUNK ? left :
		    LEDGER_CHUNK);
		if (got <= 0)
			break;
		for (uint32_t i = 0; i < got; i++)
			if (ledger_look(j, slot, i) != SEGMENT_HOLE)
				end = number * j->files.slots + slot + i + 1;
	}
	return end;
}

/* How far a journal goes whose process is gone. */
static void
ledger_measure(struct journal *j, const struct ledger_span *span)
{
	uint64_t after, first = span->least * j->files.slots;
	uint64_t number = span->most + 1;

	j->end = 0;
	while (j->end == 0 && number-- > span->least)
		j->end = ledger_end_of(j, number);
	if (j->end < first)
		j->end = first;
	/* What was lost is told with the place behind it. */
	for (number = span->most + 1; number-- > span->least;) {
		after = (number + 1) * j->files.slots + 1;
		if (after > j->end && ledger_lost(j, number) > 0)
			j->end = after;
	}
}

/* Which segments there are, and of what size; false if none can be read. */
static bool
ledger_survey(struct journal *j, struct ledger_span *span)
{
	uint64_t number;

	folder_list(&j->folder, ledger_note_name, span);
	if (span->count == 0 || span->most - span->least > LEDGER_SEGMENTS_MAX)
		return false;
	for (number = span->least; number <= span->most; number++)
		if (segment_probe(j->folder.fd, number, &j->files) &&
		    memcmp(j->files.id, j->folder.id,
		    sizeof(j->files.id)) == 0)
			return true;
	return false;
}

/* What of a sub-folder that was locked can be read; NULL: nothing. */
static struct journal *
ledger_open(struct folder *folder)
{
	struct ledger_span span = { .count = 0 };
	struct journal *j = ledger_new(folder);

	if (j == NULL) {
		folder_leave(folder);
		return NULL;
	}
	if (!ledger_survey(j, &span)) {
		/* With nothing in it it was only just begun. */
		if (span.count == 0) {
			folder_remove(&j->folder);
		} else {
			ledger_tell_damage(j, "set aside", span.least);
			folder_set_aside(&j->folder);
		}
		free(j);
		return NULL;
	}
	j->first = span.least;
	j->last = span.most;
	atomic_store(&j->released, ledger_first(j));
	ledger_measure(j, &span);
	atomic_fetch_add(&ledger_waiting, (int64_t)(j->end -
	    ledger_first(j)));
	return j;
}

struct journal *
ledger_adopt(const char *path)
{
	struct folder folder;
	struct journal *j = NULL;

	while (j == NULL && folder_adopt(path, &folder))
		j = ledger_open(&folder);
	return j;
}
