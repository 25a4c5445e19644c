/* SPDX-License-Identifier: ISC */
/*
 * metrics_test: what is added from many threads is told to the last one, in
 * a text that a strict reader of the format takes, and nothing but the table's
 * own words can be in a label.
 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>

#include "metrics.h"

#define EVERYTHING (METRICS_PROCESS | METRICS_DATABASE | METRICS_VERIFIER | \
	METRICS_REVOKER | METRICS_JOURNAL)

static struct arena *arena;

static struct str
text_of(unsigned int who)
{
	struct buf text = buf_in(arena);

	metrics_show(who);
	metrics_text(&text);
	assert_false(text.failed);
	return buf_str(&text);
}

/* What the line that begins with SERIES and a blank says, or NULL. */
static struct str
told(struct str text, const char *series)
{
	struct str want = str_of(series), line;

	while (str_cut(text, '\n', &line, &text))
		if (str_starts(line, want) && line.len > want.len &&
		    line.ptr[want.len] == ' ')
			return str_part(line, want.len + 1, line.len);
	return (struct str){ NULL, 0 };
}

/* The same, now, as a whole number. */
static int64_t
number(const char *series)
{
	struct str value = told(text_of(EVERYTHING), series);
	uint64_t n = 0;

	assert_non_null(value.ptr);
	assert_true(str_u64(value, INT64_MAX, &n));
	return (int64_t)n;
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)8 << 20);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int
forget(void **state)
{
	(void)state;
	arena_reset(arena);
	return 0;
}

static void
test_counters_and_gauges(void **state)
{
	(void)state;
	metrics_add(METRICS_REQUESTS, ERR_OK, 1);
	metrics_add(METRICS_REQUESTS, ERR_KEY_UNKNOWN, 1);
	metrics_add(METRICS_REQUESTS, ERR_KEY_UNKNOWN, 41);
	assert_int_equal(number("hasp_requests_total{code=\"ok\"}"), 1);
	assert_int_equal(number("hasp_requests_total{code=\"key_unknown\"}"),
	    42);
	metrics_set(METRICS_CACHE_BYTES, 0, 7);
	metrics_set(METRICS_CACHE_BYTES, 0, INT64_MAX);
	assert_int_equal(number("hasp_cache_bytes"), INT64_MAX);
	metrics_add(METRICS_REQUESTS_WAITING, 0, 3);
	metrics_add(METRICS_REQUESTS_WAITING, 0, -1);
	assert_int_equal(number("hasp_requests_waiting"), 2);
	/* Seen between one thread's cell and another's. */
	metrics_add(METRICS_REQUESTS_WAITING, 0, -5);
	assert_int_equal(number("hasp_requests_waiting"), 0);
	metrics_add(METRICS_REQUESTS_WAITING, 0, 3);
}

static void
test_seconds(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 1, "0.000001" }, { 10, "0.00001" },
		{ 100000, "0.1" }, { 999999, "0.999999" }, { 1000000, "1" },
		{ 1000001, "1.000001" }, { 30050000, "30.05" },
		{ INT64_C(1924992000123456), "1924992000.123456" },
		{ -1, "0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		metrics_set(METRICS_VERIFIER_LEASE, 0, rows[i].us);
		unit_assert_str(told(text_of(EVERYTHING),
		    "hasp_verifier_lease_seconds"), str_of(rows[i].text),
		    __FILE__, __LINE__);
	}
}

/* A label beyond those of its metric is nobody else's cell. */
static void
test_labels_that_are_none(void **state)
{
	struct str before, after;

	(void)state;
	before = text_of(EVERYTHING);
	for (int m = 0; m < METRICS__COUNT; m++) {
		metrics_add((enum metric)m, METRICS_CODE__COUNT, 1);
		metrics_add((enum metric)m, UINT32_MAX, 1);
		metrics_set((enum metric)m, METRICS_CODE__COUNT, 1);
		metrics_set((enum metric)m, UINT32_MAX, 1);
	}
	metrics_add(METRICS_CACHE_LOOKUPS, METRICS_CACHE__COUNT, 1);
	metrics_set(METRICS_CACHE_ENTRIES, METRICS_NONE__COUNT, 1);
	after = text_of(EVERYTHING);
	assert_true(str_eq(before, after));
}

