/* SPDX-License-Identifier: ISC */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "claim.h"
#include "secret.h"

#define FOLDER_NAME (2 * FOLDER_ID_SIZE)	/* digits of an id */

static const char folder_key_name[] = "credential.key";

static enum err
folder_error(void)
{
	return errno == EACCES || errno == EPERM || errno == EROFS ?
	    ERR_PERMISSION : ERR_SYSTEM;
}

/* FOLDER/NAME into OUT; false if it is too long. */
static bool
folder_path(const char *folder, const char *name, char out[FOLDER_PATH_SIZE])
{
	int n = snprintf(out, FOLDER_PATH_SIZE, "%s/%s", folder, name);

	if (n > 0 && n < FOLDER_PATH_SIZE)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

static bool
folder_make(const char *path, mode_t mode)
{
	return mkdir(path, mode) == 0 || errno == EEXIST;
}

/* The parents of PATH, which others may pass through. */
static void
folder_make_parents(const char *path)
{
	char part[FOLDER_PATH_SIZE];
	int n = snprintf(part, sizeof(part), "%s", path);

	if (n <= 0 || n >= FOLDER_PATH_SIZE)
		return;
	for (char *slash = part + 1; (slash = strchr(slash, '/')) != NULL;
	    *slash++ = '/') {
		*slash = '\0';
		/* What could not be made shows when PATH cannot be. */
		(void)folder_make(part, 0755);
	}
}

enum err
folder_open(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		folder_make_parents(path);
	if (!folder_make(path, 0700) || stat(path, &st) != 0)
		return folder_error();
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return ERR_SYSTEM;
	}
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
		errno = EPERM;
		return ERR_PERMISSION;
	}
	return ERR_OK;
}

static enum err
folder_read_key(const char *path, uint8_t out[DIGEST_SIZE])
{
	int fd CLEANUP_CLOSE = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return folder_error();
	if (!S_ISREG(st.st_mode) || st.st_size != DIGEST_SIZE ||
	    st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
		errno = EPERM;
		return ERR_PERMISSION;
	}
	return read(fd, out, DIGEST_SIZE) == DIGEST_SIZE ? ERR_OK :
	    ERR_SYSTEM;
}

static bool
folder_write_key(const char *path)
{
	int fd CLEANUP_CLOSE = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	uint8_t key[DIGEST_SIZE];
	bool written;

	if (fd < 0 || secret_random(key, sizeof(key)) != ERR_OK)
		return false;
	written = write(fd, key, sizeof(key)) == (ssize_t)sizeof(key) &&
	    fsync(fd) == 0;
	explicit_bzero(key, sizeof(key));
	return written;
}

enum err
folder_key(const char *path, uint8_t out[DIGEST_SIZE])
{
	char name[FOLDER_PATH_SIZE], fresh[FOLDER_PATH_SIZE], mine[40];
	enum err err;
	int why;

	(void)snprintf(mine, sizeof(mine), "%s.%ld", folder_key_name,
	    (long)getpid());
	if (!folder_path(path, folder_key_name, name) ||
	    !folder_path(path, mine, fresh))
		return ERR_SYSTEM;
	if ((err = folder_read_key(name, out)) == ERR_OK || errno != ENOENT)
		return err;
	/* Whole or not at all: another process may read it at once. */
	(void)unlink(fresh);
	if (!folder_write_key(fresh) || (link(fresh, name) != 0 &&
	    errno != EEXIST))
		err = folder_error();
	else
		err = ERR_OK;
	why = errno;
	(void)unlink(fresh);
	errno = why;
	return err == ERR_OK ? folder_read_key(name, out) : err;
}

