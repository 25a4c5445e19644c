/* SPDX-License-Identifier: ISC */
/*
 * exercise_fence [tests]: changes that are waited for, and those who follow.
 */
#include <stdio.h>
#include <string.h>

#include "confirm.h"
#include "exercise.h"
#include "store_journal.h"
#include "store_plan.h"
#include "store_verifier.h"

static void
tell_number(struct exercise *x, const struct store_fence_number *number)
{
	json_set_int(x->answer, "seq", number->seq);
	json_set_bool(x->answer, "replicated", number->replicated);
}

static void
tell_confirm(struct exercise *x, const struct confirm *c)
{
	tell_number(x, &c->number);
	json_set_bool(x->answer, "waited", c->waited);
	json_set_bool(x->answer, "confirmed", c->confirmed);
	json_set_int(x->answer, "waited_ms", c->waited_ms);
	json_set_int(x->answer, "after", c->after);
}

/* what was last committed */
static enum err
run_last(struct exercise *x)
{
	struct store_fence_number number;
	enum err err = store_fence_last(x->db, &number);

	if (err == ERR_OK)
		tell_number(x, &number);
	return err;
}

/* number: who has not acknowledged it */
static enum err
run_waited(struct exercise *x)
{
	static struct barrier_row rows[BARRIER_MAX];
	struct json *list = json_array_open(), *one;
	size_t count = 0;
	enum err err = store_fence_waited(x->db, exercise_number(x->args[0]),
	    rows, &count);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		one = json_object_open();
		json_set_text(one, "id", rows[i].id);
		json_set_int(one, "renewals", rows[i].renewals);
		json_set_int(one, "limit", rows[i].limit);
		json_append(list, one);
	}
	json_set(x->answer, "waited", list);
	return err;
}

/* id renewals */
static enum err
run_bury(struct exercise *x)
{
	struct barrier_row row = {
		.renewals = exercise_number(x->args[1]),
	};
	bool buried = false;
	enum err err;

	(void)snprintf(row.id, sizeof(row.id), "%.*s", (int)x->args[0].len,
	    x->args[0].ptr);
	err = store_fence_bury(x->db, &row, &buried);
	json_set_bool(x->answer, "buried", buried);
	return err;
}

/* number ms: waits so long */
static enum err
run_confirm(struct exercise *x)
{
	struct store_fence_number number = {
		.seq = exercise_number(x->args[0]),
	};
	struct confirm c;

	confirm_wait(x->db, &number, confirm_deadline(0) +
	    exercise_number(x->args[1]) * 1000, &c);
	tell_confirm(x, &c);
	return ERR_OK;
}

/* ms: waits for everything */
static enum err
run_confirm_all(struct exercise *x)
{
	struct confirm c;
	enum err err = confirm_all(x->db, confirm_deadline(0) +
	    exercise_number(x->args[0]) * 1000, &c);

	if (err == ERR_OK)
		tell_confirm(x, &c);
	return err;
}

/* code name active(0 or 1) gives(0 or 1) ms: changes a plan, and waits */
static enum err
run_set_plan(struct exercise *x)
{
	char name[64];
	bool active = exercise_number(x->args[2]) != 0;
	struct store_plan_values values = {
		.code = x->args[0], .name = name, .active = &active,
	};
	struct store_change change = {
		.db = x->db, .is_operator = true, .actor = "operator",
		.gives = exercise_number(x->args[3]) != 0,
		/* Nothing of a change before is left. */
		.fence = { .seq = 99, .replicated = true },
	};
	struct confirm c;
	enum err err;

	(void)snprintf(name, sizeof(name), "%.*s", (int)x->args[1].len,
	    x->args[1].ptr);
	err = store_plan_set(&change, &values);
	json_set_int(x->answer, "fence", change.fence.seq);
	if (err == ERR_OK)
		err = confirm_change(&change, confirm_deadline(0) +
		    exercise_number(x->args[4]) * 1000, &c);
	if (err == ERR_OK)
		tell_confirm(x, &c);
	return err;
}

/* places */
static enum err
run_places(struct exercise *x)
{
	confirm_places((int)exercise_number(x->args[0]));
	return ERR_OK;
}

static enum err
run_stop_waits(struct exercise *x)
{
	(void)x;
	confirm_stop();
	return ERR_OK;
}

static enum err
run_verifiers(struct exercise *x)
{
	struct json *list = json_array_open(), *one;
	struct store_verifier *rows = NULL;
	struct store_verifier_fence fence = { .seq = -1 };
	size_t count = 0;
	enum err err = store_verifier_fence(x->db, &fence);

	if (err == ERR_OK)
		err = store_verifier_list(x->db, x->arena, &rows, &count);
	for (size_t i = 0; i < count; i++) {
		one = json_object_open();
		json_set_text(one, "id", rows[i].id);
		json_set_text(one, "host", rows[i].host);
		json_set_text(one, "program", rows[i].program);
		json_set_text(one, "state", rows[i].state);
		json_set_int(one, "lease_left", rows[i].lease_left);
		json_set_int(one, "lag", rows[i].lag);
		json_set_int(one, "hits", rows[i].hits);
		json_set_int(one, "misses", rows[i].misses);
		json_set_int(one, "uptime", rows[i].uptime);
		json_append(list, one);
	}
	json_set_int(x->answer, "seq", fence.seq);
	json_set_int(x->answer, "kept", fence.kept);
	json_set_int(x->answer, "queue", fence.queue);
	json_set(x->answer, "verifiers", list);
	return err;
}

/* whether all, or the open ones */
static enum err
run_journals(struct exercise *x)
{
	struct json *list = json_array_open(), *one;
	struct store_journal *rows = NULL;
	size_t count = 0;
	enum err err = store_journal_list(x->db, x->arena,
	    exercise_number(x->args[0]) != 0, &rows, &count);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		one = json_object_open();
		json_set_int(one, "number", rows[i].number);
		json_set_text(one, "host", rows[i].host);
		json_set_text(one, "program", rows[i].program);
		json_set_int(one, "opened", rows[i].opened);
		json_set_int(one, "shipped", rows[i].shipped);
		json_set_int(one, "known", rows[i].known);
		json_set_int(one, "closed", rows[i].closed);
		json_set_int(one, "lost", rows[i].lost);
		json_append(list, one);
	}
	json_set(x->answer, "journals", list);
	return err;
}

/* number */
static enum err
run_abandon(struct exercise *x)
{
	struct store_change change = {
		.db = x->db, .is_operator = true, .actor = "operator"
	};
	enum store_journal_end end = STORE_JOURNAL_UNKNOWN;
	enum err err = store_change_begin(&change);

	if (err == ERR_OK)
		err = store_change_end(&change, store_journal_abandon(&change,
		    exercise_number(x->args[0]), &end));
	json_set_int(x->answer, "end", end);
	return err;
}

const struct exercise_command exercise_fence_commands[] = {
	{ "last", run_last },
	{ "waited", run_waited },
	{ "bury", run_bury },
	{ "confirm", run_confirm },
	{ "confirm_all", run_confirm_all },
	{ "set_plan", run_set_plan },
	{ "places", run_places },
	{ "stop_waits", run_stop_waits },
	{ "verifiers", run_verifiers },
	{ "journals", run_journals },
	{ "abandon", run_abandon },
};
const size_t exercise_fence_count = ARRAY_LEN(exercise_fence_commands);
