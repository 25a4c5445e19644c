/* SPDX-License-Identifier: ISC */
/*
 * document [layer 8]: tables of the library as documents: the error codes as
 * Markdown or HTML, the options as a sample configuration.
 */
#ifndef HASPCTL_DOCUMENT_H
#define HASPCTL_DOCUMENT_H

#include "invocation.h"

/* `haspctl errors` and `haspctl config`. */
enum status document_errors(struct invocation *invocation);
enum status document_config(struct invocation *invocation);

#endif
