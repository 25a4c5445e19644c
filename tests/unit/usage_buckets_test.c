/* SPDX-License-Identifier: ISC */
/* usage_buckets_test: which time is asked for, and that zeros are told. */
#include "unit.h"

#include "clock.h"
#include "moment.h"
#include "usage_buckets.h"

#define HOUR (INT64_C(3600) * 1000000)

static struct arena *arena;

static int64_t
at(const char *text)
{
	int64_t us = 0;

	assert_true(moment_parse(str_of(text), &us));
	return us;
}

/* What the query after the question mark asks for, a little after noon. */
static enum err
ask(const char *query, struct usage_buckets_span *out)
{
	struct buf uri = buf_in(arena);
	struct request request = { .role = 0 };
	struct ctx ctx = { .arena = arena, .request = &request };

	buf_printf(&uri, "/usage?%s", query);
	assert_false(uri.failed);
	request.uri = buf_str(&uri);
	return usage_buckets_query(&ctx, at("2031-05-04T12:03:04Z"), out);
}

static void
test_spans(void **state)
{
	static const struct {
		const char *query, *since, *until;
		bool by_day;
	} rows[] = {
		{ "", "2031-05-03T13:00:00Z", "2031-05-04T13:00:00Z", false },
		{ "bucket=hour", "2031-05-03T13:00:00Z",
		    "2031-05-04T13:00:00Z", false },
		{ "bucket=day", "2031-04-05T00:00:00Z",
		    "2031-05-05T00:00:00Z", true },
		{ "since=2031-05-04", "2031-05-04T00:00:00Z",
		    "2031-05-04T13:00:00Z", false },
		{ "since=2031-05-04T11:59:59Z", "2031-05-04T11:00:00Z",
		    "2031-05-04T13:00:00Z", false },
		/* In another zone. */
		{ "since=2031-05-04T11:30:00%2B02:00", "2031-05-04T09:00:00Z",
		    "2031-05-04T13:00:00Z", false },
		{ "until=2031-05-01", "2031-04-30T00:00:00Z",
		    "2031-05-01T00:00:00Z", false },
		{ "until=2031-05-01T00:00:01Z&bucket=day",
		    "2031-04-02T00:00:00Z", "2031-05-02T00:00:00Z", true },
		{ "since=2031-05-01&until=2031-05-03&bucket=day",
		    "2031-05-01T00:00:00Z", "2031-05-03T00:00:00Z", true },
		/* 1000 of them. */
		{ "since=2031-01-01T00:00:00Z&until=2031-02-11T16:00:00Z",
		    "2031-01-01T00:00:00Z", "2031-02-11T16:00:00Z", false },
		/* Times to come. */
		{ "since=2040-01-01T00:30:00Z&until=2040-01-01T00:30:01Z",
		    "2040-01-01T00:00:00Z", "2040-01-01T01:00:00Z", false },
		{ "since=9999-12-31T23:00:00Z&until=9999-12-31T23:59:59Z",
		    "9999-12-31T23:00:00Z", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct usage_buckets_span got;

		if (ask(rows[i].query, &got) != ERR_OK)
			fail_msg("'%s' is refused", rows[i].query);
		assert_int_equal(got.by_day, rows[i].by_day);
		assert_int_equal(got.since, at(rows[i].since));
		assert_int_equal(got.until, rows[i].until != NULL ?
		    at(rows[i].until) : got.since + HOUR);
	}
}

static void
test_bad_spans(void **state)
{
	static const char *const queries[] = {
		"bucket=", "bucket=week", "bucket=Hour", "bucket=hours",
		"bucket=hour&bucket=hour", "since=", "until=", "since=x",
		"since=0", "since=1970-01-01T00:30:00Z&until=1970-01-01T01",
		"since=2031-05-04T12:00:00", "since=2031-13-01",
		/* The end before the beginning, or at it. */
		"since=2031-05-04&until=2031-05-03",
		"since=2031-05-04T10:00:00Z&until=2031-05-04T10:00:00Z",
		"since=2031-05-04T13:00:00Z",
		/* 1001 of them, and many more. */
		"since=2031-01-01T00:00:00Z&until=2031-02-11T16:00:01Z",
		"since=2031-01-01T00:00:00Z&until=2031-02-11T17:00:00Z",
		"since=2000-01-01&bucket=day", "since=1970-01-02",
		"since=1970-01-01T00:00:01Z&until=9999-12-31T23:59:59Z",
		/* A month before that there is no time. */
		"until=1970-01-03&bucket=day",
		"since=2031-05-04%00", "since=2031-05-04%",
		"since=2031-05-04&since=2031-05-04",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct usage_buckets_span got;

		if (ask(queries[i], &got) != ERR_QUERY_INVALID)
			fail_msg("'%s' is not refused", queries[i]);
	}
}

static struct str
text_of(const struct usage_buckets *buckets)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct str text = { NULL, 0 };

	usage_buckets_set(buckets, j);
	assert_int_equal(json_write(j, arena, &text), ERR_OK);
	return text;
}

