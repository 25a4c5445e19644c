/* SPDX-License-Identifier: ISC */
/*
 * newkey [layer 6]: a new key's id and the text of a new secret, made at
 * random, shown once, wiped.
 */
#ifndef HASP_NEWKEY_H
#define HASP_NEWKEY_H

#include "decision.h"
#include "keytext.h"
#include "store_key_change.h"

/* The text of a secret, and what of it is stored. */
struct newkey {
	char text[KEYTEXT_SIZE];
	struct store_key_fresh fresh;	/* its last characters are in TEXT */
};

/* A new random text for ENVIRONMENT; ERR_INVALID if RULES has none such. */
enum err newkey_make(const struct keytext_rules *rules, struct str environment,
    struct newkey *out) MUST_CHECK;

void newkey_wipe(struct newkey *newkey);

#define CLEANUP_NEWKEY CLEANUP(newkey_wipe)

/* A new random id of a key. ERR_INTERNAL. */
enum err newkey_id(char out[DECISION_ID_SIZE]) MUST_CHECK;

/* Whether TEXT has the form of such an id. */
bool newkey_is_id(struct str text) MUST_CHECK;

#endif
