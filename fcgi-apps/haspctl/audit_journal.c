/* SPDX-License-Identifier: ISC */
#include "audit_journal.h"

#include "output.h"
#include "question.h"
#include "store_journal.h"

static const struct output_column audit_journal_columns[] = {
	{ "number", "NUMBER", OUTPUT_NUMBER, false },
	{ "host", "HOST", OUTPUT_TEXT, false },
	{ "program", "PROGRAM", OUTPUT_TEXT, false },
	{ "opened_at", "OPENED", OUTPUT_TIME, false },
	{ "known_until", "KNOWN UNTIL", OUTPUT_TIME, false },
	{ "closed_at", "CLOSED", OUTPUT_TIME, false },
	{ "shipped", "SHIPPED", OUTPUT_NUMBER, false },
	{ "lost", "LOST", OUTPUT_NUMBER, false },
};

static enum err
audit_journal_tell(struct arena *arena, const struct store_journal *journals,
    size_t count)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * ARRAY_LEN(audit_journal_columns) * sizeof(*cells));
	struct output_cell *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		*row++ = OUTPUT_I(journals[i].number);
		*row++ = OUTPUT_T(journals[i].host);
		*row++ = OUTPUT_T(journals[i].program);
		*row++ = OUTPUT_I(journals[i].opened);
		*row++ = OUTPUT_I(journals[i].known);
		*row++ = OUTPUT_I(journals[i].closed);
		*row++ = OUTPUT_I(journals[i].shipped);
		*row++ = OUTPUT_I(journals[i].lost);
	}
	return output_list_page(&(struct output_sheet){
	    audit_journal_columns, ARRAY_LEN(audit_journal_columns), cells,
	    count });
}

enum status
audit_journal_list(struct invocation *inv)
{
	enum status status = invocation_open_database(inv);
	struct store_journal *journals;
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_journal_list(inv->db, inv->arena, true, &journals, &count);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_list_begin();
	err = audit_journal_tell(inv->arena, journals, count);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Tells what became of NUMBER. */
static enum status
audit_journal_ended(const char *number, enum store_journal_end end)
{
	switch (end) {
	case STORE_JOURNAL_ABANDONED:
		output_words("Journal %s is given up. If its program comes "
		    "back, its uses still arrive.", number);
		return STATUS_OK;
	case STORE_JOURNAL_CLOSED:
		output_words("Journal %s was closed before: nothing of it is "
		    "missing.", number);
		return STATUS_OK;
	case STORE_JOURNAL_ALIVE:
		return output_fail(STATUS_NO, "journal %s was heard of within "
		    "the last minute: its program runs", number);
	case STORE_JOURNAL_UNKNOWN:
	default:
		return output_fail(STATUS_NO, "there is no journal %s; see "
		    "haspctl audit journals", number);
	}
}

enum status
audit_journal_abandon(struct invocation *inv)
{
	const char *text = inv->operands[0];
	struct store_change change;
	enum store_journal_end end;
	enum status status;
	uint64_t number;
	enum err err;

	if (!str_u64(str_of(text), INT32_MAX, &number) || number == 0)
		return output_fail(STATUS_USAGE, "a journal is named by its "
		    "number: see haspctl audit journals");
	if ((status = question_ask(inv, "Give up what journal %s has not "
	    "shipped?", text)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	change = invocation_change(inv, 0);
	err = store_journal_abandon(&change, (int64_t)number, &end);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return audit_journal_ended(text, end);
}
