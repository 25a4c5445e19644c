/* SPDX-License-Identifier: ISC */
/* config_test: hasp.conf, its defaults, and every way to get it wrong. */
#include "unit.h"

#include <stdio.h>

#include "config.h"
#include "log.h"

static char path[64];

static int
make_file(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "/tmp/hasp-config-test-XXXXXX");
	if ((fd = mkstemp(path)) < 0)
		return -1;
	return close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* Reads TEXT of LEN bytes for auth-check. */
static enum err
read_bytes(const char *text, size_t len, struct config **out, char *message)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return config_read(path, "auth-check", out, message);
}

static void
test_defaults(void **state)
{
	char message[CONFIG_MESSAGE_SIZE];
	struct config *c;

	(void)state;
	assert_int_equal(config_read(NULL, "auth-check", &c, message),
	    ERR_OK);
	assert_string_equal(c->database_conninfo, "dbname=hasp");
	assert_string_equal(config_conninfo(c), "dbname=hasp");
	assert_int_equal(c->database_query_timeout, 1200);
	assert_int_equal(c->program_socket_mode, 0660);
	assert_int_equal(c->log_level, LOG_LEVEL_INFO);
	assert_int_equal(c->auth_check_cache, 1);
	assert_int_equal(c->environment_count, 2);
	assert_str(c->environments[0], "live");
	assert_str(c->environments[1], "test");
	config_free(c);
}

static void
test_values(void **state)
{
	static const char text[] =
	    "# a comment\n"
	    "[database]\n"
	    "conninfo = host=/run/postgresql\n"
	    "  dbname=keys\n"
	    "\tuser=hasp_auth\n"
	    "; another\n"
	    "[key]\nprefix=sf\nenvironments = live  stage2\n"
	    "[log]\nlevel = debug\n"
	    "[keys]\nworkers = 9\nlisten = /run/keys.sock\n"
	    "[auth-check]\nworkers = 3\nsocket_mode = 600\ncache = off\n"
	    "lease_time = 1000\n"
	    "conninfo = dbname=x\n";
	char message[CONFIG_MESSAGE_SIZE];
	struct config *c;

	(void)state;
	if (read_bytes(text, sizeof(text) - 1, &c, message) != ERR_OK)
		fail_msg("%s", message);
	assert_string_equal(c->database_conninfo,
	    "host=/run/postgresql dbname=keys user=hasp_auth");
	assert_string_equal(config_conninfo(c), "dbname=x");
	assert_string_equal(c->key_prefix, "sf");
	assert_str(c->environments[1], "stage2");
	assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(c->program_workers, 3);
	assert_int_equal(c->program_socket_mode, 0600);
	assert_int_equal(c->auth_check_cache, 0);
	assert_int_equal(c->auth_check_lease_time, 1000);
	assert_string_equal(c->program_listen, "");
	config_free(c);
}

