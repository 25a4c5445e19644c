/* SPDX-License-Identifier: ISC */
#include "access.h"

#include <string.h>

#include "credential.h"
#include "digest.h"
#include "route.h"
#include "store_key.h"
#include "target.h"

/* Headers by which clients ask frameworks for another method. */
static const char *const access_overrides[] = {
	"HTTP_X_HTTP_METHOD_OVERRIDE",
	"HTTP_X_HTTP_METHOD",
	"HTTP_X_METHOD_OVERRIDE",
};

static bool
access_overridden(const struct request *request, struct str query)
{
	for (size_t i = 0; i < ARRAY_LEN(access_overrides); i++)
		if (request_param(request, access_overrides[i]).len > 0)
			return true;
	return target_has_parameter(query, STR("_method"));
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
	return access_role(request, &out->role);
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

enum err
access_check(const struct request *request, const struct config *config,
    struct db *db, int64_t now, struct access_caller *caller)
{
	const struct target target = target_parse(request->uri);
	struct decision_demand demand;
	struct digest digest;
	enum err err;

	memset(caller, 0, sizeof(*caller));
	if ((err = access_demand(request, &target, now, &demand)) != ERR_OK ||
	    (err = access_digest(request, config, target.query, &digest,
	    &demand.account)) != ERR_OK ||
	    (err = store_key_look_up(db, &digest, &caller->record)) != ERR_OK)
		return err;
	caller->found = true;
	if ((err = decision_make(&caller->record, &demand)) != ERR_OK)
		return err;
	if (access_strict(request) && target_ambiguous(target.path))
		return ERR_TARGET_AMBIGUOUS;
	return ERR_OK;
}
