/* SPDX-License-Identifier: ISC */
#include "door.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "clock.h"
#include "log.h"

/* Connections accepted before other events get their turn. */
#define DOOR_BURST 64

/* Pause before accepting again when there is no room or memory, ms. */
#define DOOR_PAUSE 50

/* How long one read or write of a connection may block. */
#define DOOR_TIMEOUT_S 1

static struct epoll_event
door_event(size_t index)
{
	return (struct epoll_event){
		.events = EPOLLIN | EPOLLET,
		.data.u64 = SERVER_LISTEN + index,
	};
}

enum err
door_open(struct server *server)
{
	for (size_t i = 0; i < server->listen.count; i++) {
		struct epoll_event event = door_event(i);

		if (epoll_ctl(server->epoll, EPOLL_CTL_ADD,
		    server->listen.sockets[i].fd, &event) != 0)
			return ERR_SYSTEM;
	}
	return ERR_OK;
}

static void
door_complain(struct server *server, const char *what, int64_t number)
{
	int64_t held;

	if (throttle_pass(&server->complaints, clock_mono_ms(), &held))
		log_event(LOG_LEVEL_WARNING, "connection_refused",
		    LOG_S("reason", what), LOG_I("number", number),
		    LOG_I("held_back", held));
}

/* Whether the user at the other end of FD may connect. */
static bool
door_allows(struct server *server, const struct settings *settings,
    const struct listen_socket *s, int fd)
{
	struct ucred who = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(who);

	if (!s->local || settings->user_count == 0)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	    settings_allows(settings, who.uid))
		return true;
	door_complain(server, "user", (int64_t)who.uid);
	return false;
}

/* Puts the connection FD into the table; false if that cannot be. */
static bool
door_take_in(struct server *server, const struct settings *settings, int fd)
{
	const struct timeval limit = { .tv_sec = DOOR_TIMEOUT_S };
	int64_t now = clock_mono_ms();

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
	    sizeof(limit)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
	    sizeof(limit)) == 0 &&
	    peer_add(&server->peers, fd, now,
	    now + settings->config->program_request_timeout) == ERR_OK)
		return true;
	door_complain(server, "no_room", fd);
	return false;
}

/* Takes in the connection FD, or closes it. */
static void
door_admit(struct server *server, const struct listen_socket *s, int fd)
{
	struct settings *settings = settings_hold(&server->settings);

	if (door_allows(server, settings, s, fd) &&
	    door_take_in(server, settings, fd))
		log_event(LOG_LEVEL_DEBUG, "connection",
		    LOG_S("listen", s->name));
	else
		base_close(&fd);
	settings_drop(&server->settings, settings);
}

/* Makes the timer call door_resume in a while. */
static void
door_pause(struct server *server)
{
	atomic_store(&server->door_paused, true);
	peer_wake_by(&server->peers, clock_mono_ms() + DOOR_PAUSE);
}

/* Whether a connection waits to be accepted. */
static bool
door_has_caller(const struct listen_socket *s)
{
	struct pollfd caller = { .fd = s->fd, .events = POLLIN };

	return poll(&caller, 1, 0) == 1;
}

/*
 * Accepts one connection. False when there is none, or no way to take it in
 * for the moment: it waits in the backlog.
 */
static bool
door_accept_one(struct server *server, const struct listen_socket *s)
{
	int fd;

	if (peer_is_full(&server->peers)) {
		if (!door_has_caller(s))
			return false;
		if (!peer_evict(&server->peers, clock_mono_ms())) {
			door_pause(server);
			return false;
		}
	}
	fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		door_admit(server, s, fd);
		return true;
	}
	switch (errno) {
	case EAGAIN:
	case EINVAL:	/* shut down by door_shut */
		return false;
	/* What became of a connection before it was accepted: accept(2). */
	case EINTR:
	case ECONNABORTED:
	case EPERM:
	case EPROTO:
	case ENETDOWN:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ETIMEDOUT:
		return true;
	default:	/* no descriptors, no memory */
		door_complain(server, strerrorname_np(errno), errno);
		door_pause(server);
		return false;
	}
}

void
door_accept(struct server *server, size_t index)
{
	const struct listen_socket *s = &server->listen.sockets[index];
	struct epoll_event event = door_event(index);
	bool more = true;

	atomic_fetch_add(&server->door_busy, 1);
	for (int i = 0; i < DOOR_BURST && more; i++)
		more = !atomic_load(&server->draining) &&
		    door_accept_one(server, s);
	/* Not an error if door_shut has taken it out. */
	if (more)
		(void)epoll_ctl(server->epoll, EPOLL_CTL_MOD, s->fd, &event);
	atomic_fetch_sub(&server->door_busy, 1);
}

void
door_resume(struct server *server)
{
	if (!atomic_exchange(&server->door_paused, false))
		return;
	for (size_t i = 0; i < server->listen.count; i++)
		door_accept(server, i);
}

void
door_shut(struct server *server)
{
	for (size_t i = 0; i < server->listen.count; i++)
		(void)epoll_ctl(server->epoll, EPOLL_CTL_DEL,
		    server->listen.sockets[i].fd, NULL);
	/* A successor may bind at once, and what has come in is served. */
	listen_unlink(&server->listen);
	for (size_t i = 0; i < server->listen.count; i++) {
		const struct listen_socket *s = &server->listen.sockets[i];

		if (s->inherited)
			continue;
		for (int n = 0; n < LISTEN_BACKLOG; n++)
			if (!door_accept_one(server, s))
				break;
		(void)shutdown(s->fd, SHUT_RDWR);
	}
}
