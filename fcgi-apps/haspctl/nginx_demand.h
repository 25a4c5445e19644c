/* SPDX-License-Identifier: ISC */
/*
 * nginx_demand [layer 8]: nginx-check's look at the roles that locations
 * demand ($hasp_require).
 */
#ifndef HASPCTL_NGINX_DEMAND_H
#define HASPCTL_NGINX_DEMAND_H

#include "nginx_report.h"
#include "nginx_site.h"

void nginx_demand_check(const struct nginx_site *site,
    struct nginx_report *report);

#endif
