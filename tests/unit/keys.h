/* SPDX-License-Identifier: ISC */
/*
 * keys: key texts for the unit tests, made at run time so that no text that
 * looks like a key stands in the tree.
 */
#ifndef HASP_TESTS_KEYS_H
#define HASP_TESTS_KEYS_H

#include "keytext.h"

static const struct str keys_environments[] = { { "live", 4 }, { "test", 4 } };

static const struct keytext_rules keys_rules = {
	.prefix = { "hasp", 4 },
	.other = { "haspapp", 7 },
	.environments = keys_environments,
	.environment_count = ARRAY_LEN(keys_environments),
};

/* A whole key of ENVIRONMENT; FILL picks which. */
static inline void
keys_make(const char *environment, char fill, char out[KEYTEXT_SIZE])
{
	char random[KEYTEXT_RANDOM];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = i % 2 == 0 ? fill : 'Q';
	if (keytext_make(&keys_rules, str_of(environment), random, out) !=
	    ERR_OK)
		abort();
}

#endif
