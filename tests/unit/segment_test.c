/* SPDX-License-Identifier: ISC */
/* The files of a journal [layer 6]: what is brought to the disk. */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "segment.h"

#define SLOTS 256

static uint8_t *synced_from, *synced_to;
static size_t page;

/* In place of the system's: notes what it was asked for. */
int
msync(void *from, size_t len, int flags)
{
	assert_int_equal(flags, MS_SYNC);
	synced_from = from;
	synced_to = synced_from + len;
	return 0;
}

static uint8_t *
slot_at(uint8_t *map, uint32_t slot)
{
	return map + SEGMENT_HEAD + (size_t)slot * ENTRY_SIZE;
}

/* The range begins with a page, holds the slots, and ends with them. */
static void
test_synced_range(void **state)
{
	static const struct {
		uint32_t first, count;
	} ranges[] = {
		{ 0, 0 }, { 0, 1 }, { 0, 31 }, { 0, 32 }, { 0, 33 },
		{ 0, SLOTS },
		{ 1, 1 }, { 31, 1 }, { 32, 1 }, { 63, 2 }, { SLOTS - 1, 1 },
	};
	uint8_t *map = mmap(NULL, segment_size(SLOTS), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	assert_ptr_not_equal(map, MAP_FAILED);
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		uint8_t *from = slot_at(map, ranges[i].first);

		assert_true(segment_sync(map, ranges[i].first,
		    ranges[i].count));
		assert_int_equal((uintptr_t)synced_from % page, 0);
		assert_true(synced_from <= from && synced_from >= map);
		assert_true(ranges[i].first == 0 ? synced_from == map :
		    (size_t)(from - synced_from) < page);
		assert_ptr_equal(synced_to, slot_at(map, ranges[i].first +
		    ranges[i].count));
	}
	assert_int_equal(munmap(map, segment_size(SLOTS)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_synced_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
