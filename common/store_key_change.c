/* SPDX-License-Identifier: ISC */
#include "store_key_change.h"

#include <string.h>

#include "store_audit.h"

/* Room for the ranges of a key as text, separated by spaces. */
#define STORE_KEY_CHANGE_RANGES (DECISION_RANGES_MAX * CIDR_TEXT_SIZE)

/* Runs a statement that touches one row. ERR_NOT_FOUND if it touched none. */
static enum err
store_key_change_one(struct store_change *c, enum statement statement,
    const struct db_param *params, size_t count)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, statement, params, count, &result);

	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

/* Whether one key more is within MAX, the first of RESULT's columns. */
static enum err
store_key_change_room(const struct db_result *result)
{
	return db_is_null(result, 0, 0) ||
	    db_get_int(result, 0, 1) < db_get_int(result, 0, 0) ? ERR_OK :
	    ERR_KEY_LIMIT_REACHED;
}

static enum err
store_key_change_allow_operator(struct store_change *c)
{
	struct db_param params[] = { db_int(c->account) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_LOCK_ACCOUNT, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	return store_key_change_room(result);
}

/* Whether a key changes it, and not a person. */
static bool
store_key_change_is_machine(const struct store_change *c)
{
	return str_starts(str_of(c->actor), STR("key:"));
}

/* RESULT has the columns of lock_own_account. */
static enum err
store_key_change_judge(const struct store_change *c,
    const struct db_result *result, enum store_key_change_kind kind)
{
	enum err err = decision_account_live(decision_status_of(
	    db_get_text(result, 0, 2)));

	if (err != ERR_OK)
		return err;
	if (store_key_change_is_machine(c) && !db_get_bool(result, 0, 5))
		return ERR_MACHINE_KEYS_REFUSED;
	if (kind >= STORE_KEY_CHANGE_ROTATE && !db_get_bool(result, 0, 3))
		return ERR_PLAN_INACTIVE;
	if (kind < STORE_KEY_CHANGE_CONNECT)
		return ERR_OK;
	if (!db_get_bool(result, 0, 4))
		return ERR_SELF_SERVICE_REFUSED;
	return kind == STORE_KEY_CHANGE_CREATE ?
	    store_key_change_room(result) : ERR_OK;
}

enum err
store_key_change_allow(struct store_change *c,
    enum store_key_change_kind kind)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err;

	if (kind == STORE_KEY_CHANGE_REVOKE)
		return ERR_OK;
	if (c->is_operator)
		return kind == STORE_KEY_CHANGE_CREATE ?
		    store_key_change_allow_operator(c) : ERR_OK;
	err = db_run(c->db, STATEMENT_LOCK_OWN_ACCOUNT, NULL, 0, &result);
	if (err != ERR_OK)
		return err;
	return db_rows(result) == 1 ? store_key_change_judge(c, result, kind) :
	    ERR_NOT_FOUND;
}

enum err
store_key_change_lock(struct store_change *c, struct arena *arena,
    struct str id, struct store_key *out)
{
	struct db_param params[] = { db_int(c->account), db_text(id) };
	enum err err = store_key_change_one(c, STATEMENT_LOCK_KEY, params,
	    ARRAY_LEN(params));

	/* A statement of its own: it sees what was committed before. */
	return err == ERR_OK ?
	    store_key_find(c->db, arena, c->account, id, out) : err;
}

/* The ranges as text, separated by spaces, in ROOM. */
static struct str
store_key_change_ranges(const struct store_key_values *values, char *room)
{
	size_t len = 0;

	for (size_t i = 0; i < values->range_count; i++) {
		if (len > 0)
			room[len++] = ' ';
		cidr_text(&values->ranges[i], room + len);
		len += strlen(room + len);
	}
	return (struct str){ room, len };
}

/* NULL for 0. */
static struct db_param
store_key_change_limit(int32_t number)
{
	return number != 0 ? db_int(number) : db_null();
}

static enum err
store_key_change_add_secret(struct store_change *c, struct str id,
    const struct store_key_fresh *secret, int32_t version,
    struct db_param overlap)
{
	struct db_param params[] = {
		db_int(c->account), db_text(id),
		db_bytes(secret->digest.bytes, sizeof(secret->digest.bytes)),
		db_int(version), db_text(secret->last), overlap,
	};

	return store_key_change_one(c, STATEMENT_ADD_SECRET, params,
	    ARRAY_LEN(params));
}

/* Its values have room for their ranges. */
static enum err
store_key_change_insert(struct store_change *c,
    const struct store_key_new *key)
{
	const struct store_key_values *v = &key->values;
	char room[STORE_KEY_CHANGE_RANGES];
	struct db_param params[] = {
		db_text(key->id), db_int(c->account), db_text(v->name),
		db_text(key->kind), db_text(str_of(role_name(v->role))),
		db_text(key->environment),
		db_text(store_key_change_ranges(v, room)),
		store_key_change_limit(v->rate),
		store_key_change_limit(v->burst),
		db_text(str_of(c->actor)),
		db_time(v->not_before), db_time(v->expires),
		store_key_change_limit(v->daily_quota),
	};

	return store_key_change_one(c, STATEMENT_CREATE_KEY, params,
	    ARRAY_LEN(params));
}

enum err
store_key_change_create(struct store_change *c,
    const struct store_key_new *key)
{
	enum err err = key->values.range_count <= DECISION_RANGES_MAX ?
	    store_key_change_insert(c, key) : ERR_INVALID;

	if (err == ERR_OK)
		err = store_key_change_add_secret(c, key->id, &key->secret, 1,
		    db_null());
	return err == ERR_OK ? store_audit_key(c, "key_created", key->id, 1) :
	    err;
}

