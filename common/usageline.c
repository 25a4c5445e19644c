/* SPDX-License-Identifier: ISC */
#include "usageline.h"

#include <string.h>

/*
 * Written by hand: a hundred thousand lines a second are hashed, and printf
 * would take longer than the rest. No field is long enough to fill the room.
 */
struct usageline {
	char *next;
};

static void
usageline_text(struct usageline *l, struct str text)
{
	memcpy(l->next, text.ptr, text.len);
	l->next += text.len;
}

static void
usageline_tab(struct usageline *l)
{
	*l->next++ = '\t';
}

/* What is not there, as hasp.audit_field says. */
static void
usageline_none(struct usageline *l)
{
	usageline_text(l, STR("\t\\N"));
}

static void
usageline_number(struct usageline *l, int64_t n)
{
	char room[STR_DECIMAL_SIZE];

	usageline_tab(l);
	usageline_text(l, str_decimal(n, room));
}

static void
usageline_bool(struct usageline *l, bool is)
{
	usageline_tab(l);
	*l->next++ = is ? '1' : '0';
}

/* TEXT is printable ASCII: of what is escaped it can have the backslash. */
static void
usageline_field(struct usageline *l, const char *text)
{
	usageline_tab(l);
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			*l->next++ = '\\';
		*l->next++ = *text;
	}
}

static void
usageline_hex(struct usageline *l, bool there, const uint8_t bytes[16])
{
	if (!there) {
		usageline_none(l);
		return;
	}
	usageline_tab(l);
	str_hex(bytes, 16, l->next);
	l->next += 32;
}

enum err
usageline_address(const uint8_t salt[USAGELINE_SALT_SIZE],
    const struct cidr *address, uint8_t out[USAGELINE_ADDRESS_SIZE])
{
	char data[USAGELINE_SALT_SIZE + CIDR_TEXT_SIZE];
	struct digest digest;
	struct str text;
	enum err err;

	memcpy(data, salt, USAGELINE_SALT_SIZE);
	cidr_text(address, data + USAGELINE_SALT_SIZE);
	text = str_of(data + USAGELINE_SALT_SIZE);
	text.len = str_find(text, '/');
	err = digest_sha256((struct str){ data,
	    USAGELINE_SALT_SIZE + text.len }, &digest);
	memcpy(out, digest.bytes, USAGELINE_ADDRESS_SIZE);
	return err;
}

/* The key, or what there is instead. */
static void
usageline_key(struct usageline *l, const struct entry *e)
{
	usageline_number(l, e->identified ? e->account : 0);
	if (e->identified && e->key_id[0] != '\0')
		usageline_field(l, e->key_id);
	else
		usageline_none(l);
	if (e->identified)
		usageline_number(l, e->version);
	else
		usageline_none(l);
	usageline_hex(l, e->identified && e->has_app, e->app);
	usageline_hex(l, !e->identified && e->has_credential, e->credential);
	if (!e->identified && e->account != 0)
		usageline_number(l, e->account);
	else
		usageline_none(l);
}

size_t
usageline_middle(const struct entry *e, char out[USAGELINE_MIDDLE_SIZE])
{
	struct usageline l = { .next = out };

	usageline_key(&l, e);
	usageline_field(&l, entry_code(e));
	usageline_number(&l, e->status);
	usageline_field(&l, entry_method(e->method));
	usageline_field(&l, e->site);
	return (size_t)(l.next - out);
}

size_t
usageline_make(const struct entry *e, int64_t journal, uint64_t pos,
    struct str middle, const uint8_t hash[USAGELINE_ADDRESS_SIZE],
    char out[USAGELINE_SIZE])
{
	struct usageline l = { .next = out };

	*l.next++ = 'u';
	usageline_number(&l, journal);
	usageline_number(&l, (int64_t)pos);
	usageline_number(&l, e->at);
	usageline_text(&l, middle);
	usageline_hex(&l, e->has_request, e->request);
	usageline_bool(&l, e->request_hashed);
	usageline_bool(&l, e->repeated);
	usageline_hex(&l, e->address.family != 0, hash);
	*l.next++ = '\n';
	return (size_t)(l.next - out);
}
