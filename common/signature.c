/* SPDX-License-Identifier: ISC */
#include "signature.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "digest.h"
#include "secret.h"

#define SIGNATURE_ED25519 1	/* its number in signed-note */
#define SIGNATURE_RAW (1 + SIGNATURE_SEED_SIZE)	/* number and 32 bytes */
#define SIGNATURE_BLOB (SIGNATURE_ID_SIZE + SIGNATURE_SIZE)
#define SIGNATURE_DASH "\xe2\x80\x94 "	/* U+2014 and a blank */
#define SIGNATURE_PRIVATE STR("PRIVATE+KEY+")

void
signature_wipe(struct signature_signer *signer)
{
	explicit_bzero(signer, sizeof(*signer));
}

static void
signature_pkey_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void
signature_md_free(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

bool
signature_is_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f ||
		    name.ptr[i] == '+')
			return false;
	return name.len > 0 && name.len <= SIGNATURE_NAME_MAX;
}

/* Name and id of KEY, whose bytes are there. */
static enum err
signature_label(struct signature_key *key, struct str name)
{
	uint8_t text[SIGNATURE_NAME_MAX + 2 + SIGNATURE_PUBLIC_SIZE];
	struct digest digest;
	enum err err;

	memcpy(text, name.ptr, name.len);
	text[name.len] = '\n';
	text[name.len + 1] = SIGNATURE_ED25519;
	memcpy(text + name.len + 2, key->bytes, SIGNATURE_PUBLIC_SIZE);
	err = digest_sha256((struct str){ (const char *)text,
	    name.len + 2 + SIGNATURE_PUBLIC_SIZE }, &digest);
	memset(key->name, 0, sizeof(key->name));
	memcpy(key->name, name.ptr, name.len);
	memcpy(key->id, digest.bytes, SIGNATURE_ID_SIZE);
	return err;
}

enum err
signature_derive(struct str name, const uint8_t seed[SIGNATURE_SEED_SIZE],
    struct signature_signer *out)
{
	EVP_PKEY *pkey CLEANUP(signature_pkey_free) = NULL;
	size_t len = SIGNATURE_PUBLIC_SIZE;

	memset(out, 0, sizeof(*out));
	if (!signature_is_name(name))
		return ERR_INVALID;
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
	    SIGNATURE_SEED_SIZE);
	if (pkey == NULL || EVP_PKEY_get_raw_public_key(pkey, out->key.bytes,
	    &len) != 1 || len != SIGNATURE_PUBLIC_SIZE)
		return ERR_INTERNAL;
	memcpy(out->seed, seed, SIGNATURE_SEED_SIZE);
	return signature_label(&out->key, name);
}

enum err
signature_make(struct str name, struct signature_signer *out)
{
	uint8_t seed[SIGNATURE_SEED_SIZE];
	enum err err = secret_random(seed, sizeof(seed));

	if (err == ERR_OK)
		err = signature_derive(name, seed, out);
	explicit_bzero(seed, sizeof(seed));
	return err;
}

/* NAME+ID+BASE64 of BYTES behind what stands in OUT. */
static void
signature_text(const struct signature_key *key, const uint8_t *bytes,
    char out[SIGNATURE_TEXT_SIZE])
{
	uint8_t raw[SIGNATURE_RAW] = { SIGNATURE_ED25519 };
	char encoded[BASE64_SIZE(SIGNATURE_RAW)];
	size_t len = strlen(out);

	memcpy(raw + 1, bytes, SIGNATURE_SEED_SIZE);
	base64_encode(raw, sizeof(raw), encoded);
	(void)snprintf(out + len, SIGNATURE_TEXT_SIZE - len,
	    "%s+%02x%02x%02x%02x+%s", key->name, key->id[0], key->id[1],
	    key->id[2], key->id[3], encoded);
	explicit_bzero(raw, sizeof(raw));
	explicit_bzero(encoded, sizeof(encoded));
}

void
signature_key_text(const struct signature_key *key,
    char out[SIGNATURE_TEXT_SIZE])
{
	out[0] = '\0';
	signature_text(key, key->bytes, out);
}

void
signature_signer_text(const struct signature_signer *signer,
    char out[SIGNATURE_TEXT_SIZE])
{
	struct str before = SIGNATURE_PRIVATE;

	memcpy(out, before.ptr, before.len + 1);
	signature_text(&signer->key, signer->seed, out);
}

/* NAME and the bytes of what signature_text wrote. */
static bool
signature_untext(struct str text, struct str *name,
    uint8_t bytes[SIGNATURE_SEED_SIZE])
{
	char raw[SIGNATURE_RAW] = { 0 };
	struct str id, encoded;
	size_t len = 0;
	bool good = str_cut(text, '+', name, &text) &&
	    str_cut(text, '+', &id, &encoded) && signature_is_name(*name) &&
	    base64_decode(encoded, raw, sizeof(raw), &len) == BASE64_OK &&
	    len == sizeof(raw) && raw[0] == SIGNATURE_ED25519;

	if (good)
		memcpy(bytes, raw + 1, SIGNATURE_SEED_SIZE);
	explicit_bzero(raw, sizeof(raw));
	return good;
}

bool
signature_key_parse(struct str text, struct signature_key *out)
{
	char again[SIGNATURE_TEXT_SIZE];
	struct str name;

	memset(out, 0, sizeof(*out));
	if (signature_untext(text, &name, out->bytes) &&
	    signature_label(out, name) == ERR_OK) {
		/* There is one text for each key, its id included. */
		signature_key_text(out, again);
		if (str_eq(text, str_of(again)))
			return true;
	}
	memset(out, 0, sizeof(*out));
	return false;
}

