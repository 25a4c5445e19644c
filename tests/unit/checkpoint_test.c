/* SPDX-License-Identifier: ISC */
/* Checkpoints [layer 2]: signed and read, edited, one after another; and the
 * lines of exports that hold no log. */
#include "unit.h"

#include <stdio.h>

#include "chainline.h"
#include "checkpoint.h"

static struct signature_signer signer, other;

static int
set_up(void **state)
{
	(void)state;
	return signature_make(STR("a.example/log"), &signer) == ERR_OK &&
	    signature_make(STR("b"), &other) == ERR_OK ? 0 : -1;
}

static void
test_there_and_back(void **state)
{
	const struct checkpoint c = { 1234567, { { 1, 2, 255 } } };
	char note[CHECKPOINT_SIZE];
	struct checkpoint back;

	(void)state;
	assert_int_equal(checkpoint_sign(&c, &signer, note), ERR_OK);
	assert_true(str_starts(str_of(note), STR("a.example/log\n1234567\n"
	    "AQL/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n")));
	assert_int_equal(checkpoint_read(&signer.key, 1, str_of(note), &back),
	    SIGNATURE_GOOD);
	assert_memory_equal(&back, &c, sizeof(c));
	assert_int_equal(checkpoint_read(&other.key, 1, str_of(note), &back),
	    SIGNATURE_UNKNOWN);
	assert_int_equal(back.seq, 0);
	for (size_t i = 0; note[i] != '\0'; i++) {
		note[i] ^= 1;
		assert_int_not_equal(checkpoint_read(&signer.key, 1,
		    str_of(note), &back), SIGNATURE_GOOD);
		note[i] ^= 1;
	}
}

/* Signed well, and no checkpoint. */
static void
test_other_notes(void **state)
{
	static const char *const texts[] = {
		"a.example/log\n",
		"a.example/log\n1\n",
		"a.example/log\n1\nAAAA\n",
		"a.example/log\n0\n"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"a.example/log\n01\n"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"a.example/log\n1\n"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
		"another/log\n1\n"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	};
	char line[SIGNATURE_LINE_SIZE], note[CHECKPOINT_SIZE];
	struct checkpoint back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(signature_line(&signer, str_of(texts[i]),
		    line), ERR_OK);
		(void)snprintf(note, sizeof(note), "%s\n%s", texts[i], line);
		assert_int_equal(checkpoint_read(&signer.key, 1, str_of(note),
		    &back), SIGNATURE_MALFORMED);
	}
}

static void
test_one_after_another(void **state)
{
	char text[4 * CHECKPOINT_SIZE] = "", note[CHECKPOINT_SIZE];
	struct str rest, one;
	struct checkpoint c = { 0, { { 0 } } }, back;
	size_t used = 0;

	(void)state;
	for (c.seq = 1; c.seq <= 3; c.seq++) {
		assert_int_equal(checkpoint_sign(&c, &signer, note), ERR_OK);
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s", note);
	}
	rest = str_of(text);
	for (c.seq = 1; c.seq <= 3; c.seq++) {
		assert_true(checkpoint_next(&rest, &one));
		assert_int_equal(checkpoint_read(&signer.key, 1, one, &back),
		    SIGNATURE_GOOD);
		assert_int_equal(back.seq, c.seq);
	}
	assert_int_equal(rest.len, 0);
	assert_false(checkpoint_next(&rest, &one));
	rest = STR("no\nnote\n\n");
	assert_false(checkpoint_next(&rest, &one));
}

static void
test_lines(void **state)
{
	static const char *const bad[] = {
		"", "e", "e\t", "x\t1", "z\t1", "z\t1\t2\t3", "z\t-1\t0",
		"h\taccount\t1\t2\t00", "p\t1", "c\t1", "u\t1\t2\t3\t4\t5",
		"b\t1\t5\t5\t0\t2026-11-24\t00\t\\N\t00",
	};
	struct chainline l;
	struct str value;
	char room[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(chainline_parse(str_of(bad[i]), &l));
	assert_true(chainline_parse(STR("z\t7\t3"), &l));
	assert_true(l.kind == CHAINLINE_LAST && l.at == 7 && l.next == 3);
	assert_true(chainline_member(STR("{\"a\":\"x\",\"b\":12}"), STR("b"),
	    &value));
	assert_str(value, "12");
	/* A value is no name. */
	assert_false(chainline_member(STR("{\"a\":\"b\",\"c\":1}"), STR("b"),
	    &value));
	assert_false(chainline_member(STR("{\"a\":"), STR("a"), &value));
	assert_int_equal(chainline_unescape(STR("a\\nb\\\\"), room,
	    sizeof(room)), 4);
	assert_memory_equal(room, "a\nb\\", 4);
	assert_int_equal(chainline_unescape(STR("a\\x"), room, sizeof(room)),
	    0);
	assert_int_equal(chainline_unescape(STR("a\\"), room, sizeof(room)),
	    0);
	assert_int_equal(chainline_unescape(STR("123456789"), room,
	    sizeof(room)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_other_notes),
		cmocka_unit_test(test_one_after_another),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, set_up, NULL);
}
