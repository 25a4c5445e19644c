/* SPDX-License-Identifier: ISC */
/*
 * listen [layer 7]: the sockets that web servers connect to: inherited or our
 * own. FCGX_OpenSocket is not used: it exits, removes whatever stands at its
 * path and knows no IPv6.
 */
#ifndef HASP_LISTEN_H
#define HASP_LISTEN_H

#include <sys/types.h>

#include "err.h"
#include "str.h"

#define LISTEN_MAX 16		/* sockets */
#define LISTEN_BACKLOG 4096	/* connections that may wait at each */
#define LISTEN_PATH_SIZE 108	/* of sockaddr_un, its NUL included */
#define LISTEN_NAME_SIZE 128
#define LISTEN_MESSAGE_SIZE 256

/* One listening socket. */
struct listen_socket {
	int fd;
	bool local;			/* a Unix socket: peers have a uid */
	bool inherited;			/* never shut down or removed */
	bool open_to_all;		/* bound to more than loopback */
	char name[LISTEN_NAME_SIZE];	/* for the log */
	char path[LISTEN_PATH_SIZE];	/* of our own Unix socket, else "" */
	dev_t dev;			/* the file that we made there */
	ino_t ino;
};

struct listen_set {
	struct listen_socket sockets[LISTEN_MAX];
	size_t count;
};

struct listen_options {
	const char *where;	/* --listen; "" if not given */
	const char *configured;	/* of the configuration; "" for none */
	int mode;		/* permission bits of our own Unix socket */
	gid_t group;		/* its group; (gid_t)-1 for our own */
};

/*
 * The first of these that there is: WHERE, the sockets of LISTEN_FDS when
 * LISTEN_PID is us (sd_listen_fds(3); both variables are removed), fd 0 if it
 * listens, CONFIGURED. A place is an absolute path, ADDRESS:PORT with a literal
 * IPv4 address, or [ADDRESS]:PORT with a literal IPv6 one.
 *
 * A Unix socket gets its mode and group before anyone can connect to it; a
 * dead socket at its path is replaced, a live one or any other file is not.
 * All sockets come out non-blocking and close-on-exec. Call it before there
 * are threads.
 *
 * ERR_CONFIG (nowhere to listen, or a place that is none), ERR_PERMISSION or
 * ERR_SYSTEM fill MESSAGE; nothing stays open then. The caller ends OUT with
 * listen_close.
 */
enum err listen_open(const struct listen_options *options,
    struct listen_set *out, char message[LISTEN_MESSAGE_SIZE]) MUST_CHECK;

/* Removes the files of our own Unix sockets if they still are ours. */
void listen_unlink(struct listen_set *set);

/* Closes all of them. An inherited one stays open in those that share it. */
void listen_close(struct listen_set *set);

#endif
