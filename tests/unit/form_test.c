/* SPDX-License-Identifier: ISC */
/* form_test: JSON bodies into structs, with every fault named. */
#include "unit.h"

#include <stdio.h>

#include "fcgi.h"
#include "form.h"
#include "jsontext.h"

struct limit {
	struct form_seen seen;
	struct form_int rate;
	struct form_texts hosts;
};

struct body {
	struct form_text name, email, password;
	struct form_word role;
	struct form_int seconds;
	struct form_bool force;
	struct form_time expires_at;
	struct form_texts allow;
	struct limit limit;
};

static const char *const roles[] = { "read", "write", "admin", NULL };
static const struct form_field limit_fields[] = {
	{ FORM_MEMBER(struct limit, rate), .kind = FORM_INT, .required = true,
	    .low = 1, .high = 9 },
	{ FORM_MEMBER(struct limit, hosts), .kind = FORM_TEXTS, .low = 1,
	    .high = 2 },
};
static const struct form limit_form = {
	.fields = limit_fields, .count = ARRAY_LEN(limit_fields),
};
static const struct form_field fields[] = {
	{ FORM_MEMBER(struct body, name), .kind = FORM_LABEL,
	    .required = true },
	{ FORM_MEMBER(struct body, email), .kind = FORM_TEXT, .low = 3,
	    .high = 8 },
	{ FORM_MEMBER(struct body, password), .kind = FORM_SECRET },
	{ FORM_MEMBER(struct body, role), .kind = FORM_WORD, .words = roles },
	{ FORM_MEMBER(struct body, seconds), .kind = FORM_INT, .low = -5,
	    .high = 2592000 },
	{ FORM_MEMBER(struct body, force), .kind = FORM_BOOL },
	{ FORM_MEMBER(struct body, expires_at), .kind = FORM_TIME,
	    .nullable = true },
	{ FORM_MEMBER(struct body, allow), .kind = FORM_TEXTS, .high = 3,
	    .nullable = true },
	{ FORM_MEMBER(struct body, limit), .kind = FORM_OBJECT,
	    .form = &limit_form },
};
static const struct form form = {
	.fields = fields, .count = ARRAY_LEN(fields),
};
static const struct form optional = {
	.fields = fields + 1, .count = ARRAY_LEN(fields) - 1, .optional = true,
};

static struct arena *arena;
static struct form_faults faults;
static struct body out;

static int
open_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)256 * 1024);
	return arena == NULL ? -1 : 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Reads BODY, sent as TYPE (NULL: without one), into OUT. */
static enum err
read_as(const struct form *rules, const char *type, struct str body)
{
	const char *const pairs[] = { type, NULL };
	struct request request;
	struct fcgi_test t;
	enum err err;

	arena_reset(arena);
	memset(&out, 0, sizeof(out));
	fcgi_open(&t, FCGI_TEST_RESPONDER, pairs, body);
	request_open(&request, &t.fcgi);
	err = form_read(&request, arena, rules, &out, &faults);
	FCGX_Finish_r(&t.fcgi);
	fcgi_close(&t);
	return err;
}

static enum err
read_body(const char *body)
{
	return read_as(&form, "CONTENT_TYPE=application/json", str_of(body));
}

static void
test_everything(void **state)
{
	(void)state;
	assert_int_equal(read_body("{\"name\":\"caf\\u00e9\",\"email\":"
	    "\"a@b.c\",\"password\":\" \\t\\ud83d\\udd11\",\"role\":\"admin\","
	    "\"seconds\":2592000,\"force\":true,\"expires_at\":"
	    "\"1970-01-01T00:00:02Z\",\"allow\":[\"192.0.2.1\",\"x\"],"
	    "\"limit\":{\"rate\":9,\"hosts\":[\"h\"]}}"), ERR_OK);
	assert_int_equal(faults.count, 0);
	assert_str(out.name.value, "caf\xc3\xa9");
	assert_str(out.email.value, "a@b.c");
	assert_str(out.password.value, " \t\xf0\x9f\x94\x91");
	assert_int_equal(out.role.index, 2);
	assert_int_equal(out.seconds.value, 2592000);
	assert_true(out.force.given && !out.force.null && out.force.value);
	assert_int_equal(out.expires_at.wall_us, 2000000);
	assert_int_equal(out.allow.count, 2);
	assert_str(out.allow.items[0], "192.0.2.1");
	assert_str(out.allow.items[1], "x");
	assert_true(out.limit.seen.given && out.limit.rate.given);
	assert_int_equal(out.limit.rate.value, 9);
	assert_str(out.limit.hosts.items[0], "h");
	assert_int_equal(out.name.value.ptr[out.name.value.len], '\0');
}

