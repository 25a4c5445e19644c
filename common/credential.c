/* SPDX-License-Identifier: ISC */
#include "credential.h"

#include <string.h>

#include "base64.h"

static bool
credential_is_bearer(struct str word)
{
	return str_eq_nocase(word, STR("bearer"));
}

static bool
credential_is_basic(struct str word)
{
	return str_eq_nocase(word, STR("basic"));
}

static bool
credential_is_scheme(struct str word)
{
	return credential_is_bearer(word) || credential_is_basic(word);
}

/* "Bearer:" or "basic=", with or without something behind it. */
static bool
credential_is_punctuated(struct str text)
{
	struct str before, after;

	return (str_cut(text, ':', &before, &after) &&
	    credential_is_scheme(before)) ||
	    (str_cut(text, '=', &before, &after) &&
	    credential_is_scheme(before));
}

static bool
credential_is_control(char c)
{
	return (unsigned char)c < 0x20 || (unsigned char)c == 0x7f;
}

static bool
credential_has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (credential_is_control(s.ptr[i]))
			return true;
	return false;
}

static bool
credential_is_alphabetic(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'z') &&
		    s.ptr[i] != '-')
			return false;
	return s.len > 0;
}

/*
 * Whether TEXT is the base64 of a Basic credential: it decodes to text with a
 * colon that has a number or one of our keys on a side of it.
 */
static bool
credential_is_encoded(const struct keytext_rules *rules, struct str text)
{
	char decoded[CREDENTIAL_MAX];
	struct str plain = { decoded, 0 }, user, password;
	bool yes;

	yes = base64_decode(text, decoded, sizeof(decoded), &plain.len) ==
	    BASE64_OK && str_cut(plain, ':', &user, &password) &&
	    (str_all_digits(user) || keytext_resembles(rules, user) ||
	    keytext_resembles(rules, password));
	explicit_bzero(decoded, sizeof(decoded));
	return yes;
}

/* There is no Authorization header: where did the key go? */
static enum err
credential_elsewhere(const struct keytext_rules *rules,
    const struct credential_sources *sources)
{
	if (sources->x_api_key.len > 0)
		return ERR_KEY_IN_OTHER_HEADER;
	if (keytext_within(rules, sources->query))
		return ERR_KEY_IN_QUERY;
	return ERR_CREDENTIAL_MISSING;
}

/* Faults that any scheme's header can have. */
static enum err
credential_header(struct str value)
{
	static const bool plain[UCHAR_MAX + 1] = { [0x20 ... 0x7e] = true };

	if (value.len > CREDENTIAL_MAX)
		return ERR_HEADER_TOO_LONG;
	/* One look at what is mostly as it should be. */
	if (!str_all_in(value, plain))
		return credential_has_control(value) ?
		    ERR_HEADER_CONTROL_BYTE : ERR_HEADER_NOT_ASCII;
	return value.len == 0 ? ERR_AUTHORIZATION_EMPTY : ERR_OK;
}

/* The header is one word, VALUE. */
static enum err
credential_one_word(const struct keytext_rules *rules, struct str value)
{
	if (credential_is_bearer(value))
		return ERR_BEARER_EMPTY;
	if (credential_is_basic(value))
		return ERR_BASIC_EMPTY;
	if (credential_is_punctuated(value))
		return ERR_SCHEME_PUNCTUATED;
	if (!keytext_resembles(rules, value) &&
	    credential_is_alphabetic(value))
		return ERR_SCHEME_UNKNOWN;
	return ERR_SCHEME_MISSING;
}

/* The words do not begin with a scheme of ours. */
static enum err
credential_other_scheme(const struct keytext_rules *rules, struct str scheme)
{
	if (credential_is_punctuated(scheme))
		return ERR_SCHEME_PUNCTUATED;
	if (keytext_resembles(rules, scheme))
		return ERR_SCHEME_MISSING;
	return ERR_SCHEME_UNKNOWN;
}

static enum err
credential_bearer(const struct keytext_rules *rules, struct str token,
    struct credential *out)
{
	struct str before, after;
	enum err err;

	if ((err = keytext_parse(rules, token, &out->key)) == ERR_OK) {
		out->scheme = CREDENTIAL_BEARER;
		out->account = 0;
		return ERR_OK;
	}
	if (str_find(token, ' ') < token.len)
		return ERR_BEARER_SPACES;
	if (str_cut(token, ':', &before, &after) &&
	    (keytext_resembles(rules, after) ||
	    keytext_resembles(rules, before)))
		return ERR_BEARER_WITH_ACCOUNT;
	if (credential_is_encoded(rules, token))
		return ERR_BEARER_IS_BASIC;
	return err;
}

/* Decodes TEXT into ROOM; PLAIN views it. */
static enum err
credential_decode(const struct keytext_rules *rules, struct str text,
    struct credential_room *room, struct str *plain)
{
	size_t len = 0;

