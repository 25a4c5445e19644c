/* SPDX-License-Identifier: ISC */
#include "trace.h"

#include <string.h>

#include "clock.h"
#include "journal.h"
#include "repeat.h"

/* The key that was found. */
static void
trace_identify(struct entry *entry, const struct decision_record *record)
{
	entry->identified = true;
	entry->account = record->account;
	entry->version = record->secret_version;
	memcpy(entry->key_id, record->key_id, sizeof(entry->key_id));
	entry_set_app(entry, str_of(record->app));
}

/* A key that was well-formed, and what came with it. */
static void
trace_claim(struct entry *entry, const struct access *access)
{
	static const struct digest none;

	entry->account = access->demand.account;
	if (memcmp(&access->digest, &none, sizeof(none)) != 0)
		journal_set_credential(entry, &access->digest);
}

/* Whether the journal knows the request already; from now on it does. */
static bool
trace_is_known(const struct entry *entry, struct str id)
{
	struct repeat *repeat;
	bool known;

	if (id.len == 0)
		return false;
	repeat = repeat_hold(str_of(entry->key_id), id, clock_mono_us());
	known = repeat->noted;
	repeat->noted = true;
	repeat_drop(repeat);
	return known;
}

enum err
trace_append(const struct access *access, const struct request *request,
    enum err verdict)
{
	struct entry entry = { .at = access->demand.now };

	if (!journal_runs())
		return ERR_OK;
	entry_set_code(&entry, verdict);
	if (access->caller.found)
		trace_identify(&entry, &access->caller.record);
	else
		trace_claim(&entry, access);
	entry.method = entry_method_of(request->method);
	if (!cidr_parse(access->demand.address, &entry.address))
		entry.address.family = 0;
	entry_set_site(&entry, request_param(request, "SERVER_NAME"));
	/* Without it the use counts all the same. */
	if (entry_set_request(&entry, request->id) != ERR_OK)
		entry.has_request = false;
	entry.repeated = trace_is_known(&entry, request->id);
	return journal_append(&entry);
}
