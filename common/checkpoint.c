/* SPDX-License-Identifier: ISC */
#include "checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"

#define CHECKPOINT_DASH STR("\xe2\x80\x94 ")	/* of signed-note */

enum err
checkpoint_sign(const struct checkpoint *c,
    const struct signature_signer *signer, char out[CHECKPOINT_SIZE])
{
	char hash[BASE64_SIZE(DIGEST_SIZE)], line[SIGNATURE_LINE_SIZE];
	enum err err;
	int len;

	base64_encode(c->hash.bytes, DIGEST_SIZE, hash);
	len = snprintf(out, CHECKPOINT_SIZE, "%s\n%lld\n%s\n",
	    signer->key.name, (long long)c->seq, hash);
	err = signature_line(signer, (struct str){ out, (size_t)len }, line);
	if (err != ERR_OK) {
		out[0] = '\0';
		return err;
	}
	(void)snprintf(out + len, CHECKPOINT_SIZE - (size_t)len, "\n%s", line);
	return ERR_OK;
}

enum signature_rc
checkpoint_read(const struct signature_key *keys, size_t count,
    struct str note, struct checkpoint *out)
{
	struct str text, origin, seq, hash;
	enum signature_rc rc;
	uint64_t n = 0;
	size_t len = 0;
	bool named = false;

	memset(out, 0, sizeof(*out));
	rc = signature_check(keys, count, note, &text);
	if (rc != SIGNATURE_GOOD)
		return rc;
	if (!str_cut(text, '\n', &origin, &text) ||
	    !str_cut(text, '\n', &seq, &text) ||
	    !str_cut(text, '\n', &hash, &text) || text.len > 0 ||
	    !str_u64(seq, INT64_MAX, &n) || n == 0 ||
	    base64_decode(hash, (char *)out->hash.bytes, DIGEST_SIZE, &len) !=
	    BASE64_OK || len != DIGEST_SIZE)
		return SIGNATURE_MALFORMED;
	for (size_t i = 0; i < count; i++)
		named = named || str_eq(origin, str_of(keys[i].name));
	if (!named)
		return SIGNATURE_MALFORMED;
	out->seq = (int64_t)n;
	return SIGNATURE_GOOD;
}

bool
checkpoint_next(struct str *text, struct str *note)
{
	struct str rest = *text, line;
	bool signatures = false;

	while (str_cut(rest, '\n', &line, &rest)) {
		signatures = signatures || line.len == 0;
		/* What follows the last signature is another's text. */
		if (signatures && line.len > 0 &&
		    !str_starts(rest, CHECKPOINT_DASH)) {
			*note = str_part(*text, 0,
			    (size_t)(rest.ptr - text->ptr));
			*text = rest;
			return true;
		}
	}
	return false;
}
