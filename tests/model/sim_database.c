/* SPDX-License-Identifier: ISC */
/*
 * sim_database: the database of the imagined world, as
 * sql/migrations/0005_fence.sql and PostgreSQL treat it.
 */
#include "sim.h"

uint64_t
sim_place(const struct sim_db *db)
{
	return (uint64_t)db->timeline << 32 | db->start;
}

/* What a connection leads to; NULL for one that has ended. */
struct sim_db *
sim_reach(uint32_t to)
{
	if (to == 0)
		return NULL;
	if (to == sim.to && sim.now >= sim.down)
		return &sim.db;
	return to == sim.to_zombie ? &sim.zombie : NULL;
}

/*
 * A new connection of one that is cut off until CUT; 0: there is none. Some
 * still find the old primary.
 */
uint32_t
sim_connect(int64_t cut)
{
	if (sim.now < cut)
		return 0;
	if (sim.to_zombie != 0 && !sim.calm && sim_percent(15))
		return sim.to_zombie;
	if (sim.now < sim.down)
		return 0;
	return sim.calm || !sim_percent(3) ? sim.to : 0;
}

/* A commit that is on the disk before others see it, with all before it. */
void
sim_flush(struct sim_db *db)
{
	if (db == &sim.db)
		sim.disk = *db;
}

/* One that the standby has, too. */
void
sim_commit(struct sim_db *db)
{
	sim_flush(db);
	if (sim.faults.standby)
		sim.replica = *db;
}

static void
sim_notify(void)
{
	for (int i = 0; i < sim.process_count; i++) {
		struct sim_process *p = &sim.processes[i];
		int64_t at = sim.now + sim_delay();

		if (!p->on || p->to != sim.to || !p->listens || p->deaf ||
		    (!sim.calm && sim_percent(sim.faults.unheard)))
			continue;
		if (at < p->notified)
			p->notified = at;
		sim_verifier_wake(i, p->notified);
	}
}

static void
sim_log(struct sim_db *db, int object)
{
	if (db->logged == SIM_LOG) {
		db->kept = db->log[0].seq;
		memmove(db->log, db->log + 1, sizeof(db->log) -
		    sizeof(db->log[0]));
		db->logged--;
	}
	db->log[db->logged++] = (struct sim_change){ db->seq, object };
}

/*
 * One transaction: its number, or 0 if nothing was to be changed. One that is
 * not durable is lost by a failover.
 */
int64_t
sim_change(struct sim_db *db, const int *objects, int count, bool gives,
    bool durable)
{
	bool any = false;

	for (int i = 0; i < count; i++) {
		struct sim_object *o = &db->objects[objects[i]];

		if ((o->taken == 0) == gives)
			continue;
		if (!any)
			db->seq++;
		any = true;
		o->taken = gives ? 0 : db->seq;
		o->which = gives ? 0 : ++sim.last_which;
		if (gives)
			sim.given[objects[i]]++;
		else
			sim.taken[objects[i]] = true;
		sim_log(db, objects[i]);
	}
	if (!any)
		return 0;
	sim_counts.changes++;
	/* Whoever numbers a change flushes it, whatever the session wants. */
	sim_flush(db);
	if (durable)
		sim_commit(db);
	sim_notify();
	return db->seq;
}

/*
 * A number for what changes nothing. The last one will not do: acknowledged it
 * may have been by one that followed a primary whose later changes were lost,
 * and knows them.
 */
int64_t
sim_number(struct sim_db *db)
{
	db->seq++;
	sim_commit(db);
	sim_notify();
	return db->seq;
}

/* --- The statements of verifiers --- */

static bool
sim_enrol(struct sim_db *db, struct sim_statement *s)
{
	struct sim_row *row = &db->rows[s->row];
	struct sim_row *before = s->predecessor >= 0 ?
	    &db->rows[s->predecessor] : NULL;

	if (!s->begun) {
		if (row->locked || (before != NULL && before->locked))
			return false;
		s->begun = row->locked = true;
		s->event = (struct verifier_event){
			.what = VERIFIER_ANSWERED,
			.seq = db->seq,
			.place = sim_place(db),
		};
		return false;
	}
	if (before != NULL)
		before->dead = before->there;
	*row = (struct sim_row){
		.there = true,
		.renewals = row->there ? row->renewals + 1 : 0,
		.lease = s->lease,
		.answer = s->answer,
		.late = s->process < 0,
		.changed = sim.now,
	};
	sim_commit(db);
	sim_counts.enrolled++;
	return true;
}

