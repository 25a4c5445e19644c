/* SPDX-License-Identifier: ISC */
/*
 * page_test: a record counts under a lease and until a change that concerns it
 * is applied; a drain waits for the requests that began before.
 */
#include "unit.h"

#include "page.h"

#define NOW 1000000
#define LEASE (NOW + 10)

static struct page *
leased(int64_t processed)
{
	struct page *page = page_new();

	assert_non_null(page);
	page_close(page);
	(void)page_open(page, processed, 5);
	page_lease(page, LEASE);
	return page;
}

static void
test_marks(void **state)
{
	uint32_t key = page_mark("key", "key_0000000000000001");

	(void)state;
	assert_int_not_equal(key, PAGE_ALL);
	assert_true(key < PAGE_MARKS);
	assert_int_equal(key, page_mark("key", "key_0000000000000001"));
	assert_int_not_equal(key, page_mark("key", "key_0000000000000002"));
	assert_int_not_equal(page_mark("account", "1"), page_mark("app", "1"));
	assert_int_equal(page_mark("all", ""), PAGE_ALL);
	/* What this version does not know may concern every record. */
	assert_int_equal(page_mark("planet", "1"), PAGE_ALL);
	assert_int_equal(page_mark("", ""), PAGE_ALL);
}

static void
test_lease(void **state)
{
	struct page *page = page_new();
	struct page_tag tag;

	(void)state;
	assert_non_null(page);
	assert_false(page_leased(page, 0));
	page_close(page);
	assert_false(page_tag(page, &tag));
	(void)page_open(page, 7, 5);
	assert_false(page_leased(page, 0));
	assert_true(page_tag(page, &tag));
	assert_int_equal(tag.asof, 7);
	assert_false(page_current(page, tag, NULL, 0, NOW));
	page_lease(page, LEASE);
	assert_true(page_current(page, tag, NULL, 0, LEASE - 1));
	assert_false(page_current(page, tag, NULL, 0, LEASE));
	page_free(page);
}

static void
test_change(void **state)
{
	struct page *page = leased(7);
	uint32_t mine[2] = { page_mark("key", "a"), page_mark("account", "1") };
	uint32_t other = page_mark("key", "b");
	struct page_tag before, after;

	(void)state;
	assert_true(page_tag(page, &before));
	page_touch(page, mine[1], 8);
	assert_false(page_current(page, before, mine, 2, NOW));
	assert_true(page_current(page, before, &other, 1, NOW));
	/* Touched and not yet applied: a tag from now on is no better. */
	assert_true(page_tag(page, &after));
	assert_false(page_current(page, after, mine, 2, NOW));
	(void)page_apply(page, 8);
	assert_true(page_tag(page, &after));
	assert_true(page_current(page, after, mine, 2, NOW));
	assert_false(page_current(page, before, mine, 2, NOW));
	page_touch(page, PAGE_ALL, 9);
	assert_false(page_current(page, after, &other, 1, NOW));
	/* Marks never go back. */
	page_touch(page, PAGE_ALL, 3);
	assert_false(page_current(page, after, &other, 1, NOW));
	page_free(page);
}

static void
test_registration(void **state)
{
	struct page *page = leased(7);
	struct page_tag before, after;

	(void)state;
	assert_true(page_tag(page, &before));
	page_close(page);
	assert_false(page_leased(page, NOW));
	assert_false(page_tag(page, &after));
	/* Twice is once. */
	page_close(page);
	/* A database that was put back: numbers go down. */
	(void)page_open(page, 2, 6);
	page_lease(page, LEASE);
	assert_false(page_current(page, before, NULL, 0, NOW));
	assert_true(page_tag(page, &after));
	assert_int_equal(after.asof, 2);
	assert_int_equal(after.place, 6);
	assert_true(page_current(page, after, NULL, 0, NOW));
	page_free(page);
}

static void
test_drain(void **state)
{
	struct page *page = leased(7);
	uint64_t turn;

	(void)state;
	page_enter(page, 3);
	page_enter(page, PAGE_SLOTS - 1);
	turn = page_apply(page, 8);
	assert_false(page_drained(page, turn));
	page_leave(page, 3);
	assert_false(page_drained(page, turn));
	/* Whoever comes in later has seen the change. */
	page_enter(page, 3);
	page_leave(page, PAGE_SLOTS - 1);
	assert_true(page_drained(page, turn));
	/* A registration is waited for, too, whatever its numbers. */
	page_close(page);
	turn = page_open(page, 1, 5);
	assert_false(page_drained(page, turn));
	page_leave(page, 3);
	assert_true(page_drained(page, turn));
	page_free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_lease),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_drain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