static void
test_absent_and_null(void **state)
{
	(void)state;
	assert_int_equal(read_body("{\"name\":\"n\",\"expires_at\":null,"
	    "\"allow\":null}"), ERR_OK);
	assert_true(out.expires_at.given && out.expires_at.null);
	assert_true(out.allow.given && out.allow.null);
	assert_true(out.name.given && !out.name.null);
	assert_true(!out.seconds.given && !out.seconds.null);
	assert_true(!out.limit.seen.given && !out.limit.rate.given);
	assert_int_equal(read_body("{\"name\":\"n\",\"allow\":[]}"), ERR_OK);
	assert_true(out.allow.given && !out.allow.null);
	assert_int_equal(out.allow.count, 0);
}

/* Each with its one fault. */
static const struct {
	const char *body, *pointer, *detail;
} fault_rows[] = {
	{ "{}", "#/name", "This member is missing." },
	{ "{\"name\":null}", "#/name",
	    "This member may not be null." },
	{ "{\"name\":1}", "#/name", "A text of 1 to 100 characters." },
	{ "{\"name\":\"  \"}", "#/name",
	    "This text may not be blank." },
	{ "{\"name\":\"a\\n\"}", "#/name", "No control characters, "
	    "line ends or characters that change the direction of "
	    "text." },
#define ROW(member, pointer, detail) \
{ "{\"name\":\"n\"," member "}", pointer, detail }
	ROW("\"email\":\"ab\"", "#/email", "A text of 3 to 8 bytes, "
	    "without control characters."),
	ROW("\"email\":\"123456789\"", "#/email", "A text of 3 to 8 "
	    "bytes, without control characters."),
	ROW("\"email\":\"a\\u007fbc\"", "#/email", "A text of 3 to 8 "
	    "bytes, without control characters."),
	ROW("\"email\":[]", "#/email", "A text of 3 to 8 bytes, "
	    "without control characters."),
	ROW("\"password\":\"\"", "#/password",
	    "A text of 1 to 1024 bytes."),
	ROW("\"role\":\"Read\"", "#/role",
	    "One of: read, write, admin."),
	ROW("\"role\":1", "#/role", "One of: read, write, admin."),
	ROW("\"seconds\":2592001", "#/seconds",
	    "A whole number from -5 to 2592000."),
	ROW("\"seconds\":-6", "#/seconds",
	    "A whole number from -5 to 2592000."),
	ROW("\"seconds\":1.0", "#/seconds",
	    "A whole number from -5 to 2592000."),
	ROW("\"seconds\":\"1\"", "#/seconds",
	    "A whole number from -5 to 2592000."),
	ROW("\"seconds\":18446744073709551616", "#/seconds",
	    "A whole number from -5 to 2592000."),
	ROW("\"force\":1", "#/force", "Either true or false."),
	ROW("\"force\":\"true\"", "#/force", "Either true or false."),
	ROW("\"force\":null", "#/force",
	    "This member may not be null."),
	ROW("\"expires_at\":\"2031-02-29T00:00:00Z\"", "#/expires_at",
	    "A point of time as in RFC 3339, such as "
	    "2031-05-04T03:02:01Z."),
	ROW("\"expires_at\":0", "#/expires_at",
	    "A point of time as in RFC 3339, such as "
	    "2031-05-04T03:02:01Z."),
	ROW("\"allow\":\"x\"", "#/allow",
	    "An array of 0 to 3 texts."),
	ROW("\"allow\":[\"a\",\"b\",\"c\",\"d\"]", "#/allow",
	    "An array of 0 to 3 texts."),
	ROW("\"allow\":[\"a\",null]", "#/allow/1",
	    "A text of 1 to 256 bytes, without control characters."),
	ROW("\"allow\":[\"\",\"b\"]", "#/allow/0",
	    "A text of 1 to 256 bytes, without control characters."),
	ROW("\"limit\":[]", "#/limit", "An object."),
	ROW("\"limit\":{}", "#/limit/rate",
	    "This member is missing."),
	ROW("\"limit\":{\"rate\":1,\"hosts\":[]}", "#/limit/hosts",
	    "An array of 1 to 2 texts."),
	ROW("\"limit\":{\"rate\":1,\"hosts\":[\"a\",1]}",
	    "#/limit/hosts/1",
	    "A text of 1 to 256 bytes, without control characters."),
	ROW("\"limit\":{\"rate\":1,\"name\":\"\"}", "#/limit/name",
	    "There is no such member here."),
	ROW("\"expire_at\":1", "#/expire_at",
	    "There is no such member here."),
	ROW("\"NAME\":1", "#",
	    "There is a member that has no meaning here."),
	ROW("\"\":1", "#",
	    "There is a member that has no meaning here."),
	ROW("\"a/b~c\":1", "#",
	    "There is a member that has no meaning here."),
	ROW("\"abcdefghijklmnopqrstuvwxy\":1", "#",
	    "There is a member that has no meaning here."),
#undef ROW
};

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault_rows); i++) {
		assert_int_equal(read_body(fault_rows[i].body), ERR_INVALID);
		assert_int_equal(faults.count, 1);
		assert_true(str_eq(faults.list[0].pointer,
		    str_of(fault_rows[i].pointer)));
		assert_string_equal(faults.list[0].detail,
		    fault_rows[i].detail);
	}
}

