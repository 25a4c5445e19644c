/* SPDX-License-Identifier: ISC */
#include "certainty.h"

#include <string.h>

#include "clock.h"

#define CERTAINTY_WAIT_MAX 3600		/* seconds */

static const struct output_column certainty_columns[] = {
	{ "seq", "CHANGE", OUTPUT_NUMBER, false },
	{ "confirmed", "CONFIRMED", OUTPUT_BOOL, false },
	{ "waited_ms", "WAITED MS", OUTPUT_NUMBER, false },
	{ "durability", "DURABILITY", OUTPUT_TEXT, false },
	{ "confirm_after", "CONFIRM AFTER", OUTPUT_TIME, false },
};

#define CERTAINTY_COLUMNS ARRAY_LEN(certainty_columns)

static void
certainty_row(const struct confirm *c, struct output_cell *row)
{
	*row++ = OUTPUT_I(c->number.seq);
	*row++ = OUTPUT_I(c->confirmed);
	*row++ = OUTPUT_I(c->waited_ms);
	*row++ = OUTPUT_T(c->number.replicated ? "replicated" : "local");
	*row++ = OUTPUT_I(c->after);
}

enum status
certainty_read(struct invocation *inv)
{
	const char *text = inv->values[ARGUMENT_WAIT];
	uint64_t seconds = CONFIRM_SECONDS;

	if (text != NULL && !str_u64(str_of(text), CERTAINTY_WAIT_MAX,
	    &seconds))
		return output_fail(STATUS_USAGE, "--wait is a number of "
		    "seconds from 0 to %d", CERTAINTY_WAIT_MAX);
	inv->wait = (int64_t)seconds;
	return STATUS_OK;
}

/* Says that the wait was too short. */
static enum status
certainty_late(const struct confirm *c)
{
	char when[CLOCK_TEXT_SIZE];

	if (c->after == 0)
		return output_fail(STATUS_LATE, "change %lld is kept, but the "
		    "database does not say whether all programs know of it; "
		    "`haspctl barrier` waits for that",
		    (long long)c->number.seq);
	clock_text(c->after, when);
	return output_fail(STATUS_LATE, "change %lld is kept, but not all "
		    "programs know of it yet: it is certain everywhere as of "
		    "%s; `haspctl barrier` waits for that",
		    (long long)c->number.seq, when);
}

/* Tells how the wait ended. */
static enum status
certainty_tell(const struct invocation *inv, enum err err)
{
	const struct confirm *c = &inv->confirm;

	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	if (!c->waited)
		return STATUS_OK;
	if (!c->confirmed)
		return certainty_late(c);
	output_words("It is true everywhere (change %lld, %lld ms, %s).",
	    (long long)c->number.seq, (long long)c->waited_ms,
	    c->number.replicated ? "on a standby, too" : "no standby");
	return STATUS_OK;
}

enum status
certainty_wait(struct invocation *inv, const struct store_change *change)
{
	return certainty_tell(inv, confirm_change(change,
	    confirm_deadline(inv->wait), &inv->confirm));
}

enum err
certainty_record(const struct invocation *inv,
    const struct output_sheet *sheet)
{
	size_t n = sheet->column_count;
	struct output_column columns[OUTPUT_COLUMNS_MAX];
	struct output_cell cells[OUTPUT_COLUMNS_MAX];
	const struct output_sheet whole = {
		columns, n + CERTAINTY_COLUMNS, cells, 1,
	};

	if (!output_is_json() || !inv->confirm.waited)
		return output_record(sheet);
	if (whole.column_count > OUTPUT_COLUMNS_MAX)
		return ERR_INTERNAL;
	memcpy(columns, sheet->columns, n * sizeof(*columns));
	memcpy(columns + n, certainty_columns, sizeof(certainty_columns));
	memcpy(cells, sheet->cells, n * sizeof(*cells));
	certainty_row(&inv->confirm, cells + n);
	return output_record(&whole);
}

enum status
certainty_barrier(struct invocation *inv)
{
	struct output_cell cells[CERTAINTY_COLUMNS];
	const struct output_sheet sheet = {
		certainty_columns, CERTAINTY_COLUMNS, cells, 1,
	};
	enum status status;
	enum err err;

	if ((status = certainty_read(inv)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = confirm_all(inv->db, confirm_deadline(inv->wait),
	    &inv->confirm);
	status = certainty_tell(inv, err);
	if (err != ERR_OK)
		return status;
	certainty_row(&inv->confirm, cells);
	err = output_record(&sheet);
	return err == ERR_OK ? status :
	    output_fail(status_of(err), "%s", err_sentence(err));
}
