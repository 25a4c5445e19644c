/* SPDX-License-Identifier: ISC */
/*
 * fuzz_packed [tests]: bytes that are taken as a packed record are just what
 * that record packs to; bytes that are refused write nothing; a record of
 * arbitrary bytes is refused or comes back as it was.
 */
#include "fuzz.h"
#include "record.h"

static bool
fuzz_ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void
fuzz_taken(const struct decision_record *r)
{
	FUZZ_CHECK((unsigned int)r->account_status <= DECISION_CLOSED);
	FUZZ_CHECK((unsigned int)r->role < ROLE__COUNT);
	FUZZ_CHECK((unsigned int)r->kind < DECISION_KIND__COUNT);
	FUZZ_CHECK(r->range_count <= DECISION_RANGES_MAX);
	for (size_t i = 0; i < r->range_count; i++)
		FUZZ_CHECK(r->ranges[i].bits <=
		    (r->ranges[i].family == 4 ? 32 : 128));
	FUZZ_CHECK(fuzz_ends(r->key_id, sizeof(r->key_id)));
	FUZZ_CHECK(fuzz_ends(r->key_name, sizeof(r->key_name)));
	FUZZ_CHECK(fuzz_ends(r->environment, sizeof(r->environment)));
	FUZZ_CHECK(fuzz_ends(r->region, sizeof(r->region)));
	FUZZ_CHECK(fuzz_ends(r->api_host, sizeof(r->api_host)));
	FUZZ_CHECK(fuzz_ends(r->app, sizeof(r->app)));
	FUZZ_CHECK(fuzz_ends(r->legacy_link, sizeof(r->legacy_link)));
}

/* Unpacks, packs and unpacks again. */
static void
fuzz_unpack(const uint8_t *data, size_t size)
{
	struct decision_record a, b, untouched;
	uint8_t packed[RECORD_SIZE_MAX];

	memset(&a, 0xff, sizeof(a));
	memset(&b, 0x55, sizeof(b));
	memset(&untouched, 0xff, sizeof(untouched));
	if (!record_unpack(data, size, &a)) {
		FUZZ_CHECK(memcmp(&a, &untouched, sizeof(a)) == 0);
		return;
	}
	fuzz_taken(&a);
	FUZZ_CHECK(record_pack(&a, packed) == size);
	FUZZ_CHECK(memcmp(packed, data, size) == 0);
	FUZZ_CHECK(record_unpack(packed, size, &b));
	FUZZ_CHECK(memcmp(&a, &b, sizeof(a)) == 0);
}

/*
 * The bytes over and over again as a record, whose flags are then such: any
 * other byte is none.
 */
static void
fuzz_pack(const uint8_t *data, size_t size)
{
	struct decision_record record, back;
	uint8_t packed[RECORD_SIZE_MAX], again[RECORD_SIZE_MAX];
	bool *const flags[] = {
		&record.plan_active, &record.key_revoked,
		&record.secret_revoked, &record.disabled,
		&record.legacy_refuses, &record.starts_overlap,
		&record.connection_revoked, &record.app_removed,
	};
	size_t len;

	for (size_t i = 0; i < sizeof(record); i++)
		((uint8_t *)&record)[i] = size > 0 ? data[i % size] : 0;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		*flags[i] = size > i && data[i] % 2 == 1;
	len = record_pack(&record, packed);
	if (len == 0)
		return;
	FUZZ_CHECK(len <= sizeof(packed));
	FUZZ_CHECK(record_unpack(packed, len, &back));
	fuzz_taken(&back);
	FUZZ_CHECK(back.account == record.account);
	FUZZ_CHECK(strcmp(back.legacy_link, record.legacy_link) == 0);
	FUZZ_CHECK(record_pack(&back, again) == len);
	FUZZ_CHECK(memcmp(packed, again, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_unpack(data, size);
	fuzz_pack(data, size);
	return 0;
}
