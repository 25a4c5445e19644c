/* SPDX-License-Identifier: ISC */
#include "urlform.h"

#include "percent.h"

/* What is between two of the body's & is on its way into PARAMS. */
struct urlform_reader {
	struct urlform_param *params;
	size_t count;
	char *room;		/* what is left of it */
	size_t size;
};

/* RAW decoded into R's room, which moves past it. */
static bool
urlform_decode(struct urlform_reader *r, struct str raw, struct str *out)
{
	if (!percent_decode(raw, r->room, r->size, out))
		return false;
	r->room += out->len;
	r->size -= out->len;
	return true;
}

/* The number of the parameter NAME, or r->count. */
static size_t
urlform_find(const struct urlform_reader *r, struct str name)
{
	size_t i = 0;

	while (i < r->count && !str_eq(name, str_of(r->params[i].name)))
		i++;
	return i;
}

/* Takes "name=value", or a name alone. */
static enum urlform_answer
urlform_take(struct urlform_reader *r, struct str pair, size_t *fault)
{
	struct str name, value, raw;

	*fault = r->count;
	(void)str_cut(pair, '=', &name, &raw);
	if (!urlform_decode(r, name, &name))
		return URLFORM_BAD;
	*fault = urlform_find(r, name);
	if (!urlform_decode(r, raw, &value))
		return URLFORM_BAD;
	if (*fault == r->count)
		return URLFORM_READ;
	if (r->params[*fault].seen)
		return URLFORM_TWICE;
	r->params[*fault].seen = true;
	r->params[*fault].value = value;
	return URLFORM_READ;
}

enum urlform_answer
urlform_read(struct str body, struct urlform_param *params, size_t count,
    char *room, size_t *fault)
{
	struct urlform_reader r = { params, count, room, body.len };
	enum urlform_answer answer = URLFORM_READ;
	struct str pair;
	size_t pairs = 0;

	*fault = count;
	if (body.len > URLFORM_MAX)
		return URLFORM_BAD;
	for (size_t i = 0; i < count; i++) {
		params[i].value = STR("");
		params[i].seen = false;
	}
	while (answer == URLFORM_READ && str_word(&body, "&", &pair))
		answer = ++pairs <= URLFORM_PARAMS ?
		    urlform_take(&r, pair, fault) : URLFORM_BAD;
	return answer;
}

/* Whether PARAMETER, of a media type, says that its text is UTF-8. */
static bool
urlform_is_utf8(struct str parameter)
{
	struct str name, value;

	return str_cut(parameter, '=', &name, &value) &&
	    str_eq_nocase(name, STR("charset")) &&
	    (str_eq_nocase(value, STR("utf-8")) ||
	    str_eq_nocase(value, STR("\"utf-8\"")));
}

bool
urlform_is_type(struct str content_type)
{
	struct str type, rest, one;

	(void)str_cut(content_type, ';', &type, &rest);
	if (!str_eq_nocase(str_trim(type),
	    STR("application/x-www-form-urlencoded")))
		return false;
	while (str_word(&rest, ";", &one)) {
		one = str_trim(one);
		if (one.len > 0 && !urlform_is_utf8(one))
			return false;
	}
	return true;
}
