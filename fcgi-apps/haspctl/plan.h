/* SPDX-License-Identifier: ISC */
/*
 * plan [layer 8]: `haspctl plan`.
 */
#ifndef HASPCTL_PLAN_H
#define HASPCTL_PLAN_H

#include "invocation.h"

enum status plan_list(struct invocation *invocation);
enum status plan_set(struct invocation *invocation);

#endif
