/* SPDX-License-Identifier: ISC */
#include "db_wire.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

/* Microseconds from 1970 to 2000, where PostgreSQL counts from. */
#define DB_WIRE_EPOCH INT64_C(946684800000000)

#define DB_WIRE_MAX ((size_t)1 << 20)	/* bytes of all texts of one call */

void
db_wire_wipe(struct db_wire *wire)
{
	if (wire->texts != NULL)
		explicit_bzero(wire->texts, wire->text_bytes);
	free(wire->texts);
}

static void
db_wire_number(struct db_wire *wire, size_t i, const struct db_param *param)
{
	char *room = wire->numbers[i];
	uint64_t since_2000;

	wire->values[i] = room;
	if (param->kind == DB_BOOL) {
		room[0] = param->number != 0 ? 't' : 'f';
	} else if (param->kind == DB_INT) {
		(void)snprintf(room, DB_WIRE_NUMBER, "%lld",
		    (long long)param->number);
	} else {
		since_2000 = htobe64((uint64_t)param->number -
		    (uint64_t)DB_WIRE_EPOCH);
		memcpy(room, &since_2000, sizeof(since_2000));
		wire->lengths[i] = (int)sizeof(since_2000);
		wire->formats[i] = 1;
	}
}

/* WIRE is zeroed and its texts have room. */
static void
db_wire_fill(struct db_wire *wire, const struct db_param *params, size_t count)
{
	char *next = wire->texts;

	for (size_t i = 0; i < count; i++) {
		struct str s = params[i].bytes;

		switch (params[i].kind) {
		case DB_NULL:
			break;
		case DB_TEXT:
			if (s.len > 0)
				memcpy(next, s.ptr, s.len);
			next[s.len] = '\0';
			wire->values[i] = next;
			next += s.len + 1;
			break;
		case DB_BYTES:
			wire->values[i] = s.len > 0 ? s.ptr : "";
			wire->lengths[i] = (int)s.len;
			wire->formats[i] = 1;
			break;
		case DB_INT:
		case DB_BOOL:
		case DB_TIME:
			db_wire_number(wire, i, &params[i]);
			break;
		}
	}
}

enum err
db_wire_make(struct db_wire *wire, const struct db_param *params,
    size_t count)
{
	memset(wire, 0, sizeof(*wire));
	for (size_t i = 0; i < count; i++) {
		struct str s = params[i].bytes;

		if (params[i].kind != DB_TEXT && params[i].kind != DB_BYTES)
			continue;
		if (s.len >= DB_WIRE_MAX - wire->text_bytes ||
		    (params[i].kind == DB_TEXT && str_find(s, '\0') < s.len))
			return ERR_INVALID;
		if (params[i].kind == DB_TEXT)
			wire->text_bytes += s.len + 1;
	}
	if (wire->text_bytes > 0) {
		wire->texts = malloc(wire->text_bytes);
		if (wire->texts == NULL)
			return ERR_MEMORY;
	}
	db_wire_fill(wire, params, count);
	return ERR_OK;
}
