/* SPDX-License-Identifier: ISC */
/*
 * database [layer 8]: `haspctl db`.
 */
#ifndef HASPCTL_DATABASE_H
#define HASPCTL_DATABASE_H

#include "invocation.h"

enum status database_init(struct invocation *invocation);
enum status database_migrate(struct invocation *invocation);
enum status database_status(struct invocation *invocation);

#endif
