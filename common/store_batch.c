/* SPDX-License-Identifier: ISC */
#include "store_batch.h"

#include <assert.h>
#include <string.h>

#include "clock.h"
#include "db_array.h"
#include "secret.h"
#include "usageline.h"

#define STORE_BATCH_HOUR INT64_C(3600000000)	/* microseconds */
#define STORE_BATCH_DAY (24 * STORE_BATCH_HOUR)
#define STORE_BATCH_DATE 10			/* "2031-05-04" */
#define STORE_BATCH_SLOTS (STORE_BATCH_MAX * 2)	/* a power of two */
#define STORE_BATCH_ADDRESSES 1024		/* likewise */
#define STORE_BATCH_MIDDLES 1024		/* likewise */

/* Bits of a kind's flags, as hasp.ship_batch has them. */
enum {
	STORE_BATCH_IDENTIFIED = 1,
	STORE_BATCH_HASHED = 2,
	STORE_BATCH_REPEATED = 4,
};

/* What entries of one kind have in common; compared byte by byte. */
struct store_batch_common {
	int64_t account;
	int64_t hour;
	enum err code;
	int32_t version;
	int16_t status;
	uint8_t method, flags, has_extra;
	uint8_t extra[ENTRY_ID_SIZE];	/* app or credential */
	char key_id[DECISION_ID_SIZE];
	char site[ENTRY_SITE_SIZE + 1];
};

struct store_batch_kind {
	struct store_batch_common is;
	int64_t count, first, last;
	struct cidr from;		/* the last time */
	uint32_t group;			/* of those of its account, from 0 */
};

/* What only one entry says. */
struct store_batch_event {
	int64_t at;
	uint32_t pos, kind;		/* from OLD; from 1 */
	bool has_request;
	uint8_t request[ENTRY_ID_SIZE];
	struct cidr address;
};

/* Whose the events of a kind are. */
struct store_batch_owner {
	int64_t account;
	uint32_t kind;			/* from 0 */
};

/* The arrays of hasp.ship_batch, in its order: of kinds, then of events. */
enum store_batch_column {
	STORE_BATCH_ACCOUNT, STORE_BATCH_KEY_ID, STORE_BATCH_VERSION,
	STORE_BATCH_EXTRA, STORE_BATCH_CODE, STORE_BATCH_STATUS,
	STORE_BATCH_METHOD, STORE_BATCH_SITE, STORE_BATCH_FLAGS,
	STORE_BATCH_COUNT, STORE_BATCH_FIRST, STORE_BATCH_LAST,
	STORE_BATCH_FROM, STORE_BATCH_POS, STORE_BATCH_AT, STORE_BATCH_KIND,
	STORE_BATCH_REQUEST, STORE_BATCH_ADDRESS,
	STORE_BATCH__COLUMNS
};

static const enum db_array_type store_batch_types[STORE_BATCH__COLUMNS] = {
	[STORE_BATCH_ACCOUNT] = DB_ARRAY_BIGINT,
	[STORE_BATCH_KEY_ID] = DB_ARRAY_TEXT,
	[STORE_BATCH_VERSION] = DB_ARRAY_INTEGER,
	[STORE_BATCH_EXTRA] = DB_ARRAY_UUID,
	[STORE_BATCH_CODE] = DB_ARRAY_TEXT,
	[STORE_BATCH_STATUS] = DB_ARRAY_SMALLINT,
	[STORE_BATCH_METHOD] = DB_ARRAY_TEXT,
	[STORE_BATCH_SITE] = DB_ARRAY_TEXT,
	[STORE_BATCH_FLAGS] = DB_ARRAY_SMALLINT,
	[STORE_BATCH_COUNT] = DB_ARRAY_INTEGER,
	[STORE_BATCH_FIRST] = DB_ARRAY_TIMESTAMPTZ,
	[STORE_BATCH_LAST] = DB_ARRAY_TIMESTAMPTZ,
	[STORE_BATCH_FROM] = DB_ARRAY_INET,
	[STORE_BATCH_POS] = DB_ARRAY_INTEGER,
	[STORE_BATCH_AT] = DB_ARRAY_TIMESTAMPTZ,
	[STORE_BATCH_KIND] = DB_ARRAY_INTEGER,
	[STORE_BATCH_REQUEST] = DB_ARRAY_UUID,
	[STORE_BATCH_ADDRESS] = DB_ARRAY_INET,
};