static enum err
store_key_change_update(struct store_change *c, struct str id,
    const struct store_key_values *v)
{
	char room[STORE_KEY_CHANGE_RANGES];
	struct db_param params[] = {
		db_int(c->account), db_text(id), db_text(v->name),
		db_text(str_of(role_name(v->role))),
		db_text(store_key_change_ranges(v, room)),
		store_key_change_limit(v->rate),
		store_key_change_limit(v->burst),
		db_time(v->not_before), db_time(v->expires),
		store_key_change_limit(v->daily_quota),
	};

	return store_key_change_one(c, STATEMENT_CHANGE_KEY, params,
	    ARRAY_LEN(params));
}

enum err
store_key_change_values(struct store_change *c, const struct store_key *key,
    const struct store_key_values *v)
{
	struct str id = str_of(key->id);
	enum err err;

	if (key->app[0] != '\0')
		return ERR_APP_TOKEN_FIXED;
	if (key->revoked != 0)
		return ERR_KEY_ENDED;
	if (v->range_count > DECISION_RANGES_MAX)
		return ERR_INVALID;
	err = store_key_change_update(c, id, v);
	return err == ERR_OK ? store_audit_key(c, "key_changed", id, 0) : err;
}

enum err
store_key_change_switch(struct store_change *c, const struct store_key *key,
    bool off)
{
	struct str id = str_of(key->id);
	struct db_param params[] = {
		db_int(c->account), db_text(id), db_bool(off)
	};
	enum err err;

	if (key->revoked != 0)
		return ERR_KEY_ENDED;
	if ((key->disabled != 0) == off)
		return ERR_OK;
	err = store_key_change_one(c, STATEMENT_SWITCH_KEY, params,
	    ARRAY_LEN(params));
	return err == ERR_OK ? store_audit_key(c, off ? "key_disabled" :
	    "key_enabled", id, 0) : err;
}

enum err
store_key_change_revoke(struct store_change *c, const struct store_key *key,
    struct str why)
{
	struct str id = str_of(key->id);
	struct db_param params[] = {
		db_int(c->account), db_text(id), db_text(str_of(c->actor)),
		db_text(why),
	};
	enum err err;

	if (key->revoked != 0)
		return ERR_ALREADY_REVOKED;
	err = store_key_change_one(c, STATEMENT_REVOKE_KEY, params,
	    ARRAY_LEN(params));
	return err == ERR_OK ? store_audit_key(c, key->app[0] != '\0' ?
	    "token_revoked" : "key_revoked", id, 0) : err;
}

/* The key's revision goes up, and the log tells of its secret VERSION. */
static enum err
store_key_change_note(struct store_change *c, struct str id,
    const char *event, int32_t version)
{
	struct db_param params[] = { db_int(c->account), db_text(id) };
	enum err err = store_key_change_one(c, STATEMENT_TOUCH_KEY, params,
	    ARRAY_LEN(params));

	return err == ERR_OK ? store_audit_key(c, event, id, version) : err;
}

/* The secrets that are there get their end; VERSION is the next one's. */
static enum err
store_key_change_end_secrets(struct store_change *c, struct str id,
    struct db_param seconds, int32_t *version)
{
	struct db_param params[] = {
		db_int(c->account), db_text(id), seconds
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_END_SECRETS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	*version = (int32_t)db_get_int(result, 0, 0);
	return db_get_int(result, 0, 1) < STORE_KEY_CHANGE_SECRETS ? ERR_OK :
	    ERR_TOO_MANY_SECRETS;
}

enum err
store_key_change_rotate(struct store_change *c, const struct store_key *key,
    const struct store_key_fresh *secret, int64_t overlap, bool first_use,
    int64_t now, int32_t *version)
{
	struct db_param seconds = db_int(overlap);
	struct str id = str_of(key->id);
	enum err err;

	if (overlap < 0 || overlap > STORE_KEY_CHANGE_OVERLAP_MAX)
		return ERR_INVALID;
	if (key->app[0] != '\0')
		return ERR_APP_TOKEN_FIXED;
	if (key->revoked != 0 || (key->expires != 0 && key->expires <= now))
		return ERR_KEY_ENDED;
	err = store_key_change_end_secrets(c, id,
	    first_use ? db_null() : seconds, version);
	if (err == ERR_OK)
		err = store_key_change_add_secret(c, id, secret, *version,
		    first_use ? seconds : db_null());
	return err == ERR_OK ?
	    store_key_change_note(c, id, "key_rotated", *version) : err;
}

/* Whether the secret SECRET of KEY may end. */
static enum err
store_key_change_may_end(const struct store_key *key,
    const struct store_key_secret *secret, int64_t now, int64_t idle)
{
	enum err err = store_key_dispensable(key, secret, now, idle);

	if (key->revoked != 0)
		return ERR_KEY_ENDED;
	if (err == ERR_SECRET_LAST)
		return err;
	if (secret->revoked != 0 ||
	    (secret->expires != 0 && secret->expires <= now))
		return ERR_SECRET_ALREADY_ENDED;
	return idle == INT64_MAX ? ERR_OK : err;
}

enum err
store_key_change_end_secret(struct store_change *c,
    const struct store_key *key, int32_t version, int64_t now, int64_t idle)
{
	struct str id = str_of(key->id);
	struct db_param params[] = {
		db_int(c->account), db_text(id), db_int(version)
	};
	enum err err = ERR_NOT_FOUND;

	for (size_t i = 0; i < key->secret_count; i++)
		if (key->secrets[i].version == version)
			err = store_key_change_may_end(key, &key->secrets[i],
			    now, idle);
	if (err == ERR_OK)
		err = store_key_change_one(c, STATEMENT_END_SECRET, params,
		    ARRAY_LEN(params));
	return err == ERR_OK ?
	    store_key_change_note(c, id, "secret_ended", version) : err;
}
