/* SPDX-License-Identifier: ISC */
/*
 * pidfile [layer 7]: the process id in a file, for those who send signals.
 */
#ifndef HASP_PIDFILE_H
#define HASP_PIDFILE_H

#include "err.h"

/*
 * Writes our id to PATH, whole or not at all, mode 0644. "" writes nothing.
 * ERR_PERMISSION or ERR_SYSTEM; errno says why.
 */
enum err pidfile_write(const char *path) MUST_CHECK;

/* Removes PATH if it still names us. */
void pidfile_remove(const char *path);

#endif