struct store_batch {
	int64_t number;
	uint64_t old;
	int64_t day;
	uint8_t salt[USAGELINE_SALT_SIZE];
	struct digest_stream *rows;
	struct db_array columns[STORE_BATCH__COLUMNS];
	struct store_batch_kind kinds[STORE_BATCH_MAX];
	struct store_batch_event events[STORE_BATCH_MAX];
	uint32_t kind_count, event_count;
	struct store_batch_owner owners[STORE_BATCH_MAX];	/* of kinds */
	uint32_t places[STORE_BATCH_MAX];	/* next one of a group */
	uint32_t order[STORE_BATCH_MAX];	/* events as they are told */
	uint32_t slots[STORE_BATCH_SLOTS];	/* a kind's number; 0: none */
	/* Hashes that were made with SALT; most addresses come again. */
	struct {
		struct cidr address;
		uint8_t hash[USAGELINE_ADDRESS_SIZE];
	} addresses[STORE_BATCH_ADDRESSES];
	/* Middles of lines, of kinds by their number; most come again, too. */
	struct {
		uint32_t kind;		/* 0: none */
		uint32_t len;
		char text[USAGELINE_MIDDLE_SIZE];
	} middles[STORE_BATCH_MIDDLES];
};

struct store_batch *
store_batch_open(void)
{
	struct store_batch *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->rows = digest_open()) == NULL) {
		free(b);
		return NULL;
	}
	return b;
}

void
store_batch_close(struct store_batch *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < STORE_BATCH__COLUMNS; i++)
		db_array_free(&b->columns[i]);
	digest_close(b->rows);
	free(b);
}

bool
store_batch_same_day(int64_t at, int64_t other)
{
	return at / STORE_BATCH_DAY == other / STORE_BATCH_DAY;
}

enum err
store_batch_begin(struct store_batch *b, int64_t number, uint64_t old,
    int64_t day)
{
	b->number = number;
	b->old = old;
	b->day = day;
	b->kind_count = b->event_count = 0;
	memset(b->slots, 0, sizeof(b->slots));
	memset(b->addresses, 0, sizeof(b->addresses));
	for (size_t i = 0; i < STORE_BATCH_MIDDLES; i++)
		b->middles[i].kind = 0;
	for (size_t i = 0; i < STORE_BATCH__COLUMNS; i++)
		db_array_begin(&b->columns[i], store_batch_types[i]);
	digest_begin(b->rows);
	return secret_random(b->salt, sizeof(b->salt));
}

static void
store_batch_common_of(const struct entry *e, struct store_batch_common *out)
{
	/* What is between the fields is compared, too. */
	memset(out, 0, sizeof(*out));
	out->account = e->account;
	out->hour = e->at / STORE_BATCH_HOUR;
	out->code = e->code;
	out->status = e->status;
	out->method = e->method;
	out->flags = (uint8_t)((e->identified ? STORE_BATCH_IDENTIFIED : 0) |
	    (e->request_hashed ? STORE_BATCH_HASHED : 0) |
	    (e->repeated ? STORE_BATCH_REPEATED : 0));
	if (e->identified) {
		out->version = e->version;
		memcpy(out->key_id, e->key_id, strlen(e->key_id));
	}
	out->has_extra = e->identified ? e->has_app : e->has_credential;
	if (out->has_extra)
		memcpy(out->extra, e->identified ? e->app : e->credential,
		    sizeof(out->extra));
	memcpy(out->site, e->site, strlen(e->site));
}

