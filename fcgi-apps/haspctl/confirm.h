/* SPDX-License-Identifier: ISC */
/*
 * confirm [layer 8]: asks a person whether to go on.
 */
#ifndef HASPCTL_CONFIRM_H
#define HASPCTL_CONFIRM_H

#include "invocation.h"

/*
 * STATUS_OK if --yes is given, or if who stands at the terminal answers the
 * question with "yes" and nothing else; otherwise says that nothing was done.
 * The question is a format and its values.
 */
enum status confirm_ask(const struct invocation *invocation,
    const char *question, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

#endif