static void
test_histogram(void **state)
{
	struct str text;

	(void)state;
	metrics_observe(METRICS_FENCE_WAIT, 0);
	metrics_observe(METRICS_FENCE_WAIT, -3);
	metrics_observe(METRICS_FENCE_WAIT, 500);	/* le */
	metrics_observe(METRICS_FENCE_WAIT, 501);
	metrics_observe(METRICS_FENCE_WAIT, 30000000);
	metrics_observe(METRICS_FENCE_WAIT, 30000001);
	metrics_observe(METRICS_FENCE_WAIT, INT64_C(3600000000));
	text = text_of(METRICS_REVOKER);
	assert_str(told(text, "hasp_fence_wait_seconds_bucket{le=\"0.0005\"}"),
	    "3");
	assert_str(told(text, "hasp_fence_wait_seconds_bucket{le=\"0.001\"}"),
	    "4");
	assert_str(told(text, "hasp_fence_wait_seconds_bucket{le=\"10\"}"),
	    "4");
	assert_str(told(text, "hasp_fence_wait_seconds_bucket{le=\"30\"}"),
	    "5");
	assert_str(told(text, "hasp_fence_wait_seconds_bucket{le=\"+Inf\"}"),
	    "7");
	assert_str(told(text, "hasp_fence_wait_seconds_count"), "7");
	assert_str(told(text, "hasp_fence_wait_seconds_sum"), "3660.001002");
}

static int64_t
ask(void *arg)
{
	return (*(int64_t *)arg)++;
}

static void
test_watched(void **state)
{
	static int64_t asked = 5;

	(void)state;
	metrics_watch(METRICS_CONNECTIONS, ask, &asked);
	assert_int_equal(number("hasp_connections"), 5);
	assert_int_equal(number("hasp_connections"), 6);
	asked = -1;
	assert_int_equal(number("hasp_connections"), 0);
}

/* -- threads ---------------------------------------------------------- */

/* More than there are sets of cells, so that some share one. */
#define THREADS 40
#define TURNS 20000

static void *
work(void *arg)
{
	uint64_t seed = (uint64_t)(uintptr_t)arg + 1;

	for (int i = 0; i < TURNS; i++) {
		metrics_add(METRICS_CACHE_LOOKUPS, METRICS_CACHE_HIT, 1);
		metrics_add(METRICS_REQUESTS_WAITING, 0, 1);
		metrics_observe(METRICS_REQUEST_DURATION,
		    (int64_t)(unit_next(&seed) % 3000000));
		metrics_add(METRICS_REQUESTS_WAITING, 0, -1);
		metrics_observe(METRICS_REQUEST_DURATION, 1);
	}
	return NULL;
}

/* The text of any moment fits itself: buckets rise to the count. */
static int64_t
read_histogram(void)
{
	static const char bucket[] = "hasp_request_duration_seconds_bucket{";
	struct str text = text_of(METRICS_PROCESS), rest = text, line, value;
	uint64_t n = 0, last = 0;
	size_t buckets = 0;

	while (str_cut(rest, '\n', &line, &rest)) {
		if (!str_starts(line, str_of(bucket)))
			continue;
		assert_true(str_cut(line, ' ', &line, &value));
		assert_true(str_u64(value, INT64_MAX, &n));
		assert_true(n >= last);
		last = n;
		buckets++;
	}
	assert_int_equal(buckets, METRICS_DURATION__COUNT - 1);
	value = told(text, "hasp_request_duration_seconds_count");
	assert_true(str_u64(value, INT64_MAX, &n));
	assert_int_equal(n, last);
	return (int64_t)n;
}

static void
test_threads_lose_nothing(void **state)
{
	pthread_t threads[THREADS];
	int64_t seen, last = 0;

	(void)state;
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work,
		    (void *)i), 0);
	for (int i = 0; i < 50; i++) {
		seen = read_histogram();
		assert_true(seen >= last);
		last = seen;
		arena_reset(arena);
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(read_histogram(), 2 * THREADS * TURNS);
	assert_int_equal(number("hasp_cache_lookups_total{result=\"hit\"}"),
	    THREADS * TURNS);
	assert_int_equal(number("hasp_requests_waiting"), 0);
}

