/* SPDX-License-Identifier: ISC */
/*
 * store_factor [layer 5]: members' second factors, authenticators and recovery
 * codes, inside a transaction that sees their account. Secrets come sealed,
 * codes as digests.
 */
#ifndef HASP_STORE_FACTOR_H
#define HASP_STORE_FACTOR_H

#include "db.h"
#include "digest.h"
#include "err.h"

/* Keeps a sealed secret as offered; what is in force stays so. */
enum err store_factor_offer(struct db *db, int64_t account, int64_t member,
    struct str sealed) MUST_CHECK;

/* SEALED, which was offered, is in force; the code of STEP is taken. */
enum err store_factor_confirm(struct db *db, int64_t account, int64_t member,
    struct str sealed, int64_t step) MUST_CHECK;

/* Removes the authenticator, offered or in force, and the recovery codes. */
enum err store_factor_remove(struct db *db, int64_t account, int64_t member)
    MUST_CHECK;

/*
 * Takes the code of STEP: ERR_TOTP_REPLAYED if that step, or a later one, was
 * taken before. Of many who come with one code one is first.
 */
enum err store_factor_take_step(struct db *db, int64_t account, int64_t member,
    int64_t step) MUST_CHECK;

/* Makes the COUNT codes the member's only ones. */
enum err store_factor_set_codes(struct db *db, int64_t account, int64_t member,
    const struct digest *codes, size_t count) MUST_CHECK;

/* Uses a recovery code up; ERR_SIGN_IN_FAILED if it is none (any more). */
enum err store_factor_use_code(struct db *db, int64_t account, int64_t member,
    const struct digest *code) MUST_CHECK;

#endif
