/* SPDX-License-Identifier: ISC */
#include "totp.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <string.h>

#include "secret.h"

/* liboath is set up by whichever thread comes first. */
static pthread_once_t totp_once = PTHREAD_ONCE_INIT;
static int totp_ready = OATH_CRYPTO_ERROR;

static void
totp_init(void)
{
	totp_ready = oath_init();
}

enum err
totp_make_secret(uint8_t secret[TOTP_SECRET_SIZE])
{
	return secret_random(secret, TOTP_SECRET_SIZE);
}

/* The digits of CODE without blanks; false if they are not six. */
static bool
totp_digits(struct str code, char digits[TOTP_DIGITS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < code.len; i++) {
		if (code.ptr[i] == ' ' || code.ptr[i] == '\t')
			continue;
		if (code.ptr[i] < '0' || code.ptr[i] > '9' || n == TOTP_DIGITS)
			return false;
		digits[n++] = code.ptr[i];
	}
	digits[n] = '\0';
	return n == TOTP_DIGITS;
}

/* Whether DIGITS are the code of STEP, which is not negative. */
static enum err
totp_matches(const uint8_t *secret, const char *digits, int64_t step,
    bool *matches)
{
	char want[TOTP_DIGITS + 1] = "";
	int rc = oath_hotp_generate((const char *)secret, TOTP_SECRET_SIZE,
	    (uint64_t)step, TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
	    want);

	*matches = rc == OATH_OK && secret_equal(want, digits, sizeof(want));
	explicit_bzero(want, sizeof(want));
	return rc == OATH_OK ? ERR_OK : ERR_INTERNAL;
}

enum err
totp_check(const uint8_t secret[TOTP_SECRET_SIZE], struct str code,
    int64_t now_s, int64_t last_step, int64_t *step)
{
	int64_t now = now_s / TOTP_STEP_SECONDS, found = TOTP_NO_STEP;
	char digits[TOTP_DIGITS + 1];
	enum err err = ERR_OK;

	if (pthread_once(&totp_once, totp_init) != 0 ||
	    totp_ready != OATH_OK || now_s < 0)
		return ERR_INTERNAL;
	if (!totp_digits(code, digits))
		return ERR_SIGN_IN_FAILED;
	for (int64_t s = now - TOTP_SKEW; s <= now + TOTP_SKEW; s++) {
		bool matches = false;

		if (s >= 0 && err == ERR_OK)
			err = totp_matches(secret, digits, s, &matches);
		if (matches)
			found = s;
	}
	explicit_bzero(digits, sizeof(digits));
	if (err != ERR_OK)
		return err;
	if (found == TOTP_NO_STEP || found <= last_step)
		return ERR_SIGN_IN_FAILED;
	*step = found;
	return ERR_OK;
}

void
totp_base32(const uint8_t secret[TOTP_SECRET_SIZE], char out[TOTP_BASE32_SIZE])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;

	for (size_t i = 0; i < TOTP_SECRET_SIZE; i++) {
		bits = (bits << 8 | secret[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			out[n++] = alphabet[bits >> (have - 5) & 31];
	}
	out[n] = '\0';
}

void
totp_uri(const uint8_t secret[TOTP_SECRET_SIZE], struct str issuer,
    struct str email, struct buf *out)
{
	char base32[TOTP_BASE32_SIZE];

	totp_base32(secret, base32);
	buf_add(out, STR("otpauth://totp/"));
	buf_percent(out, issuer);
	buf_add(out, STR(":"));
	buf_percent(out, email);
	buf_add(out, STR("?secret="));
	buf_add(out, str_of(base32));
	buf_add(out, STR("&issuer="));
	buf_percent(out, issuer);
	buf_printf(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS,
	    TOTP_STEP_SECONDS);
	explicit_bzero(base32, sizeof(base32));
}