static void
test_counts(void **state)
{
	struct usage_buckets_span span = {
		.since = at("2031-05-04T10:00:00Z"),
		.until = at("2031-05-04T13:00:00Z"),
	};
	struct usage_buckets *b = usage_buckets_open(arena, &span);

	(void)state;
	assert_non_null(b);
	usage_buckets_add(b, span.until - 1, "rate_limited", 2);
	usage_buckets_add(b, span.since, "ok", 7);
	usage_buckets_add(b, span.since + HOUR - 1, "ok", 1);
	usage_buckets_add(b, span.until - HOUR, "ip_not_allowed", 1);
	usage_buckets_add(b, span.until - HOUR, "rate_limited", 40);
	/* Outside. */
	usage_buckets_add(b, span.since - 1, "ok", 99);
	usage_buckets_add(b, span.until, "rate_limited", 99);
	assert_str(text_of(b), "{\"bucket\":\"hour\","
	    "\"since\":\"2031-05-04T10:00:00Z\","
	    "\"until\":\"2031-05-04T13:00:00Z\",\"buckets\":["
	    "{\"start\":\"2031-05-04T10:00:00Z\",\"allowed\":8,\"refused\":0,"
	    "\"refusals\":{}},"
	    "{\"start\":\"2031-05-04T11:00:00Z\",\"allowed\":0,\"refused\":0,"
	    "\"refusals\":{}},"
	    "{\"start\":\"2031-05-04T12:00:00Z\",\"allowed\":0,"
	    "\"refused\":43,\"refusals\":{\"rate_limited\":42,"
	    "\"ip_not_allowed\":1}}]}");
}

static void
note_code(void *arg, const char *code)
{
	buf_printf(arg, "%s ", code);
}

/* Each once, also if it is in several buckets. */
static void
test_codes(void **state)
{
	struct usage_buckets_span span = { .since = HOUR, .until = 3 * HOUR };
	struct usage_buckets *b = usage_buckets_open(arena, &span);
	struct buf text = buf_in(arena);

	(void)state;
	assert_non_null(b);
	usage_buckets_add(b, HOUR, "ok", 1);
	usage_buckets_codes(b, note_code, &text);
	assert_int_equal(text.len, 0);
	usage_buckets_add(b, HOUR, "key_expired", 1);
	usage_buckets_add(b, 2 * HOUR, "rate_limited", 1);
	usage_buckets_add(b, 2 * HOUR, "key_expired", 1);
	usage_buckets_add(b, 3 * HOUR, "key_revoked", 1);
	usage_buckets_codes(b, note_code, &text);
	assert_str(buf_str(&text), "rate_limited key_expired ");
}

static void
test_days(void **state)
{
	struct usage_buckets_span span = {
		.by_day = true,
		.since = at("2031-02-28T00:00:00Z"),
		.until = at("2031-03-02T00:00:00Z"),
	};
	struct usage_buckets *b = usage_buckets_open(arena, &span);

	(void)state;
	assert_non_null(b);
	usage_buckets_add(b, span.since + 23 * HOUR, "ok", 1);
	usage_buckets_add(b, span.since + 24 * HOUR, "ok", 2);
	assert_str(text_of(b), "{\"bucket\":\"day\","
	    "\"since\":\"2031-02-28T00:00:00Z\","
	    "\"until\":\"2031-03-02T00:00:00Z\",\"buckets\":["
	    "{\"start\":\"2031-02-28T00:00:00Z\",\"allowed\":1,\"refused\":0,"
	    "\"refusals\":{}},"
	    "{\"start\":\"2031-03-01T00:00:00Z\",\"allowed\":2,\"refused\":0,"
	    "\"refusals\":{}}]}");
}

/* What there is no room for is not told as if it were all. */
static void
test_no_room(void **state)
{
	struct usage_buckets_span span = { .since = HOUR, .until = 3 * HOUR };
	struct usage_buckets_span large = {
		.since = HOUR, .until = (USAGE_BUCKETS_MAX + 1) * HOUR
	};
	struct arena *small = arena_new(1024);
	struct json *j CLEANUP_JSON = json_object_open();
	struct usage_buckets *b;
	char code[] = "code_00";
	struct str text;

	(void)state;
	assert_non_null(small);
	assert_null(usage_buckets_open(small, &large));
	arena_reset(small);
	assert_non_null(b = usage_buckets_open(small, &span));
	for (int i = 0; i < 100; i++) {
		code[5] = (char)('0' + i / 10);
		code[6] = (char)('0' + i % 10);
		usage_buckets_add(b, HOUR, code, 1);
	}
	usage_buckets_set(b, j);
	assert_int_equal(json_write(j, arena, &text), ERR_MEMORY);
	arena_free(small);
}

static int
open_arena(void **state)
{
	(void)state;
	return (arena = arena_new(1 << 20)) != NULL ? 0 : -1;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_bad_spans),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
