/* SPDX-License-Identifier: ISC */
/*
 * sim_taker: takes rights away and waits until that is true everywhere, as
 * haspctl, keys and accounts do; or gives rights, which nobody waits for; or
 * makes a change by hand, and `haspctl barrier` afterwards.
 */
#include "sim.h"

static void
sim_taker_next(struct sim_taker *t, enum sim_taker_at at)
{
	t->at = at;
	sim.at[SIM_ACTOR_TAKER + (t - sim.takers)] = sim.now + sim_delay();
}

/* It is done, or it was killed. Perhaps there is more to do later. */
static void
sim_taker_away(struct sim_taker *t)
{
	t->at = SIM_AWAY;
	if (!sim.calm)
		sim.at[SIM_ACTOR_TAKER + (t - sim.takers)] = sim.now +
		    sim_delay() + (int64_t)sim_chance(20000);
}

static void
sim_taker_arrive(struct sim_taker *t)
{
	if (sim.takings == 0 || sim.calm)
		return;
	sim.takings--;
	t->gives = sim_percent(sim.theme == SIM_DATABASES ? 45 : 25);
	t->by_hand = sim_percent(sim.faults.by_hand);
	/* The last key and its account are good all the time. */
	do
		t->object = (int)sim_chance(SIM_OBJECTS - 1);
	while (t->object == 1 + (SIM_KEYS - 1) % SIM_ACCOUNTS ||
	    (t->object == 0 && !sim_percent(20)));
	t->deadline = sim_percent(15) ? (int64_t)sim_chance(1000000) :
	    SIM_NEVER;
	sim_taker_next(t, SIM_CHANGE);
}

/* The database of its connection; NULL, and it comes again, if none. */
static struct sim_db *
sim_taker_reach(struct sim_taker *t)
{
	struct sim_db *db = sim_reach(t->to);

	if (db == NULL)
		db = sim_reach(t->to = sim_connect(0));
	if (db == NULL)
		sim.at[SIM_ACTOR_TAKER + (t - sim.takers)] =
		    (sim.down > sim.now ? sim.down : sim.now) + 1000;
	return db;
}

static void
sim_taker_change_by_hand(struct sim_taker *t, struct sim_db *db)
{
	int objects[2] = { t->object, 1 + SIM_ACCOUNTS };

	(void)sim_change(db, objects, 1 + (int)sim_chance(2), t->gives,
	    sim_percent(30));
	if (sim_percent(50))
		sim_taker_next(t, SIM_BARRIER);
	else
		sim_taker_away(t);
}

static void
sim_taker_change(struct sim_taker *t)
{
	struct sim_db *db = sim_taker_reach(t);
	bool unlucky = !sim.calm && sim_chance(1000) < sim.faults.lost;

	if (db == NULL)
		return;
	/* Not committed, as far as it knows: once more from the beginning. */
	if (db == &sim.zombie || (unlucky && sim_percent(50))) {
		t->to = 0;
		sim_taker_next(t, SIM_CHANGE);
		return;
	}
	t->took = 0;
	if (t->by_hand) {
		sim_taker_change_by_hand(t, db);
		return;
	}
	t->seq = sim_change(db, &t->object, 1, t->gives, true);
	t->took = db->objects[t->object].which;
	t->given = sim.given[t->object];
	t->place = sim_place(db);
	sim_say("object %d %s: %lld", t->object, t->gives ? "given" : "taken",
	    (long long)t->seq);
	if (unlucky) {
		sim_taker_next(t, SIM_CHANGE);
	} else if (t->gives) {
		sim_taker_away(t);
	} else if (t->seq == 0) {
		/* Somebody has taken it: perhaps it is not true yet. */
		sim_taker_next(t, SIM_BARRIER);
	} else {
		t->looks = 0;
		sim_taker_next(t, SIM_READ);
	}
}

static void
sim_taker_barrier(struct sim_taker *t)
{
	struct sim_db *db = sim_taker_reach(t);

	if (db == NULL)
		return;
	if (db == &sim.zombie) {
		t->to = 0;
		sim_taker_next(t, SIM_BARRIER);
		return;
	}
	if (!t->by_hand && sim_place(db) != t->place) {
		sim_taker_next(t, SIM_CHANGE);
		return;
	}
	t->seq = sim_number(db);
	t->place = sim_place(db);
	t->looks = 0;
	sim_taker_next(t, SIM_READ);
}

static void
sim_taker_read(struct sim_taker *t)
{
	t->read = sim_reads(&t->clock);
	if (t->looks++ == 0) {
		t->began = sim.now;
		t->overflow = t->unburied = false;
		barrier_begin(&t->barrier, t->deadline == SIM_NEVER ?
		    SIM_NEVER : t->read + t->deadline);
	}
	sim_taker_next(t, SIM_ROWS_READ);
}

