/* SPDX-License-Identifier: ISC */
/*
 * key_form [layer 8]: what bodies say about keys. Their faults go into the
 * problem of the answer.
 */
#ifndef HASP_KEY_FORM_H
#define HASP_KEY_FORM_H

#include "form.h"
#include "route.h"
#include "store_key_change.h"

struct key_form_rate {
	struct form_seen seen;
	struct form_int per_second, burst;
};

/* Everything that a body about a key may have. */
struct key_form_body {
	struct form_text name;
	struct form_word role;
	struct form_word kind;
	struct form_text environment;
	struct form_texts allowed_ips;
	struct key_form_rate rate_limit;
	struct form_int daily_quota;
	struct form_time not_before, expires_at;
	struct cidr ranges[DECISION_RANGES_MAX];	/* of allowed_ips */
	struct form_faults *faults;
};

/*
 * Reads the body of a creation into OUT, all but its id and secret; BODY is
 * what its texts and ranges live in. ERR_INVALID and those of form_read.
 */
enum err key_form_create(struct ctx *ctx, struct key_form_body *body,
    struct store_key_new *out) MUST_CHECK;

/* Reads the body of a change. */
enum err key_form_change(struct ctx *ctx, struct key_form_body *body)
    MUST_CHECK;

/*
 * What KEY is to be by BODY: absent members stay as they are, null removes.
 * OUT has views into both; RANGES has room for those of KEY. ERR_INVALID,
 * ERR_INTERNAL for a key that is not understood.
 */
enum err key_form_apply(struct ctx *ctx, struct key_form_body *body,
    const struct store_key *key, struct cidr ranges[DECISION_RANGES_MAX],
    struct store_key_values *out) MUST_CHECK;

/* How a key is to be rotated. */
struct key_form_rotation {
	int64_t overlap;		/* seconds */
	bool first_use;			/* it starts then, not now */
	struct digest body;
};

enum err key_form_rotation(struct ctx *ctx, struct key_form_rotation *out)
    MUST_CHECK;

/* For requests that have no body, or an empty object. */
enum err key_form_none(struct ctx *ctx) MUST_CHECK;

#endif
