/* SPDX-License-Identifier: ISC */
/*
 * notify [layer 7]: telling systemd how we are, by the protocol of
 * sd_notify(3). Without $NOTIFY_SOCKET every call does nothing. A message that
 * cannot be sent is lost: it never stops the service.
 */
#ifndef HASP_NOTIFY_H
#define HASP_NOTIFY_H

#include "base.h"

/*
 * Reads $NOTIFY_SOCKET (a path, or an abstract name after '@'), $WATCHDOG_USEC
 * and $WATCHDOG_PID, and removes them, so that no child talks for us. Once,
 * before there are threads.
 */
void notify_open(void);

void notify_ready(void);
void notify_stopping(void);
/* Followed by notify_ready when it is done. */
void notify_reloading(void);
void notify_watchdog(void);

/* How often to call notify_watchdog, in milliseconds; 0: not at all. */
int notify_watchdog_ms(void);

#endif
