/* SPDX-License-Identifier: ISC */
/*
 * recovery_codes [layer 8]: POST /session/recovery-codes: ten new ones, in
 * this one answer.
 */
#include <string.h>

#include "accounts.h"
#include "query.h"
#include "factor.h"
#include "store_audit.h"
#include "store_factor.h"

enum err
recovery_codes_make(struct ctx *ctx, const struct store_change *change,
    int64_t member, struct json *j)
{
	struct json *list = json_array_open();
	struct digest digests[FACTOR_CODES];
	char code[FACTOR_CODE_SIZE];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < FACTOR_CODES; i++) {
		err = factor_code_make(member, code, &digests[i]);
		json_append_str(list, str_of(code));
	}
	explicit_bzero(code, sizeof(code));
	json_set(j, "recovery_codes", list);
	if (err == ERR_OK)
		err = store_factor_set_codes(ctx->db, change->account, member,
		    digests, FACTOR_CODES);
	return err != ERR_OK ? err : store_audit_member(change,
	    "recovery_codes_made", member);
}

enum err
recovery_codes_post(struct ctx *ctx)
{
	struct json *j CLEANUP_JSON = json_object_open();
	struct store_member member;
	struct manage m;
	enum err err;

	if ((err = query_none(ctx)) != ERR_OK ||
	    (err = self_begin(ctx, &m, &member)) != ERR_OK)
		return err;
	/* They stand in place of codes that are in force. */
	err = member.totp ? recovery_codes_make(ctx, &m.change, member.id, j) :
	    ERR_TOTP_NOT_OFFERED;
	if ((err = store_change_end(&m.change, err)) != ERR_OK)
		return err;
	return response_json(ctx->response, 200, j);
}
