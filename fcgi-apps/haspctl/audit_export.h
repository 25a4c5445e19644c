/* SPDX-License-Identifier: ISC */
/*
 * audit_export [layer 8]: `haspctl audit export`: the log as a file that can
 * be verified anywhere.
 */
#ifndef HASPCTL_AUDIT_EXPORT_H
#define HASPCTL_AUDIT_EXPORT_H

#include "invocation.h"

enum status audit_export_run(struct invocation *invocation);

/* The time that ARGUMENT gives; 0 if it was not given. */
enum status audit_export_time(const struct invocation *invocation,
    enum argument argument, int64_t *out) MUST_CHECK;

#endif
