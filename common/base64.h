/* SPDX-License-Identifier: ISC */
/*
 * base64 [layer 1]: RFC 4648 section 4, strictly: one text for each value.
 * OpenSSL's decoders take blanks, junk after the padding and non-canonical
 * bits, so this one is ours. Pure.
 */
#ifndef HASP_BASE64_H
#define HASP_BASE64_H

#include "str.h"

enum base64_rc {
	BASE64_OK,
	BASE64_ALPHABET,	/* a byte that is in neither alphabet */
	BASE64_URL,		/* a byte of the URL alphabet ('-' or '_') */
	BASE64_PADDING,		/* length, padding or the last bits are wrong */
	BASE64_ROOM,		/* longer than the room given */
};

/*
 * Decodes IN into OUT (ROOM bytes) and sets LEN to the bytes written. The
 * first fault from the left is reported, BASE64_URL only where all else is
 * base64; OUT is then to be ignored.
 */
enum base64_rc base64_decode(struct str in, char *out, size_t room,
    size_t *len) MUST_CHECK;

/* Bytes that base64_encode writes for LEN, its NUL included. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/* Encodes LEN bytes at DATA into OUT (BASE64_SIZE(len) bytes), with NUL. */
void base64_encode(const void *data, size_t len, char *out);

#endif
