/* SPDX-License-Identifier: ISC */
#include "attempt.h"

#include "manage.h"
#include "session.h"
#include "store_attempt.h"
#include "store_audit.h"

#define ATTEMPT_MS 1000

void
attempt_place(struct str address, char out[CIDR_TEXT_SIZE])
{
	struct cidr place;

	out[0] = '\0';
	if (!cidr_parse(address, &place))
		return;
	if (place.family == 6)
		cidr_widen(&place, ATTEMPT_IPV6_BITS);
	cidr_text(&place, out);
}

static struct store_attempt
attempt_row(const struct attempt *a)
{
	return (struct store_attempt){
		STORE_ATTEMPT_PERSON, a->email, str_of(a->place)
	};
}

static enum err
attempt_count(struct ctx *ctx, const struct store_attempt *row)
{
	int free = ctx->config->accounts_free_attempts;
	int64_t wait = 0;
	enum err err;

	if (free == 0)
		return ERR_OK;
	err = store_attempt_begin(ctx->db, row, free, &wait);
	if (err != ERR_OK || wait <= 0)
		return err;
	ctx->problem.retry_after = (wait + ATTEMPT_MS - 1) / ATTEMPT_MS;
	return ERR_TOO_MANY_ATTEMPTS;
}

enum err
attempt_begin(struct ctx *ctx, struct str email, struct attempt *out)
{
	struct store_attempt row;

	out->email = email;
	attempt_place(request_param(ctx->request, "REMOTE_ADDR"), out->place);
	row = attempt_row(out);
	return attempt_count(ctx, &row);
}

enum err
attempt_wrong(struct ctx *ctx, struct str guid)
{
	char place[CIDR_TEXT_SIZE];
	struct store_attempt row = { STORE_ATTEMPT_CLIENT, guid, STR("") };

	attempt_place(request_param(ctx->request, "REMOTE_ADDR"), place);
	row.place = str_of(place);
	return attempt_count(ctx, &row);
}

enum err
attempt_end(struct ctx *ctx, const struct attempt *attempt)
{
	struct store_attempt row = attempt_row(attempt);

	if (ctx->config->accounts_free_attempts == 0)
		return ERR_OK;
	return store_attempt_end(ctx->db, &row);
}

static enum err
attempt_drop(struct ctx *ctx, const struct attempt *attempt)
{
	struct store_attempt row = attempt_row(attempt);

	if (ctx->config->accounts_free_attempts == 0)
		return ERR_OK;
	return store_attempt_drop(ctx->db, &row);
}

static enum err
attempt_log(struct ctx *ctx, const char *event, int64_t account,
    int64_t member)
{
	struct store_change change;
	enum err err;

	manage_as(ctx, account, ctx->session != NULL ? member : 0, &change);
	err = store_change_begin(&change);
	return err != ERR_OK ? err : store_change_end(&change,
	    store_audit_member(&change, event, member));
}

enum err
attempt_fail(struct ctx *ctx, const struct attempt *attempt,
    const char *event, int64_t account, int64_t member, enum err err)
{
	enum err also = ERR_OK;

	switch (err) {
	case ERR_SIGN_IN_FAILED:
	case ERR_TOTP_REPLAYED:
		also = attempt_log(ctx, event, account, member);
		break;
	case ERR_OVERLOADED:
	case ERR_MEMORY:
	case ERR_TOTP_UNAVAILABLE:
		also = attempt_drop(ctx, attempt);
		break;
	default:
		break;
	}
	return also != ERR_OK ? also : err;
}
