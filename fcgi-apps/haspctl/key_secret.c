/* SPDX-License-Identifier: ISC */
#include "key_secret.h"

#include <string.h>

#include "clock.h"
#include "key_sheet.h"
#include "output.h"
#include "secret.h"
#include "store_key.h"

void
key_secret_wipe(struct key_secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

enum err
key_secret_make(const struct keytext_rules *rules, struct str environment,
    struct key_secret *out)
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
	out->last = str_part(text, text.len - KEYTEXT_LAST, KEYTEXT_LAST);
	return digest_sha256(text, &out->digest);
}

enum status
key_secret_tell(struct invocation *inv, const char *id,
    const struct key_secret *secret, const char *verb)
{
	struct output_sheet sheet;
	struct store_key key;
	enum err err;

	if (output_is_quiet() && !output_is_json())
		err = ERR_OK;
	else
		err = store_key_find(inv->db, inv->arena, str_of(id), &key);
	if (err == ERR_OK && output_is_json()) {
		err = key_sheet_make(inv->arena, &key, 1, clock_wall_us(),
		    secret->text, &sheet);
		if (err == ERR_OK)
			err = output_record(&sheet);
	} else {
		if (err == ERR_OK && !output_is_quiet())
			output_words("%s key %s (%s) of account %lld: role "
			    "%s, environment %s. This is its only showing:",
			    verb, id, key.name, (long long)key.account,
			    key.role, key.environment);
		err = output_secret(str_of(secret->text));
	}
	if (err == ERR_OK && output_close(STATUS_OK) == STATUS_OK)
		return STATUS_OK;
	return output_fail(STATUS_IO, "the secret of key %s was made but not "
	    "shown, and cannot be shown again: `haspctl key rotate %s "
	    "--overlap 0`, or `haspctl key revoke %s`", id, id, id);
}
