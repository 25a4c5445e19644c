/* SPDX-License-Identifier: ISC */
/*
 * decision [layer 2]: may this key do this here and now. Everything it looks
 * at is an argument, the time included. Pure; refuses in doubt.
 */
#ifndef HASP_DECISION_H
#define HASP_DECISION_H

#include "cidr.h"
#include "err.h"
#include "role.h"
#include "str.h"

#define DECISION_RANGES_MAX 16
#define DECISION_ID_SIZE 24	/* "key_" and 16 base62 digits, NUL */
#define DECISION_NAME_SIZE 16	/* environment */
#define DECISION_REGION_SIZE 32
#define DECISION_HOST_SIZE 256
#define DECISION_GUID_SIZE 40
#define DECISION_KEY_NAME_SIZE 404	/* 100 characters of UTF-8 */
#define DECISION_LINK_SIZE 304		/* of a page about a deprecation */
#define DECISION_RATE_MAX 1000000	/* requests a second */
#define DECISION_BURST_MAX 10000000
#define DECISION_QUOTA_MAX 2000000000	/* requests a day */

enum decision_status {
	DECISION_DOUBTFUL,	/* no text, or one that is not known */
	DECISION_ACTIVE,
	DECISION_SUSPENDED,
	DECISION_CLOSED,
};

/* The status that a stored text names; DECISION_DOUBTFUL for any other. */
enum decision_status decision_status_of(struct str text);

/*
 * Whether an account of that status may do anything: ERR_OK,
 * ERR_ACCOUNT_SUSPENDED, ERR_ACCOUNT_CLOSED; ERR_INTERNAL in doubt.
 */
enum err decision_account_live(enum decision_status status) MUST_CHECK;

enum decision_kind {
	DECISION_ACCESS_TOKEN,
	DECISION_API_KEY,	/* of old: may be deprecated */
	DECISION_APP_TOKEN,	/* of an app's connection */
	DECISION_KIND__COUNT
};

/* Requests a second, and at once before the rate counts; both 0 for none. */
struct decision_rate {
	int32_t per_second;
	int32_t burst;
};

/*
 * As of when keys of kind api_key are deprecated (RFC 9745) and when they are
 * expected to end (RFC 8594), in microseconds, 0 for none. They work on.
 */
struct decision_legacy {
	int64_t deprecated;
	int64_t sunset;		/* never before deprecated */
	struct str link;	/* a page that says what to do; "" for none */
	bool refuses;		/* policy: no new ones from then on */
};

/*
 * What is stored about a key's secret, its key and its account: the record,
 * never a verdict. Times are microseconds of clock_wall_us, 0 for none.
 */
struct decision_record {
	int64_t account;
	enum decision_status account_status;
	bool plan_active;
	char key_id[DECISION_ID_SIZE];
	char key_name[DECISION_KEY_NAME_SIZE];
	int32_t secret_version;
	enum role role;
	char environment[DECISION_NAME_SIZE];
	char region[DECISION_REGION_SIZE];
	char api_host[DECISION_HOST_SIZE];	/* of that region */
	char app[DECISION_GUID_SIZE];		/* "" for a key of no app */
	int64_t connection;	/* of the app to the account; 0: no app's */
	bool connection_revoked;
	bool app_removed;
	bool key_revoked;
	bool secret_revoked;
	bool disabled;
	int64_t key_expires;
	int64_t secret_expires;
	int64_t key_not_before;
	int64_t secret_not_before;
	size_t range_count;		/* 0: from everywhere */
	struct cidr ranges[DECISION_RANGES_MAX];
	enum decision_kind kind;
	struct decision_rate key_rate;	/* wins over the plan's */
	struct decision_rate plan_rate;
	int64_t legacy_deprecated;	/* of the account, as decision_legacy */
	int64_t legacy_sunset;
	char legacy_link[DECISION_LINK_SIZE];
	bool legacy_refuses;
	bool starts_overlap;	/* its first use ends the secrets before it */
	int32_t key_quota;	/* requests a day (UTC), 0: none; it wins */
	int32_t plan_quota;	/* over the plan's */
	/*
	 * With a quota: the key's requests of a day (UTC, since 1970) that had
	 * been counted as let in when this was read.
	 */
	int32_t used_day;
	int32_t used;		/* INT32_MAX: as many or more */
};

/* What a request asks for, as the web server's location says. */
struct decision_demand {
	int64_t account;	/* claimed by Basic; 0 for Bearer */
	struct str region;	/* of the site; "" takes every region */
	struct str environment;	/* of the site; "" refuses */
	bool any_environment;	/* asks about the key itself, not for entry */
	enum role role;		/* demanded by the location; ROLE_NONE: none */
	enum role method_role;	/* of role_for_method */
	bool method_overridden;	/* a header or parameter overrides it */
	struct str address;	/* the client's, as text */
	int64_t now;		/* clock_wall_us */
	struct decision_legacy legacy;	/* of the site; none by zeros */
};

/*
 * ERR_OK lets in. Checked in this order, the first refusal counts: account
 * match, account and plan live, region, environment, app removed, connection
 * revoked, revoked, disabled, not-before, expired, address, role against method
 * and demand.
 */
enum err decision_make(const struct decision_record *record,
    const struct decision_demand *demand) MUST_CHECK;

/* "access_token", "api_key" or "app_token". */
const char *decision_kind_name(enum decision_kind kind);
bool decision_kind_parse(struct str name, enum decision_kind *out) MUST_CHECK;

/* The limit of the key, else of its plan. */
struct decision_rate decision_rate(const struct decision_record *record);

/* Requests a day (UTC) of the key, else of its plan; 0: no quota. */
int32_t decision_quota(const struct decision_record *record);

/*
 * What counts of what an account and a site say of keys of kind api_key: the
 * dates and policy of the account, if it has any, else those of the site; the
 * link of either. Has views into both.
 */
struct decision_legacy decision_legacy_of(const struct decision_legacy *account,
    const struct decision_legacy *site);

/*
 * Whether a key is of a kind that is, or is announced to be, deprecated, and
 * how: decision_legacy_of its account and the site.
 */
bool decision_deprecated(const struct decision_record *record,
    const struct decision_legacy *site, struct decision_legacy *out)
    MUST_CHECK;

/*
 * Whether TEXT can stand in a Link header (RFC 8288) and in JSON as it is:
 * http or https, printable ASCII without quotes, angle brackets, backslash,
 * comma and semicolon, at most 300 bytes.
 */
bool decision_is_link(struct str text) MUST_CHECK;

/* When the key and secret end, whichever is first; 0 for never. */
int64_t decision_expires(const struct decision_record *record);

#endif