	if (str_find(text, ':') < text.len || keytext_resembles(rules, text))
		return ERR_BASIC_NOT_ENCODED;
	switch (base64_decode(text, room->text, sizeof(room->text), &len)) {
	case BASE64_OK:
		break;
	case BASE64_ALPHABET:
		return ERR_BASIC_BAD_BASE64;
	case BASE64_URL:
		return ERR_BASIC_URL_BASE64;
	case BASE64_PADDING:
		return ERR_BASIC_BAD_PADDING;
	case BASE64_ROOM:
		return ERR_HEADER_TOO_LONG;
	}
	*plain = (struct str){ room->text, len };
	return credential_has_control(*plain) ? ERR_BASIC_CONTROL_BYTE :
	    ERR_OK;
}

static enum err
credential_no_colon(const struct keytext_rules *rules, struct str plain)
{
	if (keytext_resembles(rules, plain))
		return ERR_KEY_WITHOUT_ACCOUNT;
	if (credential_is_encoded(rules, plain))
		return ERR_BASIC_ENCODED_TWICE;
	return ERR_BASIC_NO_COLON;
}

/* The user name is one of our keys, or was meant to be. */
static enum err
credential_key_as_user(const struct keytext_rules *rules, struct str password)
{
	if (password.len == 0)
		return ERR_KEY_IN_USERNAME;
	if (str_all_digits(password))
		return ERR_FIELDS_SWAPPED;
	return keytext_resembles(rules, password) ? ERR_KEY_IN_BOTH_FIELDS :
	    ERR_KEY_IN_USERNAME_ONLY;
}

/* Which field is blank; ERR_OK if none is. */
static enum err
credential_blank(struct str user, struct str password)
{
	if (user.len == 0 && password.len == 0)
		return ERR_BOTH_FIELDS_BLANK;
	if (password.len == 0)
		return ERR_PASSWORD_BLANK;
	return user.len == 0 ? ERR_USERNAME_BLANK : ERR_OK;
}

static enum err
credential_account(struct str user, struct str password, int64_t *out)
{
	uint64_t n;

	if (!str_all_digits(user)) {
		if (str_find(user, '@') < user.len)
			return ERR_USERNAME_IS_EMAIL;
		return str_all_digits(password) ? ERR_FIELDS_SWAPPED :
		    ERR_USERNAME_NOT_NUMERIC;
	}
	if (!str_u64(user, CREDENTIAL_ACCOUNT_MAX, &n) || n == 0)
		return ERR_ACCOUNT_OUT_OF_RANGE;
	*out = (int64_t)n;
	return ERR_OK;
}

static bool
credential_begins_with_scheme(struct str text)
{
	struct str first, rest;

	return (str_cut(text, ' ', &first, &rest) &&
	    credential_is_scheme(first)) || credential_is_punctuated(text);
}

static enum err
credential_basic(const struct keytext_rules *rules, struct str text,
    struct credential_room *room, struct credential *out)
{
	struct str plain, user, password;
	enum err err;

	if ((err = credential_decode(rules, text, room, &plain)) != ERR_OK)
		return err;
	if (!str_cut(plain, ':', &user, &password))
		return credential_no_colon(rules, plain);
	if (keytext_resembles(rules, user))
		return credential_key_as_user(rules, password);
	if ((err = credential_blank(user, password)) != ERR_OK ||
	    (err = credential_account(user, password, &out->account)) !=
	    ERR_OK)
		return err;
	if (credential_begins_with_scheme(password))
		return ERR_SCHEME_IN_PASSWORD;
	out->scheme = CREDENTIAL_BASIC;
	return keytext_parse(rules, password, &out->key);
}

enum err
credential_parse(const struct keytext_rules *rules,
    const struct credential_sources *sources, struct credential_room *room,
    struct credential *out)
{
	struct str value = str_trim(sources->authorization);
	struct str scheme, rest, word, ignored;
	enum err err;

	memset(out, 0, sizeof(*out));
	if (!sources->has_authorization)
		return credential_elsewhere(rules, sources);
	if ((err = credential_header(value)) != ERR_OK)
		return err;
	if (!str_cut(value, ' ', &scheme, &rest))
		return credential_one_word(rules, value);
	if (!credential_is_scheme(scheme))
		return credential_other_scheme(rules, scheme);
	rest = str_trim(rest);
	/* Web servers join repeated headers with a comma; no key has one. */
	if (str_find(rest, ',') < rest.len ||
	    keytext_resembles(rules, sources->x_api_key))
		return ERR_TWO_CREDENTIALS;
	if (keytext_within(rules, sources->query))
		return ERR_KEY_IN_QUERY;
	(void)str_cut(rest, ' ', &word, &ignored);
	if (credential_is_scheme(word) || credential_is_punctuated(word))
		return ERR_SCHEME_DOUBLED;
	if (credential_is_bearer(scheme))
		return credential_bearer(rules, rest, out);
	return credential_basic(rules, rest, room, out);
}
