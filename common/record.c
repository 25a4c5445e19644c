/* SPDX-License-Identifier: ISC */
#include "record.h"

#include <assert.h>
#include <string.h>

#define RECORD_AT(field) offsetof(struct decision_record, field)

/* Fields of each kind, in the order in which they are packed. */
static const uint16_t record_longs[] = {
	RECORD_AT(account),
	RECORD_AT(key_expires),
	RECORD_AT(secret_expires),
	RECORD_AT(key_not_before),
	RECORD_AT(secret_not_before),
	RECORD_AT(legacy_deprecated),
	RECORD_AT(legacy_sunset),
	RECORD_AT(connection),
};

static const uint16_t record_ints[] = {
	RECORD_AT(secret_version),
	RECORD_AT(key_rate.per_second),
	RECORD_AT(key_rate.burst),
	RECORD_AT(plan_rate.per_second),
	RECORD_AT(plan_rate.burst),
	RECORD_AT(key_quota),
	RECORD_AT(plan_quota),
	RECORD_AT(used_day),
	RECORD_AT(used),
};

static const uint16_t record_flags[] = {
	RECORD_AT(plan_active),
	RECORD_AT(key_revoked),
	RECORD_AT(secret_revoked),
	RECORD_AT(disabled),
	RECORD_AT(legacy_refuses),
	RECORD_AT(starts_overlap),
	RECORD_AT(connection_revoked),
	RECORD_AT(app_removed),
};

#define RECORD_TEXT(field) \
	{ RECORD_AT(field), sizeof(((struct decision_record *)0)->field) }

static const struct {
	uint16_t at, size;
} record_texts[] = {
	RECORD_TEXT(key_id),
	RECORD_TEXT(key_name),
	RECORD_TEXT(environment),
	RECORD_TEXT(region),
	RECORD_TEXT(api_host),
	RECORD_TEXT(app),
	RECORD_TEXT(legacy_link),
};

/* What a packed record begins with; then its ranges, then its texts. */
struct record_head {
	int64_t longs[ARRAY_LEN(record_longs)];
	int32_t ints[ARRAY_LEN(record_ints)];
	uint16_t texts[ARRAY_LEN(record_texts)];	/* without their NUL */
	uint16_t flags;
	uint8_t status, role, kind, ranges;
};

static_assert(sizeof(struct record_head) ==
    sizeof(((struct record_head *)0)->longs) +
    sizeof(((struct record_head *)0)->ints) +
    sizeof(((struct record_head *)0)->texts) + 6,
    "a head without holes: what is packed has one form");
static_assert(sizeof(struct cidr) == 18, "a range without holes");
static_assert(sizeof(struct record_head) + sizeof(struct decision_record) <=
    RECORD_SIZE_MAX, "there is room for every record");

static bool
record_range_sound(const char *packed)
{
	struct cidr range;

	memcpy(&range, packed, sizeof(range));
	return (range.family == 4 && range.bits <= 32) ||
	    (range.family == 6 && range.bits <= 128);
}

/* Whether the LEN bytes at REST, behind HEAD, are what it says. */
static bool
record_sound(const struct record_head *head, const char *rest, size_t len)
{
	size_t ranges = head->ranges * sizeof(struct cidr), texts = 0;

	if (head->status > DECISION_CLOSED || head->role >= ROLE__COUNT ||
	    head->kind >= DECISION_KIND__COUNT ||
	    head->flags >> ARRAY_LEN(record_flags) != 0 ||
	    head->ranges > DECISION_RANGES_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(record_texts); i++) {
		if (head->texts[i] >= record_texts[i].size)
			return false;
		texts += head->texts[i];
	}
	if (len != ranges + texts || (texts > 0 &&
	    memchr(rest + ranges, '\0', texts) != NULL))
		return false;
	for (size_t i = 0; i < head->ranges; i++)
		if (!record_range_sound(rest + i * sizeof(struct cidr)))
			return false;
	return true;
}

/* Fills HEAD; false for what does not fit into it. */
static bool
record_head(const struct decision_record *record, struct record_head *head)
{
	const char *from = (const char *)record;

	if ((unsigned int)record->account_status > DECISION_CLOSED ||
	    (unsigned int)record->role >= ROLE__COUNT ||
	    (unsigned int)record->kind >= DECISION_KIND__COUNT ||
	    record->range_count > DECISION_RANGES_MAX)
		return false;
	head->status = (uint8_t)record->account_status;
	head->role = (uint8_t)record->role;
	head->kind = (uint8_t)record->kind;
	head->ranges = (uint8_t)record->range_count;
	head->flags = 0;
	for (size_t i = 0; i < ARRAY_LEN(record_flags); i++)
		if (*(const bool *)(from + record_flags[i]))
			head->flags |= (uint16_t)(1u << i);
	for (size_t i = 0; i < ARRAY_LEN(record_longs); i++)
		memcpy(&head->longs[i], from + record_longs[i],
		    sizeof(head->longs[i]));
	for (size_t i = 0; i < ARRAY_LEN(record_ints); i++)
		memcpy(&head->ints[i], from + record_ints[i],
		    sizeof(head->ints[i]));
	for (size_t i = 0; i < ARRAY_LEN(record_texts); i++) {
		size_t len = strnlen(from + record_texts[i].at,
		    record_texts[i].size);

		if (len == record_texts[i].size)
			return false;
		head->texts[i] = (uint16_t)len;
	}
	return true;
}

size_t
record_pack(const struct decision_record *record,
    uint8_t out[RECORD_SIZE_MAX])
{
	const char *from = (const char *)record;
	struct record_head head;
	char *rest = (char *)out + sizeof(head), *at = rest;

	if (!record_head(record, &head))
		return 0;
	memcpy(out, &head, sizeof(head));
	memcpy(at, record->ranges, head.ranges * sizeof(struct cidr));
	at += head.ranges * sizeof(struct cidr);
	for (size_t i = 0; i < ARRAY_LEN(record_texts); i++) {
		memcpy(at, from + record_texts[i].at, head.texts[i]);
		at += head.texts[i];
	}
	if (!record_sound(&head, rest, (size_t)(at - rest)))
		return 0;
	return (size_t)(at - (char *)out);
}

bool
record_unpack(const void *packed, size_t len, struct decision_record *out)
{
	const char *rest = (const char *)packed + sizeof(struct record_head);
	char *to = (char *)out;
	struct record_head head;

	if (len < sizeof(head))
		return false;
	memcpy(&head, packed, sizeof(head));
	if (!record_sound(&head, rest, len - sizeof(head)))
		return false;
	memset(out, 0, sizeof(*out));
	out->account_status = head.status;
	out->role = head.role;
	out->kind = head.kind;
	out->range_count = head.ranges;
	for (size_t i = 0; i < ARRAY_LEN(record_flags); i++)
		*(bool *)(to + record_flags[i]) = head.flags >> i & 1;
	for (size_t i = 0; i < ARRAY_LEN(record_longs); i++)
		memcpy(to + record_longs[i], &head.longs[i],
		    sizeof(head.longs[i]));
	for (size_t i = 0; i < ARRAY_LEN(record_ints); i++)
		memcpy(to + record_ints[i], &head.ints[i],
		    sizeof(head.ints[i]));
	memcpy(out->ranges, rest, head.ranges * sizeof(struct cidr));
	rest += head.ranges * sizeof(struct cidr);
	for (size_t i = 0; i < ARRAY_LEN(record_texts); i++) {
		memcpy(to + record_texts[i].at, rest, head.texts[i]);
		rest += head.texts[i];
	}
	return true;
}
