/* SPDX-License-Identifier: ISC */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define LISTEN_FDS_START 3	/* SD_LISTEN_FDS_START of sd-daemon(3) */

/* A whole request has to fit the receive queue, where it is peeked. */
#define LISTEN_TCP_BUFFER (512 * 1024)

static enum err PRINTF_LIKE(3, 4)
listen_fail(char *message, enum err err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(message, LISTEN_MESSAGE_SIZE, format, ap);
	va_end(ap);
	return err;
}

/* The same for a system call that failed on NAME: errno says why. */
static enum err
listen_fail_errno(char *message, const char *what, const char *name)
{
	int saved = errno;

	return listen_fail(message,
	    saved == EACCES || saved == EPERM ? ERR_PERMISSION : ERR_SYSTEM,
	    "%s %s: %s", what, name, strerror(saved));
}

static bool
listen_is_listening(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 &&
	    on != 0;
}

static bool
listen_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return address->ss_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Fills what the address of a listening socket tells. */
static void
listen_describe(struct listen_socket *s)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	const struct sockaddr_un *un = (const void *)&address;
	const struct sockaddr_in *v4 = (const void *)&address;
	const struct sockaddr_in6 *v6 = (const void *)&address;
	socklen_t len = sizeof(address);
	char text[INET6_ADDRSTRLEN] = "";

	if (getsockname(s->fd, (struct sockaddr *)&address, &len) != 0)
		return;
	s->local = address.ss_family == AF_UNIX;
	s->open_to_all = !s->local && !listen_is_loopback(&address);
	if (s->local) {
		(void)snprintf(s->name, sizeof(s->name), "unix:%.*s",
		    (int)sizeof(un->sun_path), un->sun_path);
	} else if (address.ss_family == AF_INET) {
		(void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		(void)snprintf(s->name, sizeof(s->name), "%s:%u", text,
		    ntohs(v4->sin_port));
	} else if (address.ss_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		(void)snprintf(s->name, sizeof(s->name), "[%s]:%u", text,
		    ntohs(v6->sin6_port));
	}
}

static struct listen_socket *
listen_add(struct listen_set *set, int fd)
{
	struct listen_socket *s = &set->sockets[set->count++];

	*s = (struct listen_socket){ .fd = fd };
	return s;
}

/* Takes FD, which somebody gave us, if it is a listening socket. */
static enum err
listen_inherit(struct listen_set *set, int fd, char *message)
{
	struct listen_socket *s;
	int flags;

	if (set->count == LISTEN_MAX)
		return listen_fail(message, ERR_CONFIG,
		    "more than %d sockets were handed over", LISTEN_MAX);
	if (!listen_is_listening(fd))
		return listen_fail(message, ERR_CONFIG,
		    "file descriptor %d was handed over in LISTEN_FDS but is "
		    "no listening socket", fd);
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return listen_fail_errno(message, "fcntl", "inherited socket");
	s = listen_add(set, fd);
	s->inherited = true;
	listen_describe(s);
	return ERR_OK;
}

/* The number in an environment variable, 0 if there is none. */
static int
listen_env(const char *name)
{
	uint64_t n = 0;

	if (!str_u64(str_of(getenv(name)), INT_MAX, &n))
		return 0;
	return (int)n;
}

static enum err
listen_inherit_all(struct listen_set *set, char *message)
{
	int count = listen_env("LISTEN_FDS");
	bool ours = listen_env("LISTEN_PID") == getpid();
	enum err err;

	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDNAMES");
	for (int i = 0; ours && i < count; i++) {
		err = listen_inherit(set, LISTEN_FDS_START + i, message);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/*
 * Whether somebody answers at ADDRESS: 1 yes, 0 it is dead, -1 cannot tell
 * (errno). A full backlog (EAGAIN) is somebody, too.
 */
static int
listen_is_alive(const struct sockaddr_un *address)
{
	int fd CLEANUP_CLOSE = socket(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) == 0 || errno == EAGAIN)
		return 1;
	return errno == ECONNREFUSED ? 0 : -1;
}

/* Makes way at the path: gone is a dead socket and nothing else. */
static enum err
listen_clear(const struct sockaddr_un *address, char *message)
{
	const char *path = address->sun_path;
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? ERR_OK :
		    listen_fail_errno(message, "stat", path);
	if (!S_ISSOCK(st.st_mode))
		return listen_fail(message, ERR_CONFIG,
		    "%s is there already and is no socket", path);
	switch (listen_is_alive(address)) {
	case 0:
		break;
	case 1:
		return listen_fail(message, ERR_SYSTEM,
		    "%s: another program is listening there", path);
	default:
		return listen_fail_errno(message, "connect", path);
	}
	if (unlink(path) != 0)
		return listen_fail_errno(message, "unlink", path);
	return ERR_OK;
}

/*
 * Keeps two that start at once from removing each other's socket: the folder
 * is locked, which leaves no file behind. -1 if it cannot be opened or locked.
 */
static int
listen_lock(const char *path)
{
	char folder[LISTEN_PATH_SIZE];
	char *slash;
	int fd;

	(void)snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	slash[slash == folder ? 1 : 0] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) != 0)
		base_close(&fd);
	return fd;
}

