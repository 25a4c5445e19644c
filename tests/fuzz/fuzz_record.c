/* SPDX-License-Identifier: ISC */
/*
 * fuzz_record [tests]: a row that is taken has a role, an account and texts
 * that end; a row that is refused leaves nothing; taking it twice is the same.
 */
#include "fuzz.h"
#include "store_record.h"

#define FUZZ_RANGES 27	/* the field's place, from 0 */

static bool
fuzz_ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* The field of TEXT that holds the ranges. */
static struct str
fuzz_ranges(struct str text)
{
	struct str field = STR("");

	for (int i = 0; i <= FUZZ_RANGES; i++)
		FUZZ_CHECK(str_cut(text, '\t', &field, &text));
	return field;
}

static void
fuzz_taken(const struct decision_record *r, struct str text)
{
	FUZZ_CHECK(r->account > 0);
	FUZZ_CHECK(r->role > ROLE_NONE && r->role < ROLE__COUNT);
	FUZZ_CHECK(r->secret_version >= 0);
	FUZZ_CHECK(r->range_count <= DECISION_RANGES_MAX);
	FUZZ_CHECK(fuzz_ends(r->key_id, sizeof(r->key_id)));
	FUZZ_CHECK(fuzz_ends(r->key_name, sizeof(r->key_name)));
	FUZZ_CHECK(fuzz_ends(r->environment, sizeof(r->environment)));
	FUZZ_CHECK(fuzz_ends(r->region, sizeof(r->region)));
	FUZZ_CHECK(fuzz_ends(r->api_host, sizeof(r->api_host)));
	FUZZ_CHECK(fuzz_ends(r->app, sizeof(r->app)));
	FUZZ_CHECK(r->key_id[0] != '\0' && r->environment[0] != '\0');
	FUZZ_CHECK(str_has(text, str_of(r->key_id)));
	for (size_t i = 0; i < r->range_count; i++)
		FUZZ_CHECK(r->ranges[i].family == 4 ||
		    r->ranges[i].family == 6);
	/* A restriction that stands in the row is one in the record. */
	FUZZ_CHECK((r->range_count > 0) == (fuzz_ranges(text).len > 0));
	FUZZ_CHECK(fuzz_ends(r->legacy_link, sizeof(r->legacy_link)));
	FUZZ_CHECK(r->legacy_link[0] == '\0' ||
	    decision_is_link(str_of(r->legacy_link)));
	FUZZ_CHECK((unsigned int)r->kind < DECISION_KIND__COUNT);
	FUZZ_CHECK((r->key_rate.per_second > 0) == (r->key_rate.burst > 0));
	FUZZ_CHECK((r->plan_rate.per_second > 0) ==
	    (r->plan_rate.burst > 0));
	FUZZ_CHECK(r->key_quota >= 0 && r->key_quota <= DECISION_QUOTA_MAX);
	FUZZ_CHECK(r->plan_quota >= 0 &&
	    r->plan_quota <= DECISION_QUOTA_MAX);
	FUZZ_CHECK(r->used >= 0 && r->used_day >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct decision_record zero;
	struct str text = { (const char *)data, size };
	struct decision_record a, b;
	bool taken = store_record_parse(text, &a);

	memset(&b, 0xff, sizeof(b));
	FUZZ_CHECK(store_record_parse(text, &b) == taken);
	FUZZ_CHECK(memcmp(&a, &b, sizeof(a)) == 0);
	if (taken)
		fuzz_taken(&a, text);
	else
		FUZZ_CHECK(memcmp(&a, &zero, sizeof(a)) == 0);
	return 0;
}
