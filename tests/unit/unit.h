/* SPDX-License-Identifier: ISC */
/*
 * unit [tests]: what every unit test begins with: cmocka and the headers that
 * it wants before it, and a few assertions of our own kinds.
 */
#ifndef HASP_UNIT_H
#define HASP_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "str.h"

/* A view is exactly this literal text. */
#define assert_str(view, literal) unit_assert_str((view), STR(literal), \
	__FILE__, __LINE__)

static inline void
unit_assert_str(struct str got, struct str want, const char *file, int line)
{
	if (str_eq(got, want))
		return;
	print_error("\"%.*s\" is not \"%.*s\"\n", (int)got.len,
	    got.len > 0 ? got.ptr : "", (int)want.len, want.ptr);
	_fail(file, line);
}

/*
 * The next number of a small generator (xorshift64*): the same in every run,
 * so that a failure can be seen again. SEED is not 0.
 */
static inline uint64_t
unit_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

#endif
