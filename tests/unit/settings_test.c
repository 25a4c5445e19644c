/* SPDX-License-Identifier: ISC */
/* Settings and who holds them [layer 7]. */
#include "unit.h"

#include <stdatomic.h>
#include <stdio.h>

#include "settings.h"

static char place[64];
static char message[CONFIG_MESSAGE_SIZE];

static void
write_config(const char *options)
{
	FILE *f;

	(void)snprintf(place, sizeof(place), "/tmp/settings-test.%ld",
	    (long)getpid());
	f = fopen(place, "we");
	assert_non_null(f);
	assert_true(fprintf(f, "[program]\n%s\n", options) > 0);
	assert_int_equal(fclose(f), 0);
}

static enum err
read_config(const char *options, struct settings **out)
{
	enum err err;

	write_config(options);
	err = settings_read(place, "program", out, message);
	(void)unlink(place);
	return err;
}

static void
test_defaults(void **state)
{
	struct settings *s;

	(void)state;
	assert_int_equal(settings_read(NULL, "program", &s, message), ERR_OK);
	assert_int_equal(s->user_count, 0);
	assert_true(settings_allows(s, 0));
	assert_true(settings_allows(s, 4711));
	assert_true(s->group == (gid_t)-1);
	settings_free(s);
	settings_free(NULL);
}

static void
test_users(void **state)
{
	struct settings *s;

	(void)state;
	assert_int_equal(read_config("allowed_users =  root  4711\n"
	    "socket_group = 7", &s), ERR_OK);
	assert_int_equal(s->user_count, 2);
	assert_true(settings_allows(s, 0));
	assert_true(settings_allows(s, 4711));
	assert_false(settings_allows(s, 1));
	assert_false(settings_allows(s, (uid_t)-1));
	assert_int_equal(s->group, 7);
	settings_free(s);
}

static void
test_names_that_are_none(void **state)
{
	static const char *const bad[] = {
		"allowed_users = no-such-user-here",
		"allowed_users = root no-such-user-here",
		"allowed_users = 4294967295",
		"allowed_users = 99999999999",
		"allowed_users = 0x0",
		"allowed_users = 0123456789012345678901234567890123456789"
		"012345678901234567890123456789",
		"allowed_users = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 "
		"18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33",
		"socket_group = no-such-group-here",
		"socket_group = -1",
	};
	struct settings *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		message[0] = '\0';
		assert_int_equal(read_config(bad[i], &s), ERR_CONFIG);
		assert_null(s);
		assert_true(str_starts(str_of(message), str_of(place)));
	}
}

static struct settings *
fresh(void)
{
	struct settings *s;

	assert_int_equal(settings_read(NULL, "program", &s, message), ERR_OK);
	return s;
}

/* The old ones live as long as somebody holds them: a sanitizer looks on. */
static void
test_replaced_while_held(void **state)
{
	struct settings *first = fresh(), *second = fresh(), *held, *later;
	struct settings_share share;
	unsigned int version;

	(void)state;
	settings_share_open(&share, first);
	version = atomic_load(&share.version);
	held = settings_hold(&share);
	assert_ptr_equal(held, first);
	settings_replace(&share, second);
	assert_int_not_equal(atomic_load(&share.version), version);
	later = settings_hold(&share);
	assert_ptr_equal(later, second);
	assert_ptr_equal(settings_hold_again(&share, held), first);
	settings_drop(&share, held);
	assert_true(held->config->program_max_connections > 0);
	settings_drop(&share, held);
	settings_drop(&share, later);
	settings_share_close(&share);
}

static void *
hold_and_drop(void *arg)
{
	struct settings_share *share = arg;
	long sum = 0;

	for (int i = 0; i < 2000; i++) {
		struct settings *s = settings_hold(share);

		sum += s->config->program_max_connections;
		settings_drop(share, s);
	}
	return sum > 0 ? share : NULL;
}

static void
test_threads(void **state)
{
	struct settings_share share;
	pthread_t threads[4];
	void *held;

	(void)state;
	settings_share_open(&share, fresh());
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    hold_and_drop, &share), 0);
	for (int i = 0; i < 50; i++)
		settings_replace(&share, fresh());
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &held), 0);
		assert_ptr_equal(held, &share);
	}
	settings_share_close(&share);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_names_that_are_none),
		cmocka_unit_test(test_replaced_while_held),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
