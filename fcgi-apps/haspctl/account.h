/* SPDX-License-Identifier: ISC */
/*
 * account [layer 8]: `haspctl account`.
 */
#ifndef HASPCTL_ACCOUNT_H
#define HASPCTL_ACCOUNT_H

#include "invocation.h"

/* Reads the account ID and writes it. */
enum status account_tell(struct invocation *invocation, int64_t id) MUST_CHECK;

/* Says that there is no account of that ID. */
enum status account_not_found(int64_t id);

enum status account_create(struct invocation *invocation);
enum status account_list(struct invocation *invocation);
enum status account_show(struct invocation *invocation);

#endif
