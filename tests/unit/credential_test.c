/* SPDX-License-Identifier: ISC */
/*
 * credential_test: every malformed or misplaced credential has its own name,
 * and every name of errors.def that shape alone decides is reached.
 */
#include "unit.h"

#include <stdio.h>

#include "base64.h"
#include "credential.h"
#include "keys.h"

/* How a row's text becomes the Authorization header. */
enum how {
	RAW,		/* as it stands */
	BASIC,		/* base64 of it behind "Basic " */
	TWICE,		/* the same, encoded twice */
	BEARER64,	/* base64 of it behind "Bearer " */
	URL64,		/* like BASIC in the URL alphabet */
	UNPADDED,	/* like BASIC without its padding */
	ABSENT,		/* no header; the text is X-API-Key */
	QUERY,		/* no header; the text is the query */
	BOTH_QUERY,	/* a good Bearer header; the text is the query */
	BOTH_HEADERS,	/* a good Bearer header; the text is X-API-Key */
};

/* In a text, @ stands for a whole live key. */
struct row {
	enum how how;
	const char *text;
	enum err err;
};

static const struct row rows[] = {
	{ RAW, "Bearer @", ERR_OK },
	{ RAW, "bearer @", ERR_OK },
	{ RAW, "BEARER   @", ERR_OK },
	{ RAW, "  Bearer @ \t", ERR_OK },
	{ BASIC, "12345:@", ERR_OK },
	{ BASIC, "9223372036854775807:@", ERR_OK },
	{ BOTH_QUERY, "page=2&hasp_live_=1", ERR_OK },
	{ BOTH_HEADERS, "the-site's-own", ERR_OK },

	{ ABSENT, "", ERR_CREDENTIAL_MISSING },
	{ QUERY, "page=2", ERR_CREDENTIAL_MISSING },
	{ RAW, "", ERR_AUTHORIZATION_EMPTY },
	{ RAW, "  \t ", ERR_AUTHORIZATION_EMPTY },
	{ ABSENT, "@", ERR_KEY_IN_OTHER_HEADER },
	{ ABSENT, "whatever", ERR_KEY_IN_OTHER_HEADER },
	{ QUERY, "api_key=@", ERR_KEY_IN_QUERY },
	{ BOTH_QUERY, "x=1&token=@", ERR_KEY_IN_QUERY },
	{ BOTH_HEADERS, "@", ERR_TWO_CREDENTIALS },
	{ RAW, "Bearer @, Bearer @", ERR_TWO_CREDENTIALS },
	{ RAW, "Bearer @,", ERR_TWO_CREDENTIALS },
	{ RAW, "Basic MTpi, Bearer @", ERR_TWO_CREDENTIALS },

	{ RAW, "Bearer \x01@", ERR_HEADER_CONTROL_BYTE },
	{ RAW, "Bearer\t@", ERR_HEADER_CONTROL_BYTE },
	{ RAW, "Bearer @\r\nX: y", ERR_HEADER_CONTROL_BYTE },
	{ RAW, "Bearer @\x7f", ERR_HEADER_CONTROL_BYTE },
	{ RAW, "Bearer \xe2\x80\x9c@\xe2\x80\x9d", ERR_HEADER_NOT_ASCII },
	{ RAW, "@", ERR_SCHEME_MISSING },
	{ RAW, "@ x", ERR_SCHEME_MISSING },
	{ RAW, "\"@\"", ERR_SCHEME_MISSING },
	{ RAW, "MTIzNDU6eA==", ERR_SCHEME_MISSING },
	{ RAW, "Token @", ERR_SCHEME_UNKNOWN },
	{ RAW, "ApiKey @", ERR_SCHEME_UNKNOWN },
	{ RAW, "Digest username=\"a\", realm=\"b\"", ERR_SCHEME_UNKNOWN },
	{ RAW, "Negotiate", ERR_SCHEME_UNKNOWN },
	{ RAW, "Bearer: @", ERR_SCHEME_PUNCTUATED },
	{ RAW, "Bearer:@", ERR_SCHEME_PUNCTUATED },
	{ RAW, "Bearer=@", ERR_SCHEME_PUNCTUATED },
	{ RAW, "Basic: MTpi", ERR_SCHEME_PUNCTUATED },
	{ RAW, "Bearer Bearer @", ERR_SCHEME_DOUBLED },
	{ RAW, "Bearer Basic MTpi", ERR_SCHEME_DOUBLED },
	{ RAW, "Basic Basic MTpi", ERR_SCHEME_DOUBLED },
	{ RAW, "Bearer Bearer:@", ERR_SCHEME_DOUBLED },
	{ RAW, "Bearer", ERR_BEARER_EMPTY },
	{ RAW, "Bearer  ", ERR_BEARER_EMPTY },
	{ RAW, "Bearer @ @", ERR_BEARER_SPACES },
	{ RAW, "Bearer 12345 @", ERR_BEARER_SPACES },
	{ RAW, "Bearer 12345:@", ERR_BEARER_WITH_ACCOUNT },
	{ RAW, "Bearer @:12345", ERR_BEARER_WITH_ACCOUNT },
	{ BEARER64, "12345:@", ERR_BEARER_IS_BASIC },
	{ RAW, "Basic", ERR_BASIC_EMPTY },
	{ RAW, "basic ", ERR_BASIC_EMPTY },
	{ RAW, "Basic 12345:@", ERR_BASIC_NOT_ENCODED },
	{ RAW, "Basic @", ERR_BASIC_NOT_ENCODED },
	{ RAW, "Basic MTpi MTpi", ERR_BASIC_BAD_BASE64 },
	{ RAW, "Basic MTpi!", ERR_BASIC_BAD_BASE64 },
	{ URL64, "12345:\xff\xfe\xfd~~~???", ERR_BASIC_URL_BASE64 },
	{ UNPADDED, "1234:@", ERR_BASIC_BAD_PADDING },
	{ RAW, "Basic MTpi=", ERR_BASIC_BAD_PADDING },
	{ RAW, "Basic MTp=", ERR_BASIC_BAD_PADDING },
	{ RAW, "Basic ====", ERR_BASIC_BAD_PADDING },
	{ TWICE, "12345:@", ERR_BASIC_ENCODED_TWICE },
	{ BASIC, "12345", ERR_BASIC_NO_COLON },
	{ BASIC, "12345:@\n", ERR_BASIC_CONTROL_BYTE },
	{ BASIC, "12345\r:@", ERR_BASIC_CONTROL_BYTE },

	{ BASIC, "@", ERR_KEY_WITHOUT_ACCOUNT },
	{ BASIC, "@:", ERR_KEY_IN_USERNAME },
	{ BASIC, "@:12345", ERR_FIELDS_SWAPPED },
	{ BASIC, "sk_other:12345", ERR_FIELDS_SWAPPED },
	{ BASIC, "@:@", ERR_KEY_IN_BOTH_FIELDS },
	{ BASIC, "@:x", ERR_KEY_IN_USERNAME_ONLY },
	{ BASIC, "12345:", ERR_PASSWORD_BLANK },
	{ BASIC, "someone:", ERR_PASSWORD_BLANK },
	{ BASIC, ":@", ERR_USERNAME_BLANK },
	{ BASIC, ":", ERR_BOTH_FIELDS_BLANK },
	{ BASIC, "a@b.example:@", ERR_USERNAME_IS_EMAIL },
	{ BASIC, "acme:@", ERR_USERNAME_NOT_NUMERIC },
	{ BASIC, "-1:@", ERR_USERNAME_NOT_NUMERIC },
	{ BASIC, "12345 :@", ERR_USERNAME_NOT_NUMERIC },
	{ BASIC, "0:@", ERR_ACCOUNT_OUT_OF_RANGE },
	{ BASIC, "012345:@", ERR_ACCOUNT_OUT_OF_RANGE },
	{ BASIC, "9223372036854775808:@", ERR_ACCOUNT_OUT_OF_RANGE },
	{ BASIC, "99999999999999999999999:@", ERR_ACCOUNT_OUT_OF_RANGE },
	{ BASIC, "12345:Bearer @", ERR_SCHEME_IN_PASSWORD },
	{ BASIC, "12345:12345:@", ERR_KEY_FOREIGN },

	{ RAW, "Bearer $HASP_KEY", ERR_KEY_PLACEHOLDER },
	{ BASIC, "12345:<your key>", ERR_KEY_PLACEHOLDER },
	{ RAW, "Bearer hasp_live_...abcd", ERR_KEY_MASKED },
	{ RAW, "Bearer \"@\"", ERR_KEY_QUOTED },
	{ BASIC, "12345: @", ERR_KEY_SPACES },
	{ RAW, "Bearer hasp%5Flive%5F", ERR_KEY_PERCENT_ENCODED },
	{ RAW, "Bearer HASP_LIVE_", ERR_KEY_CASE_CHANGED },
	{ RAW, "Bearer sk_live_123", ERR_KEY_FOREIGN },
	{ RAW, "Bearer hasp_prod_1", ERR_KEY_UNKNOWN_ENVIRONMENT },
	{ RAW, "Bearer hasp_live_abc", ERR_KEY_TRUNCATED },
	{ RAW, "Bearer @x", ERR_KEY_OVERLONG },
	{ RAW, "Bearer hasp_live_a-b", ERR_KEY_BAD_CHARACTER },
	{ RAW, "Bearer hasp_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    ERR_KEY_MISTYPED },
};

static char live[KEYTEXT_SIZE];

/* TEXT with every lone @ that stands for the key replaced. */
static void
expand(const char *text, char *out, size_t room)
{
	size_t n = 0;

	for (const char *c = text; *c != '\0'; c++) {
		/* "a@b" is an email address. */
		bool key = *c == '@' && !(c > text && c[-1] == 'a');
		int len = key ? (int)strlen(live) : 1;

		n += (size_t)snprintf(out + n, room - n, "%.*s", len,
		    key ? live : c);
	}
	out[n] = '\0';
}

static void
encode(struct str scheme, const char *text, char *out, size_t room)
{
	char coded[1024];

	assert_true(strlen(text) < 700);
	base64_encode(text, strlen(text), coded);
	(void)snprintf(out, room, "%.*s%s", (int)scheme.len, scheme.ptr,
	    coded);
}

/* Makes the header of ROW's text, which is TEXT expanded. */
static void
make_header(enum how how, const char *text, char *out, size_t room)
{
	char once[1024];

	switch (how) {
	case BASIC:
		encode(STR("Basic "), text, out, room);
		break;
	case TWICE:
		encode(STR(""), text, once, sizeof(once));
		encode(STR("Basic "), once, out, room);
		break;
	case BEARER64:
		encode(STR("Bearer "), text, out, room);
		break;
	case URL64:
		encode(STR("Basic "), text, out, room);
		for (char *c = out; *c != '\0'; c++)
			*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
		break;
	case UNPADDED:
		encode(STR("Basic "), text, out, room);
		assert_non_null(strchr(out, '='));
		*strchr(out, '=') = '\0';
		break;
	case BOTH_QUERY:
	case BOTH_HEADERS:
		(void)snprintf(out, room, "Bearer %s", live);
		break;
	case RAW:
	case ABSENT:
	case QUERY:
		(void)snprintf(out, room, "%s", text);
		break;
	}
}

static enum err
parse(const struct row *row, struct credential_room *room,
    struct credential *out)
{
	static char text[2048], header[2048];
	struct credential_sources sources = { .has_authorization = false };

	expand(row->text, text, sizeof(text));
	make_header(row->how, text, header, sizeof(header));
	if (row->how == ABSENT || row->how == BOTH_HEADERS)
		sources.x_api_key = str_of(text);
	if (row->how == QUERY || row->how == BOTH_QUERY)
		sources.query = str_of(text);
	if (row->how != ABSENT && row->how != QUERY) {
		sources.has_authorization = true;
		sources.authorization = str_of(header);
	}
	return credential_parse(&keys_rules, &sources, room, out);
}

static void
test_each_row(void **state)
{
	struct credential_room room;
	struct credential out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum err err = parse(&rows[i], &room, &out);

		if (err != rows[i].err)
			fail_msg("row %zu (%s): %s, not %s", i, rows[i].text,
			    err_code(err), err_code(rows[i].err));
		if (err != ERR_OK)
			continue;
		assert_true(str_eq(out.key.text, str_of(live)));
		assert_int_equal(out.account != 0, rows[i].how == BASIC);
		assert_int_equal(out.scheme, rows[i].how == BASIC ?
		    CREDENTIAL_BASIC : CREDENTIAL_BEARER);
	}
}

