/* SPDX-License-Identifier: ISC */
/*
 * record_test: what was packed comes back, every field of it, in few bytes;
 * what was not packed is refused.
 */
#include "unit.h"

#include "record.h"

/* For texts as long as they may be. */
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY

#define RANGE4 { 4, 8, { 10 } }
#define RANGE6 { 6, 128, { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, \
	9, 10, 11, 255 } }

/*
 * Every field, in order and none by name, so that a new one does not compile
 * until somebody has thought of it here and in record.c.
 */
static const struct decision_record every = {
	INT64_MAX, DECISION_CLOSED, true, "key_0123456789abcdefXYZ",
	HUNDRED HUNDRED HUNDRED HUNDRED "abc", INT32_MAX, ROLE_ADMIN,
	"fifteen letters", "thirty-one bytes is all there i",
	HUNDRED HUNDRED FIFTY "abcde",
	"thirty-nine bytes of an app and no more", INT64_MAX - 1, true, true,
	true, true, true, -1, INT64_MAX, INT64_MIN, 0x123456789abcdef,
	DECISION_RANGES_MAX,
	{ RANGE4, RANGE6, RANGE4, RANGE6, RANGE4, RANGE6, RANGE4, RANGE6,
	RANGE6, RANGE4, RANGE6, RANGE4, RANGE6, RANGE4, RANGE6, RANGE4 },
	DECISION_APP_TOKEN, { 1, 2 }, { DECISION_RATE_MAX, DECISION_BURST_MAX },
	-5, 7, HUNDRED HUNDRED HUNDRED "abc", true, true,
	DECISION_QUOTA_MAX, -3, 20675, INT32_MAX,
};

static const struct decision_record plain = {
	.account = 42,
	.account_status = DECISION_ACTIVE,
	.plan_active = true,
	.key_id = "key_0123456789abcdef",
	.key_name = "backend of the shop",
	.secret_version = 2,
	.role = ROLE_WRITE,
	.environment = "live",
	.region = "eu",
	.api_host = "api.eu.example.com",
	.range_count = 2,
	.ranges = { RANGE4, RANGE6 },
	.plan_rate = { 100, 1000 },
};

/* A record with zeros in its holes, too. */
static struct decision_record
clean(const struct decision_record *from)
{
	uint8_t packed[RECORD_SIZE_MAX];
	struct decision_record record;
	size_t len = record_pack(from, packed);

	memset(&record, 0xa5, sizeof(record));
	assert_true(len > 0);
	assert_true(record_unpack(packed, len, &record));
	return record;
}

static void
assert_texts(const struct decision_record *a, const struct decision_record *b)
{
	assert_string_equal(a->key_id, b->key_id);
	assert_string_equal(a->key_name, b->key_name);
	assert_string_equal(a->environment, b->environment);
	assert_string_equal(a->region, b->region);
	assert_string_equal(a->api_host, b->api_host);
	assert_string_equal(a->app, b->app);
	assert_string_equal(a->legacy_link, b->legacy_link);
}

static void
assert_flags(const struct decision_record *a, const struct decision_record *b)
{
	assert_int_equal(a->plan_active, b->plan_active);
	assert_int_equal(a->key_revoked, b->key_revoked);
	assert_int_equal(a->secret_revoked, b->secret_revoked);
	assert_int_equal(a->disabled, b->disabled);
	assert_int_equal(a->legacy_refuses, b->legacy_refuses);
	assert_int_equal(a->starts_overlap, b->starts_overlap);
	assert_int_equal(a->connection_revoked, b->connection_revoked);
	assert_int_equal(a->app_removed, b->app_removed);
}

static void
assert_same(const struct decision_record *a, const struct decision_record *b)
{
	assert_texts(a, b);
	assert_flags(a, b);
	assert_int_equal(a->account, b->account);
	assert_int_equal(a->account_status, b->account_status);
	assert_int_equal(a->secret_version, b->secret_version);
	assert_int_equal(a->role, b->role);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->connection, b->connection);
	assert_int_equal(a->key_expires, b->key_expires);
	assert_int_equal(a->secret_expires, b->secret_expires);
	assert_int_equal(a->key_not_before, b->key_not_before);
	assert_int_equal(a->secret_not_before, b->secret_not_before);
	assert_int_equal(a->legacy_deprecated, b->legacy_deprecated);
	assert_int_equal(a->legacy_sunset, b->legacy_sunset);
	assert_int_equal(a->key_quota, b->key_quota);
	assert_int_equal(a->plan_quota, b->plan_quota);
	assert_int_equal(a->used_day, b->used_day);
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->range_count, b->range_count);
	assert_memory_equal(a->ranges, b->ranges, sizeof(a->ranges));
	assert_memory_equal(&a->key_rate, &b->key_rate, sizeof(a->key_rate));
	assert_memory_equal(&a->plan_rate, &b->plan_rate,
	    sizeof(a->plan_rate));
}

static void
test_every_field_comes_back(void **state)
{
	static const struct decision_record none;
	const struct decision_record *const records[] = {
		&every, &plain, &none,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		struct decision_record got = clean(records[i]);

		assert_same(&got, records[i]);
	}
}

