/* SPDX-License-Identifier: ISC */
/*
 * cache_memory_test: what a cache says of its bytes is what the allocator gave,
 * and of a record or digest that went out of it nothing is left in the memory
 * of the process. Skipped where a sanitizer has put its own allocator in.
 */
#include "unit.h"

#include <malloc.h>
#include <stdio.h>

#include "cache.h"

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* This process's own, open. */
struct memory {
	FILE *maps, *bytes;
};

#define NEEDLE_SIZE 16
#define VEIL 0x5a
#define PAGE_BYTES 4096

/* Whether the page at AT holds the text that NEEDLE is, byte by byte XOR. */
static bool
page_holds(FILE *bytes, unsigned long at, const uint8_t *needle)
{
	/* Not on the stack: it would be found there the next time. */
	static uint8_t page[PAGE_BYTES + NEEDLE_SIZE];
	size_t got, same;

	if (fseek(bytes, (long)at, SEEK_SET) != 0)
		return false;
	got = fread(page, 1, sizeof(page), bytes);
	for (size_t i = 0; i + NEEDLE_SIZE <= got; i++) {
		for (same = 0; same < NEEDLE_SIZE; same++)
			if ((page[i + same] ^ VEIL) != needle[same])
				break;
		if (same == NEEDLE_SIZE) {
			explicit_bzero(page, sizeof(page));
			return true;
		}
	}
	return false;
}

/*
 * Whether this process's heap, or what else it may write to, holds it. Takes
 * no memory, which could be that which is looked for.
 */
static bool
memory_holds(const struct memory *m, const uint8_t *needle)
{
	unsigned long from, to;
	bool held = false;
	char line[512];

	rewind(m->maps);
	while (fgets(line, sizeof(line), m->maps) != NULL)
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    strstr(line, " rw") != NULL)
			for (; from < to && !held; from += PAGE_BYTES)
				held = page_holds(m->bytes, from, needle);
	return held;
}

/* Says of the record's digest that it is unknown, as of later. */
static void
put_contrary(struct cache *cache)
{
	const struct cache_entry entry = {
		.unknown = true, .tag = { .asof = 2 },
	};
	const struct digest digest = { { 0xff } };

	cache_put(cache, &digest, &entry, NULL);
}

static void
unveil(void *out, const uint8_t *needle)
{
	for (size_t i = 0; i < NEEDLE_SIZE; i++)
		((uint8_t *)out)[i] = needle[i] ^ VEIL;
}

static void
put_other(struct cache *cache, uint8_t n, bool unknown)
{
	const struct decision_record record = { .account = 1 };
	struct cache_entry entry = { .unknown = unknown };
	struct digest digest = { { n, unknown } };

	cache_put(cache, &digest, &entry, unknown ? NULL : &record);
}

/* Puts a record, or an unknown key, that holds the text; keeps no copy. */
static void
put_needle(struct cache *cache, const uint8_t *needle, bool unknown,
    int64_t asof)
{
	struct decision_record record = { .account = 1 };
	const struct cache_entry entry = {
		.unknown = unknown, .tag = { .asof = asof },
	};
	struct digest digest = { { 0xff } };

	if (unknown)
		/* Behind what the allocator writes into what is freed. */
		unveil(digest.bytes + DIGEST_SIZE - NEEDLE_SIZE, needle);
	else
		unveil(record.key_name, needle);
	cache_put(cache, &digest, &entry, unknown ? NULL : &record);
	explicit_bzero(&digest, sizeof(digest));
	explicit_bzero(&record, sizeof(record));
}

static void
memory_open(struct memory *m)
{
	static char buffer[BUFSIZ];

	m->maps = fopen("/proc/self/maps", "r");
	m->bytes = fopen("/proc/self/mem", "r");
	assert_non_null(m->maps);
	assert_non_null(m->bytes);
	(void)setvbuf(m->maps, buffer, _IOFBF, sizeof(buffer));
	(void)setvbuf(m->bytes, NULL, _IONBF, 0);
}

static void
wipe_run(const struct memory *m, const uint8_t *needle, bool unknown)
{
	const struct cache_limits limits = { 4, 65536, 4 };
	struct cache *cache = cache_new(&limits);

	assert_non_null(cache);
	put_needle(cache, needle, unknown, 1);
	assert_true(memory_holds(m, needle));
	/* Pushed out by others. */
	for (uint8_t n = 0; n < 8; n++)
		put_other(cache, n, unknown);
	assert_false(memory_holds(m, needle));
	/* Taken out by its contrary, or with the rest. */
	put_needle(cache, needle, unknown, 1);
	assert_true(memory_holds(m, needle));
	if (!unknown) {
		put_contrary(cache);
		assert_false(memory_holds(m, needle));
		put_needle(cache, needle, unknown, 3);
		assert_true(memory_holds(m, needle));
	}
	cache_free(cache);
	assert_false(memory_holds(m, needle));
}

static void
test_what_is_gone_is_wiped(void **state)
{
	uint8_t needle[NEEDLE_SIZE];
	struct memory memory;

	(void)state;
	memory_open(&memory);
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(needle); i++)
			needle[i] = (uint8_t)(('0' + 40 * round + i) ^ VEIL);
		wipe_run(&memory, needle, round == 1);
	}
	(void)fclose(memory.maps);
	(void)fclose(memory.bytes);
}

static size_t
allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Records of all sizes, and room for more: each part of the cache grows. */
static void
test_bytes_are_what_is_allocated(void **state)
{
	const struct cache_limits limits = { 1 << 20, 1 << 24, 0 };
	const struct cache_entry entry = { .mark_count = 1 };
	struct cache *cache = cache_new(&limits);
	size_t before = allocated(), grown, said;

	(void)state;
	assert_non_null(cache);
	assert_int_equal(cache_size(cache).bytes, 0);
	for (uint32_t n = 0; n < 20000; n++) {
		struct decision_record record = { .account = n };
		struct digest digest = { { 0 } };

		memcpy(digest.bytes, &n, sizeof(n));
		memset(record.key_name, 'k', n % 400);
		cache_put(cache, &digest, &entry, &record);
	}
	grown = allocated() - before;
	said = cache_size(cache).bytes;
	assert_int_equal(cache_size(cache).entries, 20000);
	/* Some small tables that were given back may wait for reuse. */
	assert_in_range(grown, said, said + said / 100);
	cache_free(cache);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_gone_is_wiped),
		cmocka_unit_test(test_bytes_are_what_is_allocated),
	};

	if (SANITIZED) {
		printf("1..0 # SKIP the allocator is the sanitizer's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
