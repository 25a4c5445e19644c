/* SPDX-License-Identifier: ISC */
#include "metrics.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdatomic.h>

/*
 * Sets of cells. Threads take them in turn, so that as many of them never
 * write to the same line.
 */
#define METRICS_SHARDS 16
#define METRICS_LINE 64		/* bytes of a cache line */

/* One number for each value of a label or bucket of each metric. */
struct metrics_cells {
#define M(id, type, who, set, name, help) \
	_Atomic int64_t id[METRICS_##set##__COUNT];
#include "metrics.def"
};

static struct {
	alignas(METRICS_LINE) struct metrics_cells cells;
} metrics_shards[METRICS_SHARDS];

static _Atomic unsigned int metrics_shown;
static _Atomic unsigned int metrics_threads;
static _Thread_local struct metrics_cells *metrics_own;

/* Gauges that are asked for. */
static struct {
	int64_t (*_Atomic ask)(void *arg);
	void *arg;
} metrics_watched[METRICS__COUNT];

enum metrics_type {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_SECONDS,
	METRICS_HISTOGRAM,
};

/* As the text format calls them. */
static const char *const metrics_types[] = {
	[METRICS_COUNTER] = "counter",
	[METRICS_GAUGE] = "gauge",
	[METRICS_SECONDS] = "gauge",
	[METRICS_HISTOGRAM] = "histogram",
};

enum metrics_set {
	METRICS_SET_NONE,
	METRICS_SET_CODE,
#define L(set, label, ...) METRICS_SET_##set,
#define B(set, ...) METRICS_SET_##set,
#include "metrics.def"
};

/* What tells the cells of a metric apart. */
static const struct {
	const char *label;		/* NULL: nothing */
	const char *const *values;	/* NULL: err_code */
	const int64_t *bounds;		/* of a histogram's buckets */
} metrics_sets[] = {
	[METRICS_SET_NONE] = { .label = NULL },
	[METRICS_SET_CODE] = { .label = "code" },
#define V(set, id, text) text,
#define L(set, name, ...) [METRICS_SET_##set] = { .label = (name), \
	.values = (const char *const[]){ __VA_ARGS__ } },
#define B(set, ...) [METRICS_SET_##set] = { \
	.bounds = (const int64_t[]){ __VA_ARGS__ } },
#include "metrics.def"
#undef V
};

struct metrics_row {
	const char *name;
	const char *help;
	enum metrics_type type;
	enum metrics_who who;
	enum metrics_set set;
	size_t first;		/* its first cell */
	size_t count;		/* of its cells */
};

static const struct metrics_row metrics_rows[METRICS__COUNT] = {
#define M(id, type, who, set, name, help) [METRICS_##id] = { name, help, \
	METRICS_##type, METRICS_##who, METRICS_SET_##set, \
	offsetof(struct metrics_cells, id) / sizeof(int64_t), \
	METRICS_##set##__COUNT },
#include "metrics.def"
};

static inline _Atomic int64_t *
metrics_cell(struct metrics_cells *cells, size_t i)
{
	return (_Atomic int64_t *)(void *)cells + i;
}

/* The cells of this thread. */
static inline struct metrics_cells *
metrics_mine(void)
{
	unsigned int n;

	if (metrics_own == NULL) {
		n = atomic_fetch_add_explicit(&metrics_threads, 1,
		    memory_order_relaxed);
		metrics_own = &metrics_shards[n % METRICS_SHARDS].cells;
	}
	return metrics_own;
}

static inline void
metrics_add_to(size_t cell, int64_t n)
{
	atomic_fetch_add_explicit(metrics_cell(metrics_mine(), cell), n,
	    memory_order_relaxed);
}

void
metrics_add(enum metric metric, uint32_t label, int64_t n)
{
	const struct metrics_row *row = &metrics_rows[metric];

	if (label < row->count)
		metrics_add_to(row->first + label, n);
}

void
metrics_set(enum metric metric, uint32_t label, int64_t value)
{
	const struct metrics_row *row = &metrics_rows[metric];

	/* Whoever sets it, there is one cell for it. */
	if (label < row->count)
		atomic_store_explicit(metrics_cell(&metrics_shards[0].cells,
		    row->first + label), value, memory_order_relaxed);
}

