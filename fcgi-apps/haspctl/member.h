/* SPDX-License-Identifier: ISC */
/*
 * member [layer 8]: `haspctl member`.
 */
#ifndef HASPCTL_MEMBER_H
#define HASPCTL_MEMBER_H

#include "invocation.h"

enum status member_create(struct invocation *invocation);
enum status member_disable(struct invocation *invocation);
enum status member_enable(struct invocation *invocation);
enum status member_list(struct invocation *invocation);
enum status member_reset(struct invocation *invocation);

#endif
