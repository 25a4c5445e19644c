/* SPDX-License-Identifier: ISC */
#include "store_person.h"

#include <stdio.h>

#include "store_audit.h"
#include "store_row.h"

#define STORE_PERSON_CONTEXT 32

/* Columns of find_person and list_people. */
static void
store_person_read(struct store_row *row, struct store_person *out)
{
	*out = (struct store_person){
		.id = store_row_int(row, 0),
		.account = store_row_int(row, 1),
		.email = store_row_text(row, 2),
		.may_administer = store_row_bool(row, 3),
		.totp = store_row_bool(row, 4),
		.created = store_row_int(row, 5),
		.disabled = store_row_int(row, 6),
	};
}

enum err
store_person_find(struct db *db, struct arena *arena, int64_t id,
    struct store_person *out)
{
	struct db_param params[] = { db_int(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_FIND_PERSON, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	store_person_read(&row, out);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

enum err
store_person_list(struct db *db, struct arena *arena, int64_t account,
    int64_t after, int limit, struct store_person **out, size_t *count)
{
	struct db_param params[] = {
		db_int(account), db_int(after), db_int(limit),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_LIST_PEOPLE, params,
	    ARRAY_LEN(params), &result);
	struct store_row row = { .result = result, .arena = arena };

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	*out = arena_alloc(arena, *count * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	for (row.row = 0; row.row < *count; row.row++)
		store_person_read(&row, &(*out)[row.row]);
	return row.failed ? ERR_MEMORY : ERR_OK;
}

/* Runs what changes the one member, who is there. */
static enum err
store_person_one(const struct store_change *c, enum statement statement,
    const struct db_param *params, size_t param_count)
{
	size_t count = 0;
	enum err err = store_row_touch(c->db, statement, params, param_count,
	    &count);

	return err == ERR_OK && count != 1 ? ERR_INTERNAL : err;
}

/* The secret is tied to its member, whose number is known only now. */
static enum err
store_person_enrol(const struct store_change *c,
    const struct store_person_new *person, int64_t id)
{
	uint8_t sealed[SEAL_SIZE(TOTP_SECRET_SIZE)];
	struct db_param params[] = {
		db_int(id), db_bytes(sealed, sizeof(sealed)),
	};
	char context[STORE_PERSON_CONTEXT];
	enum err err;

	(void)snprintf(context, sizeof(context), "totp %lld", (long long)id);
	err = seal_close(person->seal, str_of(context), person->totp,
	    TOTP_SECRET_SIZE, sealed);
	return err != ERR_OK ? err : store_person_one(c,
	    STATEMENT_ENROL_PERSON, params, ARRAY_LEN(params));
}

static enum err
store_person_insert(const struct store_change *c,
    const struct store_person_new *person, int64_t *id)
{
	struct db_param params[] = {
		db_int(c->account), db_text(person->email),
		db_text(str_of(person->password_hash)),
		db_bool(person->may_administer),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_CREATE_MEMBER, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err == ERR_CONFLICT ? ERR_EMAIL_TAKEN : err;
	if (db_rows(result) != 1)
		return ERR_INTERNAL;
	*id = db_get_int(result, 0, 0);
	if (person->seal != NULL)
		err = store_person_enrol(c, person, *id);
	return err != ERR_OK ? err : store_audit_member(c, "member_created",
	    *id);
}

enum err
store_person_create(struct store_change *change,
    const struct store_person_new *person, int64_t *id)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_person_insert(change,
		    person, id));
	return err;
}

/* Nobody else changes the member until the transaction ends. */
static enum err
store_person_hold(struct store_change *c, int64_t id, bool *disabled)
{
	struct db_param params[] = { db_int(id) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(c->db, STATEMENT_HOLD_PERSON, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	if (db_rows(result) != 1)
		return ERR_NOT_FOUND;
	c->account = db_get_int(result, 0, 0);
	*disabled = db_get_bool(result, 0, 1);
	return ERR_OK;
}

static enum err
store_person_end_sessions(const struct store_change *c, int64_t id)
{
	struct db_param params[] = { db_int(id) };

	return store_row_touch(c->db, STATEMENT_END_SESSIONS, params,
	    ARRAY_LEN(params), NULL);
}

static enum err
store_person_write_reset(struct store_change *c, int64_t id, const char *hash)
{
	struct db_param params[] = { db_int(id), db_text(str_of(hash)) };
	bool disabled;
	enum err err = store_person_hold(c, id, &disabled);

	if (err == ERR_OK)
		err = store_person_one(c, STATEMENT_RESET_PERSON, params,
		    ARRAY_LEN(params));
	if (err == ERR_OK)
		err = store_person_end_sessions(c, id);
	if (err == ERR_OK)
		err = store_row_touch(c->db, STATEMENT_END_CODES, params, 1,
		    NULL);
	return err != ERR_OK ? err : store_audit_member(c, "member_reset", id);
}

enum err
store_person_reset(struct store_change *change, int64_t id,
    const char *password_hash)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_person_write_reset(change,
		    id, password_hash));
	return err;
}

static enum err
store_person_write_disable(struct store_change *c, int64_t id, bool disabled,
    bool *already)
{
	struct db_param params[] = { db_int(id), db_bool(disabled) };
	bool was = false;
	enum err err = store_person_hold(c, id, &was);

	*already = err == ERR_OK && was == disabled;
	if (err != ERR_OK || *already)
		return err;
	err = store_person_one(c, STATEMENT_SWITCH_PERSON, params,
	    ARRAY_LEN(params));
	if (err == ERR_OK && disabled)
		err = store_person_end_sessions(c, id);
	return err != ERR_OK ? err : store_audit_member(c, disabled ?
	    "member_disabled" : "member_enabled", id);
}

enum err
store_person_disable(struct store_change *change, int64_t id, bool disabled,
    bool *already)
{
	enum err err = store_change_begin(change);

	if (err == ERR_OK)
		err = store_change_end(change, store_person_write_disable(
		    change, id, disabled, already));
	return err;
}
