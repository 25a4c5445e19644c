/* SPDX-License-Identifier: ISC */
/*
 * connection [layer 8]: `haspctl connection`: what accounts granted apps.
 */
#ifndef HASPCTL_CONNECTION_H
#define HASPCTL_CONNECTION_H

#include "invocation.h"

enum status connection_list(struct invocation *invocation);
enum status connection_revoke(struct invocation *invocation);

#endif
