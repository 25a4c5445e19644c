/* SPDX-License-Identifier: ISC */
/*
 * totp [layer 1]: one-time codes of authenticator apps (RFC 6238) by liboath:
 * HMAC-SHA-1, 6 digits, steps of 30 seconds from 1970 on, which is what every
 * app can do. Any thread may call.
 */
#ifndef HASP_TOTP_H
#define HASP_TOTP_H

#include "buf.h"
#include "err.h"

/* Bytes of a secret: as many as RFC 4226 section 4 (R6) recommends. */
#define TOTP_SECRET_SIZE 20
#define TOTP_DIGITS 6
#define TOTP_STEP_SECONDS 30

/*
 * Steps that a clock may be off, either side (RFC 6238 section 5.2): codes of
 * 30 to 60 seconds ago count, too, for who types slowly.
 */
#define TOTP_SKEW 1

/* The LAST_STEP of who has not used a code yet. */
#define TOTP_NO_STEP (-1)

/* Room for totp_base32, its NUL included. */
#define TOTP_BASE32_SIZE (TOTP_SECRET_SIZE / 5 * 8 + 1)

/*
 * A fresh secret; the caller wipes it. ERR_INTERNAL (and zeros) if there is
 * no randomness.
 */
enum err totp_make_secret(uint8_t secret[TOTP_SECRET_SIZE]) MUST_CHECK;

/*
 * Whether CODE is one of SECRET's at NOW_S (seconds since 1970). CODE is six
 * digits; blanks and tabs between and around them are passed over, since apps
 * show "123 456". ERR_OK sets STEP to the code's step, which is above
 * LAST_STEP: the caller stores it as the next LAST_STEP, and lets nobody in
 * if another request was first, so that a code counts once. If the code is
 * that of two steps the later one is taken.
 *
 * ERR_SIGN_IN_FAILED: no such code, or used before; STEP is left alone.
 * ERR_INTERNAL: liboath fails, or NOW_S is before 1970.
 */
enum err totp_check(const uint8_t secret[TOTP_SECRET_SIZE], struct str code,
    int64_t now_s, int64_t last_step, int64_t *step) MUST_CHECK;

/* SECRET as apps take it typed: base32 (RFC 4648 section 6), no padding. */
void totp_base32(const uint8_t secret[TOTP_SECRET_SIZE],
    char out[TOTP_BASE32_SIZE]);

/*
 * Adds to OUT the URI that apps read from a QR code: otpauth://totp/, ISSUER,
 * colon, EMAIL, and the secret and its rules as parameters. All but letters,
 * digits and -._~ of the two texts is percent-encoded (RFC 3986 section 2.1).
 * OUT holds the secret then.
 */
void totp_uri(const uint8_t secret[TOTP_SECRET_SIZE], struct str issuer,
    struct str email, struct buf *out);

#endif
