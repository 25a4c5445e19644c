/* SPDX-License-Identifier: ISC */
/*
 * code_form [layer 8]: bodies that carry a connect code, which stands in no
 * URL.
 */
#ifndef HASP_CODE_FORM_H
#define HASP_CODE_FORM_H

#include "digest.h"
#include "role.h"
#include "route.h"

struct code_form {
	struct digest digest;	/* of the code */
	enum role role;		/* ROLE_NONE: what the code asks for */
};

/*
 * Reads a body of a code and, with CHOOSES, perhaps a role. ERR_INVALID;
 * ERR_CONNECT_CODE_UNKNOWN for a text that is no code by its shape.
 */
enum err code_form_read(struct ctx *ctx, bool chooses, struct code_form *out)
    MUST_CHECK;

#endif
