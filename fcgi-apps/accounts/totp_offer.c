/* SPDX-License-Identifier: ISC */
/*
 * totp_offer [layer 8]: POST /session/totp: a secret for an authenticator, as
 * text, URI and QR code. What is in force stays so until a code confirms it.
 */
#include <string.h>

#include "accounts.h"
#include "query.h"
#include "factor.h"
#include "qr.h"
#include "store_audit.h"
#include "store_factor.h"

static enum err
totp_offer_store(struct ctx *ctx, const struct store_change *change,
    struct str sealed)
{
	int64_t member = ctx->session->row.member;
	enum err err = store_factor_offer(ctx->db, change->account, member,
	    sealed);

	return err != ERR_OK ? err : store_audit_member(change,
	    "totp_offered", member);
}

static enum err
totp_offer_answer(struct ctx *ctx, const uint8_t secret[TOTP_SECRET_SIZE])
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct buf uri = buf_in(ctx->arena), svg = buf_in(ctx->arena);
	char base32[TOTP_BASE32_SIZE];
	enum err err;

	totp_uri(secret, str_of(ctx->config->accounts_issuer),
	    str_of(ctx->session->row.email), &uri);
	if (uri.failed)
		return ERR_MEMORY;
	if ((err = qr_svg(buf_str(&uri), &svg)) != ERR_OK)
		return err;
	totp_base32(secret, base32);
	json_set_text(j, "secret", base32);
	explicit_bzero(base32, sizeof(base32));
	json_set_str(j, "otpauth_uri", buf_str(&uri));
	json_set_str(j, "qr_svg", buf_str(&svg));
	return response_json(ctx->response, 201, j);
}

enum err
totp_offer_post(struct ctx *ctx)
{
	uint8_t secret[TOTP_SECRET_SIZE] = { 0 }, sealed[FACTOR_SEALED_SIZE];
	struct store_member member;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = self_begin(ctx, &m, &member)) != ERR_OK)
		return err;
	err = factor_make(ctx->config, member.id, secret, sealed);
	if (err != ERR_OK)
		err = store_change_end(&m.change, err);
	else
		err = store_change_end(&m.change, totp_offer_store(ctx,
		    &m.change, (struct str){ (const char *)sealed,
		    sizeof(sealed) }));
	if (err == ERR_OK)
		err = totp_offer_answer(ctx, secret);
	explicit_bzero(secret, sizeof(secret));
	return err;
}