/* One byte changed comes back changed just so, or the record is refused. */
static void
test_no_field_is_another(void **state)
{
	const struct decision_record base = clean(&every);
	uint8_t packed[RECORD_SIZE_MAX], other[RECORD_SIZE_MAX];
	size_t len = record_pack(&base, packed), holes = 0, changed;

	(void)state;
	for (size_t i = 0; i < sizeof(base); i++) {
		struct decision_record record = base, back;

		((uint8_t *)&record)[i] ^= 1;
		changed = record_pack(&record, other);
		if (changed == 0)
			continue;
		assert_int_equal(changed, len);
		assert_true(record_unpack(other, len, &back));
		if (memcmp(packed, other, len) == 0)
			holes++;
		else
			assert_memory_equal(&back, &record, sizeof(back));
	}
	/* Before fields that are aligned, and at the end. */
	assert_true(holes < 4 * sizeof(int64_t));
}

static void
test_texts_of_every_length(void **state)
{
	struct decision_record record = plain, back;
	uint8_t packed[RECORD_SIZE_MAX];
	size_t len;

	(void)state;
	memset(record.key_name, 0, sizeof(record.key_name));
	for (size_t i = 0; i < sizeof(record.key_name); i++) {
		len = record_pack(&record, packed);
		assert_true(record_unpack(packed, len, &back));
		assert_same(&back, &record);
		record.key_name[i] = 'x';
	}
	/* Now it does not end. */
	assert_int_equal(record_pack(&record, packed), 0);
}

static void
test_it_is_small(void **state)
{
	uint8_t packed[RECORD_SIZE_MAX];
	size_t len = record_pack(&plain, packed);

	(void)state;
	assert_in_range(len, 100, 250);
	len = record_pack(&every, packed);
	assert_in_range(len, 1000, RECORD_SIZE_MAX);
}

static void
test_unused_bytes_are_zero(void **state)
{
	struct decision_record record = clean(&plain), back;

	(void)state;
	memset(record.app + 1, 'x', sizeof(record.app) - 1);
	memset(&record.ranges[2], 0xff, sizeof(record.ranges[2]));
	back = clean(&record);
	assert_memory_equal(back.app, plain.app, sizeof(back.app));
	assert_memory_equal(back.ranges, plain.ranges, sizeof(back.ranges));
}

/* Each record is plain but for one thing. */
static void
test_what_is_not_packed(void **state)
{
	struct decision_record bad[] = {
		plain, plain, plain, plain, plain, plain, plain, plain, plain,
	};
	uint8_t packed[RECORD_SIZE_MAX];

	(void)state;
	bad[0].role = ROLE__COUNT;
	bad[1].kind = DECISION_KIND__COUNT;
	bad[2].account_status = DECISION_CLOSED + 1;
	bad[3].range_count = DECISION_RANGES_MAX + 1;
	bad[4].ranges[1].family = 0;
	bad[5].ranges[0].bits = 33;
	bad[6].ranges[1].bits = 129;
	memset(bad[7].region, 'x', sizeof(bad[7].region));
	/* A number whose low byte alone would be right. */
	bad[8].role = 256 + ROLE_READ;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(record_pack(&bad[i], packed), 0);
	assert_true(record_pack(&plain, packed) > 0);
}

/* Every beginning, one byte more, and every byte changed. */
static void
test_what_is_not_unpacked(void **state)
{
	const struct decision_record before = clean(&every);
	struct decision_record out = before;
	uint8_t packed[RECORD_SIZE_MAX], again[RECORD_SIZE_MAX], *cut;
	size_t len = record_pack(&plain, packed), refused = 0;

	(void)state;
	for (size_t i = 0; i <= len + 1; i++) {
		/* A block of just that size: tools see what is read past it. */
		cut = malloc(i + 1);
		assert_non_null(cut);
		memcpy(cut + 1, packed, i);
		if (i != len)
			assert_false(record_unpack(cut + 1, i, &out));
		free(cut);
	}
	for (size_t i = 0; i < len; i++) {
		packed[i] ^= 0xff;
		if (record_unpack(packed, len, &out)) {
			assert_int_equal(record_pack(&out, again), len);
			assert_memory_equal(packed, again, len);
			out = before;
		} else {
			refused++;
		}
		/* A refusal writes nothing. */
		assert_memory_equal(&out, &before, sizeof(out));
		packed[i] ^= 0xff;
	}
	/* Lengths, flags, kinds, ranges: more than the numbers are checked. */
	assert_true(refused >= 20);
	/* A text with a NUL would come back shorter. */
	packed[len - 1] = '\0';
	assert_false(record_unpack(packed, len, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field_comes_back),
		cmocka_unit_test(test_no_field_is_another),
		cmocka_unit_test(test_texts_of_every_length),
		cmocka_unit_test(test_it_is_small),
		cmocka_unit_test(test_unused_bytes_are_zero),
		cmocka_unit_test(test_what_is_not_packed),
		cmocka_unit_test(test_what_is_not_unpacked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
