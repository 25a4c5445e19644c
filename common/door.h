/* SPDX-License-Identifier: ISC */
/*
 * door [layer 7]: accepts connections and turns away those that may not come.
 */
#ifndef HASP_DOOR_H
#define HASP_DOOR_H

#include "server.h"

/* Puts the listening sockets into the epoll set. ERR_SYSTEM. */
enum err door_open(struct server *server) MUST_CHECK;

/*
 * Accepts what waits at the listening socket INDEX: up to a number, after
 * which its event comes again, so that nobody is kept from other work.
 */
void door_accept(struct server *server, size_t index);

/* Tries again where accepting had to pause. */
void door_resume(struct server *server);

/*
 * Accepts no more (server->draining is set): what waits at our own sockets is
 * taken in first and nobody can connect to them after; what waits at an
 * inherited one is left to those that share it.
 */
void door_shut(struct server *server);

#endif
