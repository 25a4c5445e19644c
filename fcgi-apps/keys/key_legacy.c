/* SPDX-License-Identifier: ISC */
#include "key_legacy.h"

#include <stdio.h>
#include <string.h>

#include "access.h"
#include "store_legacy.h"
#include "terms.h"

enum err
key_legacy_read(const struct ctx *ctx, int64_t account,
    struct decision_legacy *out)
{
	struct decision_record *record = arena_alloc(ctx->arena,
	    sizeof(*record));
	struct decision_legacy site;
	enum err err = access_legacy(ctx->request, &site);

	if (err != ERR_OK)
		return err;
	if (record == NULL)
		return ERR_MEMORY;
	/* As if a key of that kind asked; OUT keeps views into it. */
	record->kind = DECISION_API_KEY;
	if ((err = store_legacy_find(ctx->db, account, record)) != ERR_OK)
		return err;
	if (!decision_deprecated(record, &site, out))
		memset(out, 0, sizeof(*out));
	return ERR_OK;
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
	const struct access_caller made = {
		.found = true, .deprecated = true, .legacy = *legacy,
	};

	/* Whose own key is deprecated is told so anyway. */
	if (ctx->caller == NULL || !ctx->caller->deprecated)
		terms_respond(&made, TERMS_PLAIN, ctx->response);
}
