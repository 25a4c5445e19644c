/* SPDX-License-Identifier: ISC */
/*
 * store_record_test: a whole row is read into the record, every field that is
 * not in its form refuses the row, and what is refused leaves nothing behind.
 */
#include "unit.h"

#include <stdio.h>

#include "store_record.h"

#define FIELDS 36
#define RANGES 30

static const char *const good[FIELDS] = {
	"100001", "active", "t", "main", "api.example.org:8443",
	"10", "100", "1767225600000000", "1893456000000000",
	"https://example.org/moved", "refuse",
	"3000", "20675", "77", "31", "t", "f",
	"key_0123456789abcdef", "a key", "7", "write", "live",
	"01234567-89ab-cdef-0123-456789abcdef", "f", "t", "f",
	"1893456000000000", "0", "-1", "5",
	"192.0.2.0/24 2001:db8::/32",
	"api_key", "5", "50", "t", "9",
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
	assert_string_equal(r.key_id, good[17]);
	assert_string_equal(r.key_name, "a key");
	assert_int_equal(r.secret_version, 7);
	assert_int_equal(r.role, ROLE_WRITE);
	assert_string_equal(r.environment, "live");
	assert_string_equal(r.region, "main");
	assert_string_equal(r.api_host, "api.example.org:8443");
	assert_string_equal(r.app, good[22]);
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
	assert_int_equal(r.plan_rate.per_second, 10);
	assert_int_equal(r.plan_rate.burst, 100);
	assert_int_equal(r.legacy_deprecated, INT64_C(1767225600000000));
	assert_int_equal(r.legacy_sunset, INT64_C(1893456000000000));
	assert_string_equal(r.legacy_link, good[9]);
	assert_true(r.legacy_refuses);
	assert_int_equal(r.kind, DECISION_API_KEY);
	assert_int_equal(r.key_rate.per_second, 5);
	assert_int_equal(r.key_rate.burst, 50);
	assert_true(r.starts_overlap);
	assert_int_equal(r.plan_quota, 3000);
	assert_int_equal(r.key_quota, 9);
	assert_int_equal(r.used_day, 20675);
	assert_int_equal(r.used, 77);
	assert_int_equal(r.connection, 31);
	assert_true(r.connection_revoked);
	assert_false(r.app_removed);
}

struct damage {
	size_t at;
	const char *text;
};

static const struct damage damages[] = {
	{ 0, "" }, { 0, "0" }, { 0, "-1" }, { 0, "1x" }, { 0, " 1" },
	{ 0, "9223372036854775808" }, { 0, "007" },
	{ 2, "" }, { 2, "true" }, { 2, "T" }, { 2, "tf" }, { 2, "1" },
	{ 17, "" }, { 17, "key_0123456789abcdef0123" },
	{ 18, "" }, { 19, "" }, { 19, "2147483648" }, { 19, "-1" },
	{ 20, "" }, { 20, "none" }, { 20, "Admin" }, { 20, "admin " },
	{ 21, "" }, { 21, "0123456789abcdef" },
	{ 3, "" }, { 3, "0123456789abcdef0123456789abcdef" },
	{ 4, "" }, { 22, "01234567-89ab-cdef-0123-456789abcdef-123" },
	{ 23, "" }, { 23, "x" }, { 24, "" }, { 25, "0" },
	{ 26, "" }, { 26, "1.5" }, { 26, "infinity" }, { 26, "-" },
	{ 27, "--1" }, { 28, "+1" }, { 29, "9223372036854775808" },
	{ 30, "192.0.2.1/24" }, { 30, "192.0.2.0/33" }, { 30, "any" },
	{ 30, "192.0.2.0/24,198.51.100.0/24" }, { 30, " " },
	{ 18, "a\tb" },
	{ 5, "" }, { 5, "0" }, { 5, "1000001" }, { 5, "-1" }, { 6, "0" },
	{ 6, "10000001" }, { 6, "1e3" },
	{ 7, "" }, { 7, "now" }, { 8, "" }, { 8, "1.5" },
	{ 9, "ftp://example.org" }, { 9, "https://" }, { 9, "http://a b" },
	{ 9, "https://a\"b" }, { 9, "https://a'b" }, { 9, "https://a<b" },
	{ 9, "https://a>b" }, { 9, "https://a,b" }, { 9, "https://a;b" },
	{ 9, "https://a\\b" }, { 9, "https://a\x7f" },
	{ 9, "https://\xe4" },
	{ 9, "HTTPS://a" }, { 10, "" }, { 10, "Warn" }, { 10, "refused" },
	{ 31, "" }, { 31, "key" }, { 32, "" }, { 32, "0" }, { 33, "0" },
	{ 34, "" }, { 34, "true" }, { 34, "f\tf" },
	{ 11, "" }, { 11, "-1" }, { 11, "2000000001" }, { 12, "" },
	{ 12, "2147483648" }, { 12, "today" }, { 13, "" }, { 13, "-1" },
	{ 13, "2147483648" }, { 35, "" }, { 35, "2000000001" }, { 35, "t" },
	{ 14, "" }, { 14, "-1" }, { 14, "t" }, { 15, "" }, { 15, "1" },
	{ 16, "" }, { 16, "true" },
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

	(void)state;
	for (size_t len = 0; len < row.len; len++)
		assert_false(store_record_parse(str_part(row, 0, len), &r));
}

static void
test_what_may_be_empty(void **state)
{
	struct decision_record r;
	char room[1024];

	(void)state;
	assert_true(store_record_parse(row_with(RANGES, "", room,
	    sizeof(room)), &r));
	assert_int_equal(r.range_count, 0);
	assert_true(store_record_parse(row_with(9, "", room, sizeof(room)),
	    &r));
	assert_string_equal(r.legacy_link, "");
	assert_true(store_record_parse(row_with(10, "warn", room,
	    sizeof(room)), &r));
	assert_false(r.legacy_refuses);
}

static void
test_a_link_of_300_bytes_and_no_more(void **state)
{
	struct decision_record r;
	char room[1024], link[302] = "https://";

	(void)state;
	memset(link + 8, 'x', sizeof(link) - 9);
	assert_false(store_record_parse(row_with(9, link, room,
	    sizeof(room)), &r));
	link[300] = '\0';
	assert_true(store_record_parse(row_with(9, link, room, sizeof(room)),
	    &r));
	assert_string_equal(r.legacy_link, link);
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
		assert_int_equal(store_record_parse(row_with(RANGES, ranges,
		    room, sizeof(room)), &r), i < DECISION_RANGES_MAX);
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
		cmocka_unit_test(test_what_may_be_empty),
		cmocka_unit_test(test_a_link_of_300_bytes_and_no_more),
		cmocka_unit_test(test_sixteen_ranges_and_no_more),
		cmocka_unit_test(test_a_status_that_is_not_known_is_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
