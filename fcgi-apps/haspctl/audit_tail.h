/* SPDX-License-Identifier: ISC */
/*
 * audit_tail [layer 8]: `haspctl audit tail`: the last events, and what
 * happens from now on.
 */
#ifndef HASPCTL_AUDIT_TAIL_H
#define HASPCTL_AUDIT_TAIL_H

#include "invocation.h"

enum status audit_tail_run(struct invocation *invocation);

#endif
