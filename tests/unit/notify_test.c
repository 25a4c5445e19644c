/* SPDX-License-Identifier: ISC */
/* The protocol of sd_notify(3) [layer 7]. */
#include "unit.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "clock.h"
#include "notify.h"

static char place[64];
static int listener = -1;

/* Listens at place; '@' begins an abstract name. */
static void
listen_at(const char *stem)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len;

	(void)snprintf(place, sizeof(place), "%s.%ld", stem,
	    (long)getpid());
	len = strlen(place);
	memcpy(address.sun_path, place, len);
	if (place[0] == '@')
		address.sun_path[0] = '\0';
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (const void *)&address, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + len)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", place, 1), 0);
}

static void
stop_listening(void)
{
	(void)close(listener);
	if (place[0] == '/')
		(void)unlink(place);
}

static struct str
heard(void)
{
	static char text[256];
	ssize_t n = recv(listener, text, sizeof(text), MSG_DONTWAIT);

	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static void
talk(void)
{
	struct str text, first, rest;
	int64_t before = clock_mono_us();
	uint64_t then;

	notify_open();
	assert_null(getenv("NOTIFY_SOCKET"));
	notify_ready();
	assert_str(heard(), "READY=1");
	notify_watchdog();
	assert_str(heard(), "WATCHDOG=1");
	notify_stopping();
	assert_str(heard(), "STOPPING=1");
	notify_reloading();
	text = heard();
	assert_true(str_cut(text, '\n', &first, &rest));
	assert_str(first, "RELOADING=1");
	assert_true(str_starts(rest, STR("MONOTONIC_USEC=")));
	assert_true(str_u64(str_part(rest, 15, rest.len), INT64_MAX, &then));
	assert_true((int64_t)then >= before);
	assert_true((int64_t)then <= clock_mono_us());
}

static void
test_path(void **state)
{
	(void)state;
	listen_at("/tmp/notify-test");
	talk();
	stop_listening();
	/* Nobody there any more: nothing happens. */
	notify_ready();
}

static void
test_abstract(void **state)
{
	(void)state;
	listen_at("@notify-test");
	talk();
	stop_listening();
}

static void
test_nobody(void **state)
{
	static const char *const none[] = { "", "/", "@", "relative",
	    "vsock:2:1",
	    ("/0123456789012345678901234567890123456789012345678901"
	    "23456789012345678901234567890123456789012345678901234567890123") };

	(void)state;
	(void)unsetenv("NOTIFY_SOCKET");
	assert_int_equal(setenv("WATCHDOG_USEC", "1000000", 1), 0);
	notify_open();
	notify_ready();
	assert_int_equal(notify_watchdog_ms(), 0);
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_int_equal(setenv("NOTIFY_SOCKET", none[i], 1), 0);
		notify_open();
		notify_ready();
	}
}

static void
test_watchdog(void **state)
{
	static const struct {
		const char *us;
		bool other;	/* WATCHDOG_PID is another's */
		int ms;
	} rows[] = {
		{ "1000000", false, 500 },
		{ "3000", false, 1 },
		{ "1999", false, 0 },
		{ "0", false, 0 },
		{ "-1", false, 0 },
		{ "x", false, 0 },
		{ "", false, 0 },
		{ "18446744073709551615", false, INT32_MAX },
		{ "1000000", true, 0 },
	};
	char pid[24];

	(void)state;
	listen_at("@notify-test");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(pid, sizeof(pid), "%ld",
		    (long)(rows[i].other ? getppid() : getpid()));
		assert_int_equal(setenv("NOTIFY_SOCKET", place, 1), 0);
		assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
		assert_int_equal(setenv("WATCHDOG_USEC", rows[i].us, 1), 0);
		notify_open();
		assert_int_equal(notify_watchdog_ms(), rows[i].ms);
		assert_null(getenv("WATCHDOG_USEC"));
		assert_null(getenv("WATCHDOG_PID"));
	}
	/* Without WATCHDOG_PID it is for whoever gets it. */
	assert_int_equal(setenv("NOTIFY_SOCKET", place, 1), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "1000000", 1), 0);
	notify_open();
	assert_int_equal(notify_watchdog_ms(), 500);
	stop_listening();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
