/* SPDX-License-Identifier: ISC */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

static enum err
claim_error(void)
{
	switch (errno) {
	case EWOULDBLOCK:
		return ERR_CONFLICT;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_PERMISSION;
	default:
		return ERR_SYSTEM;
	}
}

/* The id in the file, if there is one. */
static void
claim_read(int fd, char out[BARRIER_ID_SIZE])
{
	ssize_t n = pread(fd, out, BARRIER_ID_SIZE - 1, 0);

	out[BARRIER_ID_SIZE - 1] = '\0';
	if (n != BARRIER_ID_SIZE - 1 ||
	    strspn(out, "0123456789abcdef") != BARRIER_ID_SIZE - 1)
		out[0] = '\0';
}

/* Whether FD still is what stands at PATH, a plain file. */
static bool
claim_is(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && S_ISREG(ours.st_mode) &&
	    lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	    ours.st_ino == there.st_ino;
}

enum err
claim_take(const char *path, char predecessor[BARRIER_ID_SIZE], int *out)
{
	int fd CLEANUP_CLOSE = open(path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	*out = -1;
	predecessor[0] = '\0';
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
		return claim_error();
	if (!claim_is(fd, path)) {
		errno = EINVAL;
		return ERR_SYSTEM;
	}
	claim_read(fd, predecessor);
	*out = fd;
	fd = -1;
	return ERR_OK;
}

enum err
claim_write(int fd, const char own[BARRIER_ID_SIZE])
{
	/* Ids are of one length: nobody who is killed here leaves a half. */
	return pwrite(fd, own, BARRIER_ID_SIZE - 1, 0) ==
	    BARRIER_ID_SIZE - 1 ? ERR_OK : claim_error();
}
