/* SPDX-License-Identifier: ISC */
/*
 * key [layer 8]: `haspctl key`.
 */
#ifndef HASPCTL_KEY_H
#define HASPCTL_KEY_H

#include "invocation.h"

enum status key_create(struct invocation *invocation);
enum status key_list(struct invocation *invocation);
enum status key_revoke(struct invocation *invocation);
enum status key_rotate(struct invocation *invocation);
enum status key_show(struct invocation *invocation);

#endif