/* -- the text --------------------------------------------------------- */

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= 'a' && s.ptr[i] <= 'z') && s.ptr[i] != '_')
			return false;
	return s.len > 0;
}

/* Nothing that would need escaping, and no text of somebody else's. */
static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.+-~Inf",
		    s.ptr[i]) == NULL)
			return false;
	return s.len > 0;
}

/*
 * Reads a line `name{label="value"} number` strictly; NAME gets what is in
 * front of the brace.
 */
static void
read_line(struct str line, struct str *name)
{
	struct str label, value, rest;
	double number;
	char *end;

	assert_true(str_cut(line, ' ', &line, &rest));
	number = strtod(rest.ptr, &end);
	assert_ptr_equal(end, rest.ptr + rest.len);
	assert_true(number >= 0);
	*name = line;
	if (!str_cut(line, '{', name, &label))
		return;
	assert_true(str_cut(label, '=', &label, &value));
	assert_true(str_eq(label, STR("code")) || str_eq(label, STR("le")) ||
	    str_eq(label, STR("result")) || str_eq(label, STR("version")));
	assert_true(str_starts(value, STR("\"")));
	value = str_part(value, 1, value.len);
	assert_true(str_cut(value, '"', &value, &rest));
	assert_str(rest, "}");
	assert_true(is_value(value));
}

/* NAME is METRIC, or of a histogram METRIC. */
static bool
belongs(struct str name, struct str metric, struct str type)
{
	struct str rest;

	if (!str_starts(name, metric))
		return false;
	rest = str_part(name, metric.len, name.len);
	if (!str_eq(type, STR("histogram")))
		return rest.len == 0;
	return str_eq(rest, STR("_bucket")) || str_eq(rest, STR("_sum")) ||
	    str_eq(rest, STR("_count"));
}

static bool
ends(struct str s, struct str end)
{
	return s.len >= end.len &&
	    str_eq(str_part(s, s.len - end.len, s.len), end);
}

/* `# WHAT metric rest`: what comes after WHAT, cut at the next blank. */
static void
read_comment(struct str line, struct str what, struct str *metric,
    struct str *rest)
{
	assert_true(str_starts(line, what));
	assert_true(str_cut(str_part(line, what.len, line.len), ' ', metric,
	    rest));
	assert_true(is_name(*metric));
	assert_true(rest->len > 0);
	for (size_t i = 0; i < rest->len; i++)
		assert_true(rest->ptr[i] >= ' ' && rest->ptr[i] < 0x7f &&
		    rest->ptr[i] != '\\');
}

/* Reads the lines of one metric; what is left of TEXT. */
static struct str
read_metric(struct str text, struct str *metric)
{
	struct str line, help, again, type, name, next;
	size_t lines = 0;

	assert_true(str_cut(text, '\n', &line, &text));
	read_comment(line, STR("# HELP "), metric, &help);
	assert_true(ends(help, STR(".")));
	assert_true(str_cut(text, '\n', &line, &text));
	read_comment(line, STR("# TYPE "), &again, &type);
	assert_true(str_eq(*metric, again));
	assert_true(str_eq(type, STR("counter")) ||
	    str_eq(type, STR("gauge")) || str_eq(type, STR("histogram")));
	/* As Prometheus names them. */
	assert_int_equal(str_eq(type, STR("counter")),
	    ends(*metric, STR("_total")));
	if (str_eq(type, STR("histogram")))
		assert_true(ends(*metric, STR("_seconds")));
	while (text.len > 0 && !str_starts(text, STR("#"))) {
		assert_true(str_cut(text, '\n', &line, &next));
		read_line(line, &name);
		assert_true(belongs(name, *metric, type));
		text = next;
		lines++;
	}
	assert_true(lines > 0);
	return text;
}

