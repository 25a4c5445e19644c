/* SPDX-License-Identifier: ISC */
/*
 * The log [layer 0]: one event is one line whatever its values hold, and no
 * longer than 2048 bytes.
 */
#include "unit.h"

#include <stdio.h>
#include <sys/mman.h>

#include "log.h"

#define LINE_MAX_BYTES 2048

/* What was written to standard error since log_catch. */
struct caught {
	int stderr_was;
	int fd;
	char text[16 * 1024];
	size_t len;
};

static struct caught caught;

static int
log_catch(void **state)
{
	(void)state;
	(void)unsetenv("JOURNAL_STREAM");
	caught.stderr_was = dup(STDERR_FILENO);
	caught.fd = memfd_create("log", MFD_CLOEXEC);
	if (caught.stderr_was < 0 || caught.fd < 0 ||
	    dup2(caught.fd, STDERR_FILENO) < 0)
		return -1;
	log_open("demo", LOG_LEVEL_INFO);
	return 0;
}

static int
log_release(void **state)
{
	(void)state;
	(void)dup2(caught.stderr_was, STDERR_FILENO);
	(void)close(caught.stderr_was);
	(void)close(caught.fd);
	return 0;
}

/* All that was written until now. */
static struct str
log_caught(void)
{
	ssize_t n = pread(caught.fd, caught.text, sizeof(caught.text), 0);

	assert_true(n >= 0);
	caught.len = (size_t)n;
	return (struct str){ caught.text, caught.len };
}

/* The one line that was written, without its time and newline. */
static struct str
log_caught_line(void)
{
	struct str all = log_caught(), line, rest;

	assert_true(str_cut(all, '\n', &line, &rest));
	assert_int_equal(rest.len, 0);
	assert_true(line.len > 21);
	assert_int_equal(line.ptr[10], 'T');
	assert_int_equal(line.ptr[19], 'Z');
	return str_part(line, 21, line.len);
}

static void
test_fields(void **state)
{
	(void)state;
	log_event(LOG_LEVEL_INFO, "check", LOG_S("code", "key_unknown"),
	    LOG_T("part", str_part(STR("abcdef"), 1, 3)),
	    LOG_I("us", INT64_MIN), LOG_S("none", NULL),
	    LOG_S("sentence", "two words"));
	assert_str(log_caught_line(), "demo check code=key_unknown part=bcd "
	    "us=-9223372036854775808 none=\"\" sentence=\"two words\"");
}

static void
test_escapes(void **state)
{
	(void)state;
	log_event(LOG_LEVEL_INFO, "e", LOG_T("crlf", STR("a\r\nb")),
	    LOG_T("nul", STR("a\0b")), LOG_T("esc", STR("\x1b[2J")),
	    LOG_T("quote", STR("a\"b\\c")), LOG_T("del", STR("\x7f")),
	    LOG_T("high", STR("\xc3\xa9\x85")), LOG_T("eq", STR("a=b")),
	    LOG_T("tab", STR("\t")));
	assert_str(log_caught_line(), "demo e crlf=\"a\\x0d\\x0ab\" "
	    "nul=\"a\\x00b\" esc=\"\\x1b[2J\" quote=\"a\\x22b\\x5cc\" "
	    "del=\"\\x7f\" high=\"\\xc3\\xa9\\x85\" eq=\"a=b\" "
	    "tab=\"\\x09\"");
}

static void
test_every_byte_stays_on_its_line(void **state)
{
	char all[256];
	struct str line;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	log_event(LOG_LEVEL_INFO, "e", LOG_T("all", ((struct str){ all,
	    sizeof(all) })), LOG_I("end", 1));
	line = log_caught_line();
	for (size_t i = 0; i < line.len; i++)
		assert_in_range(line.ptr[i], 0x20, 0x7e);
	assert_true(str_has(line, STR("\\xff\" end=1")));
}

static void
test_values_are_cut(void **state)
{
	char text[400];
	struct str line;

	(void)state;
	memset(text, 'x', sizeof(text));
	log_event(LOG_LEVEL_INFO, "e", LOG_T("v", ((struct str){ text,
	    256 })), LOG_I("end", 1));
	line = log_caught_line();
	assert_int_equal(line.len, strlen("demo e v=") + 256 +
	    strlen(" end=1"));
	assert_int_equal(ftruncate(caught.fd, 0), 0);
	assert_int_equal(lseek(caught.fd, 0, SEEK_SET), 0);
	log_event(LOG_LEVEL_INFO, "e", LOG_T("v", ((struct str){ text,
	    sizeof(text) })), LOG_I("end", 1));
	line = log_caught_line();
	assert_true(str_has(line, STR("xxx")));
	assert_true(line.len <= strlen("demo e v=\"...\" end=1") + 256);
	/* That something is missing must be visible. */
	assert_true(str_has(line, STR("x...")));
}

static void
test_no_line_is_too_long(void **state)
{
	char text[256];
	struct str all, v = { text, sizeof(text) };

	(void)state;
	memset(text, '\n', sizeof(text));
	log_event(LOG_LEVEL_INFO, "e", LOG_T("a", v), LOG_T("b", v),
	    LOG_T("c", v), LOG_T("d", v), LOG_T("e", v), LOG_T("f", v));
	all = log_caught();
	assert_true(all.len > LINE_MAX_BYTES / 2);
	assert_true(all.len <= LINE_MAX_BYTES);
	assert_int_equal(str_find(all, '\n'), all.len - 1);
}

static void
test_levels(void **state)
{
	(void)state;
	log_event(LOG_LEVEL_DEBUG, "quiet", LOG_I("n", 1));
	assert_int_equal(log_caught().len, 0);
	log_set_level(LOG_LEVEL_ERROR);
	log_event(LOG_LEVEL_WARNING, "quiet", LOG_I("n", 1));
	assert_int_equal(log_caught().len, 0);
	log_set_level(LOG_LEVEL_DEBUG);
	log_event(LOG_LEVEL_DEBUG, "loud", LOG_I("n", 2));
	assert_str(log_caught_line(), "demo loud n=2");
}

static void
test_journal(void **state)
{
	(void)state;
	assert_int_equal(setenv("JOURNAL_STREAM", "8:1", 1), 0);
	log_open("demo", LOG_LEVEL_INFO);
	log_event(LOG_LEVEL_WARNING, "e", LOG_I("n", 1));
	assert_str(log_caught(), "<4>demo e n=1\n");
}

static void
test_a_closed_log_is_survived(void **state)
{
	(void)state;
	assert_int_equal(close(STDERR_FILENO), 0);
	log_event(LOG_LEVEL_ERROR, "e", LOG_I("n", 1));
	assert_int_equal(log_caught().len, 0);
}

#define CAUGHT(f) cmocka_unit_test_setup_teardown(f, log_catch, log_release)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CAUGHT(test_fields),
		CAUGHT(test_escapes),
		CAUGHT(test_every_byte_stays_on_its_line),
		CAUGHT(test_values_are_cut),
		CAUGHT(test_no_line_is_too_long),
		CAUGHT(test_levels),
		CAUGHT(test_journal),
		CAUGHT(test_a_closed_log_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
