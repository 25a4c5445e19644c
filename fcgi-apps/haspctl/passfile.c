/* SPDX-License-Identifier: ISC */
#include "passfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "secret.h"

#define PASSFILE_LINE 256

static void
passfile_new_path(const struct passfile_entry *entry,
    char out[PASSFILE_PATH + 4])
{
	(void)snprintf(out, PASSFILE_PATH + 4, "%s.new", entry->path);
}

/* Writes LINE to PATH, which must not be a link or somebody else's. */
static bool
passfile_write(const char *path, const char *line)
{
	int fd CLEANUP_CLOSE = -1;
	size_t len = strlen(line);

	if (unlink(path) != 0 && errno != ENOENT)
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0 || fchmod(fd, 0600) != 0)
		return false;
	errno = EIO;
	return write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;
}

static bool
passfile_name(const struct passfile *p, const char *role,
    struct passfile_entry *entry)
{
	int n = snprintf(entry->path, sizeof(entry->path), "%s/%s.pgpass",
	    p->folder, role);

	entry->role = role;
	if (n > 0 && (size_t)n < sizeof(entry->path))
		return true;
	errno = ENAMETOOLONG;
	return false;
}

const char *
passfile_make(const char *role, void *arg)
{
	struct passfile *p = arg;
	char line[PASSFILE_LINE], path[PASSFILE_PATH + 4];
	bool done;

	if (p->count == PASSFILE_MAX ||
	    secret_base62(p->password, PASSFILE_DIGITS) != ERR_OK) {
		p->error = EAGAIN;
		return NULL;
	}
	/* Any host, port and database: the role and its file are one. */
	(void)snprintf(line, sizeof(line), "*:*:*:%s:%s\n", role,
	    p->password);
	done = passfile_name(p, role, &p->made[p->count]);
	if (done) {
		passfile_new_path(&p->made[p->count], path);
		done = passfile_write(path, line);
	}
	explicit_bzero(line, sizeof(line));
	if (!done) {
		p->error = errno;
		return NULL;
	}
	p->count++;
	return p->password;
}

enum err
passfile_keep(struct passfile *p)
{
	char path[PASSFILE_PATH + 4];

	for (size_t i = 0; i < p->count; i++) {
		passfile_new_path(&p->made[i], path);
		if (rename(path, p->made[i].path) != 0) {
			p->error = errno;
			return ERR_SYSTEM;
		}
	}
	return ERR_OK;
}

void
passfile_end(struct passfile *p)
{
	char path[PASSFILE_PATH + 4];

	for (size_t i = 0; i < p->count; i++) {
		passfile_new_path(&p->made[i], path);
		(void)unlink(path);
	}
	p->count = 0;
	explicit_bzero(p->password, sizeof(p->password));
}
