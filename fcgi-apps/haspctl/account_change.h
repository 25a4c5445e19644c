/* SPDX-License-Identifier: ISC */
/*
 * account_change [layer 8]: the verbs of `haspctl account` that change one.
 */
#ifndef HASPCTL_ACCOUNT_CHANGE_H
#define HASPCTL_ACCOUNT_CHANGE_H

#include "invocation.h"

enum status account_change_legacy(struct invocation *invocation);
enum status account_change_machine_keys(struct invocation *invocation);
enum status account_change_plan(struct invocation *invocation);
enum status account_change_resume(struct invocation *invocation);
enum status account_change_suspend(struct invocation *invocation);

#endif
