/* SPDX-License-Identifier: ISC */
/*
 * exercise_key [tests]: keys and their changes; each command is a transaction
 * of its own.
 */
#include <stdio.h>

#include "clock.h"
#include "exercise.h"
#include "store_key_change.h"

/* Its arguments: account and actor. Those of the change come after them. */
static enum err
change_begin(struct exercise *x, struct store_change *change)
{
	*change = (struct store_change){
		.db = x->db,
		.is_operator = str_eq(x->args[1], STR("operator")),
		.account = exercise_number(x->args[0]),
	};
	(void)snprintf(change->actor, sizeof(change->actor), "%.*s",
	    (int)x->args[1].len, x->args[1].ptr);
	return store_change_begin(change);
}

/* The values of a key from the argument FIRST on. */
static bool
take_values(struct exercise *x, size_t first, struct cidr *ranges,
    struct store_key_values *values)
{
	struct str list = x->args[first + 2], word;

	*values = (struct store_key_values){
		.name = x->args[first],
		.ranges = ranges,
		.rate = (int32_t)exercise_number(x->args[first + 3]),
		.burst = (int32_t)exercise_number(x->args[first + 4]),
		.not_before = exercise_number(x->args[first + 5]),
		.expires = exercise_number(x->args[first + 6]),
		.daily_quota = (int32_t)exercise_number(x->args[first + 7]),
	};
	if (!role_parse(x->args[first + 1], &values->role))
		return false;
	while (str_word(&list, " ", &word) &&
	    values->range_count <= DECISION_RANGES_MAX)
		if (!cidr_parse(word, &ranges[values->range_count++]))
			return false;
	return true;
}

/*
 * account actor id name role ranges rate burst not_before expires daily_quota
 * kind environment hex last
 */
static enum err
run_create_key(struct exercise *x)
{
	struct cidr ranges[DECISION_RANGES_MAX + 1];
	struct store_key_new key = {
		.id = x->args[2],
		.kind = x->args[11],
		.environment = x->args[12],
		.secret = { exercise_digest(x->args[13]), x->args[14] },
	};
	struct store_change change;
	enum err err;

	if (!take_values(x, 3, ranges, &key.values))
		return ERR_USAGE;
	if ((err = change_begin(x, &change)) != ERR_OK)
		return err;
	err = store_key_change_allow(&change, STORE_KEY_CHANGE_CREATE);
	if (err == ERR_OK)
		err = store_key_change_create(&change, &key);
	return store_change_end(&change, err);
}

static struct json *
key_json(const struct store_key *k)
{
	struct json *json = json_object_open(), *secrets = json_array_open();

	json_set_int(json, "account", k->account);
	json_set_text(json, "id", k->id);
	json_set_text(json, "name", k->name);
	json_set_text(json, "kind", k->kind);
	json_set_text(json, "role", k->role);
	json_set_text(json, "environment", k->environment);
	json_set_text(json, "ranges", k->ranges);
	json_set_int(json, "rate", k->rate);
	json_set_int(json, "burst", k->burst);
	json_set_int(json, "daily_quota", k->daily_quota);
	json_set_int(json, "created", k->created);
	json_set_text(json, "created_by", k->created_by);
	json_set_int(json, "not_before", k->not_before);
	json_set_int(json, "expires", k->expires);
	json_set_int(json, "disabled", k->disabled);
	json_set_int(json, "revoked", k->revoked);
	json_set_text(json, "revoked_by", k->revoked_by);
	json_set_text(json, "revoked_why", k->revoked_why);
	json_set_int(json, "revision", k->revision);
	for (size_t i = 0; i < k->secret_count; i++) {
		const struct store_key_secret *s = &k->secrets[i];
		struct json *secret = json_object_open();

		json_set_int(secret, "version", s->version);
		json_set_text(secret, "last", s->last);
		json_set_int(secret, "created", s->created);
		json_set_int(secret, "not_before", s->not_before);
		json_set_int(secret, "expires", s->expires);
		json_set_int(secret, "revoked", s->revoked);
		json_set_int(secret, "overlap", s->overlap);
		json_set_int(secret, "first_used", s->first_used);
		json_set_int(secret, "last_used", s->last_used);
		json_set_text(secret, "last_used_from", s->last_used_from);
		json_append(secrets, secret);
	}
	json_set(json, "secrets", secrets);
	return json;
}

static enum err
run_key_account(struct exercise *x)
{
	int64_t account = 0;
	enum err err = store_key_account(x->db, x->args[0], &account);

	json_set_int(x->answer, "account", account);
	return err;
}

