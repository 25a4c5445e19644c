/* SPDX-License-Identifier: ISC */
/*
 * settings [layer 7]: the configuration that counts at the moment, shared by
 * all threads. A new one takes its place whole; the old one ends when its last
 * holder lets go, so no request sees it change.
 */
#ifndef HASP_SETTINGS_H
#define HASP_SETTINGS_H

#include <pthread.h>
#include <sys/types.h>

#include "config.h"
#include "err.h"

#define SETTINGS_USERS_MAX 32

struct settings {
	struct config *config;
	uid_t users[SETTINGS_USERS_MAX];	/* who may connect */
	size_t user_count;			/* 0: everybody */
	gid_t group;		/* of our socket; (gid_t)-1 for our own */
	int holders;		/* guarded by the lock of the share */
};

/* Where the current ones are found. */
struct settings_share {
	pthread_mutex_t lock;
	struct settings *current;
	_Atomic unsigned int version;	/* goes up with each replacement */
};

/*
 * Reads PATH (NULL: defaults) for PROGRAM and looks up the users and the group
 * it names, by name or number. ERR_CONFIG fills MESSAGE. Only one thread at a
 * time may call it.
 */
enum err settings_read(const char *path, const char *program,
    struct settings **out, char message[CONFIG_MESSAGE_SIZE]) MUST_CHECK;

/* Ends settings that were read and never shared; NULL is fine. */
void settings_free(struct settings *settings);

/* FIRST is the share's from now on. */
void settings_share_open(struct settings_share *share, struct settings *first);

/* NEXT, which is the share's from now on, takes the place of the current. */
void settings_replace(struct settings_share *share, struct settings *next);

/* The current ones, held until settings_drop. */
struct settings *settings_hold(struct settings_share *share);

/* SETTINGS, which are held already, held once more. */
struct settings *settings_hold_again(struct settings_share *share,
    struct settings *settings);

/* Lets go of them once. */
void settings_drop(struct settings_share *share, struct settings *settings);

/* Lets go of the current ones; everybody else has done so. */
void settings_share_close(struct settings_share *share);

/* Whether the user UID may connect. */
bool settings_allows(const struct settings *settings, uid_t uid);

#endif
