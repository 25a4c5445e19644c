/* SPDX-License-Identifier: ISC */
/* Whole FastCGI requests and all that are none [layer 2]. */
#include "unit.h"

#include <stdlib.h>

#include "frame.h"

#define BODY_LIMIT 1000

/* Bytes of a request that a test puts together. */
struct bytes {
	uint8_t data[400000];
	size_t len;
};

static struct bytes given;

static void
put_bytes(const void *data, size_t len)
{
	assert_true(given.len + len <= sizeof(given.data));
	if (len > 0)
		memcpy(given.data + given.len, data, len);
	given.len += len;
}

static void
put_zeros(size_t len)
{
	assert_true(given.len + len <= sizeof(given.data));
	memset(given.data + given.len, 0, len);
	given.len += len;
}

static void
put_header(unsigned int type, unsigned int id, size_t size,
    unsigned int padding)
{
	const uint8_t header[8] = { 1, (uint8_t)type, (uint8_t)(id >> 8),
	    (uint8_t)id, (uint8_t)(size >> 8), (uint8_t)size,
	    (uint8_t)padding, 0 };

	put_bytes(header, sizeof(header));
}

static void
put_record(unsigned int type, unsigned int id, struct str content)
{
	put_header(type, id, content.len, 0);
	put_bytes(content.ptr, content.len);
}

static void
put_begin(unsigned int role, unsigned int flags)
{
	const uint8_t body[8] = { (uint8_t)(role >> 8), (uint8_t)role,
	    (uint8_t)flags };

	given.len = 0;
	put_header(1, 1, sizeof(body), 0);
	put_bytes(body, sizeof(body));
}

static enum frame_state
check(struct frame *out)
{
	/* An exact copy, so that a sanitizer sees a step too far. */
	uint8_t *copy = malloc(given.len + 1);
	enum frame_state state;

	assert_non_null(copy);
	memcpy(copy + 1, given.data, given.len);
	state = frame_check(copy + 1, given.len, BODY_LIMIT, out);
	free(copy);
	return state;
}

static void
assert_complete(enum frame_role role, bool keep)
{
	struct frame frame;

	assert_int_equal(check(&frame), FRAME_COMPLETE);
	assert_int_equal(frame.length, given.len);
	assert_int_equal(frame.role, role);
	assert_int_equal(frame.keep, keep);
}

static void
assert_bad(const char *fault)
{
	struct frame frame;

	assert_int_equal(check(&frame), FRAME_BAD);
	assert_string_equal(frame.fault, fault);
}

static void
assert_waits(size_t length)
{
	struct frame frame;

	assert_int_equal(check(&frame), FRAME_INCOMPLETE);
	assert_int_equal(frame.length, length);
}

/* A RESPONDER's request with parameters and a body in several records. */
static void
put_typical(void)
{
	put_begin(1, 1);
	put_record(4, 1, STR("\x01\x02" "Abc" "\x03"));
	/* Lengths, names and values go on in the next record. */
	put_record(4, 1, STR("\x80\x00"));
	put_record(4, 1, STR("\x00\x04" "Nam"));
	put_record(4, 1, STR("eval"));
	/* Four-byte lengths of short texts, empty texts. */
	put_record(4, 1, STR("\x80\x00\x00\x01\x80\x00\x00\x00" "B"));
	put_record(4, 1, STR("\x00\x01" "x" "\x00\x00" "\x01\x00" "C"));
	put_record(4, 1, STR(""));
	put_record(5, 1, STR("body"));
	put_record(5, 1, STR("more"));
	put_record(5, 1, STR(""));
}

static void
test_typical(void **state)
{
	(void)state;
	put_typical();
	assert_complete(FRAME_RESPONDER, true);
}

static void
test_every_prefix_waits(void **state)
{
	struct frame frame;
	size_t whole;

	(void)state;
	put_typical();
	whole = given.len;
	for (given.len = 0; given.len < whole; given.len++) {
		assert_int_equal(check(&frame), FRAME_INCOMPLETE);
		assert_true(frame.length > given.len);
		assert_true(frame.length <= whole);
	}
}

