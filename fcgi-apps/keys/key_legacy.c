/* SPDX-License-Identifier: ISC */
#include "key_legacy.h"

#include "access.h"
#include "store_legacy.h"
#include "terms.h"

enum err
key_legacy_read(const struct ctx *ctx, int64_t account,
    struct decision_legacy *out)
{
	struct decision_legacy own, site;
	enum err err = access_legacy(ctx->request, &site);

	if (err == ERR_OK)
		err = store_legacy_find(ctx->db, ctx->arena, account, &own);
	if (err == ERR_OK)
		*out = decision_legacy_of(&own, &site);
	return err;
}

bool
key_legacy_is(const struct decision_legacy *legacy, struct str kind)
{
	return legacy->deprecated != 0 &&
	    str_eq(kind, str_of(decision_kind_name(DECISION_API_KEY)));
}

bool
key_legacy_refuses(const struct decision_legacy *legacy, struct str kind,
    int64_t now)
{
	return key_legacy_is(legacy, kind) && legacy->refuses &&
	    legacy->deprecated <= now;
}

void
key_legacy_respond(struct ctx *ctx, const struct decision_legacy *legacy)
{
	if (ctx->caller == NULL || !ctx->caller->deprecated)
		terms_legacy(legacy, TERMS_PLAIN, ctx->response);
}
