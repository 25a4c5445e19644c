/* SPDX-License-Identifier: ISC */
#include "key_json.h"

#include <string.h>

#include "clock.h"
#include "keys.h"
#include "manage.h"
#include "terms.h"

#define KEY_JSON_SECOND INT64_C(1000000)	/* microseconds */

/* In one word, the first that fits, in the order of decision_make. */
static const char *
key_json_status(const struct store_key *key, int64_t now)
{
	if (key->revoked != 0)
		return "revoked";
	if (key->disabled != 0)
		return "disabled";
	if (key->not_before > now)
		return "not_yet_valid";
	return key->expires != 0 && key->expires <= now ? "expired" :
	    "active";
}

static const char *
key_json_secret_status(const struct store_key_secret *s, int64_t now)
{
	if (s->revoked != 0 || (s->expires != 0 && s->expires <= now))
		return "ended";
	if (s->not_before > now)
		return "not_yet_valid";
	return s->overlap >= 0 ? "waiting" : "active";
}

/* Seconds since it was last used. */
static int64_t
key_json_silent(const struct store_key_secret *s, int64_t now)
{
	return now > s->last_used ? (now - s->last_used) / KEY_JSON_SECOND : 0;
}

/* Whether it is known that nobody uses it any more. */
static bool
key_json_is_dispensable(const struct store_key *key,
    const struct store_key_secret *s, int64_t now)
{
	return store_key_dispensable(key, s, now,
	    now - KEY_JSON_SECOND * KEYS_SILENT_SECONDS) == ERR_OK;
}

/* When and from where it was last used. */
static void
key_json_set_use(struct json *j, const struct store_key *key,
    const struct store_key_secret *s, int64_t now)
{
	json_set_time(j, "last_used_at", s->last_used);
	json_set_text(j, "last_used_from",
	    s->last_used_from[0] != '\0' ? s->last_used_from : NULL);
	json_set_bool(j, "safe_to_end", key_json_is_dispensable(key, s, now));
}

static struct json *
key_json_secret(const struct store_key *key, const struct store_key_secret *s,
    int64_t now)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_int(j, "version", s->version);
	json_set_text(j, "last_four", s->last);
	json_set_text(j, "status", key_json_secret_status(s, now));
	json_set_time(j, "created_at", s->created);
	json_set_time(j, "not_before", s->not_before);
	json_set_time(j, "expires_at", s->expires);
	json_set_time(j, "revoked_at", s->revoked);
	if (s->overlap >= 0)
		json_set_int(j, "overlap_seconds", s->overlap);
	else
		json_set_null(j, "overlap_seconds");
	key_json_set_use(j, key, s, now);
	return j;
}

static struct json *
key_json_secrets(const struct store_key *key, int64_t now)
{
	struct json *list = json_array_open();

	for (size_t i = 0; list != NULL && i < key->secret_count; i++)
		json_append(list, key_json_secret(key, &key->secrets[i], now));
	return list;
}

static struct json *
key_json_ranges(const struct store_key *key)
{
	struct json *list = json_array_open();
	struct str rest = str_of(key->ranges), word;

	while (list != NULL && str_word(&rest, " ", &word))
		json_append_str(list, word);
	return list;
}

static void
key_json_set_rate(struct json *j, const struct store_key *key)
{
	struct json *rate;

	if (key->rate == 0) {
		json_set_null(j, "rate_limit");
		return;
	}
	if ((rate = json_object_open()) != NULL) {
		json_set_int(rate, "per_second", key->rate);
		json_set_int(rate, "burst", key->burst);
	}
	json_set(j, "rate_limit", rate);
}

/* What people tell the newest secret by; none of it can be used. */
static void
key_json_set_hint(struct json *j, const struct ctx *ctx,
    const struct store_key *key)
{
	struct buf hint = buf_in(ctx->arena);

	buf_printf(&hint, "%s_%s_...%s", ctx->config->key_prefix,
	    key->environment, key->secret_count > 0 ? key->secrets[0].last :
	    "");
	json_set_text(j, "hint", hint.failed ? NULL : hint.data);
}