/* The number of the kind of E, from 1. */
static uint32_t
store_batch_kind_of(struct store_batch *b, const struct entry *e)
{
	struct store_batch_common common;
	struct store_batch_kind *kind;
	uint64_t at;

	store_batch_common_of(e, &common);
	at = str_mix((struct str){ (const char *)&common, sizeof(common) },
	    b->salt[0]);
	for (;; at++) {
		uint32_t *slot = &b->slots[at % STORE_BATCH_SLOTS];

		if (*slot == 0) {
			*slot = ++b->kind_count;
			kind = &b->kinds[*slot - 1];
			*kind = (struct store_batch_kind){ .first = e->at };
			memcpy(&kind->is, &common, sizeof(common));
			return *slot;
		}
		if (memcmp(&b->kinds[*slot - 1].is, &common,
		    sizeof(common)) == 0)
			return *slot;
	}
}

/* What stands for ADDRESS in this batch. */
static enum err
store_batch_address(struct store_batch *b, const struct cidr *address,
    const uint8_t **hash)
{
	uint64_t at = str_mix((struct str){ (const char *)address->addr,
	    sizeof(address->addr) }, address->family);
	struct cidr *known = &b->addresses[at % STORE_BATCH_ADDRESSES].address;
	uint8_t *out = b->addresses[at % STORE_BATCH_ADDRESSES].hash;
	enum err err = ERR_OK;

	*hash = out;
	if (address->family != 0 && memcmp(known, address,
	    sizeof(*known)) != 0) {
		err = usageline_address(b->salt, address, out);
		*known = *address;
	}
	return err;
}

/* The middle of the line of E, which is of kind NUMBER. */
static struct str
store_batch_middle(struct store_batch *b, const struct entry *e,
    uint32_t number)
{
	size_t i = number % STORE_BATCH_MIDDLES;

	if (b->middles[i].kind != number) {
		b->middles[i].len = (uint32_t)usageline_middle(e,
		    b->middles[i].text);
		b->middles[i].kind = number;
	}
	return (struct str){ b->middles[i].text, b->middles[i].len };
}

enum err
store_batch_add(struct store_batch *b, const struct entry *e, uint64_t pos)
{
	char line[USAGELINE_SIZE];
	struct store_batch_kind *kind;
	const uint8_t *hash;
	uint32_t number;
	enum err err = store_batch_address(b, &e->address, &hash);

	assert(b->event_count < STORE_BATCH_MAX);
	if (err != ERR_OK)
		return err;
	number = store_batch_kind_of(b, e);
	digest_add(b->rows, (struct str){ line,
	    usageline_make(e, b->number, pos, store_batch_middle(b, e, number),
	    hash, line) });
	kind = &b->kinds[number - 1];
	kind->count++;
	if (e->at < kind->first)
		kind->first = e->at;
	if (e->at >= kind->last) {
		kind->last = e->at;
		kind->from = e->address;
	}
	b->events[b->event_count] = (struct store_batch_event){ .at = e->at,
		.pos = (uint32_t)(pos - b->old), .kind = number,
		.has_request = e->has_request, .address = e->address };
	memcpy(b->events[b->event_count++].request, e->request,
	    sizeof(e->request));
	return ERR_OK;
}

static int
store_batch_compare(const void *one, const void *other)
{
	const struct store_batch_owner *a = one, *b = other;

	return a->account < b->account ? -1 : a->account > b->account;
}

/* Makes the kinds of each account a group, and room for its events. */
static void
store_batch_group(struct store_batch *b)
{
	uint32_t groups = 0, place = 0;

	for (uint32_t i = 0; i < b->kind_count; i++) {
		const struct store_batch_common *is = &b->kinds[i].is;
		bool identified = (is->flags & STORE_BATCH_IDENTIFIED) != 0;

		b->owners[i] = (struct store_batch_owner){
			identified ? is->account : 0, i };
	}
	qsort(b->owners, b->kind_count, sizeof(b->owners[0]),
	    store_batch_compare);
	for (uint32_t i = 0; i < b->kind_count; i++) {
		struct store_batch_kind *kind = &b->kinds[b->owners[i].kind];

		if (i == 0 || b->owners[i].account != b->owners[i - 1].account)
			b->places[groups++] = place;
		kind->group = groups - 1;
		place += (uint32_t)kind->count;
	}
}

/*
 * The events, those of an account side by side and in their order: so they
 * come to the end of what the account has in an index, and to one page of it.
 */
