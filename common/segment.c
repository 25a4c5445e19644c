/* SPDX-License-Identifier: ISC */
#include "segment.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SEGMENT_VERSION 1

/* More than it can be is no number of entries that were lost. */
#define SEGMENT_LOST_MAX ((uint64_t)1 << 48)

#define SEGMENT_NAME_SIZE 24
static const char segment_suffix[] = ".seg";
static const char segment_fresh[] = "fresh";
static const char segment_spared[] = "spare";
static const char segment_magic[16] = "hasp-journal";

struct segment_head {
	char magic[16];
	uint32_t version;
	uint32_t slots;
	uint64_t number;
	uint8_t id[SEGMENT_ID_SIZE];
	uint64_t sum;			/* of all before it */
	_Atomic uint64_t lost;
};

/* Where the last word of a slot stands. */
static_assert(ENTRY_SIZE % sizeof(uint64_t) == 0 &&
    ENTRY_BODY_SIZE + sizeof(uint64_t) == ENTRY_SIZE, "it is one word");

static enum err
segment_error(void)
{
	switch (errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_JOURNAL_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_PERMISSION;
	default:
		return ERR_SYSTEM;
	}
}

static void
segment_name(uint64_t number, char out[SEGMENT_NAME_SIZE])
{
	(void)snprintf(out, SEGMENT_NAME_SIZE, "%016" PRIx64 "%s", number,
	    segment_suffix);
}

bool
segment_is_name(const char *name, uint64_t *number)
{
	char again[SEGMENT_NAME_SIZE];
	char *end;

	errno = 0;
	*number = strtoull(name, &end, 16);
	if (errno != 0 || *number >= SEGMENT_NUMBER_MAX)
		return false;
	segment_name(*number, again);
	return strcmp(name, again) == 0;
}

/* Which journal's slots these are, for their check sums. */
static uint64_t
segment_seed(const struct segment_journal *journal)
{
	uint64_t seed;

	memcpy(&seed, journal->id, sizeof(seed));
	return seed;
}

static uint64_t
segment_word(const struct segment_journal *journal, uint64_t number,
    uint32_t slot, const uint8_t *body)
{
	uint64_t position = number * journal->slots + slot;

	/* Never 0, and another one each time that the file is used. */
	return (uint64_t)(uint32_t)(number + 1) << 32 |
	    entry_sum(body, segment_seed(journal), position);
}

static uint64_t
segment_head_sum(const struct segment_head *head)
{
	struct str said = { (const char *)head,
	    offsetof(struct segment_head, sum) };

	return str_hash(said, SEGMENT_VERSION);
}

static bool
segment_put_head(const struct segment_journal *journal, uint64_t number,
    int fd)
{
	struct segment_head head = {
		.version = SEGMENT_VERSION,
		.slots = journal->slots,
		.number = number,
	};

	memcpy(head.magic, segment_magic, sizeof(head.magic));
	memcpy(head.id, journal->id, sizeof(head.id));
	head.sum = segment_head_sum(&head);
	return pwrite(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head);
}

/* What the head of FD says; false if it says nothing. */
static bool
segment_get_head(int fd, struct segment_head *out)
{
	return pread(fd, out, sizeof(*out), 0) == (ssize_t)sizeof(*out) &&
	    memcmp(out->magic, segment_magic, sizeof(out->magic)) == 0 &&
	    out->version == SEGMENT_VERSION &&
	    out->sum == segment_head_sum(out) &&
	    segment_size(out->slots) >= SEGMENT_SIZE_MIN &&
	    segment_size(out->slots) <= SEGMENT_SIZE_MAX;
}

