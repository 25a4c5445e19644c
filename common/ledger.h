/* SPDX-License-Identifier: ISC */
/*
 * ledger [layer 6]: a journal as its reader sees it: which segments there are
 * and what stands in them, of one that is being written and of one whose
 * process is gone. For one thread, but for what tells numbers. journal.h says
 * what the functions of the same names mean.
 */
#ifndef HASP_LEDGER_H
#define HASP_LEDGER_H

#include "folder.h"
#include "segment.h"

struct journal;

/*
 * The journal that this process writes, in FOLDER, which is the ledger's from
 * now on; NEXT is the position to be taken next. NULL if memory is short.
 */
struct journal *ledger_own(const struct folder *folder,
    const struct segment_journal *files, const _Atomic uint64_t *next)
    MUST_CHECK;

/* As journal_adopt; PATH is the folder of all journals. */
struct journal *ledger_adopt(const char *path) MUST_CHECK;

const uint8_t *ledger_id(const struct journal *j);
uint64_t ledger_first(const struct journal *j);
uint64_t ledger_next(const struct journal *j);
size_t ledger_read(struct journal *j, uint64_t from, size_t max,
    struct entry *out, uint64_t *pos, uint64_t *next, uint64_t *lost);

/*
 * All before SHIPPED is in the database. Gives a segment that is needed no
 * longer in NUMBER, for the caller to remove, until there is none: false. The
 * last one before SHIPPED is kept: it knows how many were lost behind it.
 */
bool ledger_release(struct journal *j, uint64_t shipped, uint64_t *number)
    MUST_CHECK;

/* Removes all its files and frees it. */
void ledger_end(struct journal *j);

/* The files of an adopted one. */
const struct segment_journal *ledger_files(const struct journal *j);

/* From any thread: the position up to which it was released. */
uint64_t ledger_released(const struct journal *j);

/* From any thread: positions of all adopted journals that were not. */
int64_t ledger_adopted(void);

#endif
