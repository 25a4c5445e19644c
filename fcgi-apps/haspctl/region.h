/* SPDX-License-Identifier: ISC */
/*
 * region [layer 8]: `haspctl region`.
 */
#ifndef HASPCTL_REGION_H
#define HASPCTL_REGION_H

#include "invocation.h"

enum status region_list(struct invocation *invocation);
enum status region_set(struct invocation *invocation);

#endif
