/* SPDX-License-Identifier: ISC */
/* What a journal says of a check, and how that lies on disk [layer 2]. */
#include "unit.h"

#include "entry.h"

static const uint8_t app[ENTRY_ID_SIZE] = {
	0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
	0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0x00,
};

static struct entry
made(void)
{
	struct entry e = {
		.at = INT64_C(1893456000000001),
		.identified = true,
		.account = 4711,
		.key_id = "key_0123456789abcdef",
		.version = 3,
		.method = entry_method_of(STR("PATCH")),
	};

	entry_set_code(&e, ERR_OK);
	entry_set_app(&e, STR("123e4567-e89b-12d3-a456-426614174000"));
	entry_set_site(&e, STR("api.example.com"));
	assert_true(cidr_parse(STR("2001:db8::1"), &e.address));
	assert_int_equal(entry_set_request(&e,
	    STR("00112233445566778899aabbccddeeff")), ERR_OK);
	return e;
}

static struct entry
again(const struct entry *e)
{
	uint8_t body[ENTRY_BODY_SIZE];
	struct entry out;

	entry_pack(e, body);
	assert_true(entry_unpack(body, &out));
	return out;
}

static void
assert_same(const struct entry *a, const struct entry *b)
{
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->identified, b->identified);
	assert_int_equal(a->repeated, b->repeated);
	assert_int_equal(a->request_hashed, b->request_hashed);
	assert_int_equal(a->has_request, b->has_request);
	assert_int_equal(a->has_app, b->has_app);
	assert_int_equal(a->has_credential, b->has_credential);
	assert_int_equal(a->account, b->account);
	assert_string_equal(a->key_id, b->key_id);
	assert_int_equal(a->version, b->version);
	assert_memory_equal(a->app, b->app, ENTRY_ID_SIZE);
	assert_memory_equal(a->credential, b->credential, ENTRY_ID_SIZE);
	assert_int_equal(a->code, b->code);
	assert_int_equal(a->method, b->method);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->address.family, b->address.family);
	assert_int_equal(a->address.bits, b->address.bits);
	assert_memory_equal(a->address.addr, b->address.addr, 16);
	assert_memory_equal(a->request, b->request, ENTRY_ID_SIZE);
	assert_string_equal(a->site, b->site);
}

static void
test_identified(void **state)
{
	struct entry e = made(), back = again(&e);

	(void)state;
	assert_same(&e, &back);
	assert_true(back.has_app && !back.request_hashed);
	assert_memory_equal(back.app, app, sizeof(app));
	assert_int_equal(back.request[0], 0x00);
	assert_int_equal(back.request[15], 0xff);
	assert_int_equal(back.status, 204);
	assert_string_equal(entry_code(&back), "ok");
	assert_string_equal(entry_method(back.method), "PATCH");
}

static void
test_not_identified(void **state)
{
	struct entry e = { .at = 1, .account = 9, .has_credential = true,
	    .credential = { 7, 8 }, .repeated = true };
	struct entry back;

	(void)state;
	entry_set_code(&e, ERR_KEY_UNKNOWN);
	assert_true(cidr_parse(STR("192.0.2.1"), &e.address));
	back = again(&e);
	assert_same(&e, &back);
	assert_string_equal(entry_code(&back), "key_unknown");
	assert_int_equal(back.status, 401);
	assert_false(back.has_request);
	assert_string_equal(entry_method(back.method), "other");
}

static void
test_request_ids(void **state)
{
	struct entry e = made(), f = made();

	(void)state;
	assert_int_equal(entry_set_request(&e, STR("")), ERR_OK);
	assert_false(e.has_request);
	/* SHA-256 of "abc" (FIPS 180-2 appendix B.1), its beginning. */
	assert_int_equal(entry_set_request(&e, STR("abc")), ERR_OK);
	assert_true(e.has_request && e.request_hashed);
	assert_int_equal(e.request[0], 0xba);
	assert_int_equal(e.request[15], 0x23);
	assert_int_equal(entry_set_request(&f,
	    STR("0011-2233-4455-6677-8899-aabbccd")), ERR_OK);
	assert_true(f.request_hashed);
	assert_int_equal(entry_set_request(&f,
	    STR("00112233445566778899AABBCCDDEEFF")), ERR_OK);
	assert_false(f.request_hashed);
	assert_int_equal(f.request[15], 0xff);
}

