/* SPDX-License-Identifier: ISC */
/*
 * segment [layer 6]: one file of a journal: a head of one page, then slots of
 * ENTRY_SIZE bytes. Its room is allocated whole when it is made, so that
 * writing through memory cannot fail where the disk is full: a page of a
 * sparse file that finds no room kills the process. That holds where files are
 * written in place, as ext4, XFS and tmpfs do it.
 *
 * A slot counts if its last word, written last, is that of its segment and
 * fits the rest; what an earlier use of the same file left there does not.
 *
 * Files are found by their number in the journal's folder, given as its
 * descriptor. Reading goes by system calls: a file that is cut short or made
 * up is no danger.
 */
#ifndef HASP_SEGMENT_H
#define HASP_SEGMENT_H

#include "entry.h"
#include "err.h"

#define SEGMENT_HEAD 4096
#define SEGMENT_SIZE_MIN ((size_t)64 << 10)
#define SEGMENT_SIZE_MAX ((size_t)8 << 20)
#define SEGMENT_ID_SIZE 16

/* Numbers are below it: positions then fit the database. */
#define SEGMENT_NUMBER_MAX ((uint64_t)1 << 40)

/* Slots of a file of SIZE bytes, and the other way. */
static inline uint32_t
segment_slots(size_t size)
{
	return (uint32_t)((size - SEGMENT_HEAD) / ENTRY_SIZE);
}

static inline size_t
segment_size(uint32_t slots)
{
	return SEGMENT_HEAD + (size_t)slots * ENTRY_SIZE;
}

/* What all segments of a journal have in common. */
struct segment_journal {
	int folder;		/* its descriptor */
	uint32_t slots;		/* of each */
	uint8_t id[SEGMENT_ID_SIZE];
};

/* Whether NAME is that of a segment, and its number. */
bool segment_is_name(const char *name, uint64_t *number) MUST_CHECK;

/* Whether a file is kept to be made a segment of. */
bool segment_has_spare(const struct segment_journal *journal);

/*
 * Makes segment NUMBER, of the spare file if there is one, and maps it, which
 * the caller munmaps. AHEAD also gives each page its place in memory, which
 * takes a while. ERR_JOURNAL_FULL: the disk has no room; ERR_SYSTEM,
 * ERR_PERMISSION: errno says why.
 */
enum err segment_make(const struct segment_journal *journal, uint64_t number,
    bool ahead, uint8_t **map) MUST_CHECK;

/*
 * Fills slot SLOT (from 0) of segment NUMBER, mapped at MAP, which is the
 * caller's alone. BODY of zeros is a mark: it counts and says nothing.
 */
void segment_write(const struct segment_journal *journal, uint64_t number,
    uint8_t *map, uint32_t slot, const uint8_t body[ENTRY_BODY_SIZE]);

/* COUNT entries were lost behind the last of the segment mapped at MAP. */
void segment_lose(uint8_t *map, uint64_t count);

/*
 * Brings COUNT slots from FIRST on to the disk, with slot 0 or without any the
 * head, too. To be asked for no more than has to be there: each page that is
 * cleaned interrupts those who write.
 */
bool segment_sync(uint8_t *map, uint32_t first, uint32_t count) MUST_CHECK;

/* The time of the entry in that slot, 0 if there is none yet. */
int64_t segment_peek(uint64_t number, uint8_t *map, uint32_t slot);

/*
 * Segment NUMBER is no longer needed: it becomes the spare file, or is
 * removed.
 */
void segment_spare(const struct segment_journal *journal, uint64_t number);
void segment_remove(const struct segment_journal *journal, uint64_t number);

/*
 * Opens segment NUMBER for reading. ERR_CONFLICT: it is not there, or no plain
 * file; ERR_SYSTEM. A head that says something else is told in SOUND: its
 * slots are worth looking at all the same, each speaks for itself. LOST is
 * what segment_lose counted.
 */
enum err segment_open(const struct segment_journal *journal, uint64_t number,
    int *fd, bool *sound, uint64_t *lost) MUST_CHECK;

/* Journal and slots as segment NUMBER says. False if it says nothing. */
bool segment_probe(int folder, uint64_t number, struct segment_journal *out)
    MUST_CHECK;

/*
 * Reads COUNT slots from SLOT on into OUT, as they are; what is past the end
 * of the file is zeros. False if the system refuses.
 */
bool segment_read(int fd, uint32_t slot, uint32_t count, uint8_t *out)
    MUST_CHECK;

enum segment_slot {
	SEGMENT_HOLE,		/* nothing was written there */
	SEGMENT_WHOLE,
	SEGMENT_DAMAGED,	/* was written, and changed since */
};

/* Whether a slot was written to the end, by what its last word says. */
bool segment_is_written(uint64_t number, const uint8_t *bytes);

/* What the ENTRY_SIZE bytes at BYTES, read from there, are. */
enum segment_slot segment_look(const struct segment_journal *journal,
    uint64_t number, uint32_t slot, const uint8_t *bytes);

#endif
