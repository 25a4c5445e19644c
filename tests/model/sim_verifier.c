/* SPDX-License-Identifier: ISC */
/*
 * sim_verifier: a process that is a verifier, and its fence thread, which does
 * what verifier.h says, as common/fence.c does.
 */
#include "sim.h"

/* --- The process --- */

void
sim_process_start(int index)
{
	struct sim_process *p = &sim.processes[index];

	if (sim.rows == SIM_ROWS)
		return;
	p->on = true;
	p->ending = p->stop = p->issued = p->lost = false;
	p->frozen = p->cut = 0;
	p->row = sim.rows++;
	sim.owner[p->row] = index;
	p->predecessor = p->locks ? p->claim : -1;
	p->page = page_new();
	if (p->page == NULL)
		abort();
	p->to = 0;
	p->notified = SIM_NEVER;
	memset(p->cache, 0, sizeof(p->cache));
	memset(p->workers, 0, sizeof(p->workers));
	p->action = verifier_start(&p->verifier, p->lease);
	sim.at[index] = sim.now + sim_delay();
	for (int i = 0; i < sim.worker_count; i++)
		sim.at[SIM_ACTOR_WORKER + index * SIM_WORKERS + i] = sim.now +
		    (int64_t)sim_chance(3000);
	sim_say("process %d starts as row %d", index, p->row);
}

/* It is gone, at once. */
void
sim_process_off(int index)
{
	struct sim_process *p = &sim.processes[index];

	if (!p->on)
		return;
	sim_say("process %d is gone", index);
	p->on = false;
	page_free(p->page);
	p->page = NULL;
	sim.at[index] = SIM_NEVER;
	for (int i = 0; i < SIM_WORKERS; i++) {
		p->workers[i].at = SIM_IDLE;
		sim.at[SIM_ACTOR_WORKER + index * SIM_WORKERS + i] = SIM_NEVER;
	}
	/* What it has sent is carried out all the same. */
	for (int i = 0; i < SIM_STATEMENTS; i++)
		if (sim.statements[i].process == index)
			sim.statements[i].process = -1;
}

void
sim_process_rest(int index)
{
	struct sim_process *p = &sim.processes[index];

	if (!p->ending || p->suspended > 0)
		return;
	for (int i = 0; i < SIM_WORKERS; i++)
		if (p->workers[i].at != SIM_IDLE)
			return;
	sim_process_off(index);
}

/* It has nothing more to follow: it ends with its last request, or at once. */
static void
sim_process_end(int index)
{
	struct sim_process *p = &sim.processes[index];

	sim_say("process %d ends", index);
	p->ending = true;
	sim_process_rest(index);
	if (p->on && p->suspended == 0 && sim_percent(50))
		sim_process_off(index);
}

/* Something has happened that a waiting verifier notices, at AT. */
void
sim_verifier_wake(int index, int64_t at)
{
	struct sim_process *p = &sim.processes[index];

	if (p->on && !p->ending && p->issued &&
	    (p->action.what == VERIFIER_WAIT ||
	    p->action.what == VERIFIER_ECHO) && at < sim.at[index])
		sim.at[index] = at > sim.now ? at : sim.now;
}

/* --- Statements --- */

static bool
sim_unlucky(void)
{
	return !sim.calm && sim_chance(1000) < sim.faults.lost;
}

/*
 * Sends one: it is carried out a little later, or never, or it is and the
 * answer is lost, or it is when the verifier has long given it up.
 */
static void
sim_verifier_send(int index)
{
	struct sim_process *p = &sim.processes[index];
	bool unlucky = sim_unlucky(), late = unlucky && sim_percent(40);
	int i = 0;

	while (i < SIM_STATEMENTS && sim.statements[i].there)
		i++;
	if (i == SIM_STATEMENTS || (unlucky && !late && sim_percent(50))) {
		p->lost = true;
		sim.at[index] = sim.now + sim_delay();
		return;
	}
	sim.statements[i] = (struct sim_statement){
		.there = true,
		.process = late ? -1 : index,
		.what = p->action.what,
		.to = p->to,
		.lost = unlucky,
		.row = p->row,
		.predecessor = p->predecessor,
		.lease = p->lease,
		.answer = p->answer,
		.seq = p->action.seq,
		.place = p->action.place,
	};
	sim.at[SIM_ACTOR_STATEMENT + i] = sim.now + sim_delay();
	if (late) {
		p->lost = true;
		sim.at[index] = sim.now + sim_delay();
		sim.at[SIM_ACTOR_STATEMENT + i] += sim_delay();
	}
}

static struct verifier_event
sim_happened(enum verifier_happened what)
{
	return (struct verifier_event){ .what = what };
}

/* --- What is done at once --- */

static struct verifier_event
sim_verifier_touch(struct sim_process *p)
{
	page_touch(p->page, sim_marks[p->changes[p->action.index]],
	    p->changes_seq);
	return sim_happened(VERIFIER_DONE);
}

static struct verifier_event
sim_verifier_page(struct sim_process *p)
{
	const struct verifier_action *a = &p->action;
	struct verifier_event event = sim_happened(VERIFIER_DONE);

	switch (a->what) {
	case VERIFIER_CLOSE_PAGE:
		page_close(p->page);
		break;
	case VERIFIER_OPEN_PAGE:
		event.turn = page_open(p->page, a->seq, a->place);
		event.what = VERIFIER_ANSWERED;
		break;
	case VERIFIER_TOUCH:
		return sim_verifier_touch(p);
	case VERIFIER_TOUCH_ALL:
		page_touch(p->page, PAGE_ALL, a->seq);
		break;
	case VERIFIER_APPLY:
		event.turn = page_apply(p->page, a->seq);
		event.what = VERIFIER_ANSWERED;
		break;
	case VERIFIER_LEASE:
		page_lease(p->page, a->until);
		break;
	default:
		if (!page_drained(p->page, a->turn))
			event.what = VERIFIER_TIME;
		break;
	}
	return event;
}