/* account id, as row security lets the account see it */
static enum err
run_find_key(struct exercise *x)
{
	struct store_key key;
	int64_t account = exercise_number(x->args[0]);
	enum err err = store_change_read(x->db, account);

	if (err == ERR_OK)
		err = store_change_read_end(x->db, store_key_find(x->db,
		    x->arena, account, x->args[1], &key));

	if (err == ERR_OK)
		json_set(x->answer, "key", key_json(&key));
	return err;
}

/* account after limit */
static enum err
run_list_keys(struct exercise *x)
{
	struct store_key *keys;
	struct json *list;
	size_t count;
	int64_t account = exercise_number(x->args[0]);
	enum err err = store_change_read(x->db, account);

	if (err == ERR_OK)
		err = store_change_read_end(x->db, store_key_list(x->db,
		    x->arena, account, x->args[1],
		    (int)exercise_number(x->args[2]), &keys, &count));
	if (err != ERR_OK)
		return err;
	list = json_array_open();
	for (size_t i = 0; i < count; i++)
		json_append(list, key_json(&keys[i]));
	json_set(x->answer, "keys", list);
	return ERR_OK;
}

/* Begins the change of a key, which is the third argument, and locks it. */
static enum err
change_key(struct exercise *x, enum store_key_change_kind kind,
    struct store_change *change, struct store_key *key)
{
	enum err err = change_begin(x, change);

	if (err != ERR_OK)
		return err;
	err = store_key_change_allow(change, kind);
	if (err == ERR_OK)
		err = store_key_change_lock(change, x->arena, x->args[2], key);
	return err == ERR_OK ? err : store_change_end(change, err);
}

/* account actor id why */
static enum err
run_revoke(struct exercise *x)
{
	struct store_change change;
	struct store_key key;
	enum err err = change_key(x, STORE_KEY_CHANGE_EDIT, &change, &key);

	if (err != ERR_OK)
		return err;
	return store_change_end(&change, store_key_change_revoke(&change,
	    &key, x->args[3]));
}

/* account actor id off(0 or 1) */
static enum err
run_switch(struct exercise *x)
{
	struct store_change change;
	struct store_key key;
	enum err err = change_key(x, STORE_KEY_CHANGE_EDIT, &change, &key);

	if (err != ERR_OK)
		return err;
	return store_change_end(&change, store_key_change_switch(&change,
	    &key, exercise_number(x->args[3]) != 0));
}

/*
 * account actor id name role ranges rate burst not_before expires daily_quota
 */
static enum err
run_change_key(struct exercise *x)
{
	struct cidr ranges[DECISION_RANGES_MAX + 1];
	struct store_key_values values;
	struct store_change change;
	struct store_key key;
	enum err err;

	if (!take_values(x, 3, ranges, &values))
		return ERR_USAGE;
	err = change_key(x, STORE_KEY_CHANGE_EDIT, &change, &key);
	if (err != ERR_OK)
		return err;
	return store_change_end(&change, store_key_change_values(&change,
	    &key, &values));
}

/* account actor id hex last overlap first_use(0 or 1) */
static enum err
run_rotate(struct exercise *x)
{
	struct store_key_fresh fresh = {
		exercise_digest(x->args[3]), x->args[4]
	};
	struct store_change change;
	struct store_key key;
	int32_t version = 0;
	enum err err = change_key(x, STORE_KEY_CHANGE_ROTATE, &change, &key);

	if (err != ERR_OK)
		return err;
	err = store_change_end(&change, store_key_change_rotate(&change, &key,
	    &fresh, exercise_number(x->args[5]),
	    exercise_number(x->args[6]) != 0, clock_wall_us(), &version));
	json_set_int(x->answer, "version", version);
	return err;
}

/* account actor id version idle */
static enum err
run_end_secret(struct exercise *x)
{
	struct store_change change;
	struct store_key key;
	enum err err = change_key(x, STORE_KEY_CHANGE_EDIT, &change, &key);

	if (err != ERR_OK)
		return err;
	return store_change_end(&change, store_key_change_end_secret(&change,
	    &key, (int32_t)exercise_number(x->args[3]), clock_wall_us(),
	    exercise_number(x->args[4])));
}

const struct exercise_command exercise_key_commands[] = {
	{ "create_key", run_create_key },
	{ "key_account", run_key_account },
	{ "find_key", run_find_key },
	{ "list_keys", run_list_keys },
	{ "revoke", run_revoke },
	{ "rotate", run_rotate },
	{ "switch", run_switch },
	{ "change_key", run_change_key },
	{ "end_secret", run_end_secret },
};
const size_t exercise_key_count = ARRAY_LEN(exercise_key_commands);