static void
test_sites(void **state)
{
	struct entry e = made();

	(void)state;
	entry_set_site(&e, STR("a-long-name-of.a-site.example.com"));
	assert_string_equal(e.site, "me-of.a-site.example.com");
	entry_set_site(&e, STR("a\xc3\xa4 b\n\x7f"));
	assert_string_equal(e.site, "a???b" "??");
	entry_set_site(&e, STR(""));
	assert_string_equal(e.site, "");
}

static void
test_apps(void **state)
{
	struct entry e = made();

	(void)state;
	entry_set_app(&e, STR(""));
	assert_false(e.has_app);
	entry_set_app(&e, STR("123e4567-e89b-12d3-a456-42661417400g"));
	assert_false(e.has_app);
}

/* Whatever this version calls it, the number of a code is its own. */
static void
test_codes(void **state)
{
	struct entry e = made(), back;

	(void)state;
	for (int a = 0; a < ERR__COUNT; a++) {
		assert_int_not_equal(entry_code_number((enum err)a), 0);
		for (int b = 0; b < a; b++)
			assert_int_not_equal(entry_code_number((enum err)a),
			    entry_code_number((enum err)b));
		entry_set_code(&e, (enum err)a);
		back = again(&e);
		assert_string_equal(entry_code(&back), err_code((enum err)a));
	}
	/* Written by every version so far. */
	assert_int_equal(entry_code_number(ERR_OK), UINT32_C(3861041416));
	assert_int_equal(entry_code_number(ERR_KEY_UNKNOWN),
	    UINT32_C(1867899256));
}

static void
test_code_of_another_version(void **state)
{
	uint8_t body[ENTRY_BODY_SIZE];
	struct entry e = made(), back;

	(void)state;
	entry_pack(&e, body);
	body[16] ^= 1;			/* of the code's number */
	assert_true(entry_unpack(body, &back));
	assert_int_equal(back.code, ERR__COUNT);
	assert_string_equal(entry_code(&back), "unknown_code");
}

static void
test_what_does_not_fit(void **state)
{
	uint8_t body[ENTRY_BODY_SIZE], zero[ENTRY_BODY_SIZE] = { 0 };
	struct entry e = made(), out;

	(void)state;
	assert_false(entry_unpack(zero, &out));
	e.at = 0;
	entry_pack(&e, body);
	assert_false(entry_unpack(body, &out));
	e = made();
	e.key_id[0] = '\0';
	entry_pack(&e, body);
	assert_false(entry_unpack(body, &out));
	e = made();
	e.key_id[3] = '\t';
	entry_pack(&e, body);
	assert_false(entry_unpack(body, &out));
	e = made();
	e.account = 0;
	entry_pack(&e, body);
	assert_false(entry_unpack(body, &out));
	e = made();
	e.status = 0;
	entry_pack(&e, body);
	assert_false(entry_unpack(body, &out));
}

/* Every bit counts, and so does the place. */
static void
test_sums(void **state)
{
	uint8_t body[ENTRY_BODY_SIZE];
	struct entry e = made();
	uint32_t sum;

	(void)state;
	entry_pack(&e, body);
	sum = entry_sum(body, 1, 2);
	assert_int_equal(entry_sum(body, 1, 2), sum);
	assert_int_not_equal(entry_sum(body, 2, 2), sum);
	assert_int_not_equal(entry_sum(body, 1, 3), sum);
	for (size_t bit = 0; bit < sizeof(body) * 8; bit++) {
		body[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(entry_sum(body, 1, 2), sum);
		body[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identified),
		cmocka_unit_test(test_not_identified),
		cmocka_unit_test(test_request_ids),
		cmocka_unit_test(test_sites),
		cmocka_unit_test(test_apps),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_code_of_another_version),
		cmocka_unit_test(test_what_does_not_fit),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
