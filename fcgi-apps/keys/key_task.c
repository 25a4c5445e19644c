/* SPDX-License-Identifier: ISC */
#include "key_task.h"

#include "access.h"
#include "key_json.h"
#include "newkey.h"
#include "session.h"

int64_t
key_task_account(const struct ctx *ctx)
{
	return ctx->session != NULL ? ctx->session->row.account :
	    ctx->caller->record.account;
}

enum err
key_task_id(const struct ctx *ctx, struct str *out)
{
	*out = ctx->params[0];
	return newkey_is_id(*out) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
key_task_find(const struct ctx *ctx, int64_t account, struct str id,
    struct store_key *out, struct decision_legacy *legacy)
{
	enum err err = store_key_find(ctx->db, ctx->arena, account, id, out);

	return err == ERR_OK ? key_legacy_read(ctx, account, legacy) : err;
}

enum err
key_task_read(const struct ctx *ctx, struct store_key *out,
    struct decision_legacy *legacy)
{
	int64_t account = key_task_account(ctx);
	struct str id;
	enum err err = key_task_id(ctx, &id);

	if (err != ERR_OK ||
	    (err = store_change_read(ctx->db, account)) != ERR_OK)
		return err;
	return store_change_read_end(ctx->db, key_task_find(ctx, account, id,
	    out, legacy));
}

enum err
key_task_begin(struct ctx *ctx, struct manage *m,
    enum store_key_change_kind kind, struct store_key *out)
{
	struct str id;
	enum err err = key_task_id(ctx, &id);

	if (err != ERR_OK || (err = manage_begin(ctx, m)) != ERR_OK)
		return err;
	err = store_key_change_allow(&m->change, kind);
	if (err == ERR_OK)
		err = store_key_change_lock(&m->change, ctx->arena, id, out);
	if (err == ERR_OK)
		err = manage_match(ctx, out->revision);
	return err == ERR_OK ? err : store_change_end(&m->change, err);
}

enum err
key_task_again(const struct ctx *ctx, struct store_key *key,
    struct json **out)
{
	struct decision_legacy legacy;
	enum err err = key_task_find(ctx, key->account, str_of(key->id), key,
	    &legacy);

	if (err != ERR_OK)
		return err;
	*out = key_json_make(ctx, key, &legacy);
	return *out != NULL ? ERR_OK : ERR_MEMORY;
}
