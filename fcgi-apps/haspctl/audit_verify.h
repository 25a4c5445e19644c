/* SPDX-License-Identifier: ISC */
/*
 * audit_verify [layer 8]: `haspctl audit verify`: whether the log is what was
 * written, of an export or of the database.
 */
#ifndef HASPCTL_AUDIT_VERIFY_H
#define HASPCTL_AUDIT_VERIFY_H

#include "invocation.h"

enum status audit_verify_run(struct invocation *invocation);

#endif
