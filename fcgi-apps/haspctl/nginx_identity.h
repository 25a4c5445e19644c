/* SPDX-License-Identifier: ISC */
/*
 * nginx_identity [layer 8]: nginx-check's look at what upstreams are told
 * about who asks.
 */
#ifndef HASPCTL_NGINX_IDENTITY_H
#define HASPCTL_NGINX_IDENTITY_H

#include "nginx_report.h"
#include "nginx_site.h"

void nginx_identity_check(const struct nginx_site *site,
    struct nginx_report *report);

#endif
