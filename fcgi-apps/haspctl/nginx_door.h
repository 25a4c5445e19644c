/* SPDX-License-Identifier: ISC */
/*
 * nginx_door [layer 8]: nginx-check's look for ways around the check.
 */
#ifndef HASPCTL_NGINX_DOOR_H
#define HASPCTL_NGINX_DOOR_H

#include "nginx_report.h"
#include "nginx_site.h"

void nginx_door_check(const struct nginx_site *site,
    struct nginx_report *report);

#endif
