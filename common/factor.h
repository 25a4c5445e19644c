/* SPDX-License-Identifier: ISC */
/*
 * factor [layer 6]: the second factor of signing in: one-time codes of an
 * authenticator, whose secret is stored sealed for its member, and recovery
 * codes, which are stored as digests.
 */
#ifndef HASP_FACTOR_H
#define HASP_FACTOR_H

#include "config.h"
#include "digest.h"
#include "err.h"
#include "seal.h"
#include "totp.h"

/* A secret as it is stored. */
#define FACTOR_SEALED_SIZE SEAL_SIZE(TOTP_SECRET_SIZE)

/* Recovery codes of a member. */
#define FACTOR_CODES 10

/* Digits and letters of one: 95 bits; and room for it in groups with NUL. */
#define FACTOR_CODE_LENGTH 16
#define FACTOR_CODE_SIZE (FACTOR_CODE_LENGTH + 4)

/*
 * For the start of a program: ERR_CONFIG, and what to do in MESSAGE, if a key
 * file is named and is no good.
 */
enum err factor_check_config(const struct config *config,
    char message[CONFIG_MESSAGE_SIZE]) MUST_CHECK;

/*
 * A fresh secret, which the caller wipes, and what is stored of it for MEMBER.
 * ERR_TOTP_UNAVAILABLE: there is no good key file, which the log tells;
 * ERR_INTERNAL.
 */
enum err factor_make(const struct config *config, int64_t member,
    uint8_t secret[TOTP_SECRET_SIZE], uint8_t sealed[FACTOR_SEALED_SIZE])
    MUST_CHECK;

/*
 * Whether CODE is one of MEMBER's SEALED secret at NOW (clock_wall_us): ERR_OK
 * and its STEP. ERR_SIGN_IN_FAILED; ERR_TOTP_REPLAYED: of LAST_STEP or before;
 * ERR_TOTP_UNAVAILABLE, also for a secret sealed with another key.
 */
enum err factor_check(const struct config *config, int64_t member,
    struct str sealed, struct str code, int64_t now, int64_t last_step,
    int64_t *step) MUST_CHECK;

/* A fresh recovery code of MEMBER and its digest. ERR_INTERNAL. */
enum err factor_code_make(int64_t member, char out[FACTOR_CODE_SIZE],
    struct digest *digest) MUST_CHECK;

/*
 * The digest of a recovery code that somebody sent: hyphens and blanks do not
 * count. ERR_SIGN_IN_FAILED: it cannot be one.
 */
enum err factor_code_digest(int64_t member, struct str text,
    struct digest *out) MUST_CHECK;

#endif
