/* SPDX-License-Identifier: ISC */
#include "oauth_own.h"

#include "keytext.h"
#include "store_key.h"

enum err
oauth_own_find(struct oauth *o, struct decision_record *out, bool *found)
{
	struct keytext_rules rules = keytext_token_rules(o->ctx->config);
	struct store_key_found key;
	struct digest digest;
	struct keytext text;
	enum err err;

	*found = false;
	if (o->in.token.len == 0)
		return oauth_fault(o, "The parameter token is missing.");
	if (keytext_parse(&rules, o->in.token, &text) != ERR_OK)
		return ERR_OK;
	if ((err = digest_sha256(o->in.token, &digest)) != ERR_OK)
		return err;
	store_key_look_up(o->ctx->db, &digest, 1, &key);
	if (key.err == ERR_KEY_UNKNOWN)
		return ERR_OK;
	if (key.err != ERR_OK)
		return key.err;
	*found = str_eq(str_of(key.record.app), str_of(o->guid));
	if (*found)
		*out = key.record;
	return ERR_OK;
}
