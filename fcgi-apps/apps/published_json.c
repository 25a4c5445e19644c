/* SPDX-License-Identifier: ISC */
#include "published_json.h"

#include "app_json.h"
#include "clock.h"

struct json *
published_json_make(const struct store_app *app)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	app_json_set_names(j, app->guid, app->name, app->publisher,
	    app->home_page);
	json_set_text(j, "created_by", app->created_by);
	json_set_time(j, "created_at", app->created);
	json_set_time(j, "removed_at", app->removed);
	json_set_text(j, "removed_by", app->removed != 0 ? app->removed_by :
	    NULL);
	return j;
}

static struct json *
published_json_secret(const struct store_app *app,
    const struct store_app_secret *s)
{
	struct json *j = json_object_open();
	bool ended = app->removed != 0 ||
	    (s->expires != 0 && s->expires <= clock_wall_us());

	if (j == NULL)
		return NULL;
	json_set_int(j, "version", s->version);
	json_set_text(j, "last_four", s->last);
	json_set_text(j, "status", ended ? "ended" : "active");
	json_set_time(j, "created_at", s->created);
	json_set_time(j, "expires_at", s->expires);
	return j;
}

enum err
published_json_whole(const struct ctx *ctx, const struct store_app *app,
    struct json **out)
{
	struct store_app_secret *secrets;
	struct json *list;
	size_t count;
	enum err err = store_app_secrets(ctx->db, ctx->arena, app->account,
	    str_of(app->guid), &secrets, &count);

	if (err != ERR_OK)
		return err;
	if ((*out = published_json_make(app)) == NULL)
		return ERR_MEMORY;
	list = json_array_open();
	for (size_t i = 0; list != NULL && i < count; i++)
		json_append(list, published_json_secret(app, &secrets[i]));
	json_set(*out, "secrets", list);
	return ERR_OK;
}
