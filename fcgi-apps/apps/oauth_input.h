/* SPDX-License-Identifier: ISC */
/*
 * oauth_input [layer 8]: the body of a request of a publisher's program.
 */
#ifndef HASP_OAUTH_INPUT_H
#define HASP_OAUTH_INPUT_H

#include "oauth.h"

/*
 * Reads the form. Parameters that are not known are ignored, those without a
 * value are as good as absent (RFC 6749 section 3.2). ERR_OAUTH_INVALID with
 * O's fault; ERR_CLIENT_TWICE; ERR_BODY_TOO_LARGE; ERR_MEMORY.
 */
enum err oauth_input_read(struct oauth *o) MUST_CHECK;

#endif
