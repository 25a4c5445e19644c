/* SPDX-License-Identifier: ISC */
/* cidr_test: which ranges there are, and what they hold. */
#include <arpa/inet.h>
#include <stdio.h>

#include "unit.h"

#include "cidr.h"

static bool
holds(const char *range, const char *address)
{
	struct cidr r, a;

	if (!cidr_parse(str_of(range), &r) || !cidr_parse(str_of(address), &a))
		fail_msg("%s or %s is not read", range, address);
	return cidr_holds(&r, &a);
}

static void
test_holds(void **state)
{
	(void)state;
	assert_true(holds("192.0.2.0/24", "192.0.2.255"));
	assert_false(holds("192.0.2.0/24", "192.0.3.0"));
	assert_true(holds("192.0.2.128/25", "192.0.2.128"));
	assert_false(holds("192.0.2.128/25", "192.0.2.127"));
	assert_true(holds("192.0.2.7", "192.0.2.7"));
	assert_false(holds("192.0.2.7", "192.0.2.6"));
	assert_true(holds("0.0.0.0/0", "255.255.255.255"));
	assert_true(holds("2001:db8::/32", "2001:db8:ffff::1"));
	assert_false(holds("2001:db8::/32", "2001:db9::1"));
	assert_true(holds("2001:db8::8000/113", "2001:db8::ffff"));
	assert_false(holds("2001:db8::8000/113", "2001:db8::7fff"));
	assert_true(holds("::/0", "::1"));
}

static void
test_families_do_not_mix(void **state)
{
	(void)state;
	assert_false(holds("::/0", "192.0.2.1"));
	assert_false(holds("0.0.0.0/0", "2001:db8::1"));
	/* ... but an IPv4-mapped address is the IPv4 address. */
	assert_true(holds("192.0.2.0/24", "::ffff:192.0.2.9"));
	assert_true(holds("::ffff:192.0.2.0/120", "192.0.2.9"));
	assert_false(holds("::/0", "::ffff:192.0.2.9"));
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {
		"", "/", "/24", "192.0.2", "192.0.2.256", "192.0.2.1/",
		"192.0.2.1/33", "192.0.2.0/-1", "192.0.2.0/024",
		"192.0.2.1/24", " 192.0.2.1", "192.0.2.1 ", "192.0.2.0/24/8",
		"0x7f.1", "127.1", "2001:db8::/129", "2001:db8::1/64",
		"2001:db8:::1", "fe80::1%eth0", "[::1]", "localhost",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc",
	};
	struct cidr c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (cidr_parse(str_of(texts[i]), &c))
			fail_msg("'%s' is read", texts[i]);
	assert_false(cidr_parse(STR("192.0.2.1\0"), &c));
}

/* One bit, each in turn, against every length of the prefix. */
static void
test_bits_past_the_prefix(void **state)
{
	char address[INET6_ADDRSTRLEN], text[CIDR_TEXT_SIZE];
	struct cidr c;

	(void)state;
	for (unsigned int family = 4; family <= 6; family += 2) {
		unsigned int most = family == 4 ? 32 : 128;

		for (unsigned int i = 0; i < most * (most + 1); i++) {
			unsigned int bit = i % most, bits = i / most;
			uint8_t addr[16] = { 0 };

			addr[bit / 8] = (uint8_t)(0x80u >> bit % 8);
			assert_non_null(inet_ntop(family == 4 ? AF_INET :
			    AF_INET6, addr, address, sizeof(address)));
			(void)snprintf(text, sizeof(text), "%s/%u", address,
			    bits);
			assert_int_equal(cidr_parse(str_of(text), &c),
			    bit < bits);
		}
	}
}

static void
test_nothing_holds_nothing(void **state)
{
	const struct cidr none = { .family = 0 };
	struct cidr a;

	(void)state;
	assert_true(cidr_parse(STR("192.0.2.1"), &a));
	assert_false(cidr_holds(&none, &a));
	assert_false(cidr_holds(&none, &none));
}

static void
test_widened(void **state)
{
	static const struct {
		const char *from;
		uint8_t bits;
		const char *to;
	} rows[] = {
		{ "192.0.2.255", 24, "192.0.2.0/24" },
		{ "192.0.2.255", 32, "192.0.2.255/32" },
		{ "192.0.2.255", 31, "192.0.2.254/31" },
		{ "192.0.2.255", 0, "0.0.0.0/0" },
		{ "192.0.2.0/24", 25, "192.0.2.0/24" },
		{ "192.0.2.255", 64, "192.0.2.255/32" },
		{ "2001:db8:1:2:ffff::1", 64, "2001:db8:1:2::/64" },
		{ "2001:db8::ffff", 127, "2001:db8::fffe/127" },
		{ "ffff:ffff::", 17, "ffff:8000::/17" },
	};
	char text[CIDR_TEXT_SIZE];
	struct cidr c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(cidr_parse(str_of(rows[i].from), &c));
		cidr_widen(&c, rows[i].bits);
		cidr_text(&c, text);
		assert_string_equal(text, rows[i].to);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_families_do_not_mix),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bits_past_the_prefix),
		cmocka_unit_test(test_nothing_holds_nothing),
		cmocka_unit_test(test_widened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
