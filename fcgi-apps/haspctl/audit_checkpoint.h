/* SPDX-License-Identifier: ISC */
/*
 * audit_checkpoint [layer 8]: `haspctl audit checkpoint`: seals and signs,
 * once or again and again.
 */
#ifndef HASPCTL_AUDIT_CHECKPOINT_H
#define HASPCTL_AUDIT_CHECKPOINT_H

#include "invocation.h"

enum status audit_checkpoint_run(struct invocation *invocation);

#endif
