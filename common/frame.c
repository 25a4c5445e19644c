/* SPDX-License-Identifier: ISC */
#include "frame.h"

#include <string.h>

#define FRAME_HEADER 8u
#define FRAME_BEGIN_BODY 8u

enum frame_type {
	FRAME_BEGIN_REQUEST = 1,
	FRAME_ABORT_REQUEST = 2,
	FRAME_PARAMS = 4,
	FRAME_STDIN = 5,
};

/* Where in a name-value pair the next byte of PARAMS belongs. */
enum frame_part {
	FRAME_NAME_LENGTH,
	FRAME_VALUE_LENGTH,
	FRAME_NAME,
	FRAME_VALUE,
};

struct frame_pairs {
	enum frame_part part;
	unsigned int have;	/* bytes of the length that came already */
	unsigned int want;	/* bytes it has: 1 or 4 */
	uint32_t length;	/* the length as far as it came */
	size_t name;		/* bytes of the name still to come */
	size_t value;		/* and of the value */
};

struct frame_reader {
	const uint8_t *data;
	size_t len;
	size_t at;		/* where the next record starts */
	size_t overhead;	/* headers and paddings so far */
	size_t params, body;	/* contents so far */
	unsigned int id;	/* of the request */
	struct frame_pairs pairs;
	struct frame *out;
};

struct frame_record {
	unsigned int type;
	unsigned int id;
	unsigned int padding;
	size_t size;		/* bytes of content */
	const uint8_t *content;	/* all of it has arrived */
};

static enum frame_state
frame_bad(struct frame_reader *r, const char *fault)
{
	r->out->fault = fault;
	return FRAME_BAD;
}

static enum frame_state
frame_wait(struct frame_reader *r, size_t length)
{
	r->out->length = length;
	return FRAME_INCOMPLETE;
}

/* Reads the header at r->at. COMPLETE if it is whole and of this request. */
static enum frame_state
frame_header(struct frame_reader *r, struct frame_record *record)
{
	const uint8_t *p = r->data + r->at;
	size_t left = r->len - r->at;

	if (left > 0 && p[0] != 1)
		return frame_bad(r, "version");
	if (left < FRAME_HEADER)
		return frame_wait(r, r->at + FRAME_HEADER);
	record->type = p[1];
	record->id = (unsigned int)p[2] << 8 | p[3];
	record->size = (size_t)p[4] << 8 | p[5];
	record->padding = p[6];
	record->content = p + FRAME_HEADER;
	if (record->id == 0)
		return frame_bad(r, "management");
	if (r->at > 0 && record->id != r->id)
		return frame_bad(r, "id");
	if (record->type == FRAME_ABORT_REQUEST)
		return frame_bad(r, "abort");
	r->overhead += FRAME_HEADER + record->padding;
	if (r->overhead > FRAME_OVERHEAD_MAX)
		return frame_bad(r, "overhead");
	return FRAME_COMPLETE;
}

/*
 * Steps over the record if it has arrived whole. At least AFTER bytes follow
 * it in any whole request.
 */
static enum frame_state
frame_pass(struct frame_reader *r, const struct frame_record *record,
    size_t after)
{
	size_t end = r->at + FRAME_HEADER + record->size + record->padding;

	if (end > r->len)
		return frame_wait(r, end + after);
	r->at = end;
	return FRAME_COMPLETE;
}

static enum frame_state
frame_begin(struct frame_reader *r)
{
	struct frame_record record;
	enum frame_state state;
	unsigned int role;

	if ((state = frame_header(r, &record)) != FRAME_COMPLETE)
		return state;
	if (record.type != FRAME_BEGIN_REQUEST)
		return frame_bad(r, "type");
	if (record.size != FRAME_BEGIN_BODY)
		return frame_bad(r, "begin");
	/* libfcgi would read this padding as the next header. */
	if (record.padding > 0)
		return frame_bad(r, "padding");
	r->id = record.id;
	if ((state = frame_pass(r, &record, FRAME_HEADER)) != FRAME_COMPLETE)
		return state;
	role = (unsigned int)record.content[0] << 8 | record.content[1];
	if (role != FRAME_RESPONDER && role != FRAME_AUTHORIZER)
		return frame_bad(r, "role");
	r->out->role = (enum frame_role)role;
	r->out->keep = role == FRAME_RESPONDER && (record.content[2] & 1) != 0;
	return FRAME_COMPLETE;
}

/* Takes one byte of a length: one byte below 128, or four (section 3.4). */
static void
frame_length_byte(struct frame_pairs *pairs, uint8_t byte)
{
	if (pairs->have == 0) {
		pairs->want = byte & 0x80 ? 4 : 1;
		pairs->length = byte & 0x7f;
	} else {
		pairs->length = pairs->length << 8 | byte;
	}
	if (++pairs->have < pairs->want)
		return;
	pairs->have = 0;
	if (pairs->part == FRAME_NAME_LENGTH) {
		pairs->name = pairs->length;
		pairs->part = FRAME_VALUE_LENGTH;
	} else {
		pairs->value = pairs->length;
		pairs->part = FRAME_NAME;
	}
}

