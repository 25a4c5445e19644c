/* SPDX-License-Identifier: ISC */
#include "statement.h"

struct statement_row {
	const char *name;
	const char *text;
	size_t params;
	bool reads;
};

static const struct statement_row statement_rows[STATEMENT__COUNT] = {
#define S(upper, lower, params, reads, text) { lower, text, params, reads },
#include "statements.inc"
#undef S
};

const char *
statement_name(enum statement statement)
{
	return statement_rows[statement].name;
}

const char *
statement_text(enum statement statement)
{
	return statement_rows[statement].text;
}

size_t
statement_params(enum statement statement)
{
	return statement_rows[statement].params;
}

bool
statement_reads(enum statement statement)
{
	return statement_rows[statement].reads;
}
