/* SPDX-License-Identifier: ISC */
#include "store_fence.h"

#include <string.h>


/* Runs a statement that gives one row. ERR_NOT_FOUND if it gives none. */
static enum err
store_fence_one(struct db *db, enum statement statement,
    const struct db_param *params, size_t count, struct db_result **out)
{
	enum err err = db_run(db, statement, params, count, out);

	if (err != ERR_OK)
		return err;
	return db_rows(*out) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

enum err
store_fence_listen(struct db *db)
{
	return db_script(db, "LISTEN hasp_fence");
}

enum err
store_fence_echo(struct db *db)
{
	return db_script(db, "NOTIFY hasp_fence");
}

/* Columns: a number, a place. */
static void
store_fence_head(const struct db_result *result, struct store_fence_head *out)
{
	out->seq = db_get_int(result, 0, 0);
	out->place = (uint64_t)db_get_int(result, 0, 1);
}

enum err
store_fence_enrol(struct db *db, const struct store_fence_verifier *v,
    struct store_fence_head *out)
{
	struct db_param params[] = {
		db_text(str_of(v->id)), db_text(str_of(v->host)),
		db_text(str_of(v->program)), db_int(v->lease),
		db_int(v->answer), db_text(str_of(v->predecessor)),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, STATEMENT_ENROL_VERIFIER, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK)
		store_fence_head(result, out);
	return err;
}

enum err
store_fence_renew(struct db *db, const char *id, int64_t drained,
    uint64_t place, int64_t hits, int64_t misses,
    struct store_fence_head *out)
{
	struct db_param params[] = {
		db_text(str_of(id)), db_int(drained), db_int((int64_t)place),
		db_int(hits), db_int(misses),
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, STATEMENT_RENEW_VERIFIER, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK)
		store_fence_head(result, out);
	return err;
}

enum err
store_fence_acknowledge(struct db *db, const char *id, int64_t drained)
{
	struct db_param params[] = { db_text(str_of(id)), db_int(drained) };
	struct db_result *result CLEANUP_RESULT = NULL;

	return store_fence_one(db, STATEMENT_ACKNOWLEDGE, params,
	    ARRAY_LEN(params), &result);
}

/* One line: kind, tab, ref. */
static bool
store_fence_change(struct str line, struct store_fence_change *out)
{
	struct str kind, ref;

	if (!str_cut(line, '\t', &kind, &ref) ||
	    kind.len >= sizeof(out->kind) || ref.len >= sizeof(out->ref))
		return false;
	memcpy(out->kind, kind.ptr, kind.len);
	out->kind[kind.len] = '\0';
	memcpy(out->ref, ref.ptr, ref.len);
	out->ref[ref.len] = '\0';
	return true;
}

static enum err
store_fence_list(struct str text, struct store_fence_changes *out)
{
	struct str line;
	bool more = text.len > 0;

	for (out->count = 0; more; out->count++) {
		more = str_cut(text, '\n', &line, &text);
		if (out->count == STORE_FENCE_CHANGES ||
		    !store_fence_change(line, &out->list[out->count]))
			return ERR_INTERNAL;
	}
	return ERR_OK;
}

enum err
store_fence_changes(struct db *db, int64_t done,
    struct store_fence_changes *out)
{
	struct db_param params[] = { db_int(done) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, STATEMENT_CHANGES_AFTER, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	out->seq = db_get_int(result, 0, 0);
	out->complete = db_get_bool(result, 0, 1);
	out->count = 0;
	return out->complete ? store_fence_list(db_get_text(result, 0, 2),
	    out) : ERR_OK;
}

enum err
store_fence_leave(struct db *db, const char *id)
{
	struct db_param params[] = { db_text(str_of(id)) };
	struct db_result *result CLEANUP_RESULT = NULL;

	return store_fence_one(db, STATEMENT_LEAVE_VERIFIER, params,
	    ARRAY_LEN(params), &result);
}

enum err
store_fence_place(struct db *db, uint64_t *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, STATEMENT_FIND_PLACE, NULL, 0,
	    &result);

	if (err == ERR_OK)
		*out = (uint64_t)db_get_int(result, 0, 0);
	return err;
}

static enum err
store_fence_number(struct db *db, enum statement statement,
    struct store_fence_number *out)
{
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, statement, NULL, 0, &result);

	if (err != ERR_OK)
		return err;
	out->seq = db_get_int(result, 0, 0);
	out->replicated = db_get_bool(result, 0, 1);
	return ERR_OK;
}

enum err
store_fence_close(struct db *db, struct store_fence_number *out)
{
	return store_fence_number(db, STATEMENT_CLOSE_CHANGE, out);
}

enum err
store_fence_last(struct db *db, struct store_fence_number *out)
{
	return store_fence_number(db, STATEMENT_BEGIN_BARRIER, out);
}

enum err
store_fence_waited(struct db *db, int64_t seq,
    struct barrier_row rows[BARRIER_MAX], size_t *count)
{
	struct db_param params[] = { db_int(seq) };
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = db_run(db, STATEMENT_WAITED_VERIFIERS, params,
	    ARRAY_LEN(params), &result);

	if (err != ERR_OK)
		return err;
	*count = db_rows(result);
	if (*count > BARRIER_MAX)
		return ERR_INTERNAL;
	for (size_t i = 0; i < *count; i++) {
		struct str id = db_get_text(result, i, 0);

		if (id.len >= sizeof(rows[i].id))
			return ERR_INTERNAL;
		memcpy(rows[i].id, id.ptr, id.len);
		rows[i].id[id.len] = '\0';
		rows[i].renewals = db_get_int(result, i, 1);
		rows[i].limit = barrier_limit(
		    db_get_int(result, i, 2) * 1000,
		    db_get_int(result, i, 3) * 1000);
	}
	return ERR_OK;
}

enum err
store_fence_bury(struct db *db, const struct barrier_row *row, bool *out)
{
	struct db_param params[] = {
		db_text(str_of(row->id)), db_int(row->renewals)
	};
	struct db_result *result CLEANUP_RESULT = NULL;
	enum err err = store_fence_one(db, STATEMENT_BURY_VERIFIER, params,
	    ARRAY_LEN(params), &result);

	if (err == ERR_OK)
		*out = db_get_bool(result, 0, 0);
	return err;
}