static void
test_text_is_strict(void **state)
{
	struct str names[METRICS__COUNT], text = text_of(EVERYTHING);
	size_t n = 0;

	(void)state;
	while (text.len > 0) {
		assert_true(n < METRICS__COUNT);
		text = read_metric(text, &names[n]);
		for (size_t i = 0; i < n; i++)
			assert_false(str_eq(names[i], names[n]));
		assert_true(str_starts(names[n], STR("hasp_")) ||
		    str_eq(names[n], STR("process_start_time_seconds")));
		n++;
	}
	assert_int_equal(n, METRICS__COUNT);
}

/* No line comes twice: each series is one. */
static void
test_series_are_told_apart(void **state)
{
	struct str text = text_of(EVERYTHING), line, other, rest, tail;
	size_t series = 0;

	(void)state;
	while (str_cut(text, '\n', &line, &text)) {
		if (str_starts(line, STR("#")))
			continue;
		assert_true(str_cut(line, ' ', &line, &tail));
		rest = text;
		while (str_cut(rest, '\n', &other, &rest)) {
			assert_true(str_cut(other, ' ', &other, &tail));
			assert_false(str_eq(line, other));
		}
		series++;
	}
	assert_true(series > 100 && series < 300);
}

static void
test_buckets_rise(void **state)
{
#define L(set, label, ...)
#define B(set, ...) { (const int64_t[]){ __VA_ARGS__ }, \
	METRICS_##set##__COUNT - 2 },
	const struct {
		const int64_t *bounds;
		size_t count;
	} sets[] = {
#include "metrics.def"
	};

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sets); s++) {
		assert_true(sets[s].bounds[0] > 0);
		for (size_t i = 1; i < sets[s].count; i++)
			assert_true(sets[s].bounds[i] >
			    sets[s].bounds[i - 1]);
	}
}

static void
test_codes(void **state)
{
	struct str text = text_of(METRICS_PROCESS);
	char series[128];

	(void)state;
	for (int e = 0; e < ERR__COUNT; e++) {
		bool open = err_public((enum err)e) == (enum err)e;

		(void)snprintf(series, sizeof(series),
		    "hasp_requests_total{code=\"%s\"}", err_code((enum err)e));
		assert_int_equal(told(text, series).ptr != NULL, open);
	}
}

/* Each program tells its own. */
static void
test_who(void **state)
{
	static const struct {
		unsigned int who;
		const char *series;
	} rows[] = {
		{ METRICS_PROCESS, "process_start_time_seconds" },
		{ METRICS_DATABASE, "hasp_requests_waiting" },
		{ METRICS_VERIFIER, "hasp_verifier_lease_seconds" },
		{ METRICS_REVOKER, "hasp_fence_wait_seconds_count" },
		{ METRICS_JOURNAL, "hasp_journal_entries_total" },
	};

	(void)state;
	for (unsigned int who = 0; who <= EVERYTHING; who++) {
		struct str text = text_of(who);

		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			assert_int_equal(
			    told(text, rows[i].series).ptr != NULL,
			    (who & rows[i].who) != 0);
	}
	assert_int_equal(text_of(0).len, 0);
}

/* No room for all of it is no text. */
static void
test_arena_full(void **state)
{
	struct arena *small = arena_new(4096);
	struct buf text = buf_in(small);

	(void)state;
	metrics_show(EVERYTHING);
	metrics_text(&text);
	assert_true(text.failed);
	arena_free(small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_counters_and_gauges, forget),
		cmocka_unit_test_teardown(test_seconds, forget),
		cmocka_unit_test_teardown(test_labels_that_are_none, forget),
		cmocka_unit_test_teardown(test_histogram, forget),
		cmocka_unit_test_teardown(test_threads_lose_nothing, forget),
		cmocka_unit_test_teardown(test_watched, forget),
		cmocka_unit_test_teardown(test_text_is_strict, forget),
		cmocka_unit_test_teardown(test_series_are_told_apart, forget),
		cmocka_unit_test_teardown(test_buckets_rise, forget),
		cmocka_unit_test_teardown(test_codes, forget),
		cmocka_unit_test_teardown(test_who, forget),
		cmocka_unit_test_teardown(test_arena_full, forget),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
