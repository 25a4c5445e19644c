/* SPDX-License-Identifier: ISC */
/*
 * signature [layer 1]: Ed25519 (RFC 8032) through OpenSSL, and texts signed
 * with it in the form of C2SP signed-note (c2sp.org/signed-note): the text,
 * an empty line, a line for each signature. Any thread may call.
 */
#ifndef HASP_SIGNATURE_H
#define HASP_SIGNATURE_H

#include "err.h"
#include "str.h"

#define SIGNATURE_NAME_MAX 100
#define SIGNATURE_ID_SIZE 4
#define SIGNATURE_SEED_SIZE 32
#define SIGNATURE_PUBLIC_SIZE 32
#define SIGNATURE_SIZE 64

/* What is needed to verify. */
struct signature_key {
	char name[SIGNATURE_NAME_MAX + 1];
	uint8_t id[SIGNATURE_ID_SIZE];	/* of signed-note, for Ed25519 */
	uint8_t bytes[SIGNATURE_PUBLIC_SIZE];
};

/* What is needed to sign: a secret. */
struct signature_signer {
	struct signature_key key;
	uint8_t seed[SIGNATURE_SEED_SIZE];
};

/* Wipes it; CLEANUP(signature_wipe) does so at the end of a scope. */
void signature_wipe(struct signature_signer *signer);

/*
 * Whether NAME may be a key's: 1 to SIGNATURE_NAME_MAX characters of ASCII,
 * no blank, no control, no plus sign (signed-note wants the last three).
 */
bool signature_is_name(struct str name) MUST_CHECK;

/* A new key of that NAME. ERR_INVALID: the name; ERR_INTERNAL: OpenSSL. */
enum err signature_make(struct str name, struct signature_signer *out)
    MUST_CHECK;

/* The key of that NAME and SEED. Errors as signature_make. */
enum err signature_derive(struct str name,
    const uint8_t seed[SIGNATURE_SEED_SIZE], struct signature_signer *out)
    MUST_CHECK;

/*
 * Keys as text, a line without its end, as signed-note's implementations
 * write them: NAME+ID+BASE64 to verify, PRIVATE+KEY+NAME+ID+BASE64 to sign;
 * ID in hexadecimal, BASE64 of the byte 1 (Ed25519) and the 32 bytes.
 */
#define SIGNATURE_TEXT_SIZE 192	/* room for either, its NUL included */

void signature_key_text(const struct signature_key *key,
    char out[SIGNATURE_TEXT_SIZE]);
/* The caller wipes OUT. */
void signature_signer_text(const struct signature_signer *signer,
    char out[SIGNATURE_TEXT_SIZE]);

/* False, OUT wiped, if the text is no key's, or its id is another's. */
bool signature_key_parse(struct str text, struct signature_key *out)
    MUST_CHECK;
bool signature_signer_parse(struct str text, struct signature_signer *out)
    MUST_CHECK;

/* The signature of DATA. ERR_INTERNAL: OpenSSL refuses; OUT is then zero. */
enum err signature_sign(const struct signature_signer *signer,
    struct str data, uint8_t out[SIGNATURE_SIZE]) MUST_CHECK;

/* Whether SIGNATURE is KEY's, of DATA. */
bool signature_holds(const struct signature_key *key, struct str data,
    const uint8_t signature[SIGNATURE_SIZE]) MUST_CHECK;

/* Room for the line of a signature, its NUL included. */
#define SIGNATURE_LINE_SIZE (SIGNATURE_NAME_MAX + 100)

/*
 * The line, its LF included, that signs the note TEXT, which ends in LF.
 * ERR_INVALID: it does not, or is empty; ERR_INTERNAL as signature_sign.
 */
enum err signature_line(const struct signature_signer *signer,
    struct str text, char out[SIGNATURE_LINE_SIZE]) MUST_CHECK;

enum signature_rc {
	SIGNATURE_GOOD,
	SIGNATURE_UNKNOWN,	/* signed, by none of the keys */
	SIGNATURE_WRONG,	/* one claims to be a key's and is not */
	SIGNATURE_MALFORMED,	/* no signed note */
};

/* Bytes of a note, its signatures included, and lines of those, at most. */
#define SIGNATURE_NOTE_MAX 16384
#define SIGNATURE_LINES_MAX 16

/*
 * Whether NOTE is signed by one of COUNT KEYS; TEXT gets what was signed, its
 * last LF included, if it is SIGNATURE_GOOD. Signatures of other keys are
 * passed over.
 */
enum signature_rc signature_check(const struct signature_key *keys,
    size_t count, struct str note, struct str *text) MUST_CHECK;

#endif