static void
test_all_faults_at_once(void **state)
{
	(void)state;
	assert_int_equal(read_body("{\"seconds\":-9,\"role\":\"x\","
	    "\"limit\":{\"hosts\":[1,2]}}"), ERR_INVALID);
	assert_int_equal(faults.count, 6);
	assert_str(faults.list[0].pointer, "#/name");
	assert_str(faults.list[5].pointer, "#/limit/hosts/1");
}

static void
test_more_faults_than_room(void **state)
{
	char body[1024] = "{\"name\":\"n\"";
	size_t len = strlen(body);

	(void)state;
	for (char c = 'a'; c <= 'z'; c++)
		len += (size_t)snprintf(body + len, sizeof(body) - len,
		    ",\"%c\":1", c);
	(void)snprintf(body + len, sizeof(body) - len, "}");
	assert_int_equal(read_body(body), ERR_INVALID);
	assert_int_equal(faults.count, FORM_FAULTS_MAX);
}

static void
test_media_type(void **state)
{
	static const struct {
		const char *type;
		enum err err;
	} rows[] = {
		{ "CONTENT_TYPE=application/json", ERR_OK },
		{ "CONTENT_TYPE=Application/JSON", ERR_OK },
		{ "CONTENT_TYPE=application/json; charset=utf-8", ERR_OK },
		{ "CONTENT_TYPE= application/json ;x", ERR_OK },
		{ NULL, ERR_MEDIA_TYPE },
		{ "CONTENT_TYPE=", ERR_MEDIA_TYPE },
		{ "CONTENT_TYPE=text/plain", ERR_MEDIA_TYPE },
		{ "CONTENT_TYPE=application/jsonp", ERR_MEDIA_TYPE },
		{ "CONTENT_TYPE=application/json, text/plain",
		    ERR_MEDIA_TYPE },
		{ "CONTENT_TYPE=application/x-www-form-urlencoded",
		    ERR_MEDIA_TYPE },
		{ "HTTP_CONTENT_TYPE=application/json", ERR_MEDIA_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(read_as(&form, rows[i].type,
		    STR("{\"name\":\"n\"}")), rows[i].err);
}

static void
test_no_body(void **state)
{
	const char *type = "CONTENT_TYPE=application/json";

	(void)state;
	assert_int_equal(read_as(&optional, NULL, STR("")), ERR_OK);
	assert_false(out.seconds.given);
	assert_int_equal(read_as(&optional, type, STR("{}")), ERR_OK);
	assert_int_equal(read_as(&optional, NULL, STR("{}")), ERR_MEDIA_TYPE);
	assert_int_equal(read_as(&optional, type, STR(" ")),
	    ERR_BODY_MALFORMED);
	assert_int_equal(read_as(&form, type, STR("")), ERR_BODY_MALFORMED);
	assert_int_equal(read_as(&form, NULL, STR("")), ERR_MEDIA_TYPE);
}

static void
test_bad_bodies(void **state)
{
	(void)state;
	assert_int_equal(read_body("[]"), ERR_BODY_MALFORMED);
	assert_int_equal(read_body("{\"name\":\"n\""), ERR_BODY_MALFORMED);
	assert_int_equal(read_body("{\"name\":\"n\",\"name\":\"m\"}"),
	    ERR_BODY_MEMBER_TWICE);
	assert_int_equal(read_body("{\"name\":\"\\u0000\"}"), ERR_BODY_NUL);
	assert_int_equal(faults.count, 0);
}

static void
test_large_bodies(void **state)
{
	const char *type = "CONTENT_TYPE=application/json";
	static char body[JSONTEXT_MAX + 1];

	(void)state;
	memset(body, ' ', sizeof(body));
	memcpy(body, "{\"name\":\"n\"}", 12);
	assert_int_equal(read_as(&form, type, (struct str){ body,
	    JSONTEXT_MAX }), ERR_OK);
	assert_int_equal(read_as(&form, type, (struct str){ body,
	    JSONTEXT_MAX + 1 }), ERR_BODY_TOO_LARGE);
	/* The longest secret, and one byte more. */
	memset(body, 'a', sizeof(body));
	memcpy(body, "{\"name\":\"n\",\"password\":\"", 24);
	memcpy(body + 24 + FORM_SECRET_MAX, "\"}", 2);
	assert_int_equal(read_as(&form, type, (struct str){ body,
	    24 + FORM_SECRET_MAX + 2 }), ERR_OK);
	assert_int_equal(out.password.value.len, FORM_SECRET_MAX);
	memcpy(body + 24 + FORM_SECRET_MAX, "a\"}", 3);
	assert_int_equal(read_as(&form, type, (struct str){ body,
	    24 + FORM_SECRET_MAX + 3 }), ERR_INVALID);
}

static void
test_own_faults(void **state)
{
	(void)state;
	assert_int_equal(read_body("{\"name\":\"n\"}"), ERR_OK);
	assert_int_equal(form_verdict(&faults), ERR_OK);
	form_fault(&faults, "#/name", "This name is taken.");
	assert_int_equal(form_verdict(&faults), ERR_INVALID);
	assert_str(faults.list[0].pointer, "#/name");
	for (size_t i = 0; i < 2 * FORM_FAULTS_MAX; i++)
		form_fault(&faults, "#", "More.");
	assert_int_equal(faults.count, FORM_FAULTS_MAX);
}

/* Memory that ends anywhere is ERR_MEMORY, never half a body. */
static void
test_full_arena(void **state)
{
	const char *const pairs[] = { "CONTENT_TYPE=application/json", NULL };
	const struct str body = STR("{\"name\":\"n\",\"allow\":[\"a\"],"
	    "\"x\":1,\"seconds\":99999999}");
	struct request request;
	struct fcgi_test t;
	int memory = 0;
	enum err err;

	(void)state;
	for (size_t more = 0; more < 4096; more += 64) {
		struct arena *small = arena_new(JSONTEXT_MAX + more);

		memset(&out, 0, sizeof(out));
		fcgi_open(&t, FCGI_TEST_RESPONDER, pairs, body);
		request_open(&request, &t.fcgi);
		err = form_read(&request, small, &form, &out, &faults);
		assert_true(err == ERR_MEMORY || err == ERR_INVALID);
		memory += err == ERR_MEMORY;
		FCGX_Finish_r(&t.fcgi);
		fcgi_close(&t);
		arena_free(small);
	}
	assert_in_range(memory, 1, 63);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_absent_and_null),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_all_faults_at_once),
		cmocka_unit_test(test_more_faults_than_room),
		cmocka_unit_test(test_media_type),
		cmocka_unit_test(test_no_body),
		cmocka_unit_test(test_bad_bodies),
		cmocka_unit_test(test_large_bodies),
		cmocka_unit_test(test_own_faults),
		cmocka_unit_test(test_full_arena),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
