/* SPDX-License-Identifier: ISC */
#include "audit_report.h"

#include <stdio.h>

#include "output.h"

static const struct output_column audit_report_columns[] = {
	{ "verdict", "VERDICT", OUTPUT_TEXT, false },
	{ "fault", "FAULT", OUTPUT_TEXT, false },
	{ "account", "ACCOUNT", OUTPUT_LIMIT, false },
	{ "journal", "JOURNAL", OUTPUT_LIMIT, false },
	{ "first", "FIRST", OUTPUT_LIMIT, false },
	{ "last", "LAST", OUTPUT_LIMIT, false },
	{ "line", "LINE", OUTPUT_LIMIT, false },
	{ "events", "EVENTS", OUTPUT_NUMBER, false },
	{ "uses", "USES", OUTPUT_NUMBER, false },
	{ "batches", "BATCHES", OUTPUT_NUMBER, false },
	{ "checkpoints", "CHECKPOINTS", OUTPUT_NUMBER, false },
	{ "signed_upto", "SIGNED UP TO", OUTPUT_NUMBER, false },
	{ "unsigned", "NOT SIGNED YET", OUTPUT_NUMBER, false },
	{ "erased", "ADDRESSES ERASED", OUTPUT_NUMBER, false },
	{ "unproven", "ADDRESSES UNPROVEN", OUTPUT_NUMBER, false },
	{ "dropped", "USES DROPPED", OUTPUT_NUMBER, false },
};

static const struct {
	const char *name;
	enum status status;
} audit_report_verdicts[] = {
	[CHAIN_WHOLE] = { "whole", STATUS_OK },
	[CHAIN_TAMPERED] = { "tampered", STATUS_NO },
	[CHAIN_UNTOLD] = { "cannot tell", STATUS_UNTOLD },
};

void
audit_report_where(const struct chain_report *r, bool with_line,
    char out[AUDIT_REPORT_WHERE_SIZE])
{
	char line[48] = "", last[48] = "";

	if (with_line)
		(void)snprintf(line, sizeof(line), "line %lld",
		    (long long)r->line);
	if (!r->has_chain) {
		(void)snprintf(out, AUDIT_REPORT_WHERE_SIZE, "%s", line);
		return;
	}
	if (r->last > r->first)
		(void)snprintf(last, sizeof(last), " to %lld",
		    (long long)r->last);
	(void)snprintf(out, AUDIT_REPORT_WHERE_SIZE,
	    "%s %lld, %s %lld%s%s%s%s",
	    r->of == CHAINLINE_ACCOUNT ? "account" : "journal",
	    (long long)r->id,
	    r->of == CHAINLINE_ACCOUNT ? "event" : "position",
	    (long long)r->first, last, with_line ? " (" : "", line,
	    with_line ? ")" : "");
}

static enum err
audit_report_record(const struct chain_report *r, bool with_line)
{
	bool bad = r->verdict != CHAIN_WHOLE, where = bad && r->has_chain;
	const struct output_cell cells[] = {
		OUTPUT_T(audit_report_verdicts[r->verdict].name),
		OUTPUT_T(bad ? chain_sentence(r->fault) : NULL),
		OUTPUT_I(where && r->of == CHAINLINE_ACCOUNT ? r->id : -1),
		OUTPUT_I(where && r->of == CHAINLINE_JOURNAL ? r->id : -1),
		OUTPUT_I(where ? r->first : -1),
		OUTPUT_I(where ? r->last : -1),
		OUTPUT_I(bad && with_line ? r->line : -1),
		OUTPUT_I(r->events), OUTPUT_I(r->uses), OUTPUT_I(r->batches),
		OUTPUT_I(r->checkpoints), OUTPUT_I(r->signed_upto),
		OUTPUT_I(r->unsigned_events), OUTPUT_I(r->erased),
		OUTPUT_I(r->unproven), OUTPUT_I(r->dropped),
	};
	const struct output_sheet sheet = {
		audit_report_columns, ARRAY_LEN(audit_report_columns), cells,
		1,
	};

	return output_record(&sheet);
}

enum status
audit_report_tell(const struct chain_report *r, bool with_line)
{
	enum status status = audit_report_verdicts[r->verdict].status;
	char where[AUDIT_REPORT_WHERE_SIZE];
	enum err err = audit_report_record(r, with_line);

	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	if (r->verdict == CHAIN_WHOLE)
		return status;
	audit_report_where(r, with_line, where);
	return output_fail(status, "%s: %s%s%s",
	    audit_report_verdicts[r->verdict].name, where,
	    *where == '\0' ? "" : ": ", chain_sentence(r->fault));
}