bool
signature_signer_parse(struct str text, struct signature_signer *out)
{
	struct str before = SIGNATURE_PRIVATE, name;
	uint8_t seed[SIGNATURE_SEED_SIZE] = { 0 };
	char again[SIGNATURE_TEXT_SIZE] = "";
	bool good = str_starts(text, before) && signature_untext(
	    str_part(text, before.len, text.len), &name, seed) &&
	    signature_derive(name, seed, out) == ERR_OK;

	if (good) {
		signature_signer_text(out, again);
		good = str_eq(text, str_of(again));
	}
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(again, sizeof(again));
	if (!good)
		signature_wipe(out);
	return good;
}

enum err
signature_sign(const struct signature_signer *signer, struct str data,
    uint8_t out[SIGNATURE_SIZE])
{
	EVP_MD_CTX *ctx CLEANUP(signature_md_free) = EVP_MD_CTX_new();
	EVP_PKEY *pkey CLEANUP(signature_pkey_free) =
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, signer->seed,
	    SIGNATURE_SEED_SIZE);
	size_t len = SIGNATURE_SIZE;

	memset(out, 0, SIGNATURE_SIZE);
	if (ctx != NULL && pkey != NULL && EVP_DigestSignInit(ctx, NULL, NULL,
	    NULL, pkey) == 1 && EVP_DigestSign(ctx, out, &len,
	    (const unsigned char *)data.ptr, data.len) == 1 &&
	    len == SIGNATURE_SIZE)
		return ERR_OK;
	memset(out, 0, SIGNATURE_SIZE);
	return ERR_INTERNAL;
}

bool
signature_holds(const struct signature_key *key, struct str data,
    const uint8_t signature[SIGNATURE_SIZE])
{
	EVP_MD_CTX *ctx CLEANUP(signature_md_free) = EVP_MD_CTX_new();
	EVP_PKEY *pkey CLEANUP(signature_pkey_free) =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes,
	    SIGNATURE_PUBLIC_SIZE);

	return ctx != NULL && pkey != NULL && EVP_DigestVerifyInit(ctx, NULL,
	    NULL, NULL, pkey) == 1 && EVP_DigestVerify(ctx, signature,
	    SIGNATURE_SIZE, (const unsigned char *)data.ptr, data.len) == 1;
}

enum err
signature_line(const struct signature_signer *signer, struct str text,
    char out[SIGNATURE_LINE_SIZE])
{
	uint8_t blob[SIGNATURE_BLOB];
	char encoded[BASE64_SIZE(SIGNATURE_BLOB)];
	enum err err;

	out[0] = '\0';
	if (text.len == 0 || text.ptr[text.len - 1] != '\n')
		return ERR_INVALID;
	memcpy(blob, signer->key.id, SIGNATURE_ID_SIZE);
	err = signature_sign(signer, text, blob + SIGNATURE_ID_SIZE);
	if (err != ERR_OK)
		return err;
	base64_encode(blob, sizeof(blob), encoded);
	(void)snprintf(out, SIGNATURE_LINE_SIZE, SIGNATURE_DASH "%s %s\n",
	    signer->key.name, encoded);
	return ERR_OK;
}

/* What LINE, without its LF, says of TEXT. */
static enum signature_rc
signature_judge(const struct signature_key *keys, size_t count,
    struct str line, struct str text)
{
	char blob[SIGNATURE_NOTE_MAX];
	struct str name, encoded, dash = STR(SIGNATURE_DASH);
	size_t len = 0;

	if (!str_starts(line, dash) || !str_cut(str_part(line, dash.len,
	    line.len), ' ', &name, &encoded) || !signature_is_name(name) ||
	    base64_decode(encoded, blob, sizeof(blob), &len) != BASE64_OK ||
	    len <= SIGNATURE_ID_SIZE)
		return SIGNATURE_MALFORMED;
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(name, str_of(keys[i].name)) ||
		    memcmp(blob, keys[i].id, SIGNATURE_ID_SIZE) != 0)
			continue;
		return len == SIGNATURE_BLOB && signature_holds(&keys[i],
		    text, (const uint8_t *)blob + SIGNATURE_ID_SIZE) ?
		    SIGNATURE_GOOD : SIGNATURE_WRONG;
	}
	return SIGNATURE_UNKNOWN;
}

/* Cuts NOTE at its last empty line, which ends what is signed. */
static bool
signature_cut(struct str note, struct str *text, struct str *lines)
{
	if (note.len > SIGNATURE_NOTE_MAX || note.len < 2 ||
	    note.ptr[note.len - 1] != '\n' || !str_is_utf8(note))
		return false;
	for (size_t i = note.len - 2; i > 1; i--) {
		if (note.ptr[i] != '\n' || note.ptr[i - 1] != '\n')
			continue;
		*text = str_part(note, 0, i);
		*lines = str_part(note, i + 1, note.len);
		return true;
	}
	return false;
}

enum signature_rc
signature_check(const struct signature_key *keys, size_t count,
    struct str note, struct str *text)
{
	struct str body, lines, line;
	enum signature_rc rc, all = SIGNATURE_UNKNOWN;
	size_t n = 0;

	*text = STR("");
	if (!signature_cut(note, &body, &lines))
		return SIGNATURE_MALFORMED;
	while (str_cut(lines, '\n', &line, &lines)) {
		rc = signature_judge(keys, count, line, body);
		if (rc == SIGNATURE_MALFORMED || ++n > SIGNATURE_LINES_MAX)
			return SIGNATURE_MALFORMED;
		if (rc == SIGNATURE_WRONG)
			return rc;
		if (rc == SIGNATURE_GOOD)
			all = rc;
	}
	if (all == SIGNATURE_GOOD)
		*text = body;
	return all;
}
