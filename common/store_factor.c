/* SPDX-License-Identifier: ISC */
#include "store_factor.h"

#include "store_row.h"

/* Runs what changes one row; NONE if there is no such row. */
static enum err
store_factor_one(struct db *db, enum statement statement,
    const struct db_param *params, size_t count, enum err none)
{
	size_t rows = 0;
	enum err err = store_row_touch(db, statement, params, count, &rows);

	if (err != ERR_OK)
		return err;
	return rows == 1 ? ERR_OK : none;
}

enum err
store_factor_offer(struct db *db, int64_t account, int64_t member,
    struct str sealed)
{
	struct db_param params[] = {
		db_int(account), db_int(member),
		db_bytes(sealed.ptr, sealed.len),
	};

	return store_factor_one(db, STATEMENT_OFFER_TOTP, params,
	    ARRAY_LEN(params), ERR_NOT_FOUND);
}

enum err
store_factor_confirm(struct db *db, int64_t account, int64_t member,
    struct str sealed, int64_t step)
{
	struct db_param params[] = {
		db_int(account), db_int(member),
		db_bytes(sealed.ptr, sealed.len), db_int(step),
	};

	return store_factor_one(db, STATEMENT_CONFIRM_TOTP, params,
	    ARRAY_LEN(params), ERR_NOT_FOUND);
}

static enum err
store_factor_end_codes(struct db *db, int64_t account, int64_t member)
{
	struct db_param params[] = { db_int(account), db_int(member) };

	return store_row_touch(db, STATEMENT_END_RECOVERY_CODES, params,
	    ARRAY_LEN(params), NULL);
}

enum err
store_factor_remove(struct db *db, int64_t account, int64_t member)
{
	struct db_param params[] = { db_int(account), db_int(member) };
	enum err err = store_factor_one(db, STATEMENT_REMOVE_TOTP, params,
	    ARRAY_LEN(params), ERR_NOT_FOUND);

	return err != ERR_OK ? err :
	    store_factor_end_codes(db, account, member);
}

enum err
store_factor_take_step(struct db *db, int64_t account, int64_t member,
    int64_t step)
{
	struct db_param params[] = {
		db_int(account), db_int(member), db_int(step),
	};

	return store_factor_one(db, STATEMENT_TAKE_TOTP_STEP, params,
	    ARRAY_LEN(params), ERR_TOTP_REPLAYED);
}

enum err
store_factor_set_codes(struct db *db, int64_t account, int64_t member,
    const struct digest *codes, size_t count)
{
	enum err err = store_factor_end_codes(db, account, member);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct db_param params[] = {
			store_row_digest(&codes[i]), db_int(account),
			db_int(member),
		};

		err = store_row_touch(db, STATEMENT_ADD_RECOVERY_CODE, params,
		    ARRAY_LEN(params), NULL);
	}
	return err;
}

enum err
store_factor_use_code(struct db *db, int64_t account, int64_t member,
    const struct digest *code)
{
	struct db_param params[] = {
		db_int(account), db_int(member), store_row_digest(code),
	};

	return store_factor_one(db, STATEMENT_USE_RECOVERY_CODE, params,
	    ARRAY_LEN(params), ERR_SIGN_IN_FAILED);
}
