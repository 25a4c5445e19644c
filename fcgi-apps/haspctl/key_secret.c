/* SPDX-License-Identifier: ISC */
#include "key_secret.h"

#include "certainty.h"
#include "clock.h"
#include "key_sheet.h"
#include "output.h"
#include "store_key.h"

enum status
key_secret_tell(struct invocation *inv, int64_t account, const char *id,
    const struct newkey *secret, const char *verb)
{
	struct output_sheet sheet;
	struct store_key key;
	enum err err;

	if (output_is_quiet() && !output_is_json())
		err = ERR_OK;
	else
		err = store_key_find(inv->db, inv->arena, account, str_of(id),
		    &key);
	if (err == ERR_OK && output_is_json()) {
		err = key_sheet_make(inv->arena, &key, 1, clock_wall_us(),
		    secret->text, &sheet);
		if (err == ERR_OK)
			err = certainty_record(inv, &sheet);
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
