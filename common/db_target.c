/* SPDX-License-Identifier: ISC */
#include "db_target.h"

#include <stdio.h>
#include <string.h>

void
db_target_set(struct db_target *t, const struct db_options *options)
{
	(void)pthread_mutex_lock(&t->lock);
	if (t->version == 0 || strcmp(t->conninfo, options->conninfo) != 0 ||
	    t->connect_timeout != options->connect_timeout ||
	    t->query_timeout != options->query_timeout)
		t->version++;
	(void)snprintf(t->conninfo, sizeof(t->conninfo), "%s",
	    options->conninfo);
	t->program = options->program;
	t->connect_timeout = options->connect_timeout;
	t->query_timeout = options->query_timeout;
	(void)pthread_mutex_unlock(&t->lock);
}

/* Takes over what was set; false if it is what USER has. */
static bool
db_target_take(struct db_target *t, struct db_target_user *user)
{
	bool same;

	(void)pthread_mutex_lock(&t->lock);
	same = user->db != NULL && user->own.version == t->version;
	if (!same) {
		db_close(user->db);
		user->db = NULL;
		memcpy(user->own.conninfo, t->conninfo, sizeof(t->conninfo));
		user->own.program = t->program;
		user->own.connect_timeout = t->connect_timeout;
		user->own.query_timeout = t->query_timeout;
		user->own.version = t->version;
	}
	(void)pthread_mutex_unlock(&t->lock);
	return !same;
}

enum err
db_target_open(struct db_target *t, struct db_target_user *user,
    const struct db_options *how, bool *anew)
{
	struct db_options options = *how;

	*anew = db_target_take(t, user);
	if (!*anew)
		return ERR_OK;
	options.conninfo = user->own.conninfo;
	options.program = user->own.program;
	options.connect_timeout = user->own.connect_timeout;
	options.query_timeout = user->own.query_timeout;
	user->db = db_open(&options);
	return user->db != NULL ? ERR_OK : ERR_MEMORY;
}