static void
sim_taker_rows(struct sim_taker *t)
{
	struct sim_db *db = sim_taker_reach(t);

	if (db == NULL) {
		t->at = SIM_READ;
		return;
	}
	/* What was committed elsewhere need not be true here. */
	t->seen = sim_place(db);
	if (t->seen != t->place) {
		sim_taker_next(t, t->by_hand ? SIM_BARRIER : SIM_CHANGE);
		return;
	}
	t->count = sim_waited(db, t->seq, t->rows, &t->overflow);
	for (int i = 0; i < SIM_OBJECTS; i++)
		t->which[i] = db->objects[i].taken <= t->seq ||
		    db->objects[i].which == t->took ?
		    db->objects[i].which : 0;
	sim_taker_next(t, SIM_DECIDE);
}

/* When it looks again: it may take its time. */
static int64_t
sim_taker_pause(const struct sim_taker *t)
{
	int64_t until = sim_when(&t->clock, t->verdict.until);
	int64_t certain = sim_when(&t->clock, t->verdict.certain) + 1;

	if (t->looks > 2 && !sim_percent(20)) {
		until += (int64_t)sim_chance((uint64_t)(certain - until) / 2 +
		    20000);
		if (until > certain)
			until = certain;
	}
	return until;
}

/* Who looks often does so whenever something has happened. */
void
sim_taker_hurry(void)
{
	for (int i = 0; i < sim.taker_count; i++) {
		const struct sim_taker *t = &sim.takers[i];
		int64_t *at = &sim.at[SIM_ACTOR_TAKER + i], now;

		now = sim.now + sim_brief();
		if (t->at == SIM_READ && t->looks > 2 && now < *at &&
		    sim_reads(&t->clock) >= t->verdict.until &&
		    sim_percent(40))
			*at = now;
	}
}

static void
sim_taker_conclude(struct sim_taker *t)
{
	int64_t *at = &sim.at[SIM_ACTOR_TAKER + (t - sim.takers)];

	if (t->verdict.state == BARRIER_WAIT) {
		t->at = SIM_READ;
		*at = sim_taker_pause(t);
		return;
	}
	if (t->verdict.state == BARRIER_LATE) {
		sim_counts.late++;
		t->at = SIM_CERTAIN;
		*at = sim_when(&t->clock, t->verdict.certain) + 1;
		return;
	}
	sim_counts.confirmed++;
	sim_counts.by_time += t->count > 0;
	sim_say("%lld is confirmed", (long long)t->seq);
	sim_judge_confirmed(t);
	sim_taker_away(t);
}

static void
sim_taker_decide(struct sim_taker *t)
{
	int64_t now = sim_reads(&t->clock);

	barrier_step(&t->barrier, t->rows, t->count, now,
	    &t->verdict);
	sim_say("taker: %lld, %zu rows, verdict %d, %zu dead",
	    (long long)t->seq, t->count, t->verdict.state,
	    t->verdict.dead_count);
	sim_judge_wait(t, now);
	t->buried = 0;
	if (t->verdict.dead_count > 0)
		sim_taker_next(t, SIM_BURY);
	else
		sim_taker_conclude(t);
}

static void
sim_taker_bury(struct sim_taker *t)
{
	struct sim_db *db = sim_reach(t->to);
	bool locked = false;

	if (db != &sim.db || (!sim.calm &&
	    sim_chance(1000) < sim.faults.lost)) {
		t->unburied = true;
	} else if (!sim_bury(db, t->verdict.dead[t->buried], &locked) &&
	    locked) {
		sim_taker_next(t, SIM_BURY);
		return;
	}
	if (++t->buried < t->verdict.dead_count)
		sim_taker_next(t, SIM_BURY);
	else
		sim_taker_conclude(t);
}

void
sim_taker_act(int index)
{
	struct sim_taker *t = &sim.takers[index];

	if (t->at != SIM_AWAY && !sim.calm &&
	    sim_percent(sim.faults.failures)) {
		sim_say("taker %d is killed", index);
		sim_taker_away(t);
		return;
	}
	switch (t->at) {
	case SIM_AWAY:
		sim_taker_arrive(t);
		break;
	case SIM_CHANGE:
		sim_taker_change(t);
		break;
	case SIM_BARRIER:
		sim_taker_barrier(t);
		break;
	case SIM_READ:
		sim_taker_read(t);
		break;
	case SIM_ROWS_READ:
		sim_taker_rows(t);
		break;
	case SIM_DECIDE:
		sim_taker_decide(t);
		break;
	case SIM_BURY:
		sim_taker_bury(t);
		break;
	case SIM_CERTAIN:
		sim_judge_confirmed(t);
		sim_taker_away(t);
		break;
	}
}
