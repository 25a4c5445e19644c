/* SPDX-License-Identifier: ISC */
/*
 * sim_judge: what has to hold. Answers are judged when they are given; and
 * when something is confirmed, every answer is that could be given from then
 * on, for nobody knows how long a thread stands still.
 */
#include "sim.h"

/* Whether what KEY rests on was taken, and that was confirmed. */
static bool
sim_barred(int key, int64_t *since)
{
	int objects[3];

	sim_key_objects(key, objects);
	for (int i = 0; i < 3; i++) {
		const struct sim_object *o = &sim.db.objects[objects[i]];

		*since = sim.confirmed[objects[i]];
		if (o->which != 0 && o->which == sim.barred[objects[i]])
			return true;
	}
	return false;
}

/* Whether nothing that KEY rests on was ever taken. */
static bool
sim_always_good(int key)
{
	int objects[3];

	sim_key_objects(key, objects);
	return !sim.taken[objects[0]] && !sim.taken[objects[1]] &&
	    !sim.taken[objects[2]];
}

void
sim_judge_answer(const struct sim_process *p, const struct sim_worker *w)
{
	int64_t since;

	(void)p;
	sim_say("  key %d: %s", w->key, w->record.allowed ? "allowed" :
	    "refused");
	if (!w->record.allowed) {
		sim_counts.refused++;
		if (sim_always_good(w->key))
			sim_fail("a good key was refused");
		return;
	}
	sim_counts.allowed++;
	if (!sim_barred(w->key, &since))
		return;
	sim_fail(w->accepted >= since ?
	    "R1: accepted after it was confirmed, and allowed" :
	    "R2: allowed after it was confirmed");
}

/* Whether P would answer from RECORD at NOW of its clock, asked last of all. */
static bool
sim_would_allow(const struct sim_process *p, int key,
    const struct sim_record *record, int64_t now)
{
	uint32_t marks[2];

	sim_key_marks(key, marks);
	return record->there && record->allowed &&
	    page_current(p->page, record->tag, marks, 2, now);
}

/* Whether W may still answer that its key is good. */
static bool
sim_may_allow(const struct sim_process *p, const struct sim_worker *w)
{
	if (sim.now >= w->until || !w->record.there || !w->record.allowed)
		return false;
	switch (w->at) {
	case SIM_WRITE:
		return true;
	case SIM_LAST_LOOK:
		return sim_would_allow(p, w->key, &w->record, w->now);
	case SIM_PUT:
	case SIM_LAST_CLOCK:
		return sim_would_allow(p, w->key, &w->record,
		    sim_reads(&p->clock));
	default:
		return false;
	}
}

static void
sim_judge_process(const struct sim_process *p)
{
	int64_t since, now = sim_reads(&p->clock);

	for (int key = 0; key < SIM_KEYS && !p->ending; key++)
		if (sim_barred(key, &since) && page_leased(p->page, now) &&
		    sim_would_allow(p, key, &p->cache[key], now))
			sim_fail("R1: confirmed, and a request would now be "
			    "allowed");
	/* Who is stopped within a function is judged by its answer. */
	for (int i = 0; i < sim.worker_count && p->suspended == 0; i++)
		if (sim_barred(p->workers[i].key, &since) &&
		    sim_may_allow(p, &p->workers[i]))
			sim_fail("R2: confirmed, and a request under way "
			    "would be allowed");
}

/* Whether T has just read the row ID as one to wait for. */
static bool
sim_was_waited_for(const struct sim_taker *t, const char *id)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->rows[i].id, id) == 0)
			return true;
	return false;
}

/* Nobody waits again for a verifier that was silent all the time. */
static void
sim_judge_corpses(const struct sim_taker *t)
{
	for (int i = 0; i < sim.rows; i++) {
		const struct sim_row *row = &sim.db.rows[i];

		if (row->there && !row->dead && row->changed < t->began &&
		    sim_was_waited_for(t, sim_ids[i]))
			sim_fail("the next one waits for the same corpse");
	}
}

/* Whether what T took is given again, and nobody has given it. */
static bool
sim_was_lost(const struct sim_taker *t)
{
	return t->took != 0 &&
	    sim.db.objects[t->object].which == 0 &&
	    sim.given[t->object] == t->given;
}

void
sim_judge_confirmed(const struct sim_taker *t)
{
	/* Since it looked all may have changed: that promises nothing. */
	if (t->seen != sim_place(&sim.db))
		return;
	if (sim_was_lost(t))
		sim_fail("R1: what was confirmed is lost");
	for (int i = 0; i < SIM_OBJECTS; i++) {
		if (t->which[i] == 0 ||
		    sim.db.objects[i].which != t->which[i] ||
		    sim.barred[i] == t->which[i])
			continue;
		sim.barred[i] = t->which[i];
		sim.confirmed[i] = sim.now;
	}
	for (int i = 0; i < sim.process_count; i++)
		if (sim.processes[i].on)
			sim_judge_process(&sim.processes[i]);
	if (t->at != SIM_CERTAIN && !t->overflow && !t->unburied)
		sim_judge_corpses(t);
}

/* The wait that was decided at NOW of its clock. */
void
sim_judge_wait(const struct sim_taker *t, int64_t now)
{
	int64_t longest = 0;

	for (int i = 0; i < sim.process_count; i++) {
		struct sim_process *p = &sim.processes[i];
		int64_t limit = barrier_limit(p->lease, p->answer);

		longest = limit > longest ? limit : longest;
	}
	if (t->verdict.state == BARRIER_CONFIRMED)
		return;
	if (now > t->barrier.began + longest)
		sim_fail("somebody waits longer than any verifier's limit");
	if (t->verdict.state == BARRIER_WAIT && t->verdict.until <= now)
		sim_fail("somebody waits without a pause");
}

/* A row of a process that is gone, though its place was taken again. */
static bool
sim_forgotten(int index)
{
	const struct sim_process *p = &sim.processes[index];

	for (int i = 0; i < sim.rows; i++) {
		const struct sim_row *row = &sim.db.rows[i];

		if (p->locks && i != p->row && sim.owner[i] == index &&
		    sim.named[i] && row->there && !row->dead && !row->late)
			return true;
	}
	return false;
}

/* Whether all that lives has a lease and has acknowledged everything. */
bool
sim_judge_settled(bool say)
{
	for (int i = 0; i < SIM_TAKERS; i++) {
		if (sim.takers[i].at == SIM_AWAY)
			continue;
		if (say)
			sim_say("taker %d is at %d", i, sim.takers[i].at);
		return false;
	}
	for (int i = 0; i < sim.process_count; i++) {
		const struct sim_process *p = &sim.processes[i];
		const struct sim_row *row = &sim.db.rows[p->row];
		struct page_tag tag;

		if (!p->on)
			continue;
		if (p->ending || p->stop)
			return false;
		if (say)
			sim_say("process %d: row %d acked %lld of %lld, "
			    "epoch %llu", i, p->row, (long long)row->acked,
			    (long long)sim.db.seq,
			    (unsigned long long)p->page->epoch);
		if (!page_leased(p->page, sim_reads(&p->clock)) ||
		    !page_tag(p->page, &tag) || tag.asof != sim.db.seq ||
		    !row->there || row->dead || row->acked != sim.db.seq)
			return false;
		if (sim_forgotten(i))
			sim_fail("a predecessor that is gone is waited for");
	}
	return true;
}
