/* SPDX-License-Identifier: ISC */
#include "form.h"

#include <string.h>

#include "buf.h"
#include "json_read.h"
#include "jsontext.h"
#include "label.h"
#include "moment.h"

/* A value on its way, and how it is reached: for the pointer of a fault. */
struct form_place {
	struct form_faults *faults;
	const struct form_place *parent;	/* NULL: the body itself */
	const char *name;			/* NULL: an element */
	size_t index;
	struct json_object *value;
};

static void
form_add(struct form_faults *faults, struct str pointer, const char *detail)
{
	if (faults->count < FORM_FAULTS_MAX)
		faults->list[faults->count++] = (struct form_fault){
			pointer, detail,
		};
}

void
form_fault(struct form_faults *faults, const char *pointer,
    const char *detail)
{
	form_add(faults, str_of(pointer), detail);
}

enum err
form_verdict(const struct form_faults *faults)
{
	if (faults->failed)
		return ERR_MEMORY;
	return faults->count > 0 ? ERR_INVALID : ERR_OK;
}

static struct str
form_pointer(const struct form_place *place, struct buf *buf)
{
	const struct form_place *path[JSONTEXT_DEPTH + 1];
	size_t count = 0;

	for (; place->parent != NULL && count < ARRAY_LEN(path);
	    place = place->parent)
		path[count++] = place;
	buf_add(buf, STR("#"));
	while (count-- > 0)
		if (path[count]->name != NULL)
			buf_printf(buf, "/%s", path[count]->name);
		else
			buf_printf(buf, "/%zu", path[count]->index);
	return buf_str(buf);
}

static void
form_say(const struct form_place *place, const char *detail)
{
	struct buf buf = buf_in(place->faults->arena);
	struct str pointer;

	/* One that would be lost needs no memory. */
	if (place->faults->count == FORM_FAULTS_MAX)
		return;
	pointer = form_pointer(place, &buf);
	if (buf.failed)
		place->faults->failed = true;
	else
		form_add(place->faults, pointer, detail);
}

/* The same with a sentence that was put together. */
static void
form_say_made(const struct form_place *place, const struct buf *detail)
{
	if (detail->failed)
		place->faults->failed = true;
	else
		form_say(place, detail->data);
}

/* A copy of TEXT in the arena. */
static bool
form_keep(const struct form_place *place, struct str text, struct str *out)
{
	char *copy = arena_copy(place->faults->arena, text.ptr, text.len);

	if (copy == NULL) {
		place->faults->failed = true;
		return false;
	}
	*out = (struct str){ copy, text.len };
	return true;
}

static void
form_get_label(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct form_text *out = target;
	enum label_fault fault;
	struct str text;

	(void)field;
	if (!json_read_text(place->value, &text))
		form_say(place, "A text of 1 to 100 characters.");
	else if ((fault = label_check(text)) != LABEL_GOOD)
		form_say(place, label_sentence(fault));
	else
		(void)form_keep(place, text, &out->value);
}

static bool
form_has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
	return false;
}

static bool
form_within(size_t n, const struct form_field *field)
{
	return n <= INT64_MAX && (int64_t)n >= field->low &&
	    (int64_t)n <= field->high;
}

static void
form_get_text(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct buf detail = buf_in(place->faults->arena);
	struct form_text *out = target;
	struct str text;

	if (json_read_text(place->value, &text) &&
	    form_within(text.len, field) && !form_has_control(text)) {
		(void)form_keep(place, text, &out->value);
		return;
	}
	buf_printf(&detail, "A text of %lld to %lld bytes, without control "
	    "characters.", (long long)field->low, (long long)field->high);
	form_say_made(place, &detail);
}

static void
form_get_secret(const struct form_place *place,
    const struct form_field *field, void *target)
{
	struct form_text *out = target;
	struct str text;

	(void)field;
	if (!json_read_text(place->value, &text) || text.len == 0 ||
	    text.len > FORM_SECRET_MAX)
		form_say(place, "A text of 1 to 1024 bytes.");
	else
		(void)form_keep(place, text, &out->value);
}

static void
form_get_word(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct buf detail = buf_in(place->faults->arena);
	struct form_word *out = target;
	struct str text;

	if (json_read_text(place->value, &text))
		for (size_t i = 0; field->words[i] != NULL; i++)
			if (str_eq(text, str_of(field->words[i]))) {
				out->index = i;
				return;
			}
	buf_add(&detail, STR("One of: "));
	for (size_t i = 0; field->words[i] != NULL; i++)
		buf_printf(&detail, "%s%s", i > 0 ? ", " : "",
		    field->words[i]);
	buf_add(&detail, STR("."));
	form_say_made(place, &detail);
}

static void
form_get_int(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct buf detail = buf_in(place->faults->arena);
	struct form_int *out = target;
	int64_t n;

	if (json_read_int(place->value, &n) && n >= field->low &&
	    n <= field->high) {
		out->value = n;
		return;
	}
	buf_printf(&detail, "A whole number from %lld to %lld.",
	    (long long)field->low, (long long)field->high);
	form_say_made(place, &detail);
}

static void
form_get_bool(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct form_bool *out = target;

	(void)field;
	if (!json_read_bool(place->value, &out->value))
		form_say(place, "Either true or false.");
}

static void
form_get_time(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct form_time *out = target;
	struct str text;

	(void)field;
	if (!json_read_text(place->value, &text) ||
	    !moment_parse(text, &out->wall_us))
		form_say(place, "A point of time as in RFC 3339, such as "
		    "2031-05-04T03:02:01Z.");
}

