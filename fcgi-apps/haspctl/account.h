/* SPDX-License-Identifier: ISC */
/*
 * account [layer 8]: `haspctl account`.
 */
#ifndef HASPCTL_ACCOUNT_H
#define HASPCTL_ACCOUNT_H

#include "invocation.h"

enum status account_create(struct invocation *invocation);
enum status account_list(struct invocation *invocation);
enum status account_show(struct invocation *invocation);

#endif
