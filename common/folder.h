/* SPDX-License-Identifier: ISC */
/*
 * folder [layer 6]: the folder that the journals of a program's processes are
 * in: each a sub-folder named by its id, with a file that its process keeps
 * locked. What is not named so is left alone.
 */
#ifndef HASP_FOLDER_H
#define HASP_FOLDER_H

#include "digest.h"
#include "err.h"

#define FOLDER_ID_SIZE 16

/* Longest path of a folder, its NUL included. */
#define FOLDER_PATH_SIZE 1024

/* A sub-folder that is locked by this process. */
struct folder {
	uint8_t id[FOLDER_ID_SIZE];
	char path[FOLDER_PATH_SIZE];
	int fd;			/* the sub-folder, */
	int lock;		/* and its lock; both -1 for none */
};

/*
 * Makes PATH, with its parents, if it is not there: for our user alone.
 * ERR_PERMISSION: it may not be made, or is another user's, or others may
 * write in it (a file that is cut short under a writer kills it); ERR_SYSTEM.
 * errno says why.
 */
enum err folder_open(const char *path) MUST_CHECK;

/*
 * The 32 random bytes that are kept in PATH, made by who comes first, into
 * OUT. ERR_PERMISSION if what is there is no such file, or not ours alone;
 * ERR_SYSTEM, ERR_INTERNAL.
 */
enum err folder_key(const char *path, uint8_t out[DIGEST_SIZE]) MUST_CHECK;

/*
 * A new sub-folder of PATH, locked. ERR_SYSTEM, ERR_PERMISSION, ERR_INTERNAL.
 */
enum err folder_begin(const char *path, struct folder *out) MUST_CHECK;

/* Locks a sub-folder of PATH whose process is gone. False for none. */
bool folder_adopt(const char *path, struct folder *out) MUST_CHECK;

/* Lets go of it and leaves it, for others or for a look by hand. */
void folder_leave(struct folder *folder);

/* Gives it a name that nobody adopts, and lets go of it. */
void folder_set_aside(struct folder *folder);

/* Removes it with what is in it, and lets go of it. */
void folder_remove(struct folder *folder);

/* Bytes that the files of all sub-folders of PATH take. */
uint64_t folder_bytes(const char *path);

/* Calls EACH with the name of every file in the sub-folder. */
void folder_list(const struct folder *folder,
    void (*each)(void *arg, const char *name), void *arg);

#endif
