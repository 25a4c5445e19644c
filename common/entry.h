/* SPDX-License-Identifier: ISC */
/*
 * entry [layer 2]: what a journal says of one check, and how that lies on
 * disk: in ENTRY_SIZE bytes, in the byte order of the machine, since journals
 * are read where they were written. Codes and methods are kept as numbers that
 * mean the same in every version. Pure; no secret is ever in one.
 */
#ifndef HASP_ENTRY_H
#define HASP_ENTRY_H

#include "cidr.h"
#include "decision.h"
#include "err.h"
#include "str.h"

/* A slot of a journal: the entry, and what says that it is whole. */
#define ENTRY_SIZE 128
#define ENTRY_BODY_SIZE (ENTRY_SIZE - 8)

#define ENTRY_SITE_SIZE 24
#define ENTRY_ID_SIZE 16

/*
 * What an entry says. One that was unpacked has nothing that could not stand
 * in a log or a database: texts are printable ASCII and end.
 */
struct entry {
	int64_t at;		/* clock_wall_us, when the request came; > 0 */
	bool identified;	/* a key was found: */
	bool repeated;		/* same request id and key a moment ago */
	bool request_hashed;	/* REQUEST is a hash of the id, not the id */
	bool has_request;
	bool has_app;		/* only if it is identified */
	bool has_credential;	/* only if it is not */
	int64_t account;	/* the key's; else what Basic claimed, 0 none */
	char key_id[DECISION_ID_SIZE];	/* "" if it is not identified */
	int32_t version;		/* of its secret; 0 likewise */
	uint8_t app[ENTRY_ID_SIZE];	/* the app's UUID */
	/* HMAC of the digest of a well-formed key that was not found. */
	uint8_t credential[ENTRY_ID_SIZE];
	enum err code;		/* ERR_OK, or the refusal; see entry_code */
	uint8_t method;		/* see entry_method */
	int16_t status;		/* HTTP, of the code: 204 for ERR_OK */
	struct cidr address;	/* one address; family 0: not known */
	uint8_t request[ENTRY_ID_SIZE];
	char site[ENTRY_SITE_SIZE + 1];
};

/* Sets what the entry says of ERR, which is one that callers are told. */
void entry_set_code(struct entry *entry, enum err err);

/*
 * Sets has_request and REQUEST from the request's id: 32 hexadecimal digits as
 * they are, else the first 16 bytes of SHA-256 of it; "" for none. The second
 * is ERR_INTERNAL if OpenSSL refuses; there is no request then.
 */
enum err entry_set_request(struct entry *entry, struct str id) MUST_CHECK;

/* Sets has_app and APP from the text of a UUID; none for anything else. */
void entry_set_app(struct entry *entry, struct str guid);

/* The site's name: its last bytes, what is not printable ASCII as '?'. */
void entry_set_site(struct entry *entry, struct str name);

/* The number of a method (RFC 9110 section 9: case counts), and its name. */
uint8_t entry_method_of(struct str method);
const char *entry_method(uint8_t method);	/* "other" if not known */

/*
 * The code of the entry as text: "ok", that of errors.def, or "unknown_code"
 * for one that this version does not have (ENTRY's code is ERR__COUNT then).
 */
const char *entry_code(const struct entry *entry);

/* For the test that no two codes are kept as the same number. */
uint32_t entry_code_number(enum err err);

/* All that ENTRY says, into OUT; a key id of another shape as "". */
void entry_pack(const struct entry *entry, uint8_t out[ENTRY_BODY_SIZE]);

/* What was packed. False for bytes that no entry is packed as. */
bool entry_unpack(const uint8_t body[ENTRY_BODY_SIZE], struct entry *out)
    MUST_CHECK;

/*
 * A check sum of the entry that was packed into BODY and stands in position
 * POSITION of the journal with that SEED; any change of one 8-byte word of it
 * is noticed, another but for once in 2^32.
 */
uint32_t entry_sum(const uint8_t body[ENTRY_BODY_SIZE], uint64_t seed,
    uint64_t position);

#endif
