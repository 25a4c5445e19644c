/* SPDX-License-Identifier: ISC */
/*
 * nginx_check [layer 8]: `haspctl nginx-check`: reads a configuration of
 * nginx and tells every known way in which it lets strangers in.
 */
#ifndef HASPCTL_NGINX_CHECK_H
#define HASPCTL_NGINX_CHECK_H

#include "invocation.h"

enum status nginx_check_run(struct invocation *invocation);

#endif
