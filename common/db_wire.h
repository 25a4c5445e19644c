/* SPDX-License-Identifier: ISC */
/*
 * db_wire [layer 4]: parameters of a statement in the form that libpq takes.
 * For db.c alone.
 */
#ifndef HASP_DB_WIRE_H
#define HASP_DB_WIRE_H

#include "db.h"

#define DB_WIRE_NUMBER 24	/* room for a 64-bit number as text */

struct db_wire {
	const char *values[DB_PARAMS_MAX];
	int lengths[DB_PARAMS_MAX];
	int formats[DB_PARAMS_MAX];	/* 0 text, 1 binary */
	char numbers[DB_PARAMS_MAX][DB_WIRE_NUMBER];
	char *texts;			/* copies with their NULs */
	size_t text_bytes;
};

/*
 * Fills WIRE from COUNT (at most DB_PARAMS_MAX) parameters, whose bytes must
 * outlive it. ERR_INVALID for a text with a NUL byte, which would be cut, and
 * for more than 1 MiB; ERR_MEMORY. End it with db_wire_wipe.
 */
enum err db_wire_make(struct db_wire *wire, const struct db_param *params,
    size_t count) MUST_CHECK;

/* Wipes and frees the copies. */
void db_wire_wipe(struct db_wire *wire);

#endif
