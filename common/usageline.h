/* SPDX-License-Identifier: ISC */
/*
 * usageline [layer 2]: a use as it is hashed and exported: the very bytes that
 * hasp.usage_line makes of its row in the database. Pure.
 */
#ifndef HASP_USAGELINE_H
#define HASP_USAGELINE_H

#include "digest.h"
#include "entry.h"

#define USAGELINE_SALT_SIZE 16
#define USAGELINE_ADDRESS_SIZE 16	/* what stands for an address */
#define USAGELINE_SIZE 512		/* longer than any */
#define USAGELINE_MIDDLE_SIZE 320	/* likewise */

/*
 * What stands for ADDRESS in a line, so that it can be erased: the first bytes
 * of SHA-256 of SALT and its text (hasp.address_hash). ERR_INTERNAL if OpenSSL
 * refuses.
 */
enum err usageline_address(const uint8_t salt[USAGELINE_SALT_SIZE],
    const struct cidr *address, uint8_t out[USAGELINE_ADDRESS_SIZE])
    MUST_CHECK;

/*
 * The middle of ENTRY's line into OUT; its length. It says whose use it was and
 * what became of it, so that it is the same for the next use of that kind.
 */
size_t usageline_middle(const struct entry *entry,
    char out[USAGELINE_MIDDLE_SIZE]);

/*
 * The line of ENTRY, which is in the journal of number JOURNAL at position
 * POS, its LF included, into OUT; its length. MIDDLE is of usageline_middle,
 * HASH what stands for its address, if that is known.
 */
size_t usageline_make(const struct entry *entry, int64_t journal, uint64_t pos,
    struct str middle, const uint8_t hash[USAGELINE_ADDRESS_SIZE],
    char out[USAGELINE_SIZE]);

#endif
