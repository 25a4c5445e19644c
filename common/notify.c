/* SPDX-License-Identifier: ISC */
#include "notify.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "clock.h"
#include "str.h"

static struct sockaddr_un notify_address;
static socklen_t notify_length;		/* 0: nobody listens */
static int notify_interval;

/* Reads the address; anything that is none leaves notify_length at 0. */
static void
notify_read_address(struct str name)
{
	notify_length = 0;
	if (name.len < 2 || name.len >= sizeof(notify_address.sun_path) ||
	    (name.ptr[0] != '/' && name.ptr[0] != '@'))
		return;
	notify_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(notify_address.sun_path, name.ptr, name.len);
	if (name.ptr[0] == '@')
		notify_address.sun_path[0] = '\0';
	/* An abstract name is as long as the address says, with no NUL. */
	notify_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    name.len);
}

static void
notify_read_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t us, owner;

	notify_interval = 0;
	if (!str_u64(str_of(getenv("WATCHDOG_USEC")), UINT64_MAX, &us) ||
	    us < 2000)
		return;
	if (pid != NULL && (!str_u64(str_of(pid), INT_MAX, &owner) ||
	    (pid_t)owner != getpid()))
		return;
	/* Half of it, as sd_watchdog_enabled(3) advises. */
	notify_interval = us / 2000 > INT_MAX ? INT_MAX : (int)(us / 2000);
}

void
notify_open(void)
{
	notify_read_address(str_of(getenv("NOTIFY_SOCKET")));
	notify_read_watchdog();
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

static void
notify_send(const char *text)
{
	int fd CLEANUP_CLOSE = -1;

	if (notify_length == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (const struct sockaddr *)&notify_address, notify_length);
}

void
notify_ready(void)
{
	notify_send("READY=1");
}

void
notify_stopping(void)
{
	notify_send("STOPPING=1");
}

void
notify_reloading(void)
{
	char text[64];

	/* Type=notify-reload needs the time of the message. */
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
	notify_send(text);
}

void
notify_watchdog(void)
{
	notify_send("WATCHDOG=1");
}

int
notify_watchdog_ms(void)
{
	return notify_length == 0 ? 0 : notify_interval;
}
