/* SPDX-License-Identifier: ISC */
/*
 * audit_retention [layer 8]: what may go: `haspctl audit prune` drops what is
 * old, `haspctl audit erase` what tells of persons.
 */
#ifndef HASPCTL_AUDIT_RETENTION_H
#define HASPCTL_AUDIT_RETENTION_H

#include "invocation.h"

enum status audit_retention_prune(struct invocation *invocation);
enum status audit_retention_erase(struct invocation *invocation);

#endif
