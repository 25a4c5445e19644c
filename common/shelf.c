/* SPDX-License-Identifier: ISC */
#include "shelf.h"

#include <assert.h>
#include <string.h>

#include "record.h"

/*
 * Who goes is chosen as SIEVE does: new books join a queue at one end, a hand
 * goes through it from the other; a book that was used since it came, or since
 * the hand met it last, is passed by, the first other one goes. A hit marks
 * the book and moves nothing. A book that nobody asks for again goes when the
 * hand meets it and need not be pushed through the whole queue, as with LRU or
 * CLOCK: with room for a tenth of the keys, asked for as Zipf says, 81 % of the
 * looks find theirs, 78 % with LRU; beside somebody who goes once through all
 * the keys 75 % and 66 % (tests/bench/cache). The hand passes a few by at the
 * most, so that a put takes a bounded time.
 */
#define SHELF_LOOKS 64

#define SHELF_BUCKETS 16

static_assert(RECORD_SIZE_MAX <= UINT16_MAX, "a length fits");
static_assert(PAGE_DEPENDS <= UINT8_MAX, "a number of marks fits");

struct shelf {
	struct shelf_book **buckets;
	size_t bucket_count;		/* a power of two, or 0 */
	/*
	 * In the queue epochs never fall from the oldest to the newest: what
	 * is of a past one stands together at the oldest end.
	 */
	struct shelf_book *oldest, *newest, *hand;
	size_t entries, bytes;
	size_t entries_max, bytes_max;
};

/*
 * What SIZE bytes of malloc cost: the allocator keeps a size beside them and
 * gives them out in steps of 16.
 */
static size_t
shelf_cost(size_t size)
{
	return (size + sizeof(size_t) + 15) / 16 * 16;
}

static size_t
shelf_book_cost(const struct shelf_book *book)
{
	return shelf_cost(sizeof(*book) + book->len);
}

struct shelf_book *
shelf_book_new(const struct digest *digest, uint32_t hash,
    const struct decision_record *record)
{
	uint8_t packed[RECORD_SIZE_MAX];
	size_t len = record_pack(record, packed);
	struct shelf_book *book = len > 0 ? malloc(sizeof(*book) + len) : NULL;

	if (book != NULL) {
		*book = (struct shelf_book){
			.digest = *digest,
			.hash = hash,
			.len = (uint16_t)len,
		};
		memcpy(book->packed, packed, len);
	}
	explicit_bzero(packed, len);
	return book;
}

void
shelf_book_free(struct shelf_book *book)
{
	if (book == NULL)
		return;
	explicit_bzero(book, sizeof(*book) + book->len);
	free(book);
}

struct shelf *
shelf_new(size_t entries, size_t bytes)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));

	if (shelf == NULL)
		return NULL;
	shelf->entries_max = entries;
	shelf->bytes_max = bytes;
	return shelf;
}

void
shelf_free(struct shelf *shelf)
{
	if (shelf == NULL)
		return;
	while (shelf->oldest != NULL)
		shelf_drop(shelf, shelf->oldest);
	free(shelf->buckets);
	free(shelf);
}

static struct shelf_book **
shelf_bucket(const struct shelf *shelf, uint32_t hash)
{
	return &shelf->buckets[hash & (shelf->bucket_count - 1)];
}

struct shelf_book *
shelf_find(const struct shelf *shelf, const struct digest *digest,
    uint32_t hash)
{
	struct shelf_book *book;

	if (shelf->bucket_count == 0)
		return NULL;
	book = *shelf_bucket(shelf, hash);
	/* Not in constant time: digests are nothing to guess at. */
	while (book != NULL && (book->hash != hash || memcmp(&book->digest,
	    digest, sizeof(*digest)) != 0))
		book = book->next;
	return book;
}

bool
shelf_read(struct shelf_book *book, struct decision_record *out)
{
	if (!record_unpack(book->packed, book->len, out))
		return false;
	book->used = true;
	return true;
}

/* Twice as many buckets, if there are bytes left for them. */
static void
shelf_grow(struct shelf *shelf)
{
	size_t count = shelf->bucket_count > 0 ? shelf->bucket_count * 2 :
	    SHELF_BUCKETS;
	size_t cost = shelf_cost(count * sizeof(*shelf->buckets));
	struct shelf_book **buckets, **old = shelf->buckets;

	/* For a moment there are the old ones and the new ones. */
	if (cost > shelf->bytes_max - shelf->bytes ||
	    (buckets = calloc(count, sizeof(*buckets))) == NULL)
		return;
	if (shelf->bucket_count > 0)
		shelf->bytes -= shelf_cost(shelf->bucket_count *
		    sizeof(*old));
	shelf->bytes += cost;
	shelf->buckets = buckets;
	shelf->bucket_count = count;
	for (struct shelf_book *book = shelf->oldest; book != NULL;
	    book = book->newer) {
		struct shelf_book **bucket = shelf_bucket(shelf, book->hash);

		book->next = *bucket;
		*bucket = book;
	}
	free(old);
}

/* Who goes next for a book of EPOCH; NULL if nobody is there. */
static struct shelf_book *
shelf_victim(struct shelf *shelf, uint64_t epoch)
{
	struct shelf_book *book;

	if (shelf->oldest == NULL || shelf->oldest->tag.epoch != epoch)
		return shelf->oldest;
	for (size_t i = 0; i < SHELF_LOOKS; i++) {
		book = shelf->hand != NULL ? shelf->hand : shelf->oldest;
		shelf->hand = book->newer;
		if (!book->used)
			break;
		book->used = false;
	}
	return book;
}

bool
shelf_put(struct shelf *shelf, struct shelf_book *book)
{
	size_t cost = shelf_book_cost(book);
	struct shelf_book **bucket, *victim;

	/* On average a bucket holds half a book: a look seldom meets two. */
	if (shelf->bucket_count <= shelf->entries * 2)
		shelf_grow(shelf);
	if (shelf->bucket_count == 0 || cost > shelf->bytes_max)
		return false;
	while (shelf->entries >= shelf->entries_max ||
	    shelf->bytes > shelf->bytes_max - cost) {
		victim = shelf_victim(shelf, book->tag.epoch);
		if (victim == NULL)
			return false;
		shelf_drop(shelf, victim);
	}
	bucket = shelf_bucket(shelf, book->hash);
	book->next = *bucket;
	*bucket = book;
	book->older = shelf->newest;
	book->newer = NULL;
	*(shelf->newest != NULL ? &shelf->newest->newer : &shelf->oldest) =
	    book;
	shelf->newest = book;
	shelf->entries++;
	shelf->bytes += cost;
	return true;
}

void
shelf_drop(struct shelf *shelf, struct shelf_book *book)
{
	struct shelf_book **at = shelf_bucket(shelf, book->hash);

	while (*at != book)
		at = &(*at)->next;
	*at = book->next;
	*(book->older != NULL ? &book->older->newer : &shelf->oldest) =
	    book->newer;
	*(book->newer != NULL ? &book->newer->older : &shelf->newest) =
	    book->older;
	if (shelf->hand == book)
		shelf->hand = book->newer;
	shelf->entries--;
	shelf->bytes -= shelf_book_cost(book);
	shelf_book_free(book);
}

size_t
shelf_count(const struct shelf *shelf)
{
	return shelf->entries;
}

size_t
shelf_bytes(const struct shelf *shelf)
{
	return shelf->bytes;
}
