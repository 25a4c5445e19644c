/* SPDX-License-Identifier: ISC */
#include "secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "output.h"

enum status
secret_file_read(const char *path, char *out, size_t room, size_t *len)
{
	int fd CLEANUP_CLOSE = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	*len = 0;
	if (fd < 0)
		return output_fail(errno == EACCES ? STATUS_PERMISSION :
		    STATUS_DATA, "%s: %s", path, strerror(errno));
	while (n != 0 && *len < room) {
		n = read(fd, out + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return output_fail(STATUS_DATA, "%s: %s", path,
			    strerror(errno));
		*len += (size_t)n;
	}
	return STATUS_OK;
}