/* All names between the first and the last that shape decides. */
static void
test_every_name_is_reached(void **state)
{
	size_t names = 0;

	(void)state;
	for (enum err e = ERR_CREDENTIAL_MISSING; e <= ERR_KEY_MISTYPED; e++) {
		bool found = e == ERR_HEADER_TOO_LONG;

		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			found = found || rows[i].err == e;
		if (!found)
			fail_msg("no row for %s", err_code(e));
		assert_int_equal(err_http(e), 401);
		names++;
	}
	assert_true(names >= 25);
}

static void
test_length(void **state)
{
	struct credential_room room;
	struct credential out;
	char header[CREDENTIAL_MAX + 2];
	struct row row = { RAW, header, ERR_OK };

	(void)state;
	memset(header, 'x', sizeof(header));
	memcpy(header, "Bearer ", 7);
	header[CREDENTIAL_MAX + 1] = '\0';
	assert_int_equal(parse(&row, &room, &out), ERR_HEADER_TOO_LONG);
	header[CREDENTIAL_MAX] = '\0';
	assert_int_equal(parse(&row, &room, &out), ERR_KEY_PLACEHOLDER);
}

static void
test_nul_inside(void **state)
{
	struct credential_room room;
	struct credential out;
	struct credential_sources sources = {
		.has_authorization = true,
		.authorization = STR("Bearer a\0b"),
	};
	char header[64];

	(void)state;
	assert_int_equal(credential_parse(&keys_rules, &sources, &room, &out),
	    ERR_HEADER_CONTROL_BYTE);
	memcpy(header, "Basic ", 6);
	base64_encode("1\0002:x", 5, header + 6);
	sources.authorization = str_of(header);
	assert_int_equal(credential_parse(&keys_rules, &sources, &room, &out),
	    ERR_BASIC_CONTROL_BYTE);
}

/* Whole keys are told apart by their digest later, never by shape. */
static void
test_shape_knows_no_key(void **state)
{
	struct credential_room room;
	struct credential out;
	struct row row = { RAW, "Bearer @", ERR_OK };

	(void)state;
	for (char fill = 'A'; fill <= 'Z'; fill++) {
		keys_make("live", fill, live);
		assert_int_equal(parse(&row, &room, &out), ERR_OK);
	}
}

static int
make_key(void **state)
{
	(void)state;
	keys_make("live", 'x', live);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_row, make_key),
		cmocka_unit_test_setup(test_every_name_is_reached, make_key),
		cmocka_unit_test_setup(test_length, make_key),
		cmocka_unit_test_setup(test_nul_inside, make_key),
		cmocka_unit_test_setup(test_shape_knows_no_key, make_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
