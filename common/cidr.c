/* SPDX-License-Identifier: ISC */
#include "cidr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Bytes 0 to 11 of an IPv4-mapped address (RFC 4291 section 2.5.5.2). */
static const uint8_t cidr_mapped[12] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
};

/* The address alone; family 0 if it is none. */
static void
cidr_address(struct str text, struct cidr *out)
{
	char z[INET6_ADDRSTRLEN];

	memset(out, 0, sizeof(*out));
	if (text.len == 0 || text.len >= sizeof(z) ||
	    memchr(text.ptr, '\0', text.len) != NULL)
		return;
	memcpy(z, text.ptr, text.len);
	z[text.len] = '\0';
	if (inet_pton(AF_INET, z, out->addr) == 1)
		out->family = 4;
	else if (inet_pton(AF_INET6, z, out->addr) == 1)
		out->family = 6;
}

/* An IPv4-mapped range of at least the 96 common bits becomes IPv4. */
static void
cidr_unmap(struct cidr *c)
{
	if (c->family != 6 || c->bits < 96 ||
	    memcmp(c->addr, cidr_mapped, sizeof(cidr_mapped)) != 0)
		return;
	memmove(c->addr, c->addr + 12, 4);
	memset(c->addr + 4, 0, 12);
	c->family = 4;
	c->bits = (uint8_t)(c->bits - 96);
}

/* Whether every bit of ADDR past the first BITS is 0. */
static bool
cidr_canonical(const uint8_t addr[16], unsigned int bits)
{
	unsigned int whole = bits / 8;

	/* Of the byte that the prefix ends in, all but its first bits. */
	if (bits % 8 != 0 && (addr[whole++] & 0xffu >> bits % 8) != 0)
		return false;
	for (; whole < 16; whole++)
		if (addr[whole] != 0)
			return false;
	return true;
}

bool
cidr_parse(struct str text, struct cidr *out)
{
	struct str address, length;
	uint64_t bits, most;
	struct cidr c;
	bool ranged = str_cut(text, '/', &address, &length);

	cidr_address(address, &c);
	if (c.family == 0)
		return false;
	most = c.family == 4 ? 32 : 128;
	bits = most;
	if (ranged && !str_u64(length, most, &bits))
		return false;
	c.bits = (uint8_t)bits;
	if (!cidr_canonical(c.addr, c.bits))
		return false;
	cidr_unmap(&c);
	*out = c;
	return true;
}

void
cidr_text(const struct cidr *range, char out[CIDR_TEXT_SIZE])
{
	size_t len;

	out[0] = '\0';
	if (range->family == 0 || inet_ntop(range->family == 4 ? AF_INET :
	    AF_INET6, range->addr, out, CIDR_TEXT_SIZE) == NULL)
		return;
	len = strlen(out);
	(void)snprintf(out + len, CIDR_TEXT_SIZE - len, "/%u",
	    (unsigned int)range->bits);
}

void
cidr_widen(struct cidr *range, uint8_t bits)
{
	for (unsigned int i = bits; i < range->bits; i++)
		range->addr[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	if (bits < range->bits)
		range->bits = bits;
}

bool
cidr_holds(const struct cidr *range, const struct cidr *address)
{
	unsigned int whole = range->bits / 8, rest = range->bits % 8;

	if (range->family == 0 || range->family != address->family)
		return false;
	if (memcmp(range->addr, address->addr, whole) != 0)
		return false;
	return rest == 0 || (range->addr[whole] ^ address->addr[whole]) >>
	    (8 - rest) == 0;
}