/* Looking again only when told to is enough, and soon at the end. */
static void
test_hints_lead_to_the_end(void **state)
{
	struct frame frame;
	size_t whole, looks = 0;

	(void)state;
	put_typical();
	whole = given.len;
	given.len = 0;
	while (check(&frame) == FRAME_INCOMPLETE) {
		given.len = frame.length;
		looks++;
	}
	assert_int_equal(given.len, whole);
	assert_true(looks <= 16);
}

static void
test_waits_for_the_record(void **state)
{
	(void)state;
	given.len = 0;
	assert_waits(8);
	put_begin(1, 0);
	assert_waits(given.len + 8);
	put_header(4, 1, 500, 3);
	assert_waits(given.len + 500 + 3 + 8);
	put_bytes("\x01", 1);
	assert_waits(given.len - 1 + 500 + 3 + 8);
}

static void
test_keep_and_padding(void **state)
{
	(void)state;
	put_begin(1, 0);
	put_header(4, 1, 4, 7);
	put_bytes("\x01\x01" "AB", 4);
	put_zeros(7);
	put_record(4, 1, STR(""));
	put_record(5, 1, STR(""));
	assert_complete(FRAME_RESPONDER, false);
	/* Flags that nobody knows are not ours to judge. */
	put_begin(1, 0xff);
	put_record(4, 1, STR(""));
	put_record(5, 1, STR(""));
	assert_complete(FRAME_RESPONDER, true);
	/* libfcgi would leave this padding to the next request. */
	put_begin(1, 1);
	put_record(4, 1, STR(""));
	put_header(5, 1, 0, 8);
	put_zeros(8);
	assert_complete(FRAME_RESPONDER, false);
	/* And would take these for the next header. */
	given.len = 0;
	put_header(1, 1, 8, 8);
	put_bytes("\0\x01\x01\0\0\0\0\0", 8);
	put_zeros(8);
	assert_bad("padding");
	put_begin(1, 1);
	put_header(4, 1, 0, 8);
	put_zeros(8);
	assert_bad("padding");
}

static void
test_authorizer(void **state)
{
	(void)state;
	put_begin(2, 1);
	put_record(4, 1, STR("\x01\x01" "ab"));
	put_record(4, 1, STR(""));
	assert_complete(FRAME_AUTHORIZER, false);
	/* Part of an empty STDIN, all of it, more. */
	put_bytes("\x01\x05", 2);
	assert_waits(given.len - 2 + 8);
	given.len -= 2;
	put_record(5, 1, STR(""));
	assert_complete(FRAME_AUTHORIZER, false);
	put_record(5, 1, STR(""));
	assert_bad("trailing");
	given.len -= 16;
	put_record(5, 1, STR("x"));
	assert_bad("body");
	/* No byte more is waited for when none is needed. */
	put_begin(2, 0);
	put_header(4, 1, 0, 0);
	given.len--;
	assert_waits(given.len + 1);
}

static void
test_roles(void **state)
{
	static const unsigned int roles[] = { 0, 3, 4, 9, 257, 0xffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		put_begin(roles[i], 1);
		assert_bad("role");
	}
}

static void
test_wrong_from_the_first_byte(void **state)
{
	(void)state;
	given.len = 0;
	put_bytes("G", 1);
	assert_bad("version");
	given.len = 0;
	put_bytes("GET / HTTP/1.1\r\n\r\n", 18);
	assert_bad("version");
	given.len = 0;
	put_zeros(1);
	assert_bad("version");
	given.len = 0;
	put_bytes("\x02\x01\x00\x01\x00\x08\x00\x00", 8);
	assert_bad("version");
	/* And later. */
	put_begin(1, 1);
	put_zeros(1);
	assert_bad("version");
}

