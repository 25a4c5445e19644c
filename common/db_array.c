/* SPDX-License-Identifier: ISC */
#include "db_array.h"

#include <endian.h>
#include <string.h>

/* Dimensions, whether there are NULLs, type, elements, first subscript. */
#define DB_ARRAY_HEAD (5 * sizeof(uint32_t))
#define DB_ARRAY_ROOM 4096
/* Microseconds from 1970 to 2000, where PostgreSQL counts from. */
#define DB_ARRAY_EPOCH INT64_C(946684800000000)
/* How PostgreSQL numbers families of addresses. */
#define DB_ARRAY_IPV4 2
#define DB_ARRAY_IPV6 3

/* Room for LEN more bytes; NULL if there is none. */
static uint8_t *
db_array_grow(struct db_array *a, size_t len)
{
	size_t cap = a->cap;
	uint8_t *data;

	if (cap == 0)
		cap = DB_ARRAY_ROOM;
	while (cap < a->len + len)
		cap *= 2;
	if (cap != a->cap && !a->failed) {
		data = realloc(a->data, cap);
		if (data == NULL) {
			a->failed = true;
			return NULL;
		}
		a->data = data;
		a->cap = cap;
	}
	if (a->failed)
		return NULL;
	a->len += len;
	return a->data + a->len - len;
}

static void
db_array_put(uint8_t *at, uint32_t number)
{
	number = htobe32(number);
	memcpy(at, &number, sizeof(number));
}

void
db_array_begin(struct db_array *a, enum db_array_type type)
{
	a->type = type;
	a->len = 0;
	a->count = 0;
	a->nulls = a->failed = false;
	(void)db_array_grow(a, DB_ARRAY_HEAD);
}

void
db_array_free(struct db_array *a)
{
	free(a->data);
	memset(a, 0, sizeof(*a));
}

/* Room for one more element of LEN bytes; NULL if there is none. */
static uint8_t *
db_array_add(struct db_array *a, size_t len)
{
	uint8_t *at = db_array_grow(a, sizeof(uint32_t) + len);

	if (at == NULL)
		return NULL;
	db_array_put(at, (uint32_t)len);
	a->count++;
	return at + sizeof(uint32_t);
}

void
db_array_null(struct db_array *a)
{
	uint8_t *at = db_array_grow(a, sizeof(uint32_t));

	if (at == NULL)
		return;
	db_array_put(at, UINT32_MAX);
	a->nulls = true;
	a->count++;
}

void
db_array_int(struct db_array *a, int64_t number)
{
	uint64_t big = htobe64((uint64_t)number);
	size_t size = a->type == DB_ARRAY_SMALLINT ? 2 :
	    a->type == DB_ARRAY_INTEGER ? 4 : 8;
	uint8_t *at = db_array_add(a, size);

	if (at != NULL)
		memcpy(at, (uint8_t *)&big + sizeof(big) - size, size);
}

void
db_array_text(struct db_array *a, struct str text)
{
	uint8_t *at = db_array_add(a, text.len);

	if (at != NULL && text.len > 0)
		memcpy(at, text.ptr, text.len);
}

void
db_array_uuid(struct db_array *a, const uint8_t uuid[DB_ARRAY_UUID_SIZE])
{
	uint8_t *at = db_array_add(a, DB_ARRAY_UUID_SIZE);

	if (at != NULL)
		memcpy(at, uuid, DB_ARRAY_UUID_SIZE);
}

void
db_array_time(struct db_array *a, int64_t wall_us)
{
	db_array_int(a, wall_us - DB_ARRAY_EPOCH);
}

void
db_array_address(struct db_array *a, const struct cidr *address)
{
	bool v4 = address->family == 4;
	uint8_t size = v4 ? 4 : 16, *at;

	if (address->family == 0) {
		db_array_null(a);
		return;
	}
	at = db_array_add(a, 4U + size);
	if (at == NULL)
		return;
	at[0] = v4 ? DB_ARRAY_IPV4 : DB_ARRAY_IPV6;
	at[1] = address->bits;
	at[2] = 0;		/* inet, not cidr */
	at[3] = size;
	memcpy(at + 4, address->addr, size);
}

struct db_param
db_array_param(struct db_array *a)
{
	if (a->failed || a->data == NULL)
		return db_null();
	db_array_put(a->data, a->count > 0 ? 1 : 0);
	db_array_put(a->data + 4, a->nulls ? 1 : 0);
	db_array_put(a->data + 8, (uint32_t)a->type);
	db_array_put(a->data + 12, a->count);
	db_array_put(a->data + 16, 1);
	/* One without elements has no dimension to tell of. */
	return db_bytes(a->data, a->count > 0 ? a->len : DB_ARRAY_HEAD - 8);
}
