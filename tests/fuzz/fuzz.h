/* SPDX-License-Identifier: ISC */
/*
 * fuzz [tests]: what the fuzz targets share. Each target is one file with the
 * entry that libFuzzer calls; tests/fuzz/run searches with it, replay.c runs
 * it over its corpus in `make check`.
 */
#ifndef HASP_FUZZ_H
#define HASP_FUZZ_H

#include <stdio.h>
#include <string.h>

#include "keytext.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input; the process ends loudly if it does not. */
#define FUZZ_CHECK(truth) do { \
	if (!(truth)) { \
		(void)fprintf(stderr, "%s:%d: does not hold: %s\n", \
		    __FILE__, __LINE__, #truth); \
		abort(); \
	} \
} while (0)

/* Room for LEN bytes in a block of just that size: overruns are seen. */
static inline char *
fuzz_room(size_t len)
{
	char *p = malloc(len > 0 ? len : 1);

	if (p == NULL)
		abort();
	return p;
}

/* Rules of keys as a configuration would give them. */
static inline struct keytext_rules
fuzz_rules(void)
{
	static const struct str environments[] = {
		{ "live", 4 }, { "test", 4 },
	};

	return (struct keytext_rules){
		.prefix = STR("hasp"),
		.other = STR("haspapp"),
		.environments = environments,
		.environment_count = ARRAY_LEN(environments),
	};
}

#endif
