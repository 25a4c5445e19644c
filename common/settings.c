/* SPDX-License-Identifier: ISC */
#include "settings.h"

#include <grp.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Highest user or group id; the one above it means "none" to the kernel. */
#define SETTINGS_ID_MAX ((uint64_t)UINT32_MAX - 1)
#define SETTINGS_NAME_SIZE 64

static bool
settings_user(const char *name, uid_t *out)
{
	struct passwd *user;
	uint64_t number;

	if (str_u64(str_of(name), SETTINGS_ID_MAX, &number)) {
		*out = (uid_t)number;
		return true;
	}
	if ((user = getpwnam(name)) == NULL)
		return false;
	*out = user->pw_uid;
	return true;
}

static bool
settings_group(const char *name, gid_t *out)
{
	struct group *group;
	uint64_t number;

	*out = (gid_t)-1;
	if (name[0] == '\0')
		return true;
	if (str_u64(str_of(name), SETTINGS_ID_MAX, &number)) {
		*out = (gid_t)number;
		return true;
	}
	if ((group = getgrnam(name)) == NULL)
		return false;
	*out = group->gr_gid;
	return true;
}

static enum err
settings_fail(char *message, const char *path, const char *option,
    const char *what, const char *name)
{
	(void)snprintf(message, CONFIG_MESSAGE_SIZE, "%s: %s: %s%.64s",
	    path != NULL ? path : "defaults", option, what, name);
	return ERR_CONFIG;
}

static enum err
settings_users(struct settings *s, const char *path, char *message)
{
	struct str rest = str_of(s->config->program_allowed_users), word;
	char name[SETTINGS_NAME_SIZE];

	while (str_word(&rest, " \t\n", &word)) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)word.len,
		    word.ptr);
		if (s->user_count == SETTINGS_USERS_MAX)
			return settings_fail(message, path, "allowed_users",
			    "too many: at most 32, not also ", name);
		if (word.len >= sizeof(name) ||
		    !settings_user(name, &s->users[s->user_count]))
			return settings_fail(message, path, "allowed_users",
			    "there is no user ", name);
		s->user_count++;
	}
	return ERR_OK;
}

enum err
settings_read(const char *path, const char *program, struct settings **out,
    char message[CONFIG_MESSAGE_SIZE])
{
	struct settings *s = calloc(1, sizeof(*s));
	enum err err;

	*out = NULL;
	if (s == NULL) {
		(void)snprintf(message, CONFIG_MESSAGE_SIZE, "out of memory");
		return ERR_MEMORY;
	}
	err = config_read(path, program, &s->config, message);
	if (err != ERR_OK) {
		free(s);
		return err;
	}
	err = settings_users(s, path, message);
	if (err == ERR_OK &&
	    !settings_group(s->config->program_socket_group, &s->group))
		err = settings_fail(message, path, "socket_group",
		    "there is no group ", s->config->program_socket_group);
	if (err != ERR_OK) {
		settings_free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	config_free(settings->config);
	free(settings);
}

void
settings_share_open(struct settings_share *share, struct settings *first)
{
	*share = (struct settings_share){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.current = first,
		.version = 1,
	};
	first->holders = 1;
}

/* Lets go of S; the share is locked. */
static void
settings_release(struct settings *s)
{
	if (--s->holders == 0)
		settings_free(s);
}

void
settings_replace(struct settings_share *share, struct settings *next)
{
	struct settings *last;

	next->holders = 1;
	(void)pthread_mutex_lock(&share->lock);
	last = share->current;
	share->current = next;
	atomic_fetch_add(&share->version, 1);
	settings_release(last);
	(void)pthread_mutex_unlock(&share->lock);
}

struct settings *
settings_hold(struct settings_share *share)
{
	struct settings *s;

	(void)pthread_mutex_lock(&share->lock);
	s = share->current;
	s->holders++;
	(void)pthread_mutex_unlock(&share->lock);
	return s;
}

struct settings *
settings_hold_again(struct settings_share *share, struct settings *settings)
{
	(void)pthread_mutex_lock(&share->lock);
	settings->holders++;
	(void)pthread_mutex_unlock(&share->lock);
	return settings;
}

void
settings_drop(struct settings_share *share, struct settings *settings)
{
	(void)pthread_mutex_lock(&share->lock);
	settings_release(settings);
	(void)pthread_mutex_unlock(&share->lock);
}

void
settings_share_close(struct settings_share *share)
{
	settings_drop(share, share->current);
	share->current = NULL;
	(void)pthread_mutex_destroy(&share->lock);
}

bool
settings_allows(const struct settings *settings, uid_t uid)
{
	for (size_t i = 0; i < settings->user_count; i++)
		if (settings->users[i] == uid)
			return true;
	return settings->user_count == 0;
}
