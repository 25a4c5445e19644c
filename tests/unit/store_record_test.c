/* SPDX-License-Identifier: ISC */
/*
 * store_record_test: a whole row is read into the record, every field that is
 * not in its form refuses the row, and what is refused leaves nothing behind.
 */
#include "unit.h"

#include <stdio.h>

#include "store_record.h"

#define FIELDS 19

static const char *const good[FIELDS] = {
	"100001", "active", "t", "main", "api.example.org:8443",
	"key_0123456789abcdef", "a key", "7", "write", "live",
	"01234567-89ab-cdef-0123-456789abcdef", "f", "t", "f",
	"1893456000000000", "0", "-1", "5",
	"192.0.2.0/24 2001:db8::/32",
};

/* The good row with field AT replaced; AT past the end changes nothing. */
static struct str
row_with(size_t at, const char *text, char *room, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < FIELDS; i++)
		len += (size_t)snprintf(room + len, size - len, "%s%s",
		    i > 0 ? "\t" : "", i == at ? text : good[i]);
	assert_true(len < size);
	return (struct str){ room, len };
}

static void
test_a_whole_row(void **state)
{
	struct decision_record r;
	struct cidr inside;
	char room[1024];

	(void)state;
	assert_true(store_record_parse(row_with(FIELDS, "", room,
	    sizeof(room)), &r));
	assert_int_equal(r.account, 100001);
	assert_int_equal(r.account_status, DECISION_ACTIVE);
	assert_true(r.plan_active);
	assert_string_equal(r.key_id, good[5]);
	assert_string_equal(r.key_name, "a key");
	assert_int_equal(r.secret_version, 7);
	assert_int_equal(r.role, ROLE_WRITE);
	assert_string_equal(r.environment, "live");
	assert_string_equal(r.region, "main");
	assert_string_equal(r.api_host, "api.example.org:8443");
	assert_string_equal(r.app, good[10]);
	assert_false(r.key_revoked);
	assert_true(r.secret_revoked);
	assert_false(r.disabled);
	assert_int_equal(r.key_expires, INT64_C(1893456000000000));
	assert_int_equal(r.secret_expires, 0);
	assert_int_equal(r.key_not_before, -1);
	assert_int_equal(r.secret_not_before, 5);
	assert_int_equal(r.range_count, 2);
	assert_true(cidr_parse(STR("192.0.2.77"), &inside));
	assert_true(cidr_holds(&r.ranges[0], &inside));
	assert_true(cidr_parse(STR("2001:db8::1"), &inside));
	assert_true(cidr_holds(&r.ranges[1], &inside));
}

struct damage {
	size_t at;
	const char *text;
};

static const struct damage damages[] = {
	{ 0, "" }, { 0, "0" }, { 0, "-1" }, { 0, "1x" }, { 0, " 1" },
	{ 0, "9223372036854775808" }, { 0, "007" },
	{ 2, "" }, { 2, "true" }, { 2, "T" }, { 2, "tf" }, { 2, "1" },
	{ 5, "" }, { 5, "key_0123456789abcdef0123" },
	{ 6, "" }, { 7, "" }, { 7, "2147483648" }, { 7, "-1" },
	{ 8, "" }, { 8, "none" }, { 8, "Admin" }, { 8, "admin " },
	{ 9, "" }, { 9, "0123456789abcdef" },
	{ 3, "" }, { 3, "0123456789abcdef0123456789abcdef" },
	{ 4, "" }, { 10, "01234567-89ab-cdef-0123-456789abcdef-123" },
	{ 11, "" }, { 11, "x" }, { 12, "" }, { 13, "0" },
	{ 14, "" }, { 14, "1.5" }, { 14, "infinity" }, { 14, "-" },
	{ 15, "--1" }, { 16, "+1" }, { 17, "9223372036854775808" },
	{ 18, "192.0.2.1/24" }, { 18, "192.0.2.0/33" }, { 18, "any" },
	{ 18, "192.0.2.0/24,198.51.100.0/24" }, { 18, " " },
	{ 6, "a\tb" },
};

static void
test_every_damage_refuses_the_row(void **state)
{
	static const struct decision_record zero;
	struct decision_record r;
	char room[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct str row = row_with(damages[i].at, damages[i].text,
		    room, sizeof(room));

		memset(&r, 0x55, sizeof(r));
		if (store_record_parse(row, &r))
			fail_msg("field %zu as \"%s\" was taken",
			    damages[i].at, damages[i].text);
		assert_memory_equal(&r, &zero, sizeof(r));
	}
}

static void
test_every_beginning_is_refused(void **state)
{
	struct decision_record r;
	char room[1024];
	struct str row = row_with(FIELDS, "", room, sizeof(room));
	size_t last = 0;

	(void)state;
	for (size_t i = 0; i < row.len; i++)
		if (row.ptr[i] == '\t')
			last = i;
	for (size_t len = 0; len <= last; len++)
		assert_false(store_record_parse(str_part(row, 0, len), &r));
	/* No ranges at all are fine: the last field may be empty. */
	assert_true(store_record_parse(str_part(row, 0, last + 1), &r));
	assert_int_equal(r.range_count, 0);
}

static void
test_sixteen_ranges_and_no_more(void **state)
{
	struct decision_record r;
	char room[2048], ranges[512];
	size_t len = 0;

	(void)state;
	for (unsigned int i = 0; i < DECISION_RANGES_MAX + 1; i++) {
		len += (size_t)snprintf(ranges + len, sizeof(ranges) - len,
		    "%s10.%u.0.0/16", i > 0 ? " " : "", i);
		assert_int_equal(store_record_parse(row_with(18, ranges, room,
		    sizeof(room)), &r), i < DECISION_RANGES_MAX);
	}
}

static void
test_a_status_that_is_not_known_is_doubtful(void **state)
{
	static const char *const doubtful[] = {
		"", "Active", "open", "active ",
	};
	struct decision_record r;
	char room[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(doubtful); i++) {
		assert_true(store_record_parse(row_with(1, doubtful[i], room,
		    sizeof(room)), &r));
		assert_int_equal(r.account_status, DECISION_DOUBTFUL);
	}
	assert_true(store_record_parse(row_with(1, "suspended", room,
	    sizeof(room)), &r));
	assert_int_equal(r.account_status, DECISION_SUSPENDED);
	assert_true(store_record_parse(row_with(1, "closed", room,
	    sizeof(room)), &r));
	assert_int_equal(r.account_status, DECISION_CLOSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_row),
		cmocka_unit_test(test_every_damage_refuses_the_row),
		cmocka_unit_test(test_every_beginning_is_refused),
		cmocka_unit_test(test_sixteen_ranges_and_no_more),
		cmocka_unit_test(test_a_status_that_is_not_known_is_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
