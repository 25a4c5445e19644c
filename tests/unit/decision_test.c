/* SPDX-License-Identifier: ISC */
/*
 * decision_test: each rule refuses by itself, the first one in the order of
 * decision.h counts, and nothing but a record and demand that fit lets in.
 */
#include "unit.h"

#include <string.h>

#include "decision.h"

#define NOW ((int64_t)1800000000 * 1000000)

struct both {
	struct decision_record r;
	struct decision_demand d;
};

/* A record and a demand that fit each other. */
static struct both
good(void)
{
	struct both b = {
		.r = {
			.account = 12345, .account_status = DECISION_ACTIVE,
			.plan_active = true, .key_id = "key_x",
			.secret_version = 1, .role = ROLE_WRITE,
			.environment = "live", .region = "eu",
			.key_expires = NOW + 1, .secret_expires = NOW + 1,
			.key_not_before = NOW, .secret_not_before = NOW,
			.range_count = 1,
		},
		.d = {
			.account = 12345, .region = STR("eu"),
			.environment = STR("live"), .role = ROLE_READ,
			.method_role = ROLE_WRITE, .address = STR("192.0.2.7"),
			.now = NOW,
		},
	};

	assert_true(cidr_parse(STR("192.0.2.0/24"), &b.r.ranges[0]));
	return b;
}

#define BREAK(name, change) \
	static void name(struct both *b) { change; }

BREAK(mismatch, b->d.account = 12346)
BREAK(suspended, b->r.account_status = DECISION_SUSPENDED)
BREAK(closed, b->r.account_status = DECISION_CLOSED)
BREAK(doubtful, b->r.account_status = DECISION_DOUBTFUL)
BREAK(plan_ended, b->r.plan_active = false)
BREAK(region, b->d.region = STR("us"))
BREAK(no_environment, b->d.environment = STR(""))
BREAK(environment, b->d.environment = STR("test"))
BREAK(orphan, b->r.kind = DECISION_APP_TOKEN)
BREAK(app_removed, b->r.app_removed = true)
BREAK(disconnected, b->r.connection_revoked = true)
BREAK(revoked, b->r.key_revoked = true)
BREAK(secret_revoked, b->r.secret_revoked = true)
BREAK(disabled, b->r.disabled = true)
BREAK(key_early, b->r.key_not_before = NOW + 1)
BREAK(secret_early, b->r.secret_not_before = NOW + 1)
BREAK(key_over, b->r.key_expires = NOW)
BREAK(secret_over, b->r.secret_expires = NOW)
BREAK(address, b->d.address = STR("192.0.3.7"))
BREAK(no_address, b->d.address = STR(""))
BREAK(bad_ranges, b->r.range_count = DECISION_RANGES_MAX + 1)
BREAK(no_role, b->r.role = ROLE_NONE)
BREAK(odd_role, b->r.role = ROLE__COUNT)
BREAK(overridden, b->d.method_overridden = true)
BREAK(method, b->d.method_role = ROLE_ADMIN)
BREAK(demand, b->d.role = ROLE_ADMIN)

/* In the order in which they count. */
static const struct {
	void (*change)(struct both *b);
	enum err err;
} rows[] = {
	{ mismatch, ERR_ACCOUNT_MISMATCH },
	{ suspended, ERR_ACCOUNT_SUSPENDED },
	{ closed, ERR_ACCOUNT_CLOSED },
	{ doubtful, ERR_INTERNAL },
	{ plan_ended, ERR_PLAN_INACTIVE },
	{ region, ERR_WRONG_REGION },
	{ no_environment, ERR_SITE_MISCONFIGURED },
	{ environment, ERR_WRONG_ENVIRONMENT },
	{ orphan, ERR_INTERNAL },
	{ app_removed, ERR_APP_REMOVED },
	{ disconnected, ERR_CONNECTION_REVOKED },
	{ revoked, ERR_KEY_REVOKED },
	{ secret_revoked, ERR_SECRET_ENDED },
	{ disabled, ERR_KEY_DISABLED },
	{ key_early, ERR_KEY_NOT_YET_VALID },
	{ secret_early, ERR_KEY_NOT_YET_VALID },
	{ key_over, ERR_KEY_EXPIRED },
	{ secret_over, ERR_SECRET_ENDED },
	{ address, ERR_ADDRESS_REFUSED },
	{ no_address, ERR_ADDRESS_REFUSED },
	{ bad_ranges, ERR_ADDRESS_REFUSED },
	{ no_role, ERR_INTERNAL },
	{ odd_role, ERR_INTERNAL },
	{ overridden, ERR_METHOD_OVERRIDE },
	{ method, ERR_ROLE_INSUFFICIENT },
	{ demand, ERR_ROLE_INSUFFICIENT },
};

static void
test_good(void **state)
{
	struct both b = good();

	(void)state;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_OK);
	b.d.account = 0;
	b.d.region = STR("");
	b.r.range_count = 0;
	b.d.address = STR("");
	b.r.key_expires = b.r.secret_expires = 0;
	b.r.key_not_before = b.r.secret_not_before = 0;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_OK);
	b.r.connection = 1;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_INTERNAL);
	b.r.kind = DECISION_APP_TOKEN;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_OK);
}

static void
test_each_rule_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct both b = good();

		rows[i].change(&b);
		if (decision_make(&b.r, &b.d) != rows[i].err)
			fail_msg("row %zu: %s", i,
			    err_code(decision_make(&b.r, &b.d)));
	}
}