/* Binds and listens; mode and group are right before it listens. */
static enum err
listen_bind_unix(struct listen_socket *s, const struct sockaddr_un *address,
    mode_t mode, gid_t gid, char *message)
{
	const char *path = address->sun_path;
	struct stat st;
	mode_t before;
	int rc;

	before = umask(~mode & 0777);
	rc = bind(s->fd, (const struct sockaddr *)address, sizeof(*address));
	(void)umask(before);
	if (rc != 0)
		return listen_fail_errno(message, "bind", path);
	if (lstat(path, &st) != 0)
		return listen_fail_errno(message, "stat", path);
	(void)snprintf(s->path, sizeof(s->path), "%s", path);
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	if (gid != (gid_t)-1 && lchown(path, (uid_t)-1, gid) != 0)
		return listen_fail_errno(message, "chgrp", path);
	if (listen(s->fd, LISTEN_BACKLOG) != 0)
		return listen_fail_errno(message, "listen", path);
	return ERR_OK;
}

static enum err
listen_unix(struct listen_set *set, struct str path,
    const struct listen_options *options, char *message)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int lock CLEANUP_CLOSE = -1;
	struct listen_socket *s;
	enum err err;
	int fd;

	if (path.len >= sizeof(address.sun_path))
		return listen_fail(message, ERR_CONFIG, "the path of a socket "
		    "may have %zu bytes, this one has %zu",
		    sizeof(address.sun_path) - 1, path.len);
	memcpy(address.sun_path, path.ptr, path.len);
	if ((lock = listen_lock(address.sun_path)) < 0)
		return listen_fail_errno(message, "the folder of",
		    address.sun_path);
	if ((err = listen_clear(&address, message)) != ERR_OK)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return listen_fail_errno(message, "socket", address.sun_path);
	s = listen_add(set, fd);
	err = listen_bind_unix(s, &address, (mode_t)options->mode,
	    options->group, message);
	listen_describe(s);
	return err;
}

/* Parses ADDRESS:PORT; false if it is none. */
static bool
listen_parse(struct str where, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;
	char host[INET6_ADDRSTRLEN] = "";
	bool six = str_starts(where, STR("["));
	struct str address, port;
	uint64_t number;

	*out = (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
	if (six) {
		if (!str_cut(str_part(where, 1, where.len), ']', &address,
		    &port) || !str_starts(port, STR(":")))
			return false;
		port = str_part(port, 1, port.len);
	} else if (!str_cut(where, ':', &address, &port)) {
		return false;
	}
	if (address.len == 0 || address.len >= sizeof(host) ||
	    !str_u64(port, 65535, &number) || number == 0)
		return false;
	memcpy(host, address.ptr, address.len);
	if (six) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)number);
		*len = sizeof(*v6);
		return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)number);
	*len = sizeof(*v4);
	return inet_pton(AF_INET, host, &v4->sin_addr) == 1;
}

static enum err
listen_tcp(struct listen_set *set, const char *where, char *message)
{
	const int on = 1, size = LISTEN_TCP_BUFFER;
	struct sockaddr_storage address;
	struct listen_socket *s;
	socklen_t len;
	int fd;

	if (!listen_parse(str_of(where), &address, &len))
		return listen_fail(message, ERR_CONFIG, "%s is no place to "
		    "listen: an absolute path, or a literal ADDRESS:PORT or "
		    "[ADDRESS]:PORT, is one", where);
	fd = socket(address.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return listen_fail_errno(message, "socket", where);
	s = listen_add(set, fd);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) != 0 ||
	    (address.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &on, sizeof(on)) != 0))
		return listen_fail_errno(message, "setsockopt", where);
	if (bind(fd, (const struct sockaddr *)&address, len) != 0)
		return listen_fail_errno(message, "bind", where);
	if (listen(fd, LISTEN_BACKLOG) != 0)
		return listen_fail_errno(message, "listen", where);
	listen_describe(s);
	return ERR_OK;
}

static enum err
listen_at(struct listen_set *set, const char *where,
    const struct listen_options *options, char *message)
{
	if (where[0] == '/')
		return listen_unix(set, str_of(where), options, message);
	return listen_tcp(set, where, message);
}

static enum err
listen_choose(struct listen_set *set, const struct listen_options *options,
    char *message)
{
	enum err err;

	if (options->where[0] != '\0')
		return listen_at(set, options->where, options, message);
	err = listen_inherit_all(set, message);
	if (err != ERR_OK || set->count > 0)
		return err;
	if (listen_is_listening(STDIN_FILENO))
		return listen_inherit(set, STDIN_FILENO, message);
	if (options->configured[0] != '\0')
		return listen_at(set, options->configured, options, message);
	return listen_fail(message, ERR_CONFIG, "nowhere to listen: give "
	    "--listen, the option listen, or a listening socket");
}

enum err
listen_open(const struct listen_options *options, struct listen_set *out,
    char message[LISTEN_MESSAGE_SIZE])
{
	enum err err;

	message[0] = '\0';
	out->count = 0;
	if ((err = listen_choose(out, options, message)) != ERR_OK) {
		listen_unlink(out);
		listen_close(out);
	}
	return err;
}

void
listen_unlink(struct listen_set *set)
{
	struct stat st;

	for (size_t i = 0; i < set->count; i++) {
		struct listen_socket *s = &set->sockets[i];

		if (s->path[0] == '\0')
			continue;
		if (lstat(s->path, &st) == 0 && st.st_dev == s->dev &&
		    st.st_ino == s->ino)
			(void)unlink(s->path);
		s->path[0] = '\0';
	}
}

void
listen_close(struct listen_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		base_close(&set->sockets[i].fd);
	set->count = 0;
}
