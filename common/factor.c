/* SPDX-License-Identifier: ISC */
#include "factor.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "secret.h"

#define FACTOR_GROUP 4
#define FACTOR_US 1000000

/* Room for a member's number and what stands around it. */
#define FACTOR_CONTEXT_SIZE 48

#define FACTOR_HOW "head -c 32 /dev/urandom >FILE; chmod 0600 FILE; name " \
	"FILE as totp_key_file in [accounts]"

enum err
factor_check_config(const struct config *config,
    char message[CONFIG_MESSAGE_SIZE])
{
	struct seal_key key CLEANUP(seal_key_wipe);
	char reason[SEAL_MESSAGE_SIZE] = "";
	enum err err;

	memset(&key, 0, sizeof(key));
	if (config->accounts_totp_key_file[0] == '\0')
		return ERR_OK;
	err = seal_read_key(config->accounts_totp_key_file, &key, reason);
	if (err != ERR_OK)
		(void)snprintf(message, CONFIG_MESSAGE_SIZE,
		    "totp_key_file: %.400s", reason);
	return err;
}

/* Read anew at each use: it is 32 bytes, and stays in memory for no longer. */
static enum err
factor_key(const struct config *config, struct seal_key *key)
{
	char reason[SEAL_MESSAGE_SIZE] = "none is named";

	if (config->accounts_totp_key_file[0] != '\0' &&
	    seal_read_key(config->accounts_totp_key_file, key,
	    reason) == ERR_OK)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR, "totp_key_missing",
	    LOG_S("reason", reason), LOG_S("do", FACTOR_HOW));
	return ERR_TOTP_UNAVAILABLE;
}

static struct str
factor_context(int64_t member, char room[FACTOR_CONTEXT_SIZE])
{
	(void)snprintf(room, FACTOR_CONTEXT_SIZE, "totp %lld",
	    (long long)member);
	return str_of(room);
}

enum err
factor_make(const struct config *config, int64_t member,
    uint8_t secret[TOTP_SECRET_SIZE], uint8_t sealed[FACTOR_SEALED_SIZE])
{
	struct seal_key key CLEANUP(seal_key_wipe);
	char room[FACTOR_CONTEXT_SIZE];
	enum err err;

	memset(&key, 0, sizeof(key));
	if ((err = factor_key(config, &key)) != ERR_OK ||
	    (err = totp_make_secret(secret)) != ERR_OK)
		return err;
	return seal_close(&key, factor_context(member, room), secret,
	    TOTP_SECRET_SIZE, sealed);
}

/* Opens what factor_make sealed. */
static enum err
factor_open(const struct config *config, int64_t member, struct str sealed,
    uint8_t secret[TOTP_SECRET_SIZE])
{
	struct seal_key key CLEANUP(seal_key_wipe);
	char room[FACTOR_CONTEXT_SIZE];
	enum err err;

	memset(&key, 0, sizeof(key));
	if ((err = factor_key(config, &key)) != ERR_OK)
		return err;
	if (sealed.len == FACTOR_SEALED_SIZE &&
	    seal_open(&key, factor_context(member, room),
	    (const uint8_t *)sealed.ptr, sealed.len, secret) == ERR_OK)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR, "totp_not_opened",
	    LOG_I("member", member),
	    LOG_S("meaning", "sealed with another key, or changed"));
	return ERR_TOTP_UNAVAILABLE;
}

enum err
factor_check(const struct config *config, int64_t member, struct str sealed,
    struct str code, int64_t now, int64_t last_step, int64_t *step)
{
	uint8_t secret[TOTP_SECRET_SIZE] = { 0 };
	enum err err = factor_open(config, member, sealed, secret);

	/* Against no last step, so that a code used again is told apart. */
	if (err == ERR_OK)
		err = totp_check(secret, code, now / FACTOR_US, TOTP_NO_STEP,
		    step);
	explicit_bzero(secret, sizeof(secret));
	if (err == ERR_OK && *step <= last_step)
		return ERR_TOTP_REPLAYED;
	return err;
}

/* The digest of the code CODE, which has FACTOR_CODE_LENGTH characters. */
static enum err
factor_code_hash(int64_t member, const char code[FACTOR_CODE_LENGTH],
    struct digest *out)
{
	char text[FACTOR_CONTEXT_SIZE];
	int n = snprintf(text, sizeof(text), "%lld:%.*s", (long long)member,
	    FACTOR_CODE_LENGTH, code);
	enum err err = digest_sha256((struct str){ text, (size_t)n }, out);

	explicit_bzero(text, sizeof(text));
	return err;
}

enum err
factor_code_make(int64_t member, char out[FACTOR_CODE_SIZE],
    struct digest *digest)
{
	char code[FACTOR_CODE_LENGTH + 1];
	enum err err = secret_base62(code, FACTOR_CODE_LENGTH);
	size_t n = 0;

	if (err == ERR_OK)
		err = factor_code_hash(member, code, digest);
	for (size_t i = 0; err == ERR_OK && i < FACTOR_CODE_LENGTH; i++) {
		if (i > 0 && i % FACTOR_GROUP == 0)
			out[n++] = '-';
		out[n++] = code[i];
	}
	out[n] = '\0';
	explicit_bzero(code, sizeof(code));
	return err;
}

enum err
factor_code_digest(int64_t member, struct str text, struct digest *out)
{
	char code[FACTOR_CODE_LENGTH] = { 0 };
	enum err err = ERR_SIGN_IN_FAILED;
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '-' || text.ptr[i] == ' ')
			continue;
		if (n < sizeof(code))
			code[n] = text.ptr[i];
		n++;
	}
	if (n == sizeof(code) && memchr(code, '\0', n) == NULL)
		err = factor_code_hash(member, code, out);
	explicit_bzero(code, sizeof(code));
	return err;
}
