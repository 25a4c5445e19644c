/* SPDX-License-Identifier: ISC */
#include "app_json.h"

void
app_json_set_names(struct json *j, const char *guid, const char *name,
    const char *publisher, const char *home_page)
{
	json_set_text(j, "guid", guid);
	json_set_text(j, "name", name);
	json_set_text(j, "publisher", publisher);
	json_set_text(j, "home_page", home_page[0] != '\0' ? home_page : NULL);
}

struct json *
app_json_connection(const struct store_connection *c)
{
	struct json *j = json_object_open();
	bool revoked = c->revoked != 0;
	bool more = c->tokens > STORE_CONNECTION_TOKENS;

	if (j == NULL)
		return NULL;
	json_set_int(j, "id", c->id);
	json_set_text(j, "role", c->role);
	json_set_text(j, "environment", c->environment);
	json_set_text(j, "granted_by", c->granted_by);
	json_set_time(j, "granted_at", c->granted);
	json_set_time(j, "revoked_at", c->revoked);
	json_set_text(j, "revoked_by", revoked ? c->revoked_by : NULL);
	json_set_text(j, "revoked_why", revoked ? c->revoked_why : NULL);
	json_set_time(j, "last_used_at", c->last_used);
	json_set_text(j, "last_used_from",
	    c->last_used_from[0] != '\0' ? c->last_used_from : NULL);
	json_set_int(j, "tokens", more ? STORE_CONNECTION_TOKENS : c->tokens);
	json_set_bool(j, "tokens_more", more);
	return j;
}

struct json *
app_json_make(const struct store_connection *c)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	app_json_set_names(j, c->app, c->name, c->publisher, c->home_page);
	json_set_bool(j, "private", c->is_private);
	json_set_time(j, "removed_at", c->removed);
	json_set(j, "connection", app_json_connection(c));
	return j;
}

struct json *
app_json_alone(const struct store_app *app)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	app_json_set_names(j, app->guid, app->name, app->publisher,
	    app->home_page);
	json_set_bool(j, "private", true);
	json_set_time(j, "removed_at", app->removed);
	json_set_null(j, "connection");
	return j;
}
