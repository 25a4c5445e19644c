/* SPDX-License-Identifier: ISC */
/*
 * app_change [layer 8]: `haspctl app`: an app gets another secret, or is
 * removed.
 */
#ifndef HASPCTL_APP_CHANGE_H
#define HASPCTL_APP_CHANGE_H

#include "invocation.h"

enum status app_change_remove(struct invocation *invocation);
enum status app_change_rotate(struct invocation *invocation);

#endif
