/* SPDX-License-Identifier: ISC */
#include "access.h"

#include <string.h>

#include "clock.h"
#include "credential.h"
#include "log.h"
#include "moment.h"
#include "quota.h"
#include "ratelimit.h"
#include "route.h"
#include "store_use.h"
#include "target.h"

/*
 * Whether the client asks a framework for another method. The names one by
 * one and not from a table: the compiler finds the places of constant ones.
 */
static bool
access_overridden(const struct request *request, struct str query)
{
	return request_param(request,
	    "HTTP_X_HTTP_METHOD_OVERRIDE").len > 0 ||
	    request_param(request, "HTTP_X_HTTP_METHOD").len > 0 ||
	    request_param(request, "HTTP_X_METHOD_OVERRIDE").len > 0 ||
	    target_has_parameter(query, STR("_method"));
}

/* The stricter of the two copies of the location's demand. */
static enum err
access_role(const struct request *request, enum role *out)
{
	enum role require, demand;

	if (!role_demand(request_param(request, "HASP_REQUIRE"), &require) ||
	    !role_demand(request_param(request, "HASP_DEMAND"), &demand))
		return ERR_SITE_MISCONFIGURED;
	*out = require > demand ? require : demand;
	return ERR_OK;
}

/* The parameter NAME as a time; empty is 0, for none. */
static bool
access_moment(const struct request *request, const char *name, int64_t *out)
{
	struct str text = request_param(request, name);

	*out = 0;
	return text.len == 0 || moment_parse_date(text, out) ||
	    moment_parse(text, out);
}

enum err
access_legacy(const struct request *request, struct decision_legacy *out)
{
	struct str policy = request_param(request, "HASP_LEGACY_POLICY");

	out->link = request_param(request, "HASP_LEGACY_LINK");
	out->refuses = str_eq(policy, STR("refuse"));
	if (!access_moment(request, "HASP_LEGACY_DEPRECATED",
	    &out->deprecated) ||
	    !access_moment(request, "HASP_LEGACY_SUNSET", &out->sunset) ||
	    (out->link.len > 0 && !decision_is_link(out->link)) ||
	    (!out->refuses && policy.len > 0 && !str_eq(policy, STR("warn"))))
		return ERR_SITE_MISCONFIGURED;
	/* RFC 9745 section 4: it never comes before the deprecation. */
	if (out->sunset != 0 &&
	    (out->deprecated == 0 || out->sunset < out->deprecated))
		return ERR_SITE_MISCONFIGURED;
	return ERR_OK;
}

/* What the web server's location asks for. */
static enum err
access_demand(const struct request *request, const struct target *target,
    int64_t now, struct decision_demand *out)
{
	*out = (struct decision_demand){
		.region = request_param(request, "HASP_REGION"),
		.environment = request_param(request, "HASP_ENVIRONMENT"),
		.any_environment = !route_is_check(request),
		.method_role = role_for_method(request->method,
		    request_param(request, "HASP_READ_METHODS"),
		    request_param(request, "HASP_WRITE_METHODS")),
		.method_overridden = access_overridden(request,
		    target->query),
		.address = request_param(request, "REMOTE_ADDR"),
		.now = now,
	};
	if (!out->any_environment && out->environment.len == 0)
		return ERR_SITE_MISCONFIGURED;
	if (access_legacy(request, &out->legacy) != ERR_OK)
		return ERR_SITE_MISCONFIGURED;
	return access_role(request, &out->role);
}

/* For the operator: what of the web server's word is not understood. */
static void
access_complain(const struct request *request)
{
	log_event(LOG_LEVEL_WARNING, "site_misconfigured",
	    LOG_T("host", request_param(request, "SERVER_NAME")),
	    LOG_T("uri", request_param(request, "DOCUMENT_URI")),
	    LOG_T("require", request_param(request, "HASP_REQUIRE")),
	    LOG_T("demand", request_param(request, "HASP_DEMAND")),
	    LOG_T("environment", request_param(request, "HASP_ENVIRONMENT")),
	    LOG_T("deprecated", request_param(request,
	    "HASP_LEGACY_DEPRECATED")),
	    LOG_T("sunset", request_param(request, "HASP_LEGACY_SUNSET")),
	    LOG_T("link", request_param(request, "HASP_LEGACY_LINK")),
	    LOG_T("policy", request_param(request, "HASP_LEGACY_POLICY")));
}

/*
 * From the request to the digest of the one key in it; ACCOUNT gets what Basic
 * claims. The decoded text is wiped before this returns.
 */
static enum err
access_digest(const struct request *request, const struct config *config,
    struct str query, struct digest *digest, int64_t *account)
{
	const struct keytext_rules rules = keytext_rules(config);
	struct credential_sources sources = { .query = query };
	struct credential_room room;
	struct credential credential;
	enum err err;

