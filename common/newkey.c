/* SPDX-License-Identifier: ISC */
#include "newkey.h"

#include <stdio.h>
#include <string.h>

#include "secret.h"

#define NEWKEY_ID "key_"
#define NEWKEY_ID_RANDOM 16	/* base62 digits behind it */

void
newkey_wipe(struct newkey *newkey)
{
	explicit_bzero(newkey, sizeof(*newkey));
}

enum err
newkey_make(const struct keytext_rules *rules, struct str environment,
    struct newkey *out)
{
	char random[KEYTEXT_RANDOM + 1];
	struct str text;
	enum err err;

	if ((err = secret_base62(random, KEYTEXT_RANDOM)) == ERR_OK)
		err = keytext_make(rules, environment, random, out->text);
	explicit_bzero(random, sizeof(random));
	if (err != ERR_OK)
		return err;
	text = str_of(out->text);
	out->fresh.last = str_part(text, text.len - KEYTEXT_LAST,
	    KEYTEXT_LAST);
	return digest_sha256(text, &out->fresh.digest);
}

enum err
newkey_id(char out[DECISION_ID_SIZE])
{
	(void)snprintf(out, DECISION_ID_SIZE, "%s", NEWKEY_ID);
	return secret_base62(out + strlen(out), NEWKEY_ID_RANDOM);
}

bool
newkey_is_id(struct str text)
{
	struct str digits = str_part(text, sizeof(NEWKEY_ID) - 1, text.len);

	if (!str_starts(text, STR(NEWKEY_ID)) ||
	    digits.len != NEWKEY_ID_RANDOM)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z')))
			return false;
	}
	return true;
}
