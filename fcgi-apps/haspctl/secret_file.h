/* SPDX-License-Identifier: ISC */
/*
 * secret_file [layer 8]: what an option such as --key-file names: a file that
 * holds a secret, or standard input.
 */
#ifndef HASPCTL_SECRET_FILE_H
#define HASPCTL_SECRET_FILE_H

#include "status.h"

/*
 * Reads PATH (- for standard input) into OUT, at most ROOM bytes; LEN is how
 * many there were, ROOM perhaps of more. No NUL is added; the caller wipes.
 * Tells what is wrong, and its status, if it cannot be read.
 */
enum status secret_file_read(const char *path, char *out, size_t room,
    size_t *len) MUST_CHECK;

#endif
