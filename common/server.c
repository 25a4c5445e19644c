/* SPDX-License-Identifier: ISC */
#include "server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "lane.h"
#include "turn.h"

/* The turns of requests, and where those stand that wait. */
static enum err
server_turns(struct server *server, const struct server_room *room)
{
	size_t size = room->owned + (room->lane ? server->peers.size : 0);

	server->turns = turn_pool_new(server->app, size);
	if (server->turns == NULL)
		return ERR_MEMORY;
	return room->lane ? lane_open(&server->lane, server, size) : ERR_OK;
}

enum err
server_open(struct server *server, const struct server_room *room)
{
	struct epoll_event stop = {
		.events = EPOLLIN,
		.data.u64 = SERVER_STOP,
	};
	enum err err;

	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server->epoll < 0 || server->stop < 0 ||
	    epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->stop, &stop) != 0)
		return ERR_SYSTEM;
	err = peer_table_open(&server->peers, server->epoll,
	    room->connections, room->owned);
	return err == ERR_OK ? server_turns(server, room) : err;
}

void
server_dismiss(struct server *server)
{
	uint64_t one = 1;

	/* An eventfd takes it unless it is full, which it never is. */
	if (server->stop >= 0 &&
	    write(server->stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
	if (server->lane != NULL)
		lane_stop(server->lane);
}

void
server_close(struct server *server)
{
	listen_unlink(&server->listen);
	listen_close(&server->listen);
	lane_close(server->lane);
	turn_pool_free(server->turns);
	if (server->peers.peers != NULL)
		peer_table_close(&server->peers);
	base_close(&server->epoll);
	base_close(&server->stop);
	settings_share_close(&server->settings);
}
