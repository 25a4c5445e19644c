/* SPDX-License-Identifier: ISC */
/*
 * metrics [layer 1]: what this process counts and measures, as the table
 * metrics.def says, told in the Prometheus text format 0.0.4. For the whole
 * process and from any thread: adding takes no lock, and threads have cells of
 * their own, so that they do not take each other's cache lines.
 *
 * A label is a value of its enum below (METRICS_CACHE_HIT), an enum err where
 * the set is CODE, and 0 where it is NONE. Times are microseconds.
 */
#ifndef HASP_METRICS_H
#define HASP_METRICS_H

#include "buf.h"
#include "err.h"

/* The values of each label, METRICS_SET_VALUE, and how many. */
enum {
	METRICS_NONE__COUNT = 1,
	METRICS_CODE__COUNT = ERR__COUNT,
};
#define V(set, id, text) METRICS_##set##_##id,
#define L(set, label, ...) enum { __VA_ARGS__ METRICS_##set##__COUNT };
/* A cell for each bucket, one for what is beyond them and one for the sum. */
#define B(set, ...) enum { METRICS_##set##__COUNT = \
	sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t) + 2 };
#include "metrics.def"
#undef V

enum metric {
#define M(id, type, who, set, name, help) METRICS_##id,
#include "metrics.def"
	METRICS__COUNT
};

/* Who tells a metric; bits. */
enum metrics_who {
	METRICS_PROCESS = 1,	/* every program */
	METRICS_DATABASE = 2,	/* one that uses a database */
	METRICS_VERIFIER = 4,	/* one that answers checks from memory */
	METRICS_REVOKER = 8,	/* one whose changes wait for verifiers */
	METRICS_JOURNAL = 16,	/* one that keeps a journal of uses */
};

/*
 * Adds N to a counter (N is not negative) or to a gauge. A label that METRIC
 * does not have adds nothing.
 */
void metrics_add(enum metric metric, uint32_t label, int64_t n);

/* Sets a gauge, one that nobody adds to. The same holds for the label. */
void metrics_set(enum metric metric, uint32_t label, int64_t value);

/* Notes US in a histogram; less than 0 counts as 0. */
void metrics_observe(enum metric metric, int64_t us);

/*
 * The gauge METRIC, which has no label, is what ASK(ARG) says whenever
 * metrics_text runs, in whose thread. ASK neither waits nor fails, and ARG
 * stays as long as the process. Once for each metric; it may be told meanwhile.
 */
void metrics_watch(enum metric metric, int64_t (*ask)(void *arg), void *arg);

/* Of what this process is: bits of enum metrics_who. Before metrics_text. */
void metrics_show(unsigned int who);

/* What a metric that is no histogram stands at, of one value of its label. */
int64_t metrics_value(enum metric metric, uint32_t label);

/*
 * Adds all metrics of what the process is to OUT. Each number is true of a
 * moment during the call, and a histogram fits itself; a gauge below 0 is told
 * as 0. Codes that nobody is answered (err_public) are left out.
 */
void metrics_text(struct buf *out);

#endif
