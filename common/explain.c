/* SPDX-License-Identifier: ISC */
#include "explain.h"

static const struct explain explain_codes[] = {
#define C(code, why, mend) { (code), (why), (mend) },
#define V(event, why, mend)
#include "explain.def"
#undef C
#undef V
};

static const struct explain explain_events[] = {
#define C(code, why, mend)
#define V(event, why, mend) { (event), (why), (mend) },
#include "explain.def"
#undef C
#undef V
};

static const struct explain *
explain_find(const struct explain *rows, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(str_of(rows[i].name), name))
			return &rows[i];
	return NULL;
}

const struct explain *
explain_code(struct str code)
{
	const struct explain *row = explain_find(explain_codes,
	    ARRAY_LEN(explain_codes), code);

	/* The last row is the one for what has none. */
	return row != NULL ? row :
	    &explain_codes[ARRAY_LEN(explain_codes) - 1];
}

const struct explain *
explain_event(struct str event)
{
	return explain_find(explain_events, ARRAY_LEN(explain_events), event);
}