static bool
sim_renew(struct sim_db *db, struct sim_statement *s)
{
	struct sim_row *row = &db->rows[s->row];

	if (!s->begun) {
		if (row->locked)
			return false;
		s->event.what = VERIFIER_GONE;
		if (!row->there || row->dead || s->place != sim_place(db))
			return true;
		s->begun = row->locked = true;
		s->event = (struct verifier_event){
			.what = VERIFIER_ANSWERED,
			.seq = db->seq,
			.place = sim_place(db),
		};
		return false;
	}
	if (s->seq > row->acked)
		row->acked = s->seq;
	row->renewals++;
	row->changed = sim.now;
	row->locked = false;
	sim_commit(db);
	sim_counts.renewed++;
	return true;
}

static bool
sim_acknowledge(struct sim_db *db, struct sim_statement *s)
{
	struct sim_row *row = &db->rows[s->row];

	if (row->locked)
		return false;
	if (row->there && !row->dead && row->acked < s->seq)
		row->acked = s->seq;
	s->event.what = VERIFIER_DONE;
	return true;
}

static bool
sim_leave(struct sim_db *db, struct sim_statement *s)
{
	struct sim_row *row = &db->rows[s->row];

	if (row->locked)
		return false;
	row->there = false;
	sim_commit(db);
	sim_counts.left++;
	s->event.what = VERIFIER_DONE;
	return true;
}

/* The changes above s->seq, for the process that still waits for them. */
static bool
sim_changes(struct sim_db *db, struct sim_statement *s)
{
	struct sim_process *p = s->process >= 0 ?
	    &sim.processes[s->process] : NULL;
	size_t count = 0;
	bool fits = true;

	for (int i = 0; i < db->logged; i++) {
		if (db->log[i].seq <= s->seq)
			continue;
		if (count == SIM_CHANGES)
			fits = false;
		else if (p != NULL)
			p->changes[count++] = db->log[i].object;
	}
	if (p != NULL)
		p->changes_seq = db->seq;
	s->event = (struct verifier_event){
		.what = VERIFIER_CHANGES,
		.seq = db->seq,
		.count = count,
		.complete = fits && db->kept <= s->seq,
	};
	sim_counts.incomplete += !s->event.complete;
	return true;
}

/* Whether it has ended; one that has not goes on a little later. */
static bool
sim_statement_run(struct sim_db *db, struct sim_statement *s)
{
	switch (s->what) {
	case VERIFIER_ENROL:
		return sim_enrol(db, s);
	case VERIFIER_RENEW:
		return sim_renew(db, s);
	case VERIFIER_ACK:
		return sim_acknowledge(db, s);
	case VERIFIER_LEAVE:
		return sim_leave(db, s);
	default:
		return sim_changes(db, s);
	}
}

void
sim_statement_free(int index)
{
	sim.statements[index].there = false;
	sim.at[SIM_ACTOR_STATEMENT + index] = SIM_NEVER;
}

/* The server's side of it. */
void
sim_statement_act(int index)
{
	struct sim_statement *s = &sim.statements[index];
	struct sim_db *db = sim_reach(s->to);
	bool reading = s->what == VERIFIER_READ || s->what == VERIFIER_ACK;
	struct sim_process *p = s->process >= 0 ?
	    &sim.processes[s->process] : NULL;

	/* Nothing that wants the standby ends without it. */
	if (db == NULL || (db == &sim.zombie && !reading)) {
		s->lost = true;
	} else if (!sim_statement_run(db, s)) {
		sim.at[SIM_ACTOR_STATEMENT + index] = sim.now + sim_delay();
		return;
	}
	sim_say("statement %d of row %d ended%s, acked %lld", s->what, s->row,
	    s->lost ? ", lost" : "", (long long)sim.db.rows[s->row].acked);
	if (p != NULL) {
		p->event = s->event;
		p->lost = s->lost;
		sim.at[s->process] = sim.now + sim_delay();
		/* The answer takes longer, for others to be quicker. */
		if (sim.theme == SIM_DATABASES && !sim.calm && sim_percent(40))
			sim.at[s->process] += (int64_t)sim_chance(3000);
	}
	sim_taker_hurry();
	sim_statement_free(index);
}

/* --- Takers --- */

