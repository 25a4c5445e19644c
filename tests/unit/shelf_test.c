/* SPDX-License-Identifier: ISC */
/*
 * shelf_test: each book is found as itself, some go where room is short, and a
 * book that is not taken stays the caller's.
 */
#include "unit.h"

#include "shelf.h"

#define ROOM ((size_t)1 << 24)

static struct digest
digest_of(uint32_t n)
{
	struct digest digest = { { 0 } };

	memcpy(digest.bytes, &n, sizeof(n));
	return digest;
}

static struct shelf_book *
book_of(uint32_t n)
{
	const struct digest digest = digest_of(n);
	struct decision_record record = { .account = n };

	memset(record.key_name, 'k', n % 400);
	return shelf_book_new(&digest, n, &record);
}

static bool
put(struct shelf *shelf, uint32_t n)
{
	struct shelf_book *book = book_of(n);

	assert_non_null(book);
	if (shelf_put(shelf, book))
		return true;
	/* Whole as it was: it can be put elsewhere. */
	assert_int_equal(book->hash, n);
	shelf_book_free(book);
	return false;
}

static bool
has(struct shelf *shelf, uint32_t n)
{
	const struct digest digest = digest_of(n);
	struct shelf_book *book = shelf_find(shelf, &digest, n);
	struct decision_record record;

	if (book == NULL)
		return false;
	assert_true(shelf_read(book, &record));
	assert_int_equal(record.account, n);
	return true;
}

static void
test_what_is_not_taken(void **state)
{
	struct shelf *none = shelf_new(0, ROOM), *tiny = shelf_new(ROOM, 600);
	struct decision_record bad = { .role = ROLE__COUNT };
	const struct digest digest = digest_of(1);

	(void)state;
	assert_non_null(none);
	assert_non_null(tiny);
	assert_false(put(none, 1));
	assert_false(has(none, 1));
	/* One that is too large by itself pushes nothing out. */
	assert_true(put(tiny, 1));
	assert_false(put(tiny, 399));
	assert_true(has(tiny, 1));
	assert_null(shelf_book_new(&digest, 1, &bad));
	shelf_free(none);
	shelf_free(tiny);
	shelf_free(NULL);
	shelf_book_free(NULL);
}

/* Many in one bucket are still each one's own. */
static void
test_one_bucket(void **state)
{
	struct shelf *shelf = shelf_new(100, ROOM);
	struct shelf_book *book;

	(void)state;
	assert_non_null(shelf);
	for (uint32_t n = 1; n <= 100; n++)
		assert_true(put(shelf, n << 16));
	for (uint32_t n = 1; n <= 100; n++)
		assert_true(has(shelf, n << 16));
	for (uint32_t n = 1; n <= 100; n += 2) {
		const struct digest digest = digest_of(n << 16);

		book = shelf_find(shelf, &digest, n << 16);
		assert_non_null(book);
		shelf_drop(shelf, book);
	}
	for (uint32_t n = 1; n <= 100; n++)
		assert_int_equal(has(shelf, n << 16), n % 2 == 0);
	assert_int_equal(shelf_count(shelf), 50);
	shelf_free(shelf);
}

/* All are used, more than the hand passes by: one goes nevertheless. */
static void
test_all_are_used(void **state)
{
	struct shelf *shelf = shelf_new(500, ROOM);

	(void)state;
	assert_non_null(shelf);
	for (uint32_t n = 1; n <= 500; n++)
		assert_true(put(shelf, n));
	for (uint32_t n = 501; n <= 1200; n++) {
		for (uint32_t k = 1; k < n; k++)
			(void)has(shelf, k);
		assert_true(put(shelf, n));
		assert_int_equal(shelf_count(shelf), 500);
	}
	shelf_free(shelf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_taken),
		cmocka_unit_test(test_one_bucket),
		cmocka_unit_test(test_all_are_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
