/* SPDX-License-Identifier: ISC */
/*
 * healthz [layer 8]: whether a check could be answered now, the database
 * included. Refuses with database_down if not, with check_unreachable if the
 * verifier has no lease.
 */
#include "auth_check.h"
#include "fence.h"
#include "store_key.h"

enum err
healthz_get(struct ctx *ctx)
{
	enum err err = store_key_ping(ctx->db);

	if (err == ERR_OK && !fence_is_leased())
		err = ERR_CHECK_UNREACHABLE;
	if (err != ERR_OK)
		return err;
	response_status(ctx->response, 200);
	response_header(ctx->response, "Cache-Control", STR("no-store"));
	response_body(ctx->response, "application/json",
	    STR("{\"status\":\"ok\"}"));
	return ERR_OK;
}
