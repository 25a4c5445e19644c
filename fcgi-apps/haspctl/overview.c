/* SPDX-License-Identifier: ISC */
#include "overview.h"

#include "output.h"
#include "store_verifier.h"

static const struct output_column overview_columns[] = {
	{ "seq", "LAST CHANGE", OUTPUT_NUMBER, false },
	{ "changes_kept", "CHANGES KEPT", OUTPUT_NUMBER, false },
	{ "queue_percent", "QUEUE %", OUTPUT_NUMBER, false },
	{ "verifiers", "VERIFIERS", OUTPUT_SHEET, true },
};

static const struct output_column overview_verifier_columns[] = {
	{ "id", "ID", OUTPUT_TEXT, false },
	{ "host", "HOST", OUTPUT_TEXT, false },
	{ "program", "PROGRAM", OUTPUT_TEXT, false },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "lease_left_ms", "LEASE LEFT MS", OUTPUT_NUMBER, false },
	{ "lag", "LAG", OUTPUT_NUMBER, false },
	{ "hits", "HITS", OUTPUT_NUMBER, false },
	{ "misses", "MISSES", OUTPUT_NUMBER, false },
	{ "uptime_seconds", "UPTIME S", OUTPUT_NUMBER, false },
};

#define OVERVIEW_VERIFIER ARRAY_LEN(overview_verifier_columns)

/* COUNT verifiers as a sheet whose cells live in ARENA. */
static enum err
overview_verifiers(struct arena *arena, const struct store_verifier *v,
    size_t count, struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * OVERVIEW_VERIFIER * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++, v++) {
		*row++ = OUTPUT_T(v->id);
		*row++ = OUTPUT_T(v->host);
		*row++ = OUTPUT_T(v->program);
		*row++ = OUTPUT_T(v->state);
		*row++ = OUTPUT_I(v->lease_left);
		*row++ = OUTPUT_I(v->lag);
		*row++ = OUTPUT_I(v->hits);
		*row++ = OUTPUT_I(v->misses);
		*row++ = OUTPUT_I(v->uptime);
	}
	*sheet = (struct output_sheet){
		overview_verifier_columns, OVERVIEW_VERIFIER, cells, count,
	};
	return ERR_OK;
}

enum status
overview_run(struct invocation *inv)
{
	struct output_cell cells[ARRAY_LEN(overview_columns)];
	const struct output_sheet sheet = {
		overview_columns, ARRAY_LEN(overview_columns), cells, 1,
	};
	enum status status = invocation_open_database(inv);
	struct store_verifier_fence fence;
	struct store_verifier *verifiers;
	struct output_sheet inside;
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_verifier_fence(inv->db, &fence);
	if (err == ERR_OK)
		err = store_verifier_list(inv->db, inv->arena, &verifiers,
		    &count);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	err = overview_verifiers(inv->arena, verifiers, count, &inside);
	cells[0] = OUTPUT_I(fence.seq);
	cells[1] = OUTPUT_I(fence.kept);
	cells[2] = OUTPUT_I(fence.queue);
	cells[3] = OUTPUT_S(&inside);
	if (err == ERR_OK)
		err = output_record(&sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}
