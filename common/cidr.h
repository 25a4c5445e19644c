/* SPDX-License-Identifier: ISC */
/*
 * cidr [layer 2]: network addresses and ranges (RFC 4632, RFC 4291). Pure.
 */
#ifndef HASP_CIDR_H
#define HASP_CIDR_H

#include "str.h"

struct cidr {
	uint8_t family;		/* 4 or 6; 0 is no range and holds nothing */
	uint8_t bits;		/* length of the prefix: 0 to 32 or 128 */
	uint8_t addr[16];	/* network order; bits past the prefix are 0 */
};

/* Room for a range as text, its NUL included. */
#define CIDR_TEXT_SIZE 52

/*
 * "192.0.2.0/24", "2001:db8::/32", or an address alone for just itself.
 * False if it is none, or if a bit past the prefix is set. An IPv4-mapped
 * IPv6 address (::ffff:192.0.2.1) is taken as the IPv4 address.
 */
bool cidr_parse(struct str text, struct cidr *out) MUST_CHECK;

/* RANGE as text with its length ("192.0.2.0/24"); "" for family 0. */
void cidr_text(const struct cidr *range, char out[CIDR_TEXT_SIZE]);

/* Makes RANGE the one around it whose prefix has at most BITS bits. */
void cidr_widen(struct cidr *range, uint8_t bits);

/* Whether RANGE holds the single address ADDRESS; never across families. */
bool cidr_holds(const struct cidr *range, const struct cidr *address);

#endif
