/* SPDX-License-Identifier: ISC */
/*
 * str [layer 0]: a view of text that somebody else owns: pointer and length,
 * no terminator needed, NUL bytes allowed. Pure.
 */
#ifndef HASP_STR_H
#define HASP_STR_H

#include <limits.h>

#include "base.h"

struct str {
	const char *ptr;	/* never NULL when len > 0 */
	size_t len;		/* bytes */
};

/* The view of a string literal. */
#define STR(literal) ((struct str){ ("" literal), sizeof(literal) - 1 })

/* The view of a NUL-terminated text; of nothing if TEXT is NULL. */
struct str str_of(const char *text);

/* LEN bytes of S from FROM on, both clipped to what is there. */
struct str str_part(struct str s, size_t from, size_t len);

bool str_eq(struct str a, struct str b);

/* The same with ASCII letters of either case alike. */
bool str_eq_nocase(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);

/*
 * A hash that every version computes alike, for what others read, too (FNV-1a,
 * mixed); another SEED, another hash.
 */
uint64_t str_hash(struct str s, uint64_t seed);

/*
 * A hash for tables in this process's memory, eight bytes at a time; it may be
 * another one in the next version.
 */
uint64_t str_mix(struct str s, uint64_t seed);

/* Where byte C first stands in S; s.len if nowhere. */
size_t str_find(struct str s, char c);

/* Whether NEEDLE (not empty) stands anywhere in S. */
bool str_has(struct str s, struct str needle);

/*
 * Cuts S at the first C: BEFORE and AFTER get the two sides without C. False,
 * with BEFORE all of S and AFTER empty, if there is no C.
 */
bool str_cut(struct str s, char c, struct str *before, struct str *after);

/*
 * The next word of REST, words being separated by any of the bytes in SEPS
 * (runs count once); REST moves past it. False when none is left.
 */
bool str_word(struct str *rest, const char *seps, struct str *word);

/* S without space and tab at both ends (RFC 9110 section 5.6.3, OWS). */
struct str str_trim(struct str s);

/*
 * S as a decimal number of at most MAX: digits only, no sign, no blank; a
 * leading zero only in "0" itself. False leaves OUT alone.
 */
bool str_u64(struct str s, uint64_t max, uint64_t *out) MUST_CHECK;

/* Room for str_decimal. */
#define STR_DECIMAL_SIZE 20

/* N in decimal, as str_u64 reads it, with a sign if it is negative; in ROOM. */
struct str str_decimal(int64_t n, char room[STR_DECIMAL_SIZE]);

/* COUNT bytes as twice as many hexadecimal digits, small ones; no NUL. */
void str_hex(const uint8_t *bytes, size_t count, char *out);

bool str_all_digits(struct str s);

/* Whether SET has true for every byte of S; an empty S has none. */
bool str_all_in(struct str s, const bool set[UCHAR_MAX + 1]);

/*
 * Whether S is UTF-8 (RFC 3629): no surrogate, nothing longer than it has to
 * be, no number above U+10FFFF, no character cut off. Control characters and
 * NUL are characters like others; the empty text is UTF-8.
 */
bool str_is_utf8(struct str s) MUST_CHECK;

/*
 * The code point of the character that REST begins with; REST moves past it.
 * False, with both left alone, if there is none or it is no UTF-8.
 */
bool str_rune(struct str *rest, uint32_t *rune) MUST_CHECK;

#endif