static void
folder_name(const uint8_t id[FOLDER_ID_SIZE], char out[FOLDER_NAME + 1])
{
	for (size_t i = 0; i < FOLDER_ID_SIZE; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", id[i]);
}

static bool
folder_parse_name(const char *name, uint8_t id[FOLDER_ID_SIZE])
{
	if (strlen(name) != FOLDER_NAME ||
	    strspn(name, "0123456789abcdef") != FOLDER_NAME)
		return false;
	for (size_t i = 0; i < FOLDER_ID_SIZE; i++) {
		const char digits[3] = { name[2 * i], name[2 * i + 1], '\0' };

		id[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return true;
}

/* Locks the sub-folder at f->path and opens it. */
static enum err
folder_lock(struct folder *f)
{
	char lock[FOLDER_PATH_SIZE], nobody[BARRIER_ID_SIZE];
	enum err err;

	f->fd = f->lock = -1;
	if (!folder_path(f->path, "lock", lock))
		return ERR_SYSTEM;
	if ((err = claim_take(lock, nobody, &f->lock)) != ERR_OK)
		return err;
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	if (f->fd >= 0)
		return ERR_OK;
	base_close(&f->lock);
	return folder_error();
}

enum err
folder_begin(const char *path, struct folder *out)
{
	char name[FOLDER_NAME + 2] = ".", final[FOLDER_PATH_SIZE];
	enum err err = secret_random(out->id, sizeof(out->id));

	out->fd = out->lock = -1;
	if (err != ERR_OK)
		return err;
	folder_name(out->id, name + 1);
	/* Nobody adopts it before it is locked: it begins with a dot. */
	if (!folder_path(path, name, out->path) ||
	    !folder_path(path, name + 1, final) ||
	    mkdir(out->path, 0700) != 0)
		return folder_error();
	if ((err = folder_lock(out)) != ERR_OK)
		return err;
	if (rename(out->path, final) != 0) {
		err = folder_error();
		folder_leave(out);
		return err;
	}
	memcpy(out->path, final, sizeof(final));
	return ERR_OK;
}

bool
folder_adopt(const char *path, struct folder *out)
{
	DIR *dir = opendir(path);
	const struct dirent *one;
	bool found = false;

	while (!found && dir != NULL && (one = readdir(dir)) != NULL)
		found = folder_parse_name(one->d_name, out->id) &&
		    folder_path(path, one->d_name, out->path) &&
		    folder_lock(out) == ERR_OK;
	if (dir != NULL)
		(void)closedir(dir);
	return found;
}

void
folder_leave(struct folder *folder)
{
	base_close(&folder->fd);
	base_close(&folder->lock);
}

void
folder_set_aside(struct folder *folder)
{
	char *name = strrchr(folder->path, '/') + 1;
	char aside[FOLDER_PATH_SIZE];
	int n = snprintf(aside, sizeof(aside), "%.*sdamaged-%s",
	    (int)(name - folder->path), folder->path, name);

	if (n > 0 && n < FOLDER_PATH_SIZE)
		(void)rename(folder->path, aside);
	folder_leave(folder);
}

void
folder_list(const struct folder *folder,
    void (*each)(void *arg, const char *name), void *arg)
{
	DIR *dir = opendir(folder->path);
	const struct dirent *one;

	while (dir != NULL && (one = readdir(dir)) != NULL)
		if (strcmp(one->d_name, ".") != 0 &&
		    strcmp(one->d_name, "..") != 0)
			each(arg, one->d_name);
	if (dir != NULL)
		(void)closedir(dir);
}

static void
folder_remove_one(void *arg, const char *name)
{
	const struct folder *folder = arg;

	/* The lock last: until then nobody else comes in. */
	if (strcmp(name, "lock") != 0)
		(void)unlinkat(folder->fd, name, 0);
}

void
folder_remove(struct folder *folder)
{
	folder_list(folder, folder_remove_one, folder);
	(void)unlinkat(folder->fd, "lock", 0);
	(void)rmdir(folder->path);
	folder_leave(folder);
}

struct folder_count {
	const struct folder *folder;
	uint64_t bytes;
};

static void
folder_count_one(void *arg, const char *name)
{
	struct folder_count *count = arg;
	char path[FOLDER_PATH_SIZE];
	struct stat st;

	if (folder_path(count->folder->path, name, path) &&
	    lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		count->bytes += (uint64_t)st.st_size;
}

/* A folder in the one that is counted: a journal, if it is named so. */
static void
folder_count_folder(void *arg, const char *name)
{
	struct folder_count *count = arg;
	struct folder inner = { .fd = -1, .lock = -1 };
	struct folder_count own = { .folder = &inner };

	if (!folder_parse_name(name, inner.id) ||
	    !folder_path(count->folder->path, name, inner.path))
		return;
	folder_list(&inner, folder_count_one, &own);
	count->bytes += own.bytes;
}

uint64_t
folder_bytes(const char *path)
{
	struct folder outer = { .fd = -1, .lock = -1 };
	struct folder_count count = { .folder = &outer };

	(void)snprintf(outer.path, sizeof(outer.path), "%s", path);
	folder_list(&outer, folder_count_folder, &count);
	return count.bytes;
}
