/* SPDX-License-Identifier: ISC */
/*
 * journal [layer 6]: the uses of keys that this process has answered and that
 * are not in the database yet, in files that outlive it. Appending makes no
 * system call and waits for nobody but, rarely, for the next file to be made;
 * what was appended survives the process, however it ends, and after a second
 * the machine.
 *
 * A process has one journal of its own, in a folder that others may have
 * theirs in, too; each is a sub-folder with a lock. What a dead process left
 * is adopted: read, brought to the database, removed.
 *
 * An entry's position is the number of its place in its journal, from 0, and
 * is never used again. Not every position has an entry: where a process died
 * between taking a place and filling it there is a hole, and nobody saw that
 * answer.
 */
#ifndef HASP_JOURNAL_H
#define HASP_JOURNAL_H

#include "digest.h"
#include "entry.h"
#include "err.h"

#define JOURNAL_ID_SIZE 16

struct journal_options {
	const char *folder;	/* made, with its parents, if it is not there */
	size_t bytes;		/* that all journals in it may take, at most */
	size_t file;		/* of one file, at most; 0: 8 MiB */
	bool strict;		/* full: append fails, instead of counting */
	bool sync_each;		/* append returns when it is on the disk */
};

/*
 * Begins the process's own journal, once. ERR_SYSTEM or ERR_PERMISSION if the
 * folder or a file cannot be made or is not acceptable; the reason was logged.
 */
enum err journal_start(const struct journal_options *options) MUST_CHECK;

/* Whether journal_append takes entries: started and not stopped. */
bool journal_runs(void);

/*
 * Appends ENTRY, from any thread. ERR_JOURNAL_FULL: there is no room and the
 * journal is strict, or what was appended could not be brought to the disk
 * where each is. Without strict one that has no room is counted, and ERR_OK.
 * ERR_OK, and nothing is done, if the journal does not run.
 */
enum err journal_append(const struct entry *entry) MUST_CHECK;

/*
 * Sets has_credential and CREDENTIAL of ENTRY: an HMAC of the key's DIGEST
 * under a random key that the folder keeps. Nothing is set if OpenSSL refuses
 * or the journal does not run.
 */
void journal_set_credential(struct entry *entry, const struct digest *digest);

/*
 * A journal that can be read: the process's own or an adopted one. What
 * follows is for one thread, the shipper's.
 */
struct journal;

/* The process's own; NULL if journal_start was not called, or failed. */
struct journal *journal_own(void);

/*
 * The next journal in the folder whose process is gone, locked for this
 * process until journal_finish or its end; NULL for none at the moment. One
 * that cannot be read at all is renamed, so that nobody adopts it, and logged.
 */
struct journal *journal_adopt(void);

const uint8_t *journal_id(const struct journal *journal);	/* 16 bytes */

/* The oldest position that is kept. */
uint64_t journal_first(const struct journal *journal);

/*
 * The position after the last that was taken. In one's own an entry before it
 * may still be in the making, for moments; an adopted one does not change.
 */
uint64_t journal_next(const struct journal *journal);

/*
 * Entries from position FROM on, at most MAX, in order, as far as they are
 * whole: OUT and the position of each, POS. Gives how many, and in NEXT the
 * position to go on with. That can be greater than FROM with no entry at all:
 * there are holes, and entries that were damaged. In LOST the number of
 * entries that were lost for want of room within the range from FROM to NEXT:
 * the same range always has the same number, so one that is read again, by
 * whomever, is counted once. FROM less than journal_first counts as that.
 */
size_t journal_read(struct journal *journal, uint64_t from, size_t max,
    struct entry *out, uint64_t *pos, uint64_t *next, uint64_t *lost);

/* All before position SHIPPED is in the database: its files are free. */
void journal_release(struct journal *journal, uint64_t shipped);

/*
 * Removes the files of a journal that is in the database whole and lets go of
 * it. The own one only after journal_stop.
 */
void journal_finish(struct journal *journal);

/*
 * From now on nothing is appended; what was is brought to the disk, by
 * DEADLINE (clock_mono_ms). False if the disk is slower. Once no request is in
 * flight. True if it never started.
 */
bool journal_stop(int64_t deadline) MUST_CHECK;

#endif
