/* SPDX-License-Identifier: ISC */
/*
 * nginx_leak [layer 8]: nginx-check's look at where keys could be read by
 * others: logs, and connections in clear.
 */
#ifndef HASPCTL_NGINX_LEAK_H
#define HASPCTL_NGINX_LEAK_H

#include "nginx_report.h"
#include "nginx_site.h"

void nginx_leak_check(const struct nginx_site *site,
    struct nginx_report *report);

#endif
