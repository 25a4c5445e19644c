/* SPDX-License-Identifier: ISC */
#include "pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "str.h"

#define PIDFILE_TEXT 24

static enum err
pidfile_error(void)
{
	return errno == EACCES || errno == EPERM || errno == EROFS ?
	    ERR_PERMISSION : ERR_SYSTEM;
}

/* Writes TEXT to the new file PATH. */
static bool
pidfile_put(const char *path, const char *text)
{
	int fd CLEANUP_CLOSE = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	size_t len = strlen(text);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len;
}

enum err
pidfile_write(const char *path)
{
	char fresh[PATH_MAX], text[PIDFILE_TEXT];
	enum err err;
	int n;

	if (path[0] == '\0')
		return ERR_OK;
	n = snprintf(fresh, sizeof(fresh), "%s.%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(fresh)) {
		errno = ENAMETOOLONG;
		return ERR_SYSTEM;
	}
	(void)snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	/* Left by one of our id that was killed in between. */
	(void)unlink(fresh);
	if (pidfile_put(fresh, text) && rename(fresh, path) == 0)
		return ERR_OK;
	err = pidfile_error();
	n = errno;
	(void)unlink(fresh);
	errno = n;
	return err;
}

void
pidfile_remove(const char *path)
{
	int fd CLEANUP_CLOSE = -1;
	char text[PIDFILE_TEXT];
	struct str line, rest;
	uint64_t pid;
	ssize_t n;

	if (path[0] == '\0')
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || (n = read(fd, text, sizeof(text))) <= 0)
		return;
	(void)str_cut((struct str){ text, (size_t)n }, '\n', &line, &rest);
	if (str_u64(line, INT_MAX, &pid) && (pid_t)pid == getpid())
		(void)unlink(path);
}