/* The earlier change is made last: of two to one field it then stands. */
static void
test_first_rule_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t k = i + 1; k < ARRAY_LEN(rows); k++) {
			struct both b = good();
			enum err err;

			rows[k].change(&b);
			rows[i].change(&b);
			err = decision_make(&b.r, &b.d);
			if (err != rows[i].err)
				fail_msg("rows %zu and %zu: %s", i, k,
				    err_code(err));
		}
	}
}

static void
test_about_the_key_itself(void **state)
{
	struct both b = good();

	(void)state;
	b.d.any_environment = true;
	b.d.environment = STR("");
	assert_int_equal(decision_make(&b.r, &b.d), ERR_OK);
	b.r.key_revoked = true;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_KEY_REVOKED);
}

static void
test_admin_may_override(void **state)
{
	struct both b = good();

	(void)state;
	b.r.role = ROLE_ADMIN;
	b.d.method_overridden = true;
	assert_int_equal(decision_make(&b.r, &b.d), ERR_OK);
}

/* Zeroed memory is nobody's key. */
static void
test_nothing_is_refused(void **state)
{
	struct both b;

	(void)state;
	memset(&b, 0, sizeof(b));
	assert_int_not_equal(decision_make(&b.r, &b.d), ERR_OK);
	b = good();
	memset(&b.r, 0, sizeof(b.r));
	assert_int_not_equal(decision_make(&b.r, &b.d), ERR_OK);
}

static void
test_expires(void **state)
{
	struct decision_record r = { .key_expires = 0 };

	(void)state;
	assert_int_equal(decision_expires(&r), 0);
	r.key_expires = 7;
	assert_int_equal(decision_expires(&r), 7);
	r.secret_expires = 5;
	assert_int_equal(decision_expires(&r), 5);
	r.key_expires = 0;
	assert_int_equal(decision_expires(&r), 5);
	r.key_expires = 3;
	assert_int_equal(decision_expires(&r), 3);
}

static void
test_kinds(void **state)
{
	enum decision_kind kind = DECISION_APP_TOKEN;

	(void)state;
	assert_true(decision_kind_parse(STR("access_token"), &kind));
	assert_int_equal(kind, DECISION_ACCESS_TOKEN);
	assert_true(decision_kind_parse(STR("api_key"), &kind));
	assert_string_equal(decision_kind_name(kind), "api_key");
	assert_false(decision_kind_parse(STR(""), &kind));
	assert_false(decision_kind_parse(STR("API_KEY"), &kind));
	assert_int_equal(kind, DECISION_API_KEY);
	assert_string_equal(decision_kind_name(DECISION_KIND__COUNT), "");
}

static void
test_the_key_s_rate_wins(void **state)
{
	struct decision_record r = { .plan_rate = { 3, 30 } };

	(void)state;
	assert_int_equal(decision_rate(&r).burst, 30);
	r.key_rate = (struct decision_rate){ 100, 7 };
	assert_int_equal(decision_rate(&r).per_second, 100);
	assert_int_equal(decision_rate(&r).burst, 7);
	r.key_rate = r.plan_rate = (struct decision_rate){ 0, 0 };
	assert_int_equal(decision_rate(&r).per_second, 0);
}

static void
test_the_key_s_quota_wins(void **state)
{
	struct decision_record r = { .plan_quota = 30 };

	(void)state;
	assert_int_equal(decision_quota(&r), 30);
	r.key_quota = 100;
	assert_int_equal(decision_quota(&r), 100);
	r.plan_quota = 0;
	assert_int_equal(decision_quota(&r), 100);
	r.key_quota = 0;
	assert_int_equal(decision_quota(&r), 0);
}

static void
test_deprecation(void **state)
{
	struct decision_record r = { .kind = DECISION_API_KEY };
	struct decision_legacy site = { .deprecated = 0 }, got;

	(void)state;
	assert_false(decision_deprecated(&r, &site, &got));
	site = (struct decision_legacy){ 5, 9, STR("http://site"), true };
	assert_true(decision_deprecated(&r, &site, &got));
	assert_int_equal(got.deprecated, 5);
	assert_int_equal(got.sunset, 9);
	assert_str(got.link, "http://site");
	assert_true(got.refuses);
	/* The account's dates as a whole, even if there is no sunset. */
	r.legacy_deprecated = 3;
	assert_true(decision_deprecated(&r, &site, &got));
	assert_int_equal(got.deprecated, 3);
	assert_int_equal(got.sunset, 0);
	assert_false(got.refuses);
	assert_str(got.link, "http://site");
	memcpy(r.legacy_link, "http://own", 11);
	assert_true(decision_deprecated(&r, &site, &got));
	assert_str(got.link, "http://own");
	site = (struct decision_legacy){ .deprecated = 0 };
	assert_true(decision_deprecated(&r, &site, &got));
	r.kind = DECISION_ACCESS_TOKEN;
	assert_false(decision_deprecated(&r, &site, &got));
	r.kind = DECISION_APP_TOKEN;
	assert_false(decision_deprecated(&r, &site, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_each_rule_refuses),
		cmocka_unit_test(test_first_rule_counts),
		cmocka_unit_test(test_about_the_key_itself),
		cmocka_unit_test(test_admin_may_override),
		cmocka_unit_test(test_nothing_is_refused),
		cmocka_unit_test(test_expires),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_the_key_s_rate_wins),
		cmocka_unit_test(test_the_key_s_quota_wins),
		cmocka_unit_test(test_deprecation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
