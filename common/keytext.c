/* SPDX-License-Identifier: ISC */
#include "keytext.h"

#include <string.h>

#define KEYTEXT_BODY (KEYTEXT_RANDOM + KEYTEXT_CHECK)

static const char keytext_digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct keytext_rules
keytext_rules(const struct config *config)
{
	return (struct keytext_rules){
		.prefix = str_of(config->key_prefix),
		.other = str_of(config->token_prefix),
		.environments = config->environments,
		.environment_count = config->environment_count,
	};
}

struct keytext_rules
keytext_token_rules(const struct config *config)
{
	return (struct keytext_rules){
		.prefix = str_of(config->token_prefix),
		.environments = config->environments,
		.environment_count = config->environment_count,
	};
}

struct keytext_rules
keytext_client_rules(const struct config *config)
{
	static const struct str environment = { "app", 3 };

	return (struct keytext_rules){
		.prefix = str_of(config->client_prefix),
		.environments = &environment,
		.environment_count = 1,
	};
}

struct keytext_rules
keytext_code_rules(const struct config *config)
{
	static const struct str environment = { "code", 4 };

	return (struct keytext_rules){
		.prefix = str_of(config->code_prefix),
		.environments = &environment,
		.environment_count = 1,
	};
}

/*
 * CRC-32 as in IEEE 802.3: reflected, polynomial 0x04c11db7. A byte at a time,
 * which is the sum of its two halves: each check makes one.
 */
static uint32_t
keytext_crc(struct str s)
{
	static const uint32_t low[16] = {
		0x00000000, 0x77073096, 0xee0e612c, 0x990951ba,
		0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3,
		0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988,
		0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91,
	};
	static const uint32_t high[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.ptr[i];
		crc = crc >> 8 ^ high[crc >> 4 & 15] ^ low[crc & 15];
	}
	return ~crc;
}

/* The check digits of all that stands before them. */
static void
keytext_check(struct str before, char out[KEYTEXT_CHECK])
{
	uint32_t crc = keytext_crc(before);

	for (size_t i = KEYTEXT_CHECK; i-- > 0; crc /= 62)
		out[i] = keytext_digits[crc % 62];
}

/* Those of keytext_digits. */
static const bool keytext_digit_bytes[UCHAR_MAX + 1] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
};

static bool
keytext_has_upper(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
			return true;
	return false;
}

/* Something that stands for a key: a variable, a mask, an example. */
static enum err
keytext_stand_in(struct str s)
{
	static const struct str words[] = {
		{ "null", 4 }, { "undefined", 9 }, { "none", 4 },
		{ "nil", 3 }, { "false", 5 }, { "changeme", 8 },
		{ "secret", 6 }, { "token", 5 }, { "key", 3 },
		{ "api_key", 7 }, { "apikey", 6 }, { "api-key", 7 },
	};
	static const struct str parts[] = {
		{ "YOUR", 4 }, { "your_", 5 }, { "your-", 5 },
		{ "xxxx", 4 }, { "XXXX", 4 }, { "EXAMPLE", 7 },
	};
	static const struct str masks[] = {
		{ "..", 2 }, { "**", 2 }, { "\xe2\x80\xa6", 3 },
		{ "\xe2\x80\xa2", 3 },
	};

	if (s.len > 0 && strchr("$<{[", s.ptr[0]) != NULL && s.ptr[0] != '\0')
		return ERR_KEY_PLACEHOLDER;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(s, words[i]))
			return ERR_KEY_PLACEHOLDER;
	for (size_t i = 0; i < ARRAY_LEN(masks); i++)
		if (str_has(s, masks[i]))
			return ERR_KEY_MASKED;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_has(s, parts[i]))
			return ERR_KEY_PLACEHOLDER;
	return ERR_OK;
}

static bool
keytext_is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* What people wrap a key in. */
static enum err
keytext_wrapping(struct str s)
{
	char first, last;

	if (s.len == 0)
		return ERR_KEY_TRUNCATED;
	first = s.ptr[0];
	last = s.ptr[s.len - 1];
	if (keytext_is_quote(first) || keytext_is_quote(last))
		return ERR_KEY_QUOTED;
	if (first == ' ' || last == ' ')
		return ERR_KEY_SPACES;
	return ERR_OK;
}

/* Cuts off the environment; TEXT is what follows the prefix. */
static enum err
keytext_environment(const struct keytext_rules *rules, struct str text,
    struct str *environment, struct str *body)
{
	bool cut = str_cut(text, '_', environment, body);

	for (size_t i = 0; i < rules->environment_count; i++) {
		struct str known = rules->environments[i];

		if (!cut && str_starts_nocase(known, *environment))
			return ERR_KEY_TRUNCATED;
		if (str_eq(known, *environment))
			return ERR_OK;
		if (str_eq_nocase(known, *environment))
			return ERR_KEY_CASE_CHANGED;
	}
	return ERR_KEY_UNKNOWN_ENVIRONMENT;
}

