/* SPDX-License-Identifier: ISC */
/*
 * nginx_verdict [layer 8]: nginx-check's look at the check itself: that it is
 * there, that it is ours, that it is asked the right thing and kept open.
 */
#ifndef HASPCTL_NGINX_VERDICT_H
#define HASPCTL_NGINX_VERDICT_H

#include "nginx_report.h"
#include "nginx_site.h"

/* ANSWER: how long auth-check is told that nginx waits for a check, in ms. */
void nginx_verdict_check(const struct nginx_site *site, int answer,
    struct nginx_report *report);

#endif
