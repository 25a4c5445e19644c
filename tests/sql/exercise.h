/* SPDX-License-Identifier: ISC */
/*
 * exercise [tests]: what the files of the program exercise share.
 */
#ifndef HASP_TESTS_EXERCISE_H
#define HASP_TESTS_EXERCISE_H

#include "arena.h"
#include "db.h"
#include "digest.h"
#include "json.h"

#define EXERCISE_ARGUMENTS 16

struct exercise {
	struct db_options options;
	struct db *db;
	struct arena *arena;
	struct str args[EXERCISE_ARGUMENTS];	/* after the command */
	struct json *answer;
};

struct exercise_command {
	const char *name;
	enum err (*run)(struct exercise *x);
};

/* Those of keys, of those who follow changes, and of journals. */
extern const struct exercise_command exercise_key_commands[];
extern const size_t exercise_key_count;
extern const struct exercise_command exercise_fence_commands[];
extern const size_t exercise_fence_count;
extern const struct exercise_command exercise_usage_commands[];
extern const size_t exercise_usage_count;

int64_t exercise_number(struct str text);

/* A digest from 64 hexadecimal digits. */
struct digest exercise_digest(struct str hex);

#endif
