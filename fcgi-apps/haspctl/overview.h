/* SPDX-License-Identifier: ISC */
/*
 * overview [layer 8]: `haspctl status`: the number of the last change and the
 * programs that follow.
 */
#ifndef HASPCTL_OVERVIEW_H
#define HASPCTL_OVERVIEW_H

#include "invocation.h"

enum status overview_run(struct invocation *invocation);

#endif
