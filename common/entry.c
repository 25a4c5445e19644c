/* SPDX-License-Identifier: ISC */
#include "entry.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "digest.h"

/* Letters and digits of a key's id: "key_" and 16 more. */
#define ENTRY_KEY_SIZE 20

/* Bits of flags. */
#define ENTRY_IDENTIFIED 0x01
#define ENTRY_REPEATED 0x02
#define ENTRY_HASHED 0x04
#define ENTRY_REQUEST 0x08
#define ENTRY_APP 0x10
#define ENTRY_CREDENTIAL 0x20
#define ENTRY_IPV4 0x40
#define ENTRY_IPV6 0x80

/* As it lies on disk. */
struct entry_packed {
	int64_t at;
	int64_t account;
	uint32_t code;
	int32_t version;
	uint8_t extra[ENTRY_ID_SIZE];	/* app, or credential */
	uint8_t request[ENTRY_ID_SIZE];
	uint8_t address[16];
	char key_id[ENTRY_KEY_SIZE];
	char site[ENTRY_SITE_SIZE];	/* filled up with NULs, as key_id */
	uint8_t flags;
	uint8_t method;
	int16_t status;
};

static_assert(sizeof(struct entry_packed) == ENTRY_BODY_SIZE,
    "nothing is between the fields");

/* The methods that nginx 1.22 knows. Only ever longer: numbers are kept. */
static const char *const entry_methods[] = {
	"other", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
	"TRACE", "CONNECT", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
	"PROPPATCH", "UNLOCK",
};

/* Codes by their number, in a table that is a third full at most. */
#define ENTRY_PLACES 512

static_assert(ERR__COUNT * 3 <= ENTRY_PLACES, "the table has room");

static struct {
	uint32_t numbers[ERR__COUNT];
	uint16_t places[ENTRY_PLACES];	/* err + 1; 0: free */
} entry_codes;
static pthread_once_t entry_once = PTHREAD_ONCE_INIT;

static size_t
entry_place(uint32_t number)
{
	return number % ENTRY_PLACES;
}

static void
entry_open(void)
{
	for (size_t i = 0; i < ERR__COUNT; i++) {
		struct str code = str_of(err_code((enum err)i));
		uint32_t number = (uint32_t)(str_hash(code, 0) >> 32);
		size_t place = entry_place(number);

		while (entry_codes.places[place] != 0)
			place = (place + 1) % ENTRY_PLACES;
		entry_codes.numbers[i] = number;
		entry_codes.places[place] = (uint16_t)(i + 1);
	}
}

uint32_t
entry_code_number(enum err err)
{
	(void)pthread_once(&entry_once, entry_open);
	return (unsigned int)err < ERR__COUNT ? entry_codes.numbers[err] : 0;
}

/* The code with that number; ERR__COUNT for none. */
static enum err
entry_code_find(uint32_t number)
{
	size_t place = entry_place(number);

	(void)pthread_once(&entry_once, entry_open);
	for (; entry_codes.places[place] != 0;
	    place = (place + 1) % ENTRY_PLACES)
		if (entry_codes.numbers[entry_codes.places[place] - 1] ==
		    number)
			return (enum err)(entry_codes.places[place] - 1);
	return ERR__COUNT;
}

void
entry_set_code(struct entry *entry, enum err err)
{
	entry->code = err;
	entry->status = (int16_t)(err == ERR_OK ? 204 : err_http(err));
}

const char *
entry_code(const struct entry *entry)
{
	if ((unsigned int)entry->code >= ERR__COUNT)
		return "unknown_code";
	return err_code(entry->code);
}

uint8_t
entry_method_of(struct str method)
{
	for (size_t i = 1; i < ARRAY_LEN(entry_methods); i++)
		if (str_eq(method, str_of(entry_methods[i])))
			return (uint8_t)i;
	return 0;
}

const char *
entry_method(uint8_t method)
{
	return entry_methods[method < ARRAY_LEN(entry_methods) ? method : 0];
}