	sources.has_authorization = request_find(request,
	    "HTTP_AUTHORIZATION", &sources.authorization);
	sources.x_api_key = request_param(request, "HTTP_X_API_KEY");
	err = credential_parse(&rules, &sources, &room, &credential);
	if (err == ERR_OK) {
		*account = credential.account;
		err = digest_sha256(credential.key.text, digest);
	}
	explicit_bzero(&room, sizeof(room));
	return err;
}

static bool
access_strict(const struct request *request)
{
	struct str strict = request_param(request, "HASP_STRICT_TARGET");

	return strict.len > 0 && !str_eq(strict, STR("off"));
}

void
access_open(struct access *out, const struct request *request,
    const struct config *config, int64_t now)
{
	const struct target target = target_parse(request->uri);

	memset(out, 0, sizeof(*out));
	out->strict = access_strict(request);
	out->path = target.path;
	out->err = access_demand(request, &target, now, &out->demand);
	if (out->err != ERR_OK)
		access_complain(request);
	else
		out->err = access_digest(request, config, target.query,
		    &out->digest, &out->demand.account);
}

static void
access_take(struct access *access, const struct store_key_found *found)
{
	access->err = found->err;
	access->caller.found = found->err == ERR_OK;
	if (access->caller.found)
		access->caller.record = found->record;
}

bool
access_recall(struct access *access)
{
	if (access->err != ERR_OK)
		return true;
	/* Straight into its place: a record is large. */
	if (!recall_find(&access->digest, &access->err,
	    &access->caller.record, &access->basis))
		return false;
	access->caller.found = access->err == ERR_OK;
	return true;
}

void
access_forget(struct access *access, enum err err)
{
	access->err = err;
	memset(&access->caller, 0, sizeof(access->caller));
}

bool
access_holds(const struct access *access, int64_t arrived)
{
	return recall_holds(&access->basis, arrived);
}

void
access_look_up(struct access *const *all, size_t count, struct db *db)
{
	struct digest digests[ACCESS_BATCH];
	struct store_key_found found[ACCESS_BATCH];
	struct recall_basis bases[ACCESS_BATCH];
	struct access *asking[ACCESS_BATCH];
	size_t n = 0;

	for (size_t i = 0; i < count && n < ACCESS_BATCH; i++) {
		if (all[i]->err != ERR_OK)
			continue;
		digests[n] = all[i]->digest;
		asking[n++] = all[i];
	}
	if (n > 0)
		recall_look_up(db, digests, n, found, bases);
	for (size_t i = 0; i < n; i++) {
		access_take(asking[i], &found[i]);
		asking[i]->basis = bases[i];
	}
}

enum err
access_decide(const struct access *access)
{
	enum err err;

	if (access->err != ERR_OK)
		return access->err;
	/* Nobody was looked up: there is nothing to let in. */
	if (!access->caller.found)
		return ERR_INTERNAL;
	err = decision_make(&access->caller.record, &access->demand);
	if (err == ERR_OK && access->strict && target_ambiguous(access->path))
		err = ERR_TARGET_AMBIGUOUS;
	return err;
}

/* What an answer to CALLER says of its key, whatever the verdict. */
static void
access_tell(struct access_caller *caller, const struct decision_legacy *site)
{
	caller->deprecated = caller->found &&
	    decision_deprecated(&caller->record, site, &caller->legacy);
}

/* Charges the caller for the request of NOW, if there is a limit. */
static enum err
access_charge(struct access_caller *caller, struct str request, int64_t now)
{
	caller->rate = decision_rate(&caller->record);
	caller->limited = caller->rate.per_second > 0;
	caller->quota = decision_quota(&caller->record);
	caller->metered = caller->quota > 0;
	if (caller->limited && !ratelimit_charge(str_of(
	    caller->record.key_id), caller->rate, request, clock_mono_us(),
	    &caller->limit)) {
		if (caller->metered)
			quota_look(&caller->record, now, &caller->day);
		return ERR_RATE_LIMITED;
	}
	if (caller->metered && !quota_charge(&caller->record, request, now,
	    &caller->day))
		return ERR_QUOTA_EXCEEDED;
	return ERR_OK;
}

enum err
access_admit(struct access *access, struct db *db,
    const struct request *request)
{
	struct access_caller *caller = &access->caller;
	enum err err = access_decide(access);

	access_tell(caller, &access->demand.legacy);
	/* Before it is let in: the old secrets' time must be sure to run. */
	if (err == ERR_OK && caller->record.starts_overlap)
		err = store_use_begin_overlap(db,
		    str_of(caller->record.key_id),
		    caller->record.secret_version);
	if (err == ERR_OK)
		err = access_charge(caller, request->id, access->demand.now);
	return err;
}

int64_t
access_retry(const struct access_caller *caller, enum err err)
{
	if (caller == NULL)
		return 0;
	if (err == ERR_QUOTA_EXCEEDED)
		return caller->day.reset;
	return err == ERR_RATE_LIMITED ? caller->limit.wait : 0;
}

struct str
access_api_host(const struct access_caller *caller, enum err err)
{
	if (err != ERR_WRONG_REGION || caller == NULL || !caller->found)
		return STR("");
	return str_of(caller->record.api_host);
}
