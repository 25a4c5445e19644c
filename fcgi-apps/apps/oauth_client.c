/* SPDX-License-Identifier: ISC */
#include "oauth_client.h"

#include "attempt.h"
#include "clientid.h"
#include "keytext.h"
#include "manage.h"

/* What was sent, taken apart; OUT has views into the request's memory. */
static enum err
oauth_client_read(struct oauth *o, struct clientid *out)
{
	struct clientid_room *room = arena_alloc(o->ctx->arena, sizeof(*room));
	struct clientid_sources sources = {
		.id = o->in.client_id, .secret = o->in.client_secret,
	};

	if (room == NULL)
		return ERR_MEMORY;
	sources.has_authorization = request_find(o->ctx->request,
	    "HTTP_AUTHORIZATION", &sources.authorization);
	return clientid_parse(&sources, room, out);
}

/* Whether SECRET is one of the app, whose GUID is of the right form. */
static enum err
oauth_client_find(struct oauth *o, struct str secret)
{
	struct keytext_rules rules = keytext_client_rules(o->ctx->config);
	struct digest digest;
	struct keytext text;
	enum err err;

	if (keytext_parse(&rules, secret, &text) != ERR_OK)
		return ERR_CLIENT_INVALID;
	if ((err = digest_sha256(secret, &digest)) != ERR_OK)
		return err;
	return store_client_find(o->ctx->db, o->ctx->arena, str_of(o->guid),
	    &digest, &o->client);
}

/* In the log of whose app it is, and at once: nothing else is kept. */
static enum err
oauth_client_log(struct oauth *o)
{
	struct str guid = str_of(o->guid);
	struct store_change change;
	int64_t account = 0;
	enum err err = store_client_account(o->ctx->db, guid, &account);

	if (err != ERR_OK)
		return err;
	manage_as(o->ctx, account, 0, &change);
	change.gives = true;
	err = store_change_begin(&change);
	return err != ERR_OK ? err : store_change_end(&change,
	    store_client_note_refused(&change, guid));
}

/*
 * An app that there is not is treated like one whose secret is wrong, or time
 * and waiting would tell which GUIDs there are.
 */
static enum err
oauth_client_refuse(struct oauth *o)
{
	enum err err = attempt_wrong(o->ctx, str_of(o->guid));

	if (err == ERR_OK)
		err = oauth_client_log(o);
	return err == ERR_OK ? ERR_CLIENT_INVALID : err;
}

enum err
oauth_client_admit(struct oauth *o)
{
	struct clientid id;
	enum err err = oauth_client_read(o, &id);

	if (err != ERR_OK)
		return err;
	/* What no app is called has nobody's log, and is nothing to guess. */
	if (!guid_lower(id.id, o->guid))
		return ERR_CLIENT_INVALID;
	err = oauth_client_find(o, id.secret);
	return err == ERR_CLIENT_INVALID ? oauth_client_refuse(o) : err;
}