/* Each text is refused, and the message has the line and the words. */
static void
test_faults(void **state)
{
	static const struct {
		const char *text;
		const char *where;
		const char *words;
	} rows[] = {
		{ "[nosuch]\na = b\n", ":2: ", "no section [nosuch]" },
		{ "a = b\n", ":1: ", "no section []" },
		{ "[key]\nprefiks = a\n", ":2: ", "no option 'prefiks'" },
		{ "[auth-check]\nprefix = a\n", ":2: ", "no option" },
		{ "[auth-check]\ncache = yes\n", ":2: ", "nor off" },
		{ "[auth-check]\nlease_time = 1\n", ":2: ", "not between" },
		{ "[keys]\ncache = on\n", ":2: ", "no option" },
		{ "[key]\nprefix = a\n", ":2: ", "2 byte" },
		{ "[key]\nprefix = Ab\n", "", "lower-case" },
		{ "[key]\nprefix = 1ab\n", "", "lower-case" },
		{ "[key]\nprefix = abcdefghijklm\n", ":2: ", "longer" },
		{ "[key]\nenvironments = a b c d e f g h i\n", "", "at most" },
		{ "[key]\nenvironments = a_b\n", "", "environments" },
		{ "[key]\nprefix = ab\nprefix = cd\n", ":3: ", "twice" },
		{ "[database]\nquery_timeout = 10\n", ":2: ", "between 50" },
		{ "[database]\nquery_timeout = 1401\n", ":2: ", "between" },
		{ "[database]\nquery_timeout = 1s\n", ":2: ", "not a number" },
		{ "[database]\nquery_timeout = -1\n", ":2: ", "not a number" },
		{ "[database]\nquery_timeout =\n", ":2: ", "not a number" },
		{ "[database]\nquery_timeout = 99999999999999999999\n",
		    ":2: ", "not a number" },
		{ "[auth-check]\nsocket_mode = 888\n", ":2: ", "octal" },
		{ "[auth-check]\nsocket_mode = 1777\n", ":2: ", "between 0" },
		{ "[keys]\nworkers = x\n", ":2: ", "not a number" },
		{ "[keys]\nworkers = 1\nworkers = 2\n", ":3: ", "twice" },
		{ "[log]\nlevel = loud\n", ":2: ", "not one of" },
		{ "[key\nprefix = ab\n", ":1: ", "neither" },
		{ "[key]\nprefix\n", ":2: ", "neither" },
		{ "[problem]\nrealm = a\"b\n", "", "without quote" },
		{ "[problem]\nrealm =\n", ":2: ", "1 byte" },
		{ "[database]\nquery_timeout = 100\n 200\n", ":3: ",
		    "one line" },
	};
	char message[CONFIG_MESSAGE_SIZE];
	struct config *c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (read_bytes(rows[i].text, strlen(rows[i].text), &c,
		    message) != ERR_CONFIG)
			fail_msg("row %zu is taken", i);
		if (strstr(message, rows[i].words) == NULL ||
		    strstr(message, rows[i].where) == NULL ||
		    strstr(message, path) == NULL)
			fail_msg("row %zu: %s", i, message);
	}
}

static void
test_long_line(void **state)
{
	char message[CONFIG_MESSAGE_SIZE], text[400];
	struct config *c;

	(void)state;
	(void)snprintf(text, sizeof(text), "[database]\nconninfo = %0185d\n",
	    1);
	assert_int_equal(read_bytes(text, strlen(text), &c, message), ERR_OK);
	config_free(c);
	(void)snprintf(text, sizeof(text), "[database]\nconninfo = %0195d\n",
	    1);
	assert_int_equal(read_bytes(text, strlen(text), &c, message),
	    ERR_CONFIG);
	assert_non_null(strstr(message, ":2: the line is too long"));
}

static void
test_odd_bytes(void **state)
{
	static const char nul[] = "[key]\nprefix = ab\0prefix = cd\n";
	char message[CONFIG_MESSAGE_SIZE];
	struct config *c;

	(void)state;
	assert_int_equal(read_bytes(nul, sizeof(nul) - 1, &c, message),
	    ERR_CONFIG);
	assert_non_null(strstr(message, ":2: there is a NUL"));
	/* No newline at the end, and Windows line ends. */
	assert_int_equal(read_bytes("[key]\r\nprefix = ab", 18, &c, message),
	    ERR_OK);
	assert_string_equal(c->key_prefix, "ab");
	config_free(c);
	assert_int_equal(read_bytes("", 0, &c, message), ERR_OK);
	config_free(c);
}

static void
test_missing_file(void **state)
{
	char message[CONFIG_MESSAGE_SIZE];
	struct config *c;

	(void)state;
	assert_int_equal(config_read("/nonexistent/hasp.conf", "auth-check",
	    &c, message), ERR_CONFIG);
	assert_non_null(strstr(message, "/nonexistent/hasp.conf:0: No such"));
	assert_int_equal(config_read("/", "auth-check", &c, message),
	    ERR_CONFIG);
}

static void
test_table_is_whole(void **state)
{
	size_t count;
	const struct config_option *o = config_options(&count);

	(void)state;
	assert_true(count > 10);
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(o[i].doc) > 20);
		assert_true(o[i].low <= o[i].high);
		assert_true(o[i].high <= CONFIG_TEXT_MAX ||
		    strcmp(o[i].kind, "TEXT") != 0);
		for (size_t k = 0; k < i; k++)
			assert_false(strcmp(o[i].name, o[k].name) == 0 &&
			    strcmp(o[i].section, o[k].section) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_table_is_whole),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