void
metrics_observe(enum metric metric, int64_t us)
{
	const struct metrics_row *row = &metrics_rows[metric];
	const int64_t *bounds = metrics_sets[row->set].bounds;
	size_t sum = row->count - 1, i = 0;

	if (us < 0)
		us = 0;
	/* A bucket holds its bound: le. */
	while (i < sum - 1 && us > bounds[i])
		i++;
	metrics_add_to(row->first + i, 1);
	metrics_add_to(row->first + sum, us);
}

void
metrics_watch(enum metric metric, int64_t (*ask)(void *arg), void *arg)
{
	metrics_watched[metric].arg = arg;
	/* After what it is asked with. */
	atomic_store(&metrics_watched[metric].ask, ask);
}

/* What all threads have in cell I. */
static int64_t
metrics_sum(size_t i)
{
	/* Unsigned, so that nothing overflows on the way. */
	uint64_t sum = 0;

	for (size_t s = 0; s < METRICS_SHARDS; s++)
		sum += (uint64_t)atomic_load_explicit(metrics_cell(
		    &metrics_shards[s].cells, i), memory_order_relaxed);
	return (int64_t)sum;
}

/* US in seconds, with the decimals it needs. */
static void
metrics_seconds(struct buf *out, int64_t us)
{
	int64_t fraction = us % 1000000;
	int digits = 6;

	buf_printf(out, "%" PRId64, us / 1000000);
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; digits--)
		fraction /= 10;
	buf_printf(out, ".%0*" PRId64, digits, fraction);
}

static void
metrics_histogram(const struct metrics_row *row, struct buf *out)
{
	const int64_t *bounds = metrics_sets[row->set].bounds;
	size_t sum = row->count - 1;
	int64_t count = 0;

	for (size_t i = 0; i < sum; i++) {
		count += metrics_sum(row->first + i);
		buf_printf(out, "%s_bucket{le=\"", row->name);
		if (i < sum - 1)
			metrics_seconds(out, bounds[i]);
		else
			buf_add(out, STR("+Inf"));
		buf_printf(out, "\"} %" PRId64 "\n", count);
	}
	buf_printf(out, "%s_sum ", row->name);
	metrics_seconds(out, metrics_sum(row->first + sum));
	buf_printf(out, "\n%s_count %" PRId64 "\n", row->name, count);
}

int64_t
metrics_value(enum metric metric, uint32_t label)
{
	const struct metrics_row *row = &metrics_rows[metric];
	int64_t (*ask)(void *) = atomic_load(&metrics_watched[metric].ask);
	int64_t n = ask != NULL ? ask(metrics_watched[metric].arg) :
	    metrics_sum(row->first + label);

	/* Threads may have taken off what others have yet to be seen adding. */
	return n < 0 ? 0 : n;
}

/* One line: a metric that is no histogram, for one value of its label. */
static void
metrics_line(enum metric metric, uint32_t label, struct buf *out)
{
	const struct metrics_row *row = &metrics_rows[metric];
	const char *const *values = metrics_sets[row->set].values;
	int64_t value = metrics_value(metric, label);

	buf_printf(out, "%s", row->name);
	if (metrics_sets[row->set].label != NULL)
		buf_printf(out, "{%s=\"%s\"}", metrics_sets[row->set].label,
		    values != NULL ? values[label] :
		    err_code((enum err)label));
	buf_add(out, STR(" "));
	if (row->type == METRICS_SECONDS)
		metrics_seconds(out, value);
	else
		buf_printf(out, "%" PRId64, value);
	buf_add(out, STR("\n"));
}

void
metrics_show(unsigned int who)
{
	atomic_store(&metrics_shown, who);
}

void
metrics_text(struct buf *out)
{
	unsigned int who = atomic_load(&metrics_shown);

	for (int m = 0; m < METRICS__COUNT; m++) {
		const struct metrics_row *row = &metrics_rows[m];

		if (((unsigned int)row->who & who) == 0)
			continue;
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name,
		    row->help, row->name, metrics_types[row->type]);
		if (row->type == METRICS_HISTOGRAM) {
			metrics_histogram(row, out);
			continue;
		}
		for (size_t i = 0; i < row->count; i++)
			if (row->set != METRICS_SET_CODE ||
			    err_public((enum err)i) == (enum err)i)
				metrics_line((enum metric)m, (uint32_t)i, out);
	}
}
