/* SPDX-License-Identifier: ISC */
#include "chainline.h"

#include <string.h>

/* Fields of lines; what is hashed ends before the tab of field HASHED. */
#define CHAINLINE_FIELDS_MAX 32
#define CHAINLINE_EVENT_HASHED 12
#define CHAINLINE_BATCH_HASHED 7
#define CHAINLINE_USE_LEAST 7

struct chainline_fields {
	struct str line;
	struct str field[CHAINLINE_FIELDS_MAX];
	size_t count;
};

static bool
chainline_split(struct str line, struct chainline_fields *f)
{
	const char *from = line.ptr, *end = line.ptr + line.len, *tab;

	f->line = line;
	f->count = 0;
	do {
		if (f->count == CHAINLINE_FIELDS_MAX)
			return false;
		tab = memchr(from, '\t', (size_t)(end - from));
		f->field[f->count++] = (struct str){ from,
		    (size_t)((tab == NULL ? end : tab) - from) };
		from = tab == NULL ? end : tab + 1;
	} while (tab != NULL);
	return true;
}

/* The line before field N. */
static struct str
chainline_before(const struct chainline_fields *f, size_t n)
{
	return (struct str){ f->line.ptr,
	    (size_t)(f->field[n].ptr - f->line.ptr) - 1 };
}