/* The rows that have not acknowledged SEQ, the longest limits first. */
size_t
sim_waited(const struct sim_db *db, int64_t seq, struct barrier_row *rows,
    bool *overflow)
{
	size_t count = 0;

	for (int i = 0; i < sim.rows; i++) {
		const struct sim_row *row = &db->rows[i];
		int64_t limit = barrier_limit(row->lease, row->answer);
		size_t j = count;

		if (!row->there || row->dead || row->acked >= seq)
			continue;
		while (j > 0 && rows[j - 1].limit < limit)
			j--;
		if (count == BARRIER_MAX)
			*overflow = true;
		if (j == BARRIER_MAX)
			continue;
		if (count < BARRIER_MAX)
			count++;
		memmove(rows + j + 1, rows + j,
		    (count - 1 - j) * sizeof(rows[0]));
		rows[j].renewals = row->renewals;
		rows[j].limit = limit;
		memcpy(rows[j].id, sim_ids[i], BARRIER_ID_SIZE);
	}
	return count;
}

/* Whether it is dead now; false and LOCKED: to be tried again. */
bool
sim_bury(struct sim_db *db, const struct barrier_row *wanted, bool *locked)
{
	for (int i = 0; i < sim.rows; i++) {
		struct sim_row *row = &db->rows[i];

		if (strcmp(sim_ids[i], wanted->id) != 0)
			continue;
		*locked = row->locked;
		if (row->locked || !row->there || row->dead ||
		    row->renewals != wanted->renewals)
			return false;
		row->dead = true;
		sim_say("row %d is buried", i);
		sim_commit(db);
		sim_counts.buried++;
		return true;
	}
	return false;
}

/* --- What befalls it --- */

/* All connections end; what was under way is undone. */
static void
sim_cut(void)
{
	sim.to = ++sim.last_to;
	for (int i = 0; i < sim.rows; i++)
		sim.db.rows[i].locked = false;
	for (int i = 0; i < SIM_STATEMENTS; i++)
		if (sim.statements[i].there)
			sim.statements[i].begun = false;
	for (int i = 0; i < sim.process_count; i++)
		sim_verifier_wake(i, sim.now + sim_delay());
}

/* The past of FROM becomes the present: what it undoes is not promised. */
static void
sim_put_back(const struct sim_db *from)
{
	bool lost[SIM_ROWS];

	for (int i = 0; i < SIM_OBJECTS; i++)
		if (sim.db.objects[i].which != from->objects[i].which)
			sim.barred[i] = 0;
	for (int i = 0; i < sim.rows; i++)
		lost[i] = sim.db.rows[i].acked != from->rows[i].acked;
	sim.db = *from;
	for (int i = 0; i < sim.rows; i++) {
		sim.db.rows[i].locked = false;
		if (lost[i])
			sim.db.rows[i].changed = sim.now;
	}
}

/* One process of the server dies, or the server; all is recovered. */
void
sim_crash(bool restarts)
{
	sim_cut();
	/* Acknowledgements are not flushed. */
	sim_put_back(&sim.disk);
	if (restarts)
		sim.db.start = ++sim.last_start;
	sim_flush(&sim.db);
	sim.down = sim.now + sim_delay();
	sim_counts.crashes++;
}

/* The standby takes over; the old primary does not know. */
void
sim_failover(void)
{
	uint32_t to = sim.to;

	sim_cut();
	sim.zombie = sim.db;
	sim.to_zombie = to;
	sim_put_back(&sim.replica);
	sim.db.start = ++sim.last_start;
	sim.db.timeline = ++sim.last_timeline;
	sim_flush(&sim.db);
	sim.faults.standby = false;
	sim.down = sim.now + sim_delay();
	sim_counts.failovers++;
}

/*
 * A backup is put back, with or without a timeline of its own. That takes as
 * long as the longest limit, as docs/revocation.md demands: leases of
 * verifiers that the backup does not know have ended.
 */
void
sim_restore(bool to_new_timeline)
{
	int64_t longest = 0;

	for (int i = 0; i < sim.process_count; i++) {
		struct sim_process *p = &sim.processes[i];
		int64_t limit = barrier_limit(p->lease, p->answer);

		longest = limit > longest ? limit : longest;
	}
	sim_cut();
	sim.to_zombie = 0;
	sim_put_back(&sim.backup);
	/* It remembers some that are gone, whoever has their places now. */
	for (int i = 0; i < sim.rows; i++)
		sim.db.rows[i].late = true;
	sim.db.start = ++sim.last_start;
	if (to_new_timeline)
		sim.db.timeline = ++sim.last_timeline;
	sim.down = sim.now + longest + longest / 50 + sim_delay();
	sim_commit(&sim.db);
	sim_counts.restores++;
}
