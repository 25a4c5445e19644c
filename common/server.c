/* SPDX-License-Identifier: ISC */
#include "server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

enum err
server_open(struct server *server, size_t connections, size_t owned)
{
	struct epoll_event stop = {
		.events = EPOLLIN,
		.data.u64 = SERVER_STOP,
	};

	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server->epoll < 0 || server->stop < 0 ||
	    epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->stop, &stop) != 0)
		return ERR_SYSTEM;
	return peer_table_open(&server->peers, server->epoll, connections,
	    owned);
}

void
server_dismiss(struct server *server)
{
	uint64_t one = 1;

	/* An eventfd takes it unless it is full, which it never is. */
	if (server->stop >= 0 &&
	    write(server->stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		abort();
}

void
server_close(struct server *server)
{
	listen_unlink(&server->listen);
	listen_close(&server->listen);
	if (server->peers.peers != NULL)
		peer_table_close(&server->peers);
	base_close(&server->epoll);
	base_close(&server->stop);
	settings_share_close(&server->settings);
}
