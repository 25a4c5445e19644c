/* SPDX-License-Identifier: ISC */
/*
 * question [layer 8]: asks a person whether to go on.
 */
#ifndef HASPCTL_QUESTION_H
#define HASPCTL_QUESTION_H

#include "invocation.h"

/*
 * STATUS_OK if --yes is given, or if who stands at the terminal answers the
 * question with "yes" and nothing else; otherwise says that nothing was done.
 * The question is a format and its values.
 */
enum status question_ask(const struct invocation *invocation,
    const char *question, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

#endif
