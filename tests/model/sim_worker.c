/* SPDX-License-Identifier: ISC */
/*
 * sim_worker: a thread of a verifier that answers requests of a web server,
 * as access, recall and exchange do, one step at a time.
 */
#include "sim.h"

void
sim_key_objects(int key, int objects[3])
{
	objects[0] = 0;
	objects[1] = 1 + key % SIM_ACCOUNTS;
	objects[2] = 1 + SIM_ACCOUNTS + key;
}

void
sim_key_marks(int key, uint32_t marks[2])
{
	int objects[3];

	sim_key_objects(key, objects);
	marks[0] = sim_marks[objects[1]];
	marks[1] = sim_marks[objects[2]];
}

static bool
sim_record_current(const struct sim_process *p, int key,
    const struct sim_record *record, int64_t now)
{
	uint32_t marks[2];

	sim_key_marks(key, marks);
	return page_current(p->page, record->tag, marks, 2, now);
}

/* A request comes, if the web server has one. */
static enum sim_worker_at
sim_worker_begin(struct sim_process *p, struct sim_worker *w)
{
	if (p->stop || p->ending || sim.requests == 0)
		return SIM_IDLE;
	sim.requests--;
	w->key = (int)sim_chance(SIM_KEYS);
	w->until = sim_when(&p->web, sim_reads(&p->web) + p->answer);
	w->tries = 0;
	w->record.there = false;
	return SIM_ENTER;
}

static enum sim_worker_at
sim_worker_unavailable(struct sim_worker *w)
{
	sim_counts.unavailable++;
	sim_say("  key %d: unavailable", w->key);
	w->record.there = false;
	return SIM_LEAVE;
}

static enum sim_worker_at
sim_worker_select(const struct sim_process *p, struct sim_worker *w)
{
	struct sim_db *db = sim_reach(w->to);
	int objects[3];

	if (db == NULL)
		db = sim_reach(w->to = sim_connect(p->cut));
	if (db == NULL)
		return sim_worker_unavailable(w);
	sim_key_objects(w->key, objects);
	w->record.there = w->record.allowed = true;
	for (int i = 0; i < 3; i++)
		if (db->objects[objects[i]].taken != 0)
			w->record.allowed = false;
	return SIM_PLACE;
}

/* Is what was read of the database that the lease is of? */
static enum sim_worker_at
sim_worker_place(struct sim_worker *w)
{
	struct sim_db *db = sim_reach(w->to);

	if (db != NULL && sim_place(db) == w->record.tag.place)
		return SIM_PUT;
	w->to = 0;
	return sim_worker_unavailable(w);
}

static enum sim_worker_at
sim_worker_tag(struct sim_process *p, struct sim_worker *w)
{
	if (!page_leased(p->page, sim_reads(&p->clock)))
		return sim_worker_unavailable(w);
	if (!page_tag(p->page, &w->record.tag))
		return sim_worker_unavailable(w);
	return SIM_SELECT;
}

/* Once more, just before the answer is written. */
static enum sim_worker_at
sim_worker_last(const struct sim_process *p, struct sim_worker *w)
{
	if (sim_record_current(p, w->key, &w->record, w->now))
		return SIM_WRITE;
	sim_counts.stale++;
	if (++w->tries > 2)
		return sim_worker_unavailable(w);
	w->now = sim_reads(&p->clock);
	return SIM_LOOK_UP;
}

static enum sim_worker_at
sim_worker_write(const struct sim_process *p, const struct sim_worker *w)
{
	sim_counts.answers++;
	if (sim.now >= w->until)
		sim_counts.dropped++;
	else
		sim_judge_answer(p, w);
	return SIM_LEAVE;
}

/* From arrival to where the cache is looked at. */
static enum sim_worker_at
sim_worker_early(struct sim_process *p, struct sim_worker *w, uint32_t slot)
{
	switch (w->at) {
	case SIM_IDLE:
		return sim_worker_begin(p, w);
	case SIM_ENTER:
		w->accepted = sim.now;
		page_enter(p->page, slot);
		return SIM_CLOCK;
	case SIM_CLOCK:
		w->now = sim_reads(&p->clock);
		return SIM_LEASED;
	case SIM_LEASED:
		return page_leased(p->page, w->now) ? SIM_LOOK_UP :
		    sim_worker_unavailable(w);
	case SIM_LOOK_UP:
		w->record = p->cache[w->key];
		return w->record.there ? SIM_CURRENT : SIM_TAG;
	default:
		if (!sim_record_current(p, w->key, &w->record, w->now))
			return SIM_TAG;
		sim_counts.hits++;
		return SIM_LAST_CLOCK;
	}
}

static enum sim_worker_at
sim_worker_late(struct sim_process *p, struct sim_worker *w, uint32_t slot)
{
	switch (w->at) {
	case SIM_TAG:
		return sim_worker_tag(p, w);
	case SIM_SELECT:
		return sim_worker_select(p, w);
	case SIM_PLACE:
		return sim_worker_place(w);
	case SIM_PUT:
		p->cache[w->key] = w->record;
		return SIM_LAST_CLOCK;
	case SIM_LAST_CLOCK:
		w->now = sim_reads(&p->clock);
		return SIM_LAST_LOOK;
	case SIM_LAST_LOOK:
		return sim_worker_last(p, w);
	case SIM_WRITE:
		return sim_worker_write(p, w);
	default:
		page_leave(p->page, slot);
		return SIM_IDLE;
	}
}

/* When the next request comes: perhaps just before the lease ends. */
static int64_t
sim_worker_next(const struct sim_process *p, const struct sim_worker *w)
{
	int64_t end = sim_when(&p->clock, p->page->lease_end);

	if (sim.calm)
		return sim.now + sim_brief();
	if (w->record.there && sim_percent(sim.theme == SIM_LIMITS ? 40 : 5) &&
	    end > sim.now)
		return end - (int64_t)sim_chance(50000);
	if (sim.now < sim.down && sim_percent(80))
		return sim.down + (int64_t)sim_chance(100000);
	return sim.now + sim_delay() +
	    (int64_t)sim_chance(w->record.there ? 2000 : 400000);
}

/* Whether the answer is written at the last moment. */
static bool
sim_is_slow(const struct sim_worker *w)
{
	return sim.theme == SIM_LIMITS && !sim.calm && sim_percent(30) &&
	    w->until > sim.now + 30000;
}

void
sim_worker_act(int process, int worker)
{
	struct sim_process *p = &sim.processes[process];
	struct sim_worker *w = &p->workers[worker];
	int64_t *at = &sim.at[SIM_ACTOR_WORKER + process * SIM_WORKERS +
	    worker];
	enum sim_worker_at was = w->at;

	sim_say("worker %d.%d key %d: step %d", process, worker, w->key, was);
	w->at = was < SIM_TAG ? sim_worker_early(p, w, (uint32_t)worker) :
	    sim_worker_late(p, w, (uint32_t)worker);
	if (was == SIM_LEAVE)
		*at = sim_worker_next(p, w);
	else if (w->at == SIM_WRITE && sim_is_slow(w))
		*at = w->until - 1 - (int64_t)sim_chance(30000);
	else if (w->at != SIM_IDLE)
		*at = sim.now + sim_delay();
	else
		sim_process_rest(process);
}