/*
 * Takes what there is, up to LEN bytes at P, of a name or a value and returns
 * how much. Both become one C string in libfcgi: a NUL would cut it, an equals
 * sign in the name would make another name of it.
 */
static size_t
frame_text(struct frame_pairs *pairs, const uint8_t *p, size_t len,
    const char **fault)
{
	bool name = pairs->part == FRAME_NAME;
	size_t *left = name ? &pairs->name : &pairs->value;
	size_t n = *left < len ? *left : len;

	if (n > 0 && memchr(p, '\0', n) != NULL)
		*fault = "nul";
	if (n > 0 && name && memchr(p, '=', n) != NULL)
		*fault = "name";
	*left -= n;
	if (*left == 0)
		pairs->part = name ? FRAME_VALUE : FRAME_NAME_LENGTH;
	return n;
}

/* Follows the pairs through the content of one record. */
static const char *
frame_pairs(struct frame_pairs *pairs, const uint8_t *p, size_t len)
{
	const char *fault = NULL;
	size_t i = 0;

	while (i < len && fault == NULL) {
		if (pairs->part == FRAME_NAME || pairs->part == FRAME_VALUE) {
			i += frame_text(pairs, p + i, len - i, &fault);
			continue;
		}
		frame_length_byte(pairs, p[i++]);
		/* Each alone fits 31 bits, so the sum cannot overflow. */
		if (pairs->part == FRAME_NAME &&
		    pairs->name + pairs->value > FRAME_PARAMS_MAX)
			return "length";
	}
	/* An empty text at the very end has no byte to move it on. */
	if (fault == NULL && pairs->part == FRAME_NAME && pairs->name == 0)
		pairs->part = FRAME_VALUE;
	if (fault == NULL && pairs->part == FRAME_VALUE && pairs->value == 0)
		pairs->part = FRAME_NAME_LENGTH;
	return fault;
}

static enum frame_state
frame_params(struct frame_reader *r)
{
	struct frame_record record;
	enum frame_state state;
	const char *fault;
	size_t after;

	do {
		if ((state = frame_header(r, &record)) != FRAME_COMPLETE)
			return state;
		if (record.type != FRAME_PARAMS)
			return frame_bad(r, "type");
		r->params += record.size;
		if (r->params > FRAME_PARAMS_MAX)
			return frame_bad(r, "params");
		/* Nor does it skip the padding of the last PARAMS. */
		if (record.size == 0 && record.padding > 0)
			return frame_bad(r, "padding");
		after = record.size == 0 && r->out->role == FRAME_AUTHORIZER ?
		    0 : FRAME_HEADER;
		if ((state = frame_pass(r, &record, after)) != FRAME_COMPLETE)
			return state;
		fault = frame_pairs(&r->pairs, record.content, record.size);
		if (fault != NULL)
			return frame_bad(r, fault);
	} while (record.size > 0);
	if (r->pairs.part != FRAME_NAME_LENGTH || r->pairs.have != 0)
		return frame_bad(r, "length");
	return FRAME_COMPLETE;
}

static enum frame_state
frame_stdin(struct frame_reader *r, size_t limit)
{
	struct frame_record record;
	enum frame_state state;

	do {
		if ((state = frame_header(r, &record)) != FRAME_COMPLETE)
			return state;
		if (record.type != FRAME_STDIN)
			return frame_bad(r, "type");
		r->body += record.size;
		if (r->body > limit)
			return frame_bad(r, "body");
		state = frame_pass(r, &record, record.size > 0 ?
		    FRAME_HEADER : 0);
		if (state != FRAME_COMPLETE)
			return state;
	} while (record.size > 0);
	/* libfcgi stops at the header and leaves padding unread. */
	if (record.padding > 0)
		r->out->keep = false;
	return FRAME_COMPLETE;
}

enum frame_state
frame_check(const void *data, size_t len, size_t body_limit,
    struct frame *out)
{
	struct frame_reader r = { .data = data, .len = len, .out = out };
	enum frame_state state;

	*out = (struct frame){ .length = 0 };
	if ((state = frame_begin(&r)) != FRAME_COMPLETE)
		return state;
	if ((state = frame_params(&r)) != FRAME_COMPLETE)
		return state;
	if (out->role == FRAME_RESPONDER)
		state = frame_stdin(&r, body_limit);
	else if (r.at < r.len)
		state = frame_stdin(&r, 0);
	if (state != FRAME_COMPLETE)
		return state;
	if (r.at < r.len)
		return frame_bad(&r, "trailing");
	out->length = r.at;
	return FRAME_COMPLETE;
}

size_t
frame_room(size_t body_limit)
{
	return FRAME_BEGIN_BODY + FRAME_PARAMS_MAX + FRAME_OVERHEAD_MAX +
	    body_limit + 1;
}
