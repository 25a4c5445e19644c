/* SPDX-License-Identifier: ISC */
/*
 * base [layer 0]: what every file of Hasp may use: attributes, scope-end
 * cleanup, array length. Calls that nobody may use stand in tests/style/banned.
 */
#ifndef HASP_BASE_H
#define HASP_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* The caller has to look at what comes back. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Arguments FMT (1-based) and up are a printf format and its values. */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* Runs FN(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline void
base_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static inline void
base_free(void *slot)
{
	/* SLOT is the address of any object pointer. */
	free(*(void **)slot);
}

/* An int that is closed, a malloc'd pointer that is freed, at scope end. */
#define CLEANUP_CLOSE CLEANUP(base_close)
#define CLEANUP_FREE CLEANUP(base_free)

#endif