/* Records that may not stand where BEGIN, PARAMS or STDIN belong. */
static void
test_records_out_of_place(void **state)
{
	static const struct {
		unsigned int type, id;
		const char *begin, *params, *stdin_;
	} rows[] = {
		{ 1, 1, NULL, "type", "type" },
		{ 2, 1, "abort", "abort", "abort" },
		{ 3, 1, "type", "type", "type" },
		{ 4, 1, "type", NULL, "type" },
		{ 5, 1, "type", "type", NULL },
		{ 6, 1, "type", "type", "type" },
		{ 8, 1, "type", "type", "type" },
		{ 9, 0, "management", "management", "management" },
		{ 9, 1, "type", "type", "type" },
		{ 10, 0, "management", "management", "management" },
		{ 77, 0, "management", "management", "management" },
		{ 77, 1, "type", "type", "type" },
		{ 0, 1, "type", "type", "type" },
		{ 1, 0, "management", "management", "management" },
		{ 4, 0, "management", "management", "management" },
		{ 4, 2, "type", "id", "id" },
		{ 5, 0x101, "type", "id", "id" },
		{ 1, 2, NULL, "id", "id" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].begin != NULL) {
			given.len = 0;
			put_header(rows[i].type, rows[i].id, 8, 0);
			assert_bad(rows[i].begin);
		}
		put_begin(1, 1);
		put_header(rows[i].type, rows[i].id, 8, 0);
		if (rows[i].params != NULL)
			assert_bad(rows[i].params);
		put_begin(1, 1);
		put_record(4, 1, STR(""));
		put_header(rows[i].type, rows[i].id, 8, 0);
		if (rows[i].stdin_ != NULL)
			assert_bad(rows[i].stdin_);
	}
}

static void
test_begin_size(void **state)
{
	(void)state;
	for (size_t size = 0; size < 20; size++) {
		given.len = 0;
		put_header(1, 1, size, 0);
		if (size == 8)
			assert_waits(8 + 8 + 8);
		else
			assert_bad("begin");
	}
}

