/* SPDX-License-Identifier: ISC */
/*
 * statement [layer 4]: the SQL statements, one file each in sql/statements,
 * embedded at build. STATEMENT_<FILE NAME IN CAPITALS> names one, so a
 * misspelt name does not compile.
 */
#ifndef HASP_STATEMENT_H
#define HASP_STATEMENT_H

#include "base.h"

enum statement {
#define S(upper, lower, params, reads, text) STATEMENT_##upper,
#include "statements.inc"
#undef S
	STATEMENT__COUNT
};

/* The file's name without .sql: the name it is prepared under. */
const char *statement_name(enum statement statement);

/* The SQL, comments left out. */
const char *statement_text(enum statement statement);

/* How many parameters ($1 ...) it takes. */
size_t statement_params(enum statement statement);

/* Whether it only reads, so that it may be tried again. */
bool statement_reads(enum statement statement);

#endif