/*
 * Hexadecimal digits, and one more, so that 0 is none. A table, since whether
 * the next one is a letter nobody can guess, not even a processor.
 */
static const uint8_t entry_digits[UINT8_MAX + 1] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11,
	['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Two hexadecimal digits as a byte; false if they are none. */
static bool
entry_byte(const char *text, uint8_t *out)
{
	unsigned int high = entry_digits[(uint8_t)text[0]];
	unsigned int low = entry_digits[(uint8_t)text[1]];

	*out = (uint8_t)((high - 1) << 4 | (low - 1));
	return high != 0 && low != 0;
}

/* 32 hexadecimal digits; a hyphen may stand before each two of them. */
static bool
entry_hex(struct str text, uint8_t out[ENTRY_ID_SIZE])
{
	size_t at = 0, n = 0;

	while (n < ENTRY_ID_SIZE && text.len - at >= 2) {
		at += text.ptr[at] == '-';
		if (text.len - at < 2 || !entry_byte(text.ptr + at, &out[n++]))
			return false;
		at += 2;
	}
	return n == ENTRY_ID_SIZE && at == text.len;
}

enum err
entry_set_request(struct entry *entry, struct str id)
{
	struct digest digest;
	enum err err;

	entry->request_hashed = false;
	entry->has_request = id.len > 0;
	if (id.len == 0)
		return ERR_OK;
	if (id.len == 2 * ENTRY_ID_SIZE && entry_hex(id, entry->request))
		return ERR_OK;
	err = digest_sha256(id, &digest);
	memcpy(entry->request, digest.bytes, ENTRY_ID_SIZE);
	entry->has_request = entry->request_hashed = err == ERR_OK;
	return err;
}

void
entry_set_app(struct entry *entry, struct str guid)
{
	entry->has_app = guid.len == 36 && entry_hex(guid, entry->app);
}

static bool
entry_is_plain(char c)
{
	return c > 0x20 && c < 0x7f;
}

void
entry_set_site(struct entry *entry, struct str name)
{
	size_t cut = name.len > ENTRY_SITE_SIZE ? name.len - ENTRY_SITE_SIZE :
	    0;
	struct str kept = str_part(name, cut, ENTRY_SITE_SIZE);

	memset(entry->site, 0, sizeof(entry->site));
	for (size_t i = 0; i < kept.len; i++)
		entry->site[i] = (char)(entry_is_plain(kept.ptr[i]) ?
		    kept.ptr[i] : '?');
}

static uint8_t
entry_flags(const struct entry *entry)
{
	unsigned int flags = 0;

	flags |= entry->identified ? ENTRY_IDENTIFIED : 0;
	flags |= entry->repeated ? ENTRY_REPEATED : 0;
	flags |= entry->request_hashed ? ENTRY_HASHED : 0;
	flags |= entry->has_request ? ENTRY_REQUEST : 0;
	flags |= entry->has_app ? ENTRY_APP : 0;
	flags |= entry->has_credential ? ENTRY_CREDENTIAL : 0;
	flags |= entry->address.family == 4 ? ENTRY_IPV4 : 0;
	flags |= entry->address.family == 6 ? ENTRY_IPV6 : 0;
	return (uint8_t)flags;
}

void
entry_pack(const struct entry *entry, uint8_t out[ENTRY_BODY_SIZE])
{
	struct entry_packed p = {
		.at = entry->at,
		.account = entry->account,
		.code = entry_code_number(entry->code),
		.version = entry->version,
		.flags = entry_flags(entry),
		.method = entry->method,
		.status = entry->status,
	};

	if (entry->has_app || entry->has_credential)
		memcpy(p.extra, entry->has_app ? entry->app :
		    entry->credential, ENTRY_ID_SIZE);
	if (entry->has_request)
		memcpy(p.request, entry->request, ENTRY_ID_SIZE);
	memcpy(p.address, entry->address.addr, sizeof(p.address));
	if (entry->key_id[ENTRY_KEY_SIZE] == '\0')
		memcpy(p.key_id, entry->key_id, ENTRY_KEY_SIZE);
	memcpy(p.site, entry->site, ENTRY_SITE_SIZE);
	memcpy(out, &p, sizeof(p));
}

/* A text of SIZE bytes at most, whose rest is NULs; plain ASCII. */
static bool
entry_text(const char *in, size_t size, char *out)
{
	size_t len = strnlen(in, size);
	bool plain = true;
	char rest = '\0';

	/* All of it, whatever comes: quicker than a choice at each. */
	for (size_t i = 0; i < len; i++)
		plain &= entry_is_plain(in[i]);
	for (size_t i = len; i < size; i++)
		rest |= in[i];
	memcpy(out, in, size);
	out[size] = '\0';
	return plain && rest == '\0';
}

/* What belongs together, or to nothing at all. */
static bool
entry_fits(const struct entry_packed *p)
{
	bool identified = (p->flags & ENTRY_IDENTIFIED) != 0;

	if ((p->flags & ENTRY_IPV4) != 0 && (p->flags & ENTRY_IPV6) != 0)
		return false;
	if ((p->flags & ENTRY_HASHED) != 0 && (p->flags & ENTRY_REQUEST) == 0)
		return false;
	if ((p->flags & (identified ? ENTRY_CREDENTIAL : ENTRY_APP)) != 0)
		return false;
	if (identified ? p->key_id[0] == '\0' || p->account <= 0 :
	    p->key_id[0] != '\0' || p->version != 0)
		return false;
	return p->at > 0 && p->account >= 0 && p->version >= 0 &&
	    p->status >= 100 && p->status < 600;
}

static void
entry_unpack_address(const struct entry_packed *p, struct cidr *out)
{
	if ((p->flags & (ENTRY_IPV4 | ENTRY_IPV6)) == 0)
		return;
	out->family = (p->flags & ENTRY_IPV4) != 0 ? 4 : 6;
	out->bits = out->family == 4 ? 32 : 128;
	memcpy(out->addr, p->address, out->family == 4 ? 4 : 16);
}

bool
entry_unpack(const uint8_t body[ENTRY_BODY_SIZE], struct entry *out)
{
	struct entry_packed p;

	memset(out, 0, sizeof(*out));
	memcpy(&p, body, sizeof(p));
	if (!entry_fits(&p) ||
	    !entry_text(p.key_id, sizeof(p.key_id), out->key_id) ||
	    !entry_text(p.site, sizeof(p.site), out->site))
		return false;
	out->at = p.at;
	out->identified = (p.flags & ENTRY_IDENTIFIED) != 0;
	out->repeated = (p.flags & ENTRY_REPEATED) != 0;
	out->request_hashed = (p.flags & ENTRY_HASHED) != 0;
	out->has_request = (p.flags & ENTRY_REQUEST) != 0;
	out->has_app = (p.flags & ENTRY_APP) != 0;
	out->has_credential = (p.flags & ENTRY_CREDENTIAL) != 0;
	out->account = p.account;
	out->version = p.version;
	out->code = entry_code_find(p.code);
	out->method = p.method;
	out->status = p.status;
	if (out->has_app || out->has_credential)
		memcpy(out->has_app ? out->app : out->credential, p.extra,
		    ENTRY_ID_SIZE);
	if (out->has_request)
		memcpy(out->request, p.request, ENTRY_ID_SIZE);
	entry_unpack_address(&p, &out->address);
	return true;
}

uint32_t
entry_sum(const uint8_t body[ENTRY_BODY_SIZE], uint64_t seed,
    uint64_t position)
{
	uint64_t sum = seed ^ (position * UINT64_C(0x9e3779b97f4a7c15));
	uint64_t word;

	/* Each step can be undone, so that two words never make one sum. */
	for (size_t i = 0; i < ENTRY_BODY_SIZE; i += sizeof(word)) {
		memcpy(&word, body + i, sizeof(word));
		sum = (sum ^ word) * UINT64_C(0xff51afd7ed558ccd);
		sum ^= sum >> 32;
	}
	sum *= UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)(sum >> 32);
}
