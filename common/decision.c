/* SPDX-License-Identifier: ISC */
#include "decision.h"

#include <string.h>

static const char *const decision_kinds[DECISION_KIND__COUNT] = {
	[DECISION_ACCESS_TOKEN] = "access_token",
	[DECISION_API_KEY] = "api_key",
	[DECISION_APP_TOKEN] = "app_token",
};

enum decision_status
decision_status_of(struct str text)
{
	if (str_eq(text, STR("active")))
		return DECISION_ACTIVE;
	if (str_eq(text, STR("suspended")))
		return DECISION_SUSPENDED;
	if (str_eq(text, STR("closed")))
		return DECISION_CLOSED;
	return DECISION_DOUBTFUL;
}

enum err
decision_account_live(enum decision_status status)
{
	switch (status) {
	case DECISION_ACTIVE:
		return ERR_OK;
	case DECISION_SUSPENDED:
		return ERR_ACCOUNT_SUSPENDED;
	case DECISION_CLOSED:
		return ERR_ACCOUNT_CLOSED;
	case DECISION_DOUBTFUL:
		break;
	}
	return ERR_INTERNAL;
}

static enum err
decision_account(const struct decision_record *r,
    const struct decision_demand *d)
{
	enum err err = decision_account_live(r->account_status);

	if (d->account != 0 && d->account != r->account)
		return ERR_ACCOUNT_MISMATCH;
	if (err != ERR_OK)
		return err;
	return r->plan_active ? ERR_OK : ERR_PLAN_INACTIVE;
}

static enum err
decision_place(const struct decision_record *r,
    const struct decision_demand *d)
{
	if (d->region.len > 0 && !str_eq(d->region, str_of(r->region)))
		return ERR_WRONG_REGION;
	if (d->any_environment)
		return ERR_OK;
	/* A site without an environment is a mistake: refuse. */
	if (d->environment.len == 0)
		return ERR_SITE_MISCONFIGURED;
	if (!str_eq(d->environment, str_of(r->environment)))
		return ERR_WRONG_ENVIRONMENT;
	return ERR_OK;
}

static enum err
decision_live(const struct decision_record *r, int64_t now)
{
	/* An app's token without a connection is a mistake: refuse. */
	if ((r->kind == DECISION_APP_TOKEN) != (r->connection != 0))
		return ERR_INTERNAL;
	if (r->app_removed)
		return ERR_APP_REMOVED;
	if (r->connection_revoked)
		return ERR_CONNECTION_REVOKED;
	if (r->key_revoked)
		return ERR_KEY_REVOKED;
	if (r->secret_revoked)
		return ERR_SECRET_ENDED;
	if (r->disabled)
		return ERR_KEY_DISABLED;
	if (r->key_not_before > now || r->secret_not_before > now)
		return ERR_KEY_NOT_YET_VALID;
	if (r->key_expires != 0 && r->key_expires <= now)
		return ERR_KEY_EXPIRED;
	if (r->secret_expires != 0 && r->secret_expires <= now)
		return ERR_SECRET_ENDED;
	return ERR_OK;
}

static enum err
decision_address(const struct decision_record *r, struct str text)
{
	struct cidr address;

	if (r->range_count == 0)
		return ERR_OK;
	if (r->range_count > DECISION_RANGES_MAX ||
	    !cidr_parse(text, &address))
		return ERR_ADDRESS_REFUSED;
	for (size_t i = 0; i < r->range_count; i++)
		if (cidr_holds(&r->ranges[i], &address))
			return ERR_OK;
	return ERR_ADDRESS_REFUSED;
}

static enum err
decision_role(const struct decision_record *r,
    const struct decision_demand *d)
{
	if (r->role <= ROLE_NONE || r->role >= ROLE__COUNT)
		return ERR_INTERNAL;
	if (d->method_overridden && r->role < ROLE_ADMIN)
		return ERR_METHOD_OVERRIDE;
	if (r->role < d->method_role || r->role < d->role)
		return ERR_ROLE_INSUFFICIENT;
	return ERR_OK;
}

enum err
decision_make(const struct decision_record *r,
    const struct decision_demand *d)
{
	enum err err;

	if ((err = decision_account(r, d)) != ERR_OK ||
	    (err = decision_place(r, d)) != ERR_OK ||
	    (err = decision_live(r, d->now)) != ERR_OK ||
	    (err = decision_address(r, d->address)) != ERR_OK)
		return err;
	return decision_role(r, d);
}

const char *
decision_kind_name(enum decision_kind kind)
{
	return (unsigned int)kind < DECISION_KIND__COUNT ?
	    decision_kinds[kind] : "";
}

bool
decision_kind_parse(struct str name, enum decision_kind *out)
{
	for (unsigned int i = 0; i < DECISION_KIND__COUNT; i++) {
		if (!str_eq(name, str_of(decision_kinds[i])))
			continue;
		*out = (enum decision_kind)i;
		return true;
	}
	return false;
}

struct decision_rate
decision_rate(const struct decision_record *r)
{
	return r->key_rate.per_second > 0 ? r->key_rate : r->plan_rate;
}

int32_t
decision_quota(const struct decision_record *r)
{
	return r->key_quota > 0 ? r->key_quota : r->plan_quota;
}

struct decision_legacy
decision_legacy_of(const struct decision_legacy *account,
    const struct decision_legacy *site)
{
	struct decision_legacy out = account->deprecated != 0 ? *account :
	    *site;

	out.link = account->link.len > 0 ? account->link : site->link;
	return out;
}

bool
decision_deprecated(const struct decision_record *r,
    const struct decision_legacy *site, struct decision_legacy *out)
{
	const struct decision_legacy account = {
		.deprecated = r->legacy_deprecated,
		.sunset = r->legacy_sunset,
		.link = str_of(r->legacy_link),
		.refuses = r->legacy_refuses,
	};

	*out = decision_legacy_of(&account, site);
	return r->kind == DECISION_API_KEY && out->deprecated != 0;
}

bool
decision_is_link(struct str s)
{
	if (s.len > DECISION_LINK_SIZE - 4 ||
	    !(str_starts(s, STR("http://")) || str_starts(s, STR("https://"))))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '!' || s.ptr[i] > '~' ||
		    strchr("\"'<>\\,;", s.ptr[i]) != NULL)
			return false;
	return !str_eq(s, STR("http://")) && !str_eq(s, STR("https://"));
}

int64_t
decision_expires(const struct decision_record *r)
{
	if (r->key_expires == 0)
		return r->secret_expires;
	if (r->secret_expires == 0 || r->key_expires < r->secret_expires)
		return r->key_expires;
	return r->secret_expires;
}
