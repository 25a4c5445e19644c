/* SPDX-License-Identifier: ISC */
/*
 * completion [layer 8]: the command table as a bash completion.
 */
#ifndef HASPCTL_COMPLETION_H
#define HASPCTL_COMPLETION_H

#include "invocation.h"

/* `haspctl completion`. */
enum status completion_write(struct invocation *invocation);

#endif
