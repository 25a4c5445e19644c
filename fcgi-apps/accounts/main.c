/* SPDX-License-Identifier: ISC */
/*
 * accounts [layer 8]: people sign in, and manage themselves and their account:
 * its route table.
 */
#include "accounts.h"
#include "factor.h"
#include "metrics.h"
#include "serve.h"

/* Some of them wait for passwords to be hashed while others work on. */
#define ACCOUNTS_WORKERS 16

/* More than form_read takes, so that it says what is wrong. */
#define ACCOUNTS_BODY ((size_t)96 * 1024)

#define V1 "/hasp/v1"

static const struct route routes[] = {
	{ "POST", V1 "/session", ROUTE_NEEDS_NOTHING, sign_in_post },
	{ "GET", V1 "/session", ROUTE_NEEDS_MEMBER, session_show_get },
	{ "DELETE", V1 "/session", ROUTE_NEEDS_MEMBER, sign_out_delete },
	{ "POST", V1 "/session/reauthentication", ROUTE_NEEDS_MEMBER,
	    reauthenticate_post },
	{ "POST", V1 "/session/password", ROUTE_NEEDS_MEMBER,
	    password_change_post },
	{ "POST", V1 "/session/totp", ROUTE_NEEDS_MEMBER, totp_offer_post },
	{ "DELETE", V1 "/session/totp", ROUTE_NEEDS_MEMBER,
	    totp_remove_delete },
	{ "POST", V1 "/session/totp/confirmation", ROUTE_NEEDS_MEMBER,
	    totp_confirm_post },
	{ "POST", V1 "/session/recovery-codes", ROUTE_NEEDS_MEMBER,
	    recovery_codes_post },
	{ "GET", V1 "/account", ROUTE_NEEDS_CALLER, account_show_get },
	{ "PATCH", V1 "/account", ROUTE_NEEDS_MEMBER, account_change_patch },
	{ "GET", V1 "/members", ROUTE_NEEDS_MEMBER, member_list_get },
	{ "POST", V1 "/members", ROUTE_NEEDS_MEMBER, member_add_post },
	{ "PATCH", V1 "/members/{id}", ROUTE_NEEDS_MEMBER,
	    member_change_patch },
	{ "DELETE", V1 "/members/{id}", ROUTE_NEEDS_MEMBER,
	    member_remove_delete },
};

static const struct serve_app app = {
	.name = "accounts",
	.summary = "signs people in and manages members and accounts",
	.routes = routes,
	.route_count = ARRAY_LEN(routes),
	.workers = ACCOUNTS_WORKERS,
	.body_limit = ACCOUNTS_BODY,
	.uses_database = true,
	.journals = true,
	.check = factor_check_config,
	.metrics = METRICS_REVOKER,
};

int
main(int argc, char **argv)
{
	return serve_main(&app, argc, argv);
}