/* Lengths that go past the stream, past the limit or past 31 bits. */
static void
test_lengths(void **state)
{
	static const struct {
		struct str content;
		const char *fault;
	} rows[] = {
		{ STR("\x01"), "length" },
		{ STR("\x01\x01"), "length" },
		{ STR("\x01\x01" "A"), "length" },
		{ STR("\x00\x01"), "length" },
		{ STR("\x01\x00"), "length" },
		{ STR("\x80"), "length" },
		{ STR("\x80\x00\x00"), "length" },
		{ STR("\x01\x80\x00\x00"), "length" },
		{ STR("\xff\xff\xff\xfe\x10"), "length" },
		{ STR("\xff\xff\xff\xfd\x01"), "length" },
		{ STR("\xff\xff\xff\xff\xff\xff\xff\xff"), "length" },
		{ STR("\x01\xff\xff\xff\xff"), "length" },
		{ STR("\x01\xbf\xff\xff\xff"), "length" },
		{ STR("\x80\x01\x00\x00\x01"), "length" },
		{ STR("\x01\x80\x01\x00\x00"), "length" },
		{ STR("\x02\x01" "A\0" "b"), "nul" },
		{ STR("\x01\x02" "A" "b\0"), "nul" },
		{ STR("\x02\x01" "A=" "b"), "name" },
		{ STR("\x01\x00" "="), "name" },
		/* Good ones, to show that the rest of the row is. */
		{ STR("\x01\x01" "A="), NULL },
		{ STR("\x00\x00"), NULL },
		{ STR(""), NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		put_begin(1, 1);
		if (rows[i].content.len > 0)
			put_record(4, 1, rows[i].content);
		put_record(4, 1, STR(""));
		put_record(5, 1, STR(""));
		if (rows[i].fault != NULL)
			assert_bad(rows[i].fault);
		else
			assert_complete(FRAME_RESPONDER, true);
	}
}

/* One pair whose PARAMS stream has SIZE bytes, in records of RECORD bytes. */
static void
put_params_of(size_t size, size_t record)
{
	size_t value = size - 9, done = 0;
	uint8_t *stream = malloc(size);

	assert_non_null(stream);
	memset(stream, 'v', size);
	memcpy(stream, "\x80\x00\x00\x01\x80", 5);
	stream[5] = (uint8_t)(value >> 16);
	stream[6] = (uint8_t)(value >> 8);
	stream[7] = (uint8_t)value;
	while (done < size) {
		size_t n = size - done < record ? size - done : record;

		put_header(4, 1, n, 0);
		put_bytes(stream + done, n);
		done += n;
	}
	put_record(4, 1, STR(""));
	free(stream);
}

static void
test_params_limit(void **state)
{
	(void)state;
	put_begin(1, 1);
	put_params_of(FRAME_PARAMS_MAX, 32768);
	put_record(5, 1, STR(""));
	assert_complete(FRAME_RESPONDER, true);
	assert_true(given.len < frame_room(BODY_LIMIT));
	put_begin(1, 1);
	put_params_of(FRAME_PARAMS_MAX + 1, 32768);
	put_record(5, 1, STR(""));
	assert_bad("params");
	/* Known from the header alone. */
	put_begin(1, 1);
	put_header(4, 1, 65535, 0);
	put_zeros(1);
	assert_waits(given.len - 1 + 65535 + 8);
	put_begin(1, 1);
	put_header(4, 1, 8, 0);
	put_bytes("\x01\x01" "AB" "\x01\x01" "AB", 8);
	put_header(4, 1, 65535, 0);
	assert_bad("params");
}

static void
test_body_limit(void **state)
{
	static const uint8_t body[BODY_LIMIT];

	(void)state;
	put_begin(1, 1);
	put_record(4, 1, STR(""));
	put_header(5, 1, BODY_LIMIT, 0);
	put_bytes(body, BODY_LIMIT);
	put_record(5, 1, STR(""));
	assert_complete(FRAME_RESPONDER, true);
	given.len -= 8;
	put_header(5, 1, 1, 0);
	assert_bad("body");
	put_begin(1, 1);
	put_record(4, 1, STR(""));
	put_header(5, 1, BODY_LIMIT + 1, 0);
	assert_bad("body");
}

static void
test_overhead_limit(void **state)
{
	struct frame frame;
	size_t records;

	(void)state;
	/* Records of one byte: the headers are what costs. */
	put_begin(1, 1);
	put_params_of(1500, 1);
	put_record(5, 1, STR(""));
	assert_complete(FRAME_RESPONDER, true);
	put_begin(1, 1);
	put_params_of(3000, 1);
	assert_bad("overhead");
	/* Padding counts, too. */
	put_begin(1, 1);
	for (records = 0; records < 100; records++) {
		put_header(4, 1, 2, 255);
		put_zeros(2 + 255);
		if (check(&frame) == FRAME_BAD)
			break;
	}
	assert_string_equal(frame.fault, "overhead");
	assert_int_equal(records, (FRAME_OVERHEAD_MAX - 8) / (8 + 255));
}

static void
test_nothing_after_it(void **state)
{
	(void)state;
	put_typical();
	put_bytes("\x01", 1);
	assert_bad("trailing");
	put_typical();
	put_record(2, 1, STR(""));
	assert_bad("trailing");
	put_typical();
	put_header(9, 0, 0, 0);
	assert_bad("trailing");
}

/* No byte of a good request can be changed into an overrun. */
static void
test_any_byte_changed(void **state)
{
	struct frame frame;
	uint64_t seed = 88172645463325252u;
	size_t at;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		put_typical();
		for (int n = 0; n < 3; n++) {
			at = (size_t)(unit_next(&seed) % given.len);
			given.data[at] = (uint8_t)unit_next(&seed);
		}
		switch (check(&frame)) {
		case FRAME_COMPLETE:
			assert_int_equal(frame.length, given.len);
			break;
		case FRAME_INCOMPLETE:
			assert_true(frame.length > given.len);
			break;
		default:
			assert_non_null(frame.fault);
			break;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typical),
		cmocka_unit_test(test_every_prefix_waits),
		cmocka_unit_test(test_hints_lead_to_the_end),
		cmocka_unit_test(test_waits_for_the_record),
		cmocka_unit_test(test_keep_and_padding),
		cmocka_unit_test(test_authorizer),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_wrong_from_the_first_byte),
		cmocka_unit_test(test_records_out_of_place),
		cmocka_unit_test(test_begin_size),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_params_limit),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_overhead_limit),
		cmocka_unit_test(test_nothing_after_it),
		cmocka_unit_test(test_any_byte_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
