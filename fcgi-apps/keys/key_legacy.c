/* SPDX-License-Identifier: ISC */
#include "key_legacy.h"

#include <stdio.h>

#include "moment.h"
#include "store_legacy.h"

enum err
key_legacy_read(const struct ctx *ctx, int64_t account,
    struct key_legacy *out)
{
	struct store_legacy own;
	enum err err = store_legacy_find(ctx->db, ctx->arena, account, &own);

	if (err != ERR_OK)
		return err;
	*out = (struct key_legacy){
		own.deprecated, own.sunset, str_of(own.link), own.refuses,
	};
	return ERR_OK;
}

bool
key_legacy_is(const struct key_legacy *legacy, struct str kind)
{
	return legacy->deprecated != 0 && str_eq(kind, STR("api_key"));
}

bool
key_legacy_refuses(const struct key_legacy *legacy, struct str kind,
    int64_t now)
{
	return key_legacy_is(legacy, kind) && legacy->refuses &&
	    legacy->deprecated <= now;
}

void
key_legacy_respond(struct ctx *ctx, const struct key_legacy *legacy)
{
	char date[24], sunset[MOMENT_HTTP_SIZE];
	struct buf link = buf_in(ctx->arena);

	(void)snprintf(date, sizeof(date), "@%lld",
	    (long long)(legacy->deprecated / 1000000));
	response_header(ctx->response, "Deprecation", str_of(date));
	if (legacy->sunset != 0) {
		moment_http(legacy->sunset, sunset);
		response_header(ctx->response, "Sunset", str_of(sunset));
	}
	if (legacy->link.len == 0)
		return;
	buf_printf(&link, "<%.*s>; rel=\"deprecation\"",
	    (int)legacy->link.len, legacy->link.ptr);
	if (link.failed)
		ctx->response->bad = true;
	else
		response_header(ctx->response, "Link", buf_str(&link));
}
