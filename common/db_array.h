/* SPDX-License-Identifier: ISC */
/*
 * db_array [layer 4]: an array as a parameter of a statement, in PostgreSQL's
 * binary form: nothing in it needs quotes, and the server need not parse it. It
 * keeps its memory from one array to the next. The first failure sticks until
 * db_array_begin, so a writer adds everything and looks once at the end.
 */
#ifndef HASP_DB_ARRAY_H
#define HASP_DB_ARRAY_H

#include "cidr.h"
#include "db.h"

/* By their numbers in pg_type, which are the same in every database. */
enum db_array_type {
	DB_ARRAY_BIGINT = 20,
	DB_ARRAY_SMALLINT = 21,
	DB_ARRAY_INTEGER = 23,
	DB_ARRAY_TEXT = 25,
	DB_ARRAY_INET = 869,
	DB_ARRAY_TIMESTAMPTZ = 1184,
	DB_ARRAY_UUID = 2950,
};

#define DB_ARRAY_UUID_SIZE 16

/* Zeros are an array that was never begun. */
struct db_array {
	enum db_array_type type;
	uint8_t *data;		/* its head and elements; owned */
	size_t len, cap;
	uint32_t count;
	bool nulls;		/* one at least is NULL */
	bool failed;		/* memory was short */
};

/* Makes ARRAY an empty one of TYPE. */
void db_array_begin(struct db_array *array, enum db_array_type type);
void db_array_free(struct db_array *array);

void db_array_null(struct db_array *array);
/* NUMBER must fit the type: smallint, integer or bigint. */
void db_array_int(struct db_array *array, int64_t number);
/* TEXT is UTF-8 without NUL. */
void db_array_text(struct db_array *array, struct str text);
void db_array_uuid(struct db_array *array,
    const uint8_t uuid[DB_ARRAY_UUID_SIZE]);
/* A timestamptz: microseconds since 1970. */
void db_array_time(struct db_array *array, int64_t wall_us);
/* An inet; NULL if ADDRESS is of family 0. */
void db_array_address(struct db_array *array, const struct cidr *address);

/* ARRAY as a parameter, which must live until the call returns. */
struct db_param db_array_param(struct db_array *array);

#endif