bool
segment_has_spare(const struct segment_journal *journal)
{
	struct stat st;

	return fstatat(journal->folder, segment_spared, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == segment_size(journal->slots);
}

/* A file with room for all slots and that head: NAME, which it may be. */
static enum err
segment_fill(const struct segment_journal *journal, uint64_t number,
    const char *name, int *out)
{
	int fd CLEANUP_CLOSE = openat(journal->folder, name,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	off_t size = (off_t)segment_size(journal->slots);
	int failed;

	if (fd < 0)
		return segment_error();
	/* Also for the spare: nothing of it may be a hole. */
	if ((failed = posix_fallocate(fd, 0, size)) != 0) {
		errno = failed;
		return segment_error();
	}
	if (!segment_put_head(journal, number, fd))
		return segment_error();
	*out = fd;
	fd = -1;
	return ERR_OK;
}

static enum err
segment_map(const struct segment_journal *journal, int fd, bool ahead,
    uint8_t **map)
{
	size_t size = segment_size(journal->slots);
	uint8_t *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);

	if (at == MAP_FAILED)
		return segment_error();
	/* EINVAL is a kernel before 5.14, which is only slower then. */
	if (ahead && madvise(at, size, MADV_POPULATE_WRITE) != 0 &&
	    errno != EINVAL) {
		(void)munmap(at, size);
		errno = ENOSPC;
		return segment_error();
	}
	*map = at;
	return ERR_OK;
}

enum err
segment_make(const struct segment_journal *journal, uint64_t number,
    bool ahead, uint8_t **map)
{
	const char *from = segment_has_spare(journal) ? segment_spared :
	    segment_fresh;
	char name[SEGMENT_NAME_SIZE];
	int fd CLEANUP_CLOSE = -1;
	enum err err;
	int why;

	*map = NULL;
	segment_name(number, name);
	err = segment_fill(journal, number, from, &fd);
	if (err == ERR_OK)
		err = segment_map(journal, fd, ahead, map);
	if (err == ERR_OK && renameat(journal->folder, from, journal->folder,
	    name) == 0)
		return ERR_OK;
	why = errno;
	if (err == ERR_OK)
		err = segment_error();
	if (*map != NULL)
		(void)munmap(*map, segment_size(journal->slots));
	*map = NULL;
	/* Half of a file would only take room. */
	(void)unlinkat(journal->folder, from, 0);
	errno = why;
	return err;
}

static uint8_t *
segment_at(uint8_t *map, uint32_t slot)
{
	return map + SEGMENT_HEAD + (size_t)slot * ENTRY_SIZE;
}

/* The last word of a slot. */
static _Atomic uint64_t *
segment_word_of(uint8_t *map, uint32_t slot)
{
	return (void *)(segment_at(map, slot) + ENTRY_BODY_SIZE);
}

void
segment_write(const struct segment_journal *journal, uint64_t number,
    uint8_t *map, uint32_t slot, const uint8_t body[ENTRY_BODY_SIZE])
{
	uint8_t *at = segment_at(map, slot);
	uint64_t word = segment_word(journal, number, slot, body);

	memcpy(at, body, ENTRY_BODY_SIZE);
	/* The last of all: whoever sees it sees the rest. */
	atomic_store_explicit(segment_word_of(map, slot), word,
	    memory_order_release);
}

void
segment_lose(uint8_t *map, uint64_t count)
{
	struct segment_head *head = (void *)map;

	(void)atomic_fetch_add(&head->lost, count);
}

bool
segment_sync(uint8_t *map, uint32_t first, uint32_t count)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uint8_t *from = first == 0 ? map : segment_at(map, first);
	uint8_t *to = segment_at(map, first) + (size_t)count * ENTRY_SIZE;

	from -= (uintptr_t)from & (page - 1);
	/* ENOMEM: not mapped any more, what was there is in the database. */
	return msync(from, (size_t)(to - from), MS_SYNC) == 0 ||
	    errno == ENOMEM;
}

int64_t
segment_peek(uint64_t number, uint8_t *map, uint32_t slot)
{
	const uint8_t *at = segment_at(map, slot);
	uint64_t word = atomic_load_explicit(segment_word_of(map, slot),
	    memory_order_acquire);
	int64_t time;

	/* Before it is whole it may be in the making. */
	if (word >> 32 != (uint32_t)(number + 1))
		return 0;
	memcpy(&time, at, sizeof(time));
	return time;
}

void
segment_spare(const struct segment_journal *journal, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];

	segment_name(number, name);
	/* One before it, if there is, goes. */
	if (renameat(journal->folder, name, journal->folder,
	    segment_spared) != 0)
		(void)unlinkat(journal->folder, name, 0);
}

void
segment_remove(const struct segment_journal *journal, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];

	segment_name(number, name);
	(void)unlinkat(journal->folder, name, 0);
}

static int
segment_open_file(int folder, uint64_t number)
{
	char name[SEGMENT_NAME_SIZE];
	struct stat st;
	int fd;

	segment_name(number, name);
	fd = openat(folder, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		base_close(&fd);
		errno = ENOENT;
	}
	return fd;
}

enum err
segment_open(const struct segment_journal *journal, uint64_t number, int *fd,
    bool *sound, uint64_t *lost)
{
	struct segment_head head;

	*lost = 0;
	*sound = false;
	*fd = segment_open_file(journal->folder, number);
	if (*fd < 0)
		return errno == ENOENT || errno == ELOOP || errno == ENXIO ?
		    ERR_CONFLICT : ERR_SYSTEM;
	*sound = segment_get_head(*fd, &head) && head.number == number &&
	    head.slots == journal->slots &&
	    memcmp(head.id, journal->id, sizeof(head.id)) == 0;
	if (*sound && head.lost < SEGMENT_LOST_MAX)
		*lost = head.lost;
	return ERR_OK;
}

bool
segment_probe(int folder, uint64_t number, struct segment_journal *out)
{
	int fd CLEANUP_CLOSE = segment_open_file(folder, number);
	struct segment_head head;

	if (fd < 0 || !segment_get_head(fd, &head) || head.number != number)
		return false;
	out->folder = folder;
	out->slots = head.slots;
	memcpy(out->id, head.id, sizeof(out->id));
	return true;
}

bool
segment_read(int fd, uint32_t slot, uint32_t count, uint8_t *out)
{
	size_t size = (size_t)count * ENTRY_SIZE, got = 0;
	off_t from = SEGMENT_HEAD + (off_t)slot * ENTRY_SIZE;

	while (got < size) {
		ssize_t n = pread(fd, out + got, size - got,
		    from + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	memset(out + got, 0, size - got);
	return true;
}

bool
segment_is_written(uint64_t number, const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes + ENTRY_BODY_SIZE, sizeof(word));
	return word >> 32 == (uint32_t)(number + 1);
}

enum segment_slot
segment_look(const struct segment_journal *journal, uint64_t number,
    uint32_t slot, const uint8_t *bytes)
{
	uint64_t word;

	if (!segment_is_written(number, bytes))
		return SEGMENT_HOLE;
	memcpy(&word, bytes + ENTRY_BODY_SIZE, sizeof(word));
	return word == segment_word(journal, number, slot, bytes) ?
	    SEGMENT_WHOLE : SEGMENT_DAMAGED;
}