/* --- What is waited for --- */

/*
 * It need not be quick when it waits for a request to end, or for a database
 * that cannot be reached: schedules are short.
 */
static int64_t
sim_verifier_slack(const struct sim_process *p)
{
	int64_t out = p->cut > sim.down ? p->cut : sim.down;

	if (sim.calm)
		return 0;
	if (p->verifier.drain_until != 0)
		return (int64_t)sim_chance(80000);
	if (p->verifier.connected || out < sim.now || sim_percent(20))
		return 0;
	return out - sim.now;
}

static void
sim_verifier_issue(int index)
{
	struct sim_process *p = &sim.processes[index];
	int64_t until = sim_when(&p->clock, p->action.until);

	p->issued = true;
	p->lost = false;
	switch (p->action.what) {
	case VERIFIER_CONNECT:
		p->to = 0;
		p->notified = SIM_NEVER;
		p->listens = false;
		/* Fallthrough. */
	case VERIFIER_LISTEN:
		sim.at[index] = sim.now + sim_delay();
		break;
	case VERIFIER_ECHO:
		p->notified = p->deaf ? SIM_NEVER : sim.now + sim_delay();
		/* Fallthrough. */
	case VERIFIER_WAIT:
		until += sim_verifier_slack(p);
		if (p->to != 0 && p->notified < until)
			until = p->notified;
		sim.at[index] = until > sim.now ? until :
		    sim.now + sim_brief();
		break;
	default:
		sim_verifier_send(index);
		break;
	}
}

static struct verifier_event
sim_verifier_connected(struct sim_process *p)
{
	p->to = sim_unlucky() ? 0 : sim_connect(p->cut);
	p->deaf = !sim.calm && sim_percent(5);
	return sim_happened(p->to == 0 ? VERIFIER_LOST : VERIFIER_DONE);
}

static struct verifier_event
sim_verifier_listens(struct sim_process *p)
{
	/* The old primary, too, where it does not commit anything. */
	if (sim_reach(p->to) == NULL)
		return sim_happened(VERIFIER_LOST);
	p->listens = true;
	return sim_happened(VERIFIER_DONE);
}

static struct verifier_event
sim_verifier_waited(struct sim_process *p)
{
	if (p->stop)
		return sim_happened(VERIFIER_STOP);
	if (p->verifier.connected && (sim_reach(p->to) == NULL ||
	    sim_unlucky()))
		return sim_happened(VERIFIER_LOST);
	/* In a storm there is always one more, and it is told first. */
	if (p->notified > sim.now && !(p->storm && p->verifier.connected))
		return sim_happened(VERIFIER_TIME);
	p->notified = SIM_NEVER;
	return sim_happened(p->action.what == VERIFIER_ECHO ? VERIFIER_DONE :
	    VERIFIER_NOTIFIED);
}

static struct verifier_event
sim_verifier_happened(struct sim_process *p)
{
	switch (p->action.what) {
	case VERIFIER_CONNECT:
		return sim_verifier_connected(p);
	case VERIFIER_LISTEN:
		return sim_verifier_listens(p);
	case VERIFIER_ECHO:
	case VERIFIER_WAIT:
		return sim_verifier_waited(p);
	default:
		break;
	}
	if (p->lost)
		return sim_happened(VERIFIER_LOST);
	/* Named where the next one looks, once it is registered. */
	if (p->action.what == VERIFIER_ENROL) {
		p->claim = p->row;
		sim.named[p->row] = true;
	}
	return p->event;
}

static bool
sim_is_waited_for(enum verifier_do what)
{
	switch (what) {
	case VERIFIER_CONNECT:
	case VERIFIER_LISTEN:
	case VERIFIER_ECHO:
	case VERIFIER_ENROL:
	case VERIFIER_RENEW:
	case VERIFIER_READ:
	case VERIFIER_ACK:
	case VERIFIER_WAIT:
	case VERIFIER_LEAVE:
		return true;
	default:
		return false;
	}
}

void
sim_verifier_act(int index)
{
	struct sim_process *p = &sim.processes[index];
	struct verifier_event event;

	if (sim_is_waited_for(p->action.what) && !p->issued) {
		sim_verifier_issue(index);
		return;
	}
	event = p->issued ? sim_verifier_happened(p) : sim_verifier_page(p);
	p->issued = false;
	if (event.what == VERIFIER_LOST) {
		p->to = 0;
		sim_counts.lost++;
	}
	if (event.what == VERIFIER_GONE)
		sim_counts.gone++;
	p->action = verifier_step(&p->verifier, &event,
	    sim_reads(&p->clock));
	sim_say("verifier %d: event %d seq %lld -> %d seq %lld until %lld",
	    index, event.what, (long long)event.seq, p->action.what,
	    (long long)p->action.seq, (long long)p->action.until);
	sim.at[index] = sim.now + sim_delay();
	if (p->action.what == VERIFIER_END) {
		sim.at[index] = SIM_NEVER;
		sim_process_end(index);
	}
}
