/* SPDX-License-Identifier: ISC */
#include "code_form.h"

#include <string.h>

#include "app_task.h"
#include "keytext.h"

/* As the body has it. */
struct code_form_body {
	struct form_text code;
	struct form_word role;
};

static const char *const code_form_roles[] = { "read", "write", "admin", NULL };

/* The last one is a choice. */
static const struct form_field code_form_fields[] = {
	{ FORM_MEMBER(struct code_form_body, code), .kind = FORM_SECRET,
	    .required = true },
	{ FORM_MEMBER(struct code_form_body, role), .kind = FORM_WORD,
	    .words = code_form_roles },
};

static const struct form code_form_plain = {
	.fields = code_form_fields,
	.count = ARRAY_LEN(code_form_fields) - 1,
};

static const struct form code_form_choice = {
	.fields = code_form_fields,
	.count = ARRAY_LEN(code_form_fields),
};

enum err
code_form_read(struct ctx *ctx, bool chooses, struct code_form *out)
{
	struct keytext_rules rules = keytext_code_rules(ctx->config);
	struct code_form_body body;
	struct form_faults *faults;
	struct keytext code;
	enum err err;

	memset(&body, 0, sizeof(body));
	err = app_task_form(ctx, chooses ? &code_form_choice :
	    &code_form_plain, &body, &faults);
	if (err != ERR_OK)
		return err;
	out->role = ROLE_NONE;
	if (body.role.given && !role_parse(
	    str_of(code_form_roles[body.role.index]), &out->role))
		return ERR_INTERNAL;
	/* People copy it: blanks around it are not their fault. */
	if (keytext_parse(&rules, str_trim(body.code.value), &code) != ERR_OK)
		return ERR_CONNECT_CODE_UNKNOWN;
	return digest_sha256(code.text, &out->digest);
}
