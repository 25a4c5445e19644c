/* SPDX-License-Identifier: ISC */
/*
 * probe [layer 8]: `haspctl probe`: tries a protected address from outside.
 */
#ifndef HASPCTL_PROBE_H
#define HASPCTL_PROBE_H

#include "invocation.h"

enum status probe_run(struct invocation *invocation);

#endif