static int
chainline_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
chainline_hex(struct str text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = chainline_digit(text.ptr[2 * i]);
		int low = chainline_digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
chainline_number(struct str text, int64_t *out)
{
	uint64_t n;

	if (!str_u64(text, INT64_MAX, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

static bool
chainline_is_null(struct str text)
{
	return text.len == 2 && text.ptr[0] == '\\' && text.ptr[1] == 'N';
}

/* TEXT as chainline_hex, or none: then HAS is false. */
static bool
chainline_maybe(struct str text, uint8_t *out, size_t len, bool *has)
{
	*has = !chainline_is_null(text);
	return !*has || chainline_hex(text, out, len);
}

static bool
chainline_event(const struct chainline_fields *f, struct chainline *out)
{
	const struct str *field = f->field;

	if (f->count != CHAINLINE_EVENT_HASHED + 3 ||
	    !chainline_number(field[1], &out->id) ||
	    !chainline_number(field[2], &out->at) || out->at == 0)
		return false;
	out->of = CHAINLINE_ACCOUNT;
	out->hashed = chainline_before(f, CHAINLINE_EVENT_HASHED);
	out->event = field[5];
	out->text = field[11];
	out->address = field[14];
	out->has_address = !chainline_is_null(field[14]);
	return chainline_maybe(field[10], out->stand_in,
	    sizeof(out->stand_in), &out->has_stand_in) &&
	    chainline_hex(field[12], out->hash.bytes, DIGEST_SIZE) &&
	    chainline_maybe(field[13], out->salt, sizeof(out->salt),
	    &out->has_salt);
}

static bool
chainline_batch(const struct chainline_fields *f, struct chainline *out)
{
	const struct str *field = f->field;

	out->of = CHAINLINE_JOURNAL;
	if (f->count != CHAINLINE_BATCH_HASHED + 2 ||
	    !chainline_number(field[1], &out->id) ||
	    !chainline_number(field[2], &out->at) ||
	    !chainline_number(field[3], &out->next) ||
	    !chainline_number(field[4], &out->count) || out->next <= out->at)
		return false;
	out->hashed = chainline_before(f, CHAINLINE_BATCH_HASHED);
	out->text = field[5];
	return chainline_hex(field[6], out->rows.bytes, DIGEST_SIZE) &&
	    chainline_maybe(field[7], out->salt, sizeof(out->salt),
	    &out->has_salt) &&
	    chainline_hex(field[8], out->hash.bytes, DIGEST_SIZE);
}

/* A use: its columns are the database's; the ends are known here. */
static bool
chainline_use(const struct chainline_fields *f, struct chainline *out)
{
	const struct str *field = f->field;

	out->of = CHAINLINE_JOURNAL;
	if (f->count < CHAINLINE_USE_LEAST ||
	    !chainline_number(field[1], &out->id) ||
	    !chainline_number(field[2], &out->at) ||
	    !chainline_number(field[4], &out->account))
		return false;
	out->hashed = chainline_before(f, f->count - 1);
	out->address = field[f->count - 1];
	out->has_address = !chainline_is_null(out->address);
	return chainline_maybe(field[f->count - 2], out->stand_in,
	    sizeof(out->stand_in), &out->has_stand_in);
}

static bool
chainline_pruned(const struct chainline_fields *f, struct chainline *out)
{
	out->text = f->field[f->count > 2 ? 2 : 0];
	return f->count == 4 && chainline_number(f->field[1], &out->at) &&
	    chainline_number(f->field[3], &out->count);
}

static bool
chainline_which(struct str text, enum chainline_of *of)
{
	*of = str_eq(text, STR("account")) ? CHAINLINE_ACCOUNT :
	    CHAINLINE_JOURNAL;
	return *of == CHAINLINE_ACCOUNT || str_eq(text, STR("journal"));
}

/* An anchor, which has a time as well, or a head. */
static bool
chainline_anchor(const struct chainline_fields *f, struct chainline *out)
{
	size_t last = out->kind == CHAINLINE_ANCHOR ? 5 : 4;
	int64_t at;

	out->hashed = f->line;
	return f->count == last + 1 &&
	    chainline_which(f->field[1], &out->of) &&
	    chainline_number(f->field[2], &out->id) &&
	    chainline_number(f->field[3], &out->at) &&
	    (last == 4 || chainline_number(f->field[4], &at)) &&
	    chainline_hex(f->field[last], out->hash.bytes, DIGEST_SIZE);
}

static bool
chainline_checkpoint(const struct chainline_fields *f, struct chainline *out)
{
	out->text = f->field[f->count - 1];
	return f->count == 3 && chainline_number(f->field[1], &out->at);
}

static bool
chainline_last(const struct chainline_fields *f, struct chainline *out)
{
	return f->count == 3 && chainline_number(f->field[1], &out->at) &&
	    chainline_number(f->field[2], &out->next);
}

static const struct {
	char letter;
	enum chainline_kind kind;
	bool (*parse)(const struct chainline_fields *f, struct chainline *out);
} chainline_kinds[] = {
	{ 'u', CHAINLINE_USE, chainline_use },
	{ 'e', CHAINLINE_EVENT, chainline_event },
	{ 'b', CHAINLINE_BATCH, chainline_batch },
	{ 'p', CHAINLINE_PRUNED, chainline_pruned },
	{ 'a', CHAINLINE_ANCHOR, chainline_anchor },
	{ 'c', CHAINLINE_CHECKPOINT, chainline_checkpoint },
	{ 'h', CHAINLINE_HEAD, chainline_anchor },
	{ 'z', CHAINLINE_LAST, chainline_last },
};

bool
chainline_parse(struct str line, struct chainline *out)
{
	struct chainline_fields f;

	memset(out, 0, sizeof(*out));
	if (line.len < 2 || line.ptr[1] != '\t' || !chainline_split(line, &f))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(chainline_kinds); i++) {
		if (chainline_kinds[i].letter != line.ptr[0])
			continue;
		out->kind = chainline_kinds[i].kind;
		return chainline_kinds[i].parse(&f, out);
	}
	return false;
}

/* The value that REST, behind a colon, begins with; REST moves past it. */
static bool
chainline_value(struct str *rest, struct str *value)
{
	size_t n = 0;

	if (rest->len > 0 && rest->ptr[0] == '"')
		return str_cut(str_part(*rest, 1, rest->len), '"', value,
		    rest);
	while (n < rest->len && rest->ptr[n] != ',' && rest->ptr[n] != '}')
		n++;
	*value = str_part(*rest, 0, n);
	*rest = str_part(*rest, n, rest->len);
	return n > 0;
}

bool
chainline_member(struct str detail, struct str name, struct str *out)
{
	struct str rest = detail, word;

	while (str_cut(rest, '"', &word, &rest) &&
	    str_cut(rest, '"', &word, &rest)) {
		bool found = str_eq(word, name);

		if (rest.len == 0 || rest.ptr[0] != ':')
			return false;
		rest = str_part(rest, 1, rest.len);
		if (!chainline_value(&rest, out))
			return false;
		if (found)
			return true;
	}
	return false;
}

bool
chainline_head(struct str word, struct chainline_head *out)
{
	int64_t *const numbers[] = {
		&out->id, &out->from, &out->from_at, &out->upto,
		&out->upto_at,
	};
	struct str number;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (!str_cut(word, ':', &number, &word) ||
		    !chainline_number(number, numbers[i]))
			return false;
	return chainline_hex(word, out->hash.bytes, DIGEST_SIZE);
}

size_t
chainline_unescape(struct str text, char *out, size_t room)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\' && ++i == text.len)
			return 0;
		if (c == '\\' && text.ptr[i] == 'n')
			c = '\n';
		else if (c == '\\' && text.ptr[i] != '\\')
			return 0;
		if (len == room)
			return 0;
		out[len++] = c;
	}
	return len;
}