/* TEXT is the whole key, BODY its last part. */
static enum err
keytext_body(struct str text, struct str body)
{
	char check[KEYTEXT_CHECK];

	if (!str_all_in(body, keytext_digit_bytes))
		return ERR_KEY_BAD_CHARACTER;
	if (body.len < KEYTEXT_BODY)
		return ERR_KEY_TRUNCATED;
	if (body.len > KEYTEXT_BODY)
		return ERR_KEY_OVERLONG;
	keytext_check(str_part(text, 0, text.len - KEYTEXT_CHECK), check);
	if (memcmp(check, body.ptr + KEYTEXT_RANDOM, KEYTEXT_CHECK) == 0)
		return ERR_OK;
	/* 38 digits without one capital come from lower-casing. */
	return keytext_has_upper(body) ? ERR_KEY_MISTYPED :
	    ERR_KEY_CASE_CHANGED;
}

/* Whether TEXT is a prefix of ours, the same or in the wrong case. */
static enum err
keytext_prefix(const struct keytext_rules *rules, struct str text)
{
	if (str_eq(text, rules->prefix) ||
	    (rules->other.len > 0 && str_eq(text, rules->other)))
		return ERR_OK;
	return str_eq_nocase(text, rules->prefix) ||
	    (rules->other.len > 0 && str_eq_nocase(text, rules->other)) ?
	    ERR_KEY_CASE_CHANGED : ERR_KEY_FOREIGN;
}

/* The shape alone, without the stand-ins and wrappings. */
static enum err
keytext_shape(const struct keytext_rules *rules, struct str text,
    struct str *environment)
{
	struct str prefix, rest, body;
	enum err err;

	if (!str_cut(text, '_', &prefix, &rest))
		return keytext_prefix(rules, text) == ERR_OK ?
		    ERR_KEY_TRUNCATED : ERR_KEY_FOREIGN;
	if ((err = keytext_prefix(rules, prefix)) != ERR_OK)
		return err;
	if ((err = keytext_environment(rules, rest, environment, &body)) !=
	    ERR_OK)
		return err;
	return keytext_body(text, body);
}

enum err
keytext_parse(const struct keytext_rules *rules, struct str text,
    struct keytext *out)
{
	struct str environment;
	enum err err, told;

	if ((err = keytext_shape(rules, text, &environment)) == ERR_OK) {
		*out = (struct keytext){
			.text = text,
			.environment = environment,
			.last = str_part(text, text.len - KEYTEXT_LAST,
			    KEYTEXT_LAST),
		};
		return ERR_OK;
	}
	if ((told = keytext_wrapping(text)) != ERR_OK ||
	    (told = keytext_stand_in(text)) != ERR_OK)
		return told;
	for (size_t i = 0; i + 2 < text.len; i++)
		if (text.ptr[i] == '%' && str_all_in(str_part(text, i + 1, 1),
		    keytext_digit_bytes))
			return ERR_KEY_PERCENT_ENCODED;
	return err;
}

/* Whether TEXT begins with PREFIX, in either case, and what follows one. */
static bool
keytext_begins(struct str text, struct str prefix)
{
	return text.len > prefix.len && str_starts_nocase(text, prefix) &&
	    (text.ptr[prefix.len] == '_' || text.ptr[prefix.len] == '%');
}

bool
keytext_resembles(const struct keytext_rules *rules, struct str text)
{
	while (text.len > 0 && (keytext_is_quote(text.ptr[0]) ||
	    text.ptr[0] == ' ' || text.ptr[0] == '<'))
		text = str_part(text, 1, text.len);
	return keytext_begins(text, rules->prefix) ||
	    (rules->other.len > 0 && keytext_begins(text, rules->other));
}

/* How long a key of PREFIX at the start of TEXT is; 0: there is none. */
static size_t
keytext_length(struct str text, struct str prefix)
{
	size_t len = prefix.len;

	if (len == 0 || !str_starts(text, prefix) || len >= text.len ||
	    text.ptr[len] != '_')
		return 0;
	len++;
	len += str_find(str_part(text, len, CONFIG_ENVIRONMENT_MAX), '_') + 1 +
	    KEYTEXT_BODY;
	return len <= text.len ? len : 0;
}

bool
keytext_within(const struct keytext_rules *rules, struct str text)
{
	struct str environment;

	for (size_t i = 0; i + KEYTEXT_BODY < text.len; i++) {
		struct str rest = str_part(text, i, text.len);
		size_t len = keytext_length(rest, rules->prefix);

		if (len == 0)
			len = keytext_length(rest, rules->other);
		if (len > 0 && keytext_shape(rules, str_part(rest, 0, len),
		    &environment) == ERR_OK)
			return true;
	}
	return false;
}

enum err
keytext_make(const struct keytext_rules *rules, struct str environment,
    const char *random, char out[KEYTEXT_SIZE])
{
	const struct str parts[] = {
		rules->prefix, STR("_"), environment, STR("_"),
		{ random, KEYTEXT_RANDOM },
	};
	bool known = false;
	size_t n = 0;

	for (size_t i = 0; i < rules->environment_count; i++)
		known = known || str_eq(rules->environments[i], environment);
	if (!known)
		return ERR_INVALID;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		memcpy(out + n, parts[i].ptr, parts[i].len);
		n += parts[i].len;
	}
	keytext_check((struct str){ out, n }, out + n);
	out[n + KEYTEXT_CHECK] = '\0';
	return ERR_OK;
}