static bool
form_get_item(const struct form_place *place, struct str *out)
{
	struct str text;

	if (json_read_text(place->value, &text) && text.len > 0 &&
	    text.len <= FORM_ITEM_MAX && !form_has_control(text))
		return form_keep(place, text, out);
	form_say(place, "A text of 1 to 256 bytes, without control "
	    "characters.");
	return false;
}

static void
form_get_texts(const struct form_place *place, const struct form_field *field,
    void *target)
{
	struct arena *arena = place->faults->arena;
	struct buf detail = buf_in(arena);
	struct form_texts *out = target;
	size_t count = json_read_count(place->value);

	if (json_read_kind(place->value) != JSON_READ_ARRAY ||
	    !form_within(count, field)) {
		buf_printf(&detail, "An array of %lld to %lld texts.",
		    (long long)field->low, (long long)field->high);
		form_say_made(place, &detail);
		return;
	}
	out->items = arena_alloc(arena, count * sizeof(*out->items));
	if (out->items == NULL) {
		place->faults->failed = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct form_place item = {
			place->faults, place, NULL, i,
			json_read_element(place->value, i),
		};

		if (form_get_item(&item, &out->items[out->count]))
			out->count++;
	}
}

static void form_get_members(const struct form_place *place,
    const struct form *form, void *out);

static void
form_get_object(const struct form_place *place,
    const struct form_field *field, void *target)
{
	if (json_read_kind(place->value) != JSON_READ_OBJECT)
		form_say(place, "An object.");
	else
		form_get_members(place, field->form, target);
}

static void (*const form_kinds[])(const struct form_place *,
    const struct form_field *, void *) = {
	[FORM_LABEL] = form_get_label,
	[FORM_TEXT] = form_get_text,
	[FORM_SECRET] = form_get_secret,
	[FORM_WORD] = form_get_word,
	[FORM_INT] = form_get_int,
	[FORM_BOOL] = form_get_bool,
	[FORM_TIME] = form_get_time,
	[FORM_TEXTS] = form_get_texts,
	[FORM_OBJECT] = form_get_object,
};

/* The member that FIELD is about, of the object at PARENT. */
static void
form_get_field(const struct form_place *parent,
    const struct form_field *field, void *out)
{
	struct form_place place = { .faults = parent->faults,
	    .parent = parent, .name = field->name };
	void *target = (char *)out + field->offset;
	struct form_seen seen = { false, false };

	seen.given = json_read_member(parent->value, field->name,
	    &place.value);
	seen.null = seen.given && place.value == NULL;
	/* Every target begins with these two. */
	memcpy(target, &seen, sizeof(seen));
	if (!seen.given && field->required)
		form_say(&place, "This member is missing.");
	else if (seen.null && !field->nullable)
		form_say(&place, "This member may not be null.");
	else if (seen.given && !seen.null)
		form_kinds[field->kind](&place, field, target);
}

static bool
form_knows(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return true;
	return false;
}

/*
 * A pointer repeats a member's name only if it looks like a name of ours
 * mistyped: what was sent may be a key in the wrong place.
 */
static bool
form_may_repeat(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 24 &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz_") == len;
}

static void
form_find_unknown(const struct form_place *place, const struct form *form)
{
	const char *name;

	for (size_t i = 0; (name = json_read_name(place->value, i)) != NULL;
	    i++) {
		struct form_place member = { .faults = place->faults,
		    .parent = place };

		if (form_knows(form, name))
			continue;
		if (!form_may_repeat(name)) {
			form_say(place, "There is a member that has no "
			    "meaning here.");
			continue;
		}
		/* The name goes with the body. */
		member.name = arena_copy(place->faults->arena, name,
		    strlen(name));
		if (member.name == NULL)
			place->faults->failed = true;
		else
			form_say(&member, "There is no such member here.");
	}
}

static void
form_get_members(const struct form_place *place, const struct form *form,
    void *out)
{
	for (size_t i = 0; i < form->count; i++)
		form_get_field(place, &form->fields[i], out);
	form_find_unknown(place, form);
}

/* Media type without parameters (RFC 9110 section 8.3.1). */
static bool
form_is_json(const struct request *request)
{
	struct str type, parameters;

	(void)str_cut(request_param(request, "CONTENT_TYPE"), ';', &type,
	    &parameters);
	return str_eq_nocase(str_trim(type), STR("application/json"));
}

static enum err
form_parse(const struct request *request, const struct form *form,
    struct str text, struct json **out)
{
	if (text.len == 0 && form->optional)
		return json_read_object(STR("{}"), out);
	if (!form_is_json(request))
		return ERR_MEDIA_TYPE;
	return json_read_object(text, out);
}

enum err
form_read(const struct request *request, struct arena *arena,
    const struct form *form, void *out, struct form_faults *faults)
{
	struct json *body CLEANUP_JSON = NULL;
	struct form_place place = { .faults = faults };
	/* One byte more tells a body that is too large. */
	const size_t size = JSONTEXT_MAX + 1;
	char *raw = arena_alloc(arena, size);
	size_t len;
	enum err err;

	*faults = (struct form_faults){ .arena = arena };
	if (raw == NULL)
		return ERR_MEMORY;
	len = request_read(request, raw, size);
	err = digest_sha256((struct str){ raw, len }, &faults->body);
	if (err == ERR_OK)
		err = form_parse(request, form, (struct str){ raw, len },
		    &body);
	/* It may hold a password. */
	explicit_bzero(raw, len);
	if (err != ERR_OK)
		return err;
	place.value = json_read_top(body);
	form_get_members(&place, form, out);
	return form_verdict(faults);
}
