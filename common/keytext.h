/* SPDX-License-Identifier: ISC */
/*
 * keytext [layer 2]: the text of a key,
 *
 *	<prefix>_<environment>_<32 base62 digits><6 base62 digits>
 *
 * where the last six are the CRC-32 (IEEE 802.3) of all before them, most
 * significant digit first. 32 digits are 190 bits. The checksum is public: it
 * finds typing errors before a lookup and keys in leaked text. Pure.
 *
 * Other secrets have the same form and prefixes of their own: the tokens of
 * apps, which count as keys (<prefix>app_), the secrets of apps
 * (<prefix>sec_app_) and connect codes (<prefix>con_code_), which do not.
 */
#ifndef HASP_KEYTEXT_H
#define HASP_KEYTEXT_H

#include "config.h"
#include "err.h"
#include "str.h"

#define KEYTEXT_RANDOM 32
#define KEYTEXT_CHECK 6
#define KEYTEXT_LAST 4		/* characters that lists may show */

/* Longest key text and its NUL. */
#define KEYTEXT_SIZE (CONFIG_PREFIX_MAX + CONFIG_SUFFIX_MAX + 1 + \
	CONFIG_ENVIRONMENT_MAX + 1 + KEYTEXT_RANDOM + KEYTEXT_CHECK + 1)

/* What makes a text one of our keys. */
struct keytext_rules {
	struct str prefix;	/* of what keytext_make makes */
	struct str other;	/* another that counts; "" for none */
	const struct str *environments;
	size_t environment_count;
};

/* Of keys; tokens of apps count, too. */
struct keytext_rules keytext_rules(const struct config *config);

/* Of tokens of apps alone. */
struct keytext_rules keytext_token_rules(const struct config *config);

/* Of the secrets of apps, whose one environment is "app". */
struct keytext_rules keytext_client_rules(const struct config *config);

/* Of connect codes, whose one environment is "code". */
struct keytext_rules keytext_code_rules(const struct config *config);

/* A key text that is whole; views into the text that was parsed. */
struct keytext {
	struct str text;	/* all of it: what is digested */
	struct str environment;
	struct str last;	/* the last KEYTEXT_LAST characters */
};

/*
 * ERR_OK only for a whole key of ours; else the one ERR_KEY_... that says by
 * shape alone what is wrong. OUT is filled for ERR_OK only.
 */
enum err keytext_parse(const struct keytext_rules *rules, struct str text,
    struct keytext *out) MUST_CHECK;

/*
 * Whether TEXT begins as our keys do, in either case, after quotes and
 * blanks: good enough to say that somebody meant it as a key.
 */
bool keytext_resembles(const struct keytext_rules *rules, struct str text);

/*
 * Whether a text of our keys' shape, with a valid checksum, stands anywhere
 * in TEXT.
 */
bool keytext_within(const struct keytext_rules *rules, struct str text);

/*
 * Writes the key of RANDOM (KEYTEXT_RANDOM base62 digits) for ENVIRONMENT into
 * OUT with a NUL. ERR_INVALID if the environment is not one of the rules'.
 */
enum err keytext_make(const struct keytext_rules *rules,
    struct str environment, const char *random, char out[KEYTEXT_SIZE])
    MUST_CHECK;

#endif
