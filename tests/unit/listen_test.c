/* SPDX-License-Identifier: ISC */
/* Listening sockets, made and inherited [layer 7]. */
#include "unit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "listen.h"

static char folder[32];
static char place[64];
static char message[LISTEN_MESSAGE_SIZE];
static struct listen_set set;

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/listen.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/s", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	listen_unlink(&set);
	listen_close(&set);
	(void)unlink(place);
	return rmdir(folder);
}

static enum err
open_at(const char *where, const char *configured)
{
	const struct listen_options options = {
		.where = where,
		.configured = configured,
		.mode = 0640,
		.group = (gid_t)-1,
	};

	return listen_open(&options, &set, message);
}

static bool
flags_are_right(int fd)
{
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 &&
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static void
test_unix(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(open_at(place, ""), ERR_OK);
	assert_int_equal(set.count, 1);
	assert_true(set.sockets[0].local);
	assert_false(set.sockets[0].inherited);
	assert_false(set.sockets[0].open_to_all);
	assert_true(flags_are_right(set.sockets[0].fd));
	assert_string_equal(set.sockets[0].path, place);
	assert_true(str_starts(str_of(set.sockets[0].name), STR("unix:/")));
	assert_int_equal(stat(place, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	listen_unlink(&set);
	assert_int_equal(stat(place, &st), -1);
}

static void
test_mask_is_left_alone(void **state)
{
	mode_t before = umask(0027);

	(void)state;
	assert_int_equal(open_at(place, ""), ERR_OK);
	assert_int_equal(umask(before), 0027);
}

static void
test_not_ours_any_more(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(open_at(place, ""), ERR_OK);
	assert_int_equal(unlink(place), 0);
	fd = open(place, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
	listen_unlink(&set);
	assert_int_equal(access(place, F_OK), 0);
}

static void
test_live_and_dead(void **state)
{
	struct listen_set first;

	(void)state;
	assert_int_equal(open_at(place, ""), ERR_OK);
	first = set;
	assert_int_equal(open_at(place, ""), ERR_SYSTEM);
	assert_int_equal(set.count, 0);
	assert_true(str_has(str_of(message), STR("another program")));
	assert_int_equal(access(place, F_OK), 0);
	/* It dies and leaves its file behind. */
	listen_close(&first);
	assert_int_equal(open_at(place, ""), ERR_OK);
}

static void
test_regular_file(void **state)
{
	int fd = open(place, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(open_at(place, ""), ERR_CONFIG);
	assert_int_equal(access(place, F_OK), 0);
}

static void
test_path_length(void **state)
{
	char path[LISTEN_PATH_SIZE + 1] = "";
	size_t len = strlen(folder);

	(void)state;
	memset(path, 'x', LISTEN_PATH_SIZE);
	memcpy(path, folder, len);
	path[len] = '/';
	assert_int_equal(open_at(path, ""), ERR_CONFIG);
	assert_true(str_has(str_of(message),
	    STR("may have 107 bytes, this one has 108")));
	path[LISTEN_PATH_SIZE - 1] = '\0';
	assert_int_equal(open_at(path, ""), ERR_OK);
	assert_string_equal(set.sockets[0].path, path);
}

static void
test_no_folder(void **state)
{
	(void)state;
	assert_int_equal(open_at("/nonexistent/folder/s", ""), ERR_SYSTEM);
	assert_true(str_has(str_of(message), STR("/nonexistent/folder/s")));
}

static void
test_no_place(void **state)
{
	static const char *const none[] = {
		"x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
		"127.0.0.1:65536", "127.0.0.1:01", "127.0.0.1:-1", ":80",
		"localhost:80", "1.2.3:80", "[::1]", "[::1]:", "[::1]80",
		"::1:80", "[127.0.0.1]:80", "[]:80", "[::1", "[::1%lo]:80",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_int_equal(open_at(none[i], ""), ERR_CONFIG);
		assert_int_equal(set.count, 0);
		/* And never another place than the one that was named. */
		assert_int_equal(open_at(none[i], place), ERR_CONFIG);
		assert_int_equal(access(place, F_OK), -1);
	}
	assert_int_equal(open_at("", ""), ERR_CONFIG);
	assert_true(str_has(str_of(message), STR("nowhere to listen")));
}

/* A port that is free now. */
static unsigned int
free_port(int family)
{
	struct sockaddr_storage address = { .ss_family = (sa_family_t)family };
	socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	(void)close(fd);
	return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

static void
test_tcp(void **state)
{
	static const struct {
		int family;
		const char *host;
		bool open_to_all;
	} rows[] = {
		{ AF_INET, "127.0.0.1", false },
		{ AF_INET, "127.9.9.9", false },
		{ AF_INET, "0.0.0.0", true },
		{ AF_INET6, "[::1]", false },
		{ AF_INET6, "[::]", true },
	};
	char where[64];
	unsigned int port;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if ((port = free_port(rows[i].family)) == 0)
			continue;	/* no IPv6 here */
		(void)snprintf(where, sizeof(where), "%s:%u", rows[i].host,
		    port);
		assert_int_equal(open_at(where, ""), ERR_OK);
		assert_string_equal(set.sockets[0].name, where);
		assert_int_equal(set.sockets[0].open_to_all,
		    rows[i].open_to_all);
		assert_false(set.sockets[0].local);
		assert_true(flags_are_right(set.sockets[0].fd));
		listen_close(&set);
	}
}

/* Puts a listening socket at FD, which must be free. */
static void
put_listener(int fd)
{
	const struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int made = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(made >= 0);
	assert_int_equal(bind(made, (const void *)&any, sizeof(any)), 0);
	assert_int_equal(listen(made, 1), 0);
	if (made != fd) {
		assert_int_equal(dup2(made, fd), fd);
		(void)close(made);
	}
}

static void
set_env(pid_t pid, const char *count)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%ld", (long)pid);
	assert_int_equal(setenv("LISTEN_PID", text, 1), 0);
	assert_int_equal(setenv("LISTEN_FDS", count, 1), 0);
}

static void
test_inherited(void **state)
{
	(void)state;
	/* The test itself may hold these: keep them out of the way. */
	int three = fcntl(3, F_DUPFD, 50), four = fcntl(4, F_DUPFD, 50);

	put_listener(3);
	put_listener(4);
	set_env(getpid(), "2");
	assert_int_equal(open_at("", place), ERR_OK);
	assert_int_equal(set.count, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(set.sockets[i].fd, 3 + i);
		assert_true(set.sockets[i].inherited);
		assert_true(flags_are_right(3 + i));
		assert_string_equal(set.sockets[i].path, "");
	}
	assert_null(getenv("LISTEN_FDS"));
	assert_null(getenv("LISTEN_PID"));
	/* One of them does not listen. */
	listen_close(&set);
	put_listener(3);
	assert_int_equal(dup2(STDOUT_FILENO, 4), 4);
	set_env(getpid(), "2");
	assert_int_equal(open_at("", place), ERR_CONFIG);
	assert_int_equal(set.count, 0);
	/* They are for somebody else. */
	set_env(getppid(), "2");
	assert_int_equal(open_at("", place), ERR_OK);
	assert_string_equal(set.sockets[0].path, place);
	if (three >= 0)
		(void)dup2(three, 3);
	if (four >= 0)
		(void)dup2(four, 4);
}

static void
test_standard_input(void **state)
{
	int saved = fcntl(STDIN_FILENO, F_DUPFD, 50);

	(void)state;
	put_listener(STDIN_FILENO);
	assert_int_equal(open_at("", place), ERR_OK);
	assert_int_equal(set.sockets[0].fd, STDIN_FILENO);
	assert_true(set.sockets[0].inherited);
	listen_close(&set);
	put_listener(STDIN_FILENO);
	assert_int_equal(open_at(place, ""), ERR_OK);
	assert_string_equal(set.sockets[0].path, place);
	if (saved >= 0)
		(void)dup2(saved, STDIN_FILENO);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_unix),
		CASE(test_mask_is_left_alone),
		CASE(test_not_ours_any_more),
		CASE(test_live_and_dead),
		CASE(test_regular_file),
		CASE(test_path_length),
		CASE(test_no_folder),
		CASE(test_no_place),
		CASE(test_tcp),
		CASE(test_inherited),
		CASE(test_standard_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
