/* SPDX-License-Identifier: ISC */
#include "terms.h"

#include <stdio.h>

#include "moment.h"

#define TERMS_TEXT_SIZE 96

enum terms_field {
	TERMS_DEPRECATION,
	TERMS_SUNSET,
	TERMS_LINK,
	TERMS_LIMIT,
	TERMS_POLICY,
	TERMS_FIELD__COUNT
};

static const char *const terms_names[TERMS_FIELD__COUNT][TERMS__COUNT] = {
	[TERMS_DEPRECATION] = { "Deprecation", "Hasp-Deprecation",
	    "Variable-HASP_DEPRECATION" },
	[TERMS_SUNSET] = { "Sunset", "Hasp-Sunset",
	    "Variable-HASP_SUNSET" },
	[TERMS_LINK] = { "Link", "Hasp-Link", "Variable-HASP_LINK" },
	[TERMS_LIMIT] = { "RateLimit", "Hasp-RateLimit",
	    "Variable-HASP_RATELIMIT" },
	[TERMS_POLICY] = { "RateLimit-Policy", "Hasp-RateLimit-Policy",
	    "Variable-HASP_RATELIMIT_POLICY" },
};

/* The second that WALL_US is in, also before 1970. */
static long long
terms_second(int64_t wall_us)
{
	return (wall_us - (wall_us < 0 ? 999999 : 0)) / 1000000;
}

static void
terms_add(enum terms_field field, enum terms_voice voice, struct buf *value,
    struct response *response)
{
	if (value->failed)
		response->bad = true;
	else
		response_header(response, terms_names[field][voice],
		    buf_str(value));
}

void
terms_legacy(const struct decision_legacy *legacy, enum terms_voice voice,
    struct response *response)
{
	char date[TERMS_TEXT_SIZE], sunset[MOMENT_HTTP_SIZE];
	struct buf link = buf_in(response->arena);

	(void)snprintf(date, sizeof(date), "@%lld",
	    terms_second(legacy->deprecated));
	response_header(response, terms_names[TERMS_DEPRECATION][voice],
	    str_of(date));
	if (legacy->sunset != 0) {
		moment_http(legacy->sunset, sunset);
		response_header(response, terms_names[TERMS_SUNSET][voice],
		    str_of(sunset));
	}
	if (legacy->link.len == 0)
		return;
	buf_add(&link, STR("<"));
	buf_add(&link, legacy->link);
	buf_add(&link, STR(">; rel=\"deprecation\""));
	terms_add(TERMS_LINK, voice, &link, response);
}

void
terms_set_legacy(struct json *j, const struct decision_legacy *legacy)
{
	struct json *child;

	if (legacy == NULL) {
		json_set_null(j, "deprecation");
		return;
	}
	child = json_object_open();
	json_set_time(child, "deprecated_at", legacy->deprecated);
	json_set_time(child, "sunset_at", legacy->sunset);
	if (legacy->link.len > 0)
		json_set_str(child, "link", legacy->link);
	else
		json_set_null(child, "link");
	json_set(j, "deprecation", child);
}

/* Of each limit that there is what is left, and how much it is. */
static void
terms_limited(const struct access_caller *caller, enum terms_voice voice,
    struct response *response)
{
	struct buf left = buf_in(response->arena);
	struct buf policy = buf_in(response->arena);
	const char *comma = caller->limited ? ", " : "";

	if (caller->limited) {
		buf_printf(&left, "\"key\";r=%ld;t=%lld",
		    (long)caller->limit.left, (long long)caller->limit.full);
		buf_printf(&policy, "\"key\";q=%ld;w=%lld",
		    (long)caller->rate.burst,
		    (long long)caller->limit.window);
	}
	if (caller->metered) {
		buf_printf(&left, "%s\"day\";r=%lld;t=%lld", comma,
		    (long long)caller->day.left, (long long)caller->day.reset);
		buf_printf(&policy, "%s\"day\";q=%ld;w=%lld", comma,
		    (long)caller->quota, (long long)TALLY_DAY / 1000000);
	}
	terms_add(TERMS_LIMIT, voice, &left, response);
	terms_add(TERMS_POLICY, voice, &policy, response);
}

void
terms_respond(const struct access_caller *caller, enum terms_voice voice,
    struct response *response)
{
	if (caller == NULL || !caller->found)
		return;
	if (caller->deprecated)
		terms_legacy(&caller->legacy, voice, response);
	if (caller->limited || caller->metered)
		terms_limited(caller, voice, response);
}