struct json *
key_json_make(const struct ctx *ctx, const struct store_key *key,
    const struct decision_legacy *legacy)
{
	struct json *j = json_object_open();
	bool revoked = key->revoked != 0;
	/* Not the request's beginning: what it changed has changed. */
	int64_t now = clock_wall_us();

	if (j == NULL)
		return NULL;
	json_set_text(j, "id", key->id);
	json_set_text(j, "name", key->name);
	json_set_text(j, "kind", key->kind);
	json_set_text(j, "role", key->role);
	json_set_text(j, "environment", key->environment);
	json_set_text(j, "status", key_json_status(key, now));
	key_json_set_hint(j, ctx, key);
	json_set(j, "allowed_ips", key_json_ranges(key));
	key_json_set_rate(j, key);
	if (key->daily_quota != 0)
		json_set_int(j, "daily_quota", key->daily_quota);
	else
		json_set_null(j, "daily_quota");
	json_set_time(j, "created_at", key->created);
	json_set_text(j, "created_by", key->created_by);
	json_set_time(j, "not_before", key->not_before);
	json_set_time(j, "expires_at", key->expires);
	json_set_time(j, "disabled_at", key->disabled);
	json_set_time(j, "revoked_at", key->revoked);
	json_set_text(j, "revoked_by", revoked ? key->revoked_by : NULL);
	json_set_text(j, "revoked_why", revoked ? key->revoked_why : NULL);
	json_set(j, "secrets", key_json_secrets(key, now));
	json_set_time(j, "uses_known_until", key->known);
	terms_set_legacy(j, key_legacy_is(legacy, str_of(key->kind)) ? legacy :
	    NULL);
	return j;
}

static struct json *
key_json_secret_usage(const struct store_key *key,
    const struct store_key_secret *s, int64_t now)
{
	struct json *j = json_object_open();

	if (j == NULL)
		return NULL;
	json_set_int(j, "version", s->version);
	json_set_time(j, "first_used_at", s->first_used);
	key_json_set_use(j, key, s, now);
	if (s->last_used != 0)
		json_set_int(j, "silent_seconds", key_json_silent(s, now));
	else
		json_set_null(j, "silent_seconds");
	return j;
}

/*
 * The role that would do, if it is known that the key has only read for a long
 * time; NULL if there is nothing to say.
 */
static const char *
key_json_role_hint(const struct store_key *key, int64_t now)
{
	int64_t since = now - KEY_JSON_SECOND * KEYS_HINT_SECONDS;
	int64_t first = now, last = 0, wrote = 0;

	for (size_t i = 0; i < key->secret_count; i++) {
		const struct store_key_secret *s = &key->secrets[i];

		if (s->first_used != 0 && s->first_used < first)
			first = s->first_used;
		last = s->last_used > last ? s->last_used : last;
		wrote = s->last_wrote > wrote ? s->last_wrote : wrote;
	}
	return strcmp(key->role, "read") != 0 && first <= since &&
	    last > since && wrote <= since &&
	    key->known >= now - STORE_KEY_KNOWN_LATE ? "read" : NULL;
}

struct json *
key_json_usage(const struct store_key *key)
{
	struct json *j = json_object_open(), *list = json_array_open();
	int64_t now = clock_wall_us();

	for (size_t i = 0; list != NULL && i < key->secret_count; i++)
		json_append(list, key_json_secret_usage(key, &key->secrets[i],
		    now));
	if (j == NULL) {
		json_close(list);
		return NULL;
	}
	json_set_text(j, "key", key->id);
	json_set_time(j, "known_until", key->known);
	json_set_text(j, "role_hint", key_json_role_hint(key, now));
	json_set(j, "secrets", list);
	return j;
}

enum err
key_json_respond(struct ctx *ctx, const struct store_key *key,
    const struct decision_legacy *legacy)
{
	struct json *j CLEANUP_JSON = key_json_make(ctx, key, legacy);
	enum err err = j != NULL ? response_json(ctx->response, 200, j) :
	    ERR_MEMORY;

	if (err == ERR_OK)
		manage_etag(ctx, key->revision);
	return err;
}
