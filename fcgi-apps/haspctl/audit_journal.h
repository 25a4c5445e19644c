/* SPDX-License-Identifier: ISC */
/*
 * audit_journal [layer 8]: the journals that uses come from: `haspctl audit
 * journals` lists them, `haspctl audit abandon` gives one up whose host is
 * gone.
 */
#ifndef HASPCTL_AUDIT_JOURNAL_H
#define HASPCTL_AUDIT_JOURNAL_H

#include "invocation.h"

enum status audit_journal_list(struct invocation *invocation);
enum status audit_journal_abandon(struct invocation *invocation);

#endif