static void
store_batch_tell_events(struct store_batch *b)
{
	struct db_array *columns = b->columns;

	store_batch_group(b);
	for (uint32_t i = 0; i < b->event_count; i++)
		b->order[b->places[
		    b->kinds[b->events[i].kind - 1].group]++] = i;
	for (uint32_t i = 0; i < b->event_count; i++) {
		const struct store_batch_event *e = &b->events[b->order[i]];

		db_array_int(&columns[STORE_BATCH_POS], e->pos);
		db_array_time(&columns[STORE_BATCH_AT], e->at);
		db_array_int(&columns[STORE_BATCH_KIND], e->kind);
		if (e->has_request)
			db_array_uuid(&columns[STORE_BATCH_REQUEST],
			    e->request);
		else
			db_array_null(&columns[STORE_BATCH_REQUEST]);
		db_array_address(&columns[STORE_BATCH_ADDRESS], &e->address);
	}
}

/* The texts of a kind. */
static void
store_batch_texts(struct db_array *columns,
    const struct store_batch_common *is)
{
	const struct entry e = { .code = is->code };

	if (is->key_id[0] != '\0')
		db_array_text(&columns[STORE_BATCH_KEY_ID],
		    str_of(is->key_id));
	else
		db_array_null(&columns[STORE_BATCH_KEY_ID]);
	db_array_text(&columns[STORE_BATCH_CODE], str_of(entry_code(&e)));
	db_array_text(&columns[STORE_BATCH_METHOD],
	    str_of(entry_method(is->method)));
	db_array_text(&columns[STORE_BATCH_SITE], str_of(is->site));
}

static void
store_batch_tell(struct db_array *columns, const struct store_batch_kind *kind)
{
	const struct store_batch_common *is = &kind->is;

	store_batch_texts(columns, is);
	db_array_int(&columns[STORE_BATCH_ACCOUNT], is->account);
	if ((is->flags & STORE_BATCH_IDENTIFIED) != 0)
		db_array_int(&columns[STORE_BATCH_VERSION], is->version);
	else
		db_array_null(&columns[STORE_BATCH_VERSION]);
	if (is->has_extra)
		db_array_uuid(&columns[STORE_BATCH_EXTRA], is->extra);
	else
		db_array_null(&columns[STORE_BATCH_EXTRA]);
	db_array_int(&columns[STORE_BATCH_STATUS], is->status);
	db_array_int(&columns[STORE_BATCH_FLAGS], is->flags);
	db_array_int(&columns[STORE_BATCH_COUNT], kind->count);
	db_array_time(&columns[STORE_BATCH_FIRST], kind->first);
	db_array_time(&columns[STORE_BATCH_LAST], kind->last);
	db_array_address(&columns[STORE_BATCH_FROM], &kind->from);
}

enum err
store_batch_ship(struct store_batch *b, struct db *db, uint64_t next,
    uint64_t lost, int64_t complete, bool *taken)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	char day[CLOCK_TEXT_SIZE];
	struct digest rows;
	struct db_param params[8 + STORE_BATCH__COLUMNS] = {
		db_int(b->number), db_int((int64_t)b->old),
		db_int((int64_t)next), db_null(),
		db_bytes(b->salt, sizeof(b->salt)),
		db_bytes(rows.bytes, sizeof(rows.bytes)),
		db_int((int64_t)lost), db_int(complete),
	};
	enum err err = digest_end(b->rows, &rows);

	*taken = false;
	clock_text(b->day, day);
	params[3] = db_text(str_part(str_of(day), 0, STORE_BATCH_DATE));
	for (size_t i = 0; i < b->kind_count; i++)
		store_batch_tell(b->columns, &b->kinds[i]);
	store_batch_tell_events(b);
	for (size_t i = 0; i < STORE_BATCH__COLUMNS; i++) {
		params[8 + i] = db_array_param(&b->columns[i]);
		if (params[8 + i].kind == DB_NULL && err == ERR_OK)
			err = ERR_MEMORY;
	}
	if (err == ERR_OK)
		err = db_run(db, STATEMENT_SHIP_BATCH, params,
		    ARRAY_LEN(params), &result);
	if (err == ERR_OK)
		*taken = db_rows(result) == 1 && db_get_bool(result, 0, 0);
	return err;
}
