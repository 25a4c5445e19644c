/* SPDX-License-Identifier: ISC */
#include "verifier.h"

#include <string.h>

static struct verifier_action
verifier_plain(struct verifier *v, enum verifier_do what)
{
	v->doing = what;
	return (struct verifier_action){ .what = what };
}

static struct verifier_action
verifier_numbered(struct verifier *v, enum verifier_do what, int64_t seq)
{
	v->doing = what;
	return (struct verifier_action){ .what = what, .seq = seq };
}

static struct verifier_action
verifier_timed(struct verifier *v, enum verifier_do what, int64_t until)
{
	v->doing = what;
	return (struct verifier_action){ .what = what, .until = until };
}

/* The lease runs from before it was asked for. */
static struct verifier_action
verifier_renew(struct verifier *v, int64_t now)
{
	v->sent = now;
	v->doing = VERIFIER_RENEW;
	return (struct verifier_action){
		.what = VERIFIER_RENEW,
		/* What is not drained is never acknowledged. */
		.seq = v->drained,
		/* Another database, or one put back, has other numbers. */
		.place = v->place,
	};
}

/* Nothing cached counts any more, and there is no lease. */
static struct verifier_action
verifier_register(struct verifier *v)
{
	v->opened = false;
	v->leased = 0;
	v->drained = v->acked = 0;
	v->drain_until = 0;
	return verifier_plain(v, VERIFIER_CLOSE_PAGE);
}

/*
 * A lost connection ends no lease: who takes rights away waits for its end.
 * When the connection stands again the row is renewed, if it still is ours.
 */
static struct verifier_action
verifier_lost(struct verifier *v, int64_t now)
{
	v->connected = false;
	v->leased = 0;
	v->drain_until = 0;
	if (v->stopping)
		return verifier_plain(v, VERIFIER_END);
	if (v->failures++ == 0)
		return verifier_plain(v, VERIFIER_CONNECT);
	return verifier_timed(v, VERIFIER_WAIT, now + VERIFIER_RETRY);
}

/* Looks whether the requests have ended that are older than the goal. */
static struct verifier_action
verifier_drain(struct verifier *v)
{
	v->doing = VERIFIER_DRAIN;
	return (struct verifier_action){
		.what = VERIFIER_DRAIN,
		.turn = v->goal_turn,
	};
}

/* What is applied becomes the goal. */
static void
verifier_aim(struct verifier *v)
{
	v->goal = v->processed;
	v->goal_turn = v->turn;
}

/* Until the next renewal, or the next look at the drain. */
static struct verifier_action
verifier_rest(struct verifier *v, int64_t now)
{
	int64_t until = v->sent + v->lease / 4;

	if (v->drain_until != 0 && now + VERIFIER_DRAIN_STEP < until)
		until = now + VERIFIER_DRAIN_STEP;
	return verifier_timed(v, VERIFIER_WAIT, until);
}

/* Tells what is applied, as soon as no older request is in flight. */
static struct verifier_action
verifier_settle(struct verifier *v, int64_t now)
{
	if (v->acked < v->drained)
		return verifier_numbered(v, VERIFIER_ACK, v->drained);
	/*
	 * One goal after the other: where changes come faster than requests
	 * end, one that moves along would never be reached.
	 */
	if (v->drain_until == 0 && v->drained < v->processed) {
		verifier_aim(v);
		v->drain_until = now + VERIFIER_DRAIN_MAX;
	}
	return v->drain_until != 0 ? verifier_drain(v) : verifier_rest(v, now);
}

/* The changes that the renewal told of are applied: it is worth its lease. */
static struct verifier_action
verifier_lease(struct verifier *v, int64_t now)
{
	int64_t until = v->leased;

	v->leased = 0;
	return until != 0 ? verifier_timed(v, VERIFIER_LEASE, until) :
	    verifier_settle(v, now);
}

static struct verifier_action
verifier_after_close(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	(void)now;
	if (v->stopping)
		return verifier_numbered(v, VERIFIER_APPLY, v->processed);
	/* From now on: its answer may be lost. */
	v->enrolled = true;
	return verifier_plain(v, VERIFIER_ENROL);
}

static struct verifier_action
verifier_after_connect(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	(void)now;
	v->connected = true;
	return verifier_plain(v, VERIFIER_LISTEN);
}

static struct verifier_action
verifier_after_listen(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	return verifier_timed(v, VERIFIER_ECHO, now + VERIFIER_ECHO_MAX);
}

static struct verifier_action
verifier_after_echo(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	v->deaf = event->what == VERIFIER_TIME;
	/* A row without an open page: the answer to ENROL was lost. */
	return v->opened ? verifier_renew(v, now) : verifier_register(v);
}

static struct verifier_action
verifier_after_enrol(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	struct verifier_action open;

	(void)now;
	v->processed = event->seq;
	v->place = event->place;
	open = verifier_numbered(v, VERIFIER_OPEN_PAGE, event->seq);
	open.place = event->place;
	return open;
}

static struct verifier_action
verifier_after_open(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)now;
	v->opened = true;
	v->turn = event->turn;
	/* One look: in a new process nothing is in flight. */
	v->drain_until = 0;
	verifier_aim(v);
	return verifier_drain(v);
}

static struct verifier_action
verifier_after_renew(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	/* The number went back, or it is another: not what is cached. */
	if (event->what == VERIFIER_GONE || event->seq < v->processed ||
	    event->place != v->place)
		return verifier_register(v);
	v->failures = 0;
	v->acked = v->drained;
	v->leased = v->sent + v->lease;
	v->target = event->seq;
	if (event->seq == v->processed)
		return verifier_lease(v, now);
	return verifier_numbered(v, VERIFIER_READ, v->processed);
}

/* Touches the next of the changes, or applies them all. */
static struct verifier_action
verifier_next_change(struct verifier *v)
{
	struct verifier_action touch;

	if (v->touched == v->changes)
		return verifier_numbered(v, VERIFIER_APPLY, v->target);
	touch = verifier_plain(v, VERIFIER_TOUCH);
	touch.index = v->touched++;
	return touch;
}

static struct verifier_action
verifier_after_read(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	if (event->seq < v->processed ||
	    (v->leased != 0 && event->seq < v->target))
		return verifier_register(v);
	if (event->seq == v->processed)
		return verifier_lease(v, now);
	v->target = event->seq;
	v->changes = event->count;
	v->touched = 0;
	if (event->complete)
		return verifier_next_change(v);
	v->changes = 0;
	return verifier_numbered(v, VERIFIER_TOUCH_ALL, v->target);
}

static struct verifier_action
verifier_after_touch(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	(void)now;
	return verifier_next_change(v);
}

static struct verifier_action
verifier_after_apply(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	v->turn = event->turn;
	if (v->stopping) {
		verifier_aim(v);
		return verifier_drain(v);
	}
	v->processed = v->target;
	return verifier_lease(v, now);
}

static struct verifier_action
verifier_after_lease(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	return verifier_settle(v, now);
}

static struct verifier_action
verifier_after_drain(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	bool drained = event->what == VERIFIER_DONE;
	bool opening = v->drain_until == 0;

	/* Whoever is still in flight must be waited for: the row stays. */
	if (v->stopping)
		return verifier_plain(v, drained ? VERIFIER_LEAVE :
		    VERIFIER_END);
	if (drained)
		v->drained = v->goal;
	if (drained || now >= v->drain_until)
		v->drain_until = 0;
	if (opening)
		return verifier_renew(v, now);
	return drained ? verifier_settle(v, now) : verifier_rest(v, now);
}

static struct verifier_action
verifier_after_ack(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	v->acked = v->drained;
	return verifier_settle(v, now);
}

static struct verifier_action
verifier_after_wait(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	if (!v->connected)
		return verifier_plain(v, VERIFIER_CONNECT);
	/* First, or a flood of notifications would keep it from its lease. */
	if (now >= v->sent + v->lease / 4)
		return verifier_renew(v, now);
	if (event->what == VERIFIER_NOTIFIED)
		return verifier_numbered(v, VERIFIER_READ, v->processed);
	return v->drain_until != 0 ? verifier_drain(v) : verifier_rest(v, now);
}

static struct verifier_action
verifier_after_leave(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	(void)event;
	(void)now;
	return verifier_plain(v, VERIFIER_END);
}

/* What follows once a thing is done. */
static struct verifier_action (*const verifier_after[VERIFIER_DO__COUNT])(
    struct verifier *, const struct verifier_event *, int64_t) = {
	[VERIFIER_CLOSE_PAGE] = verifier_after_close,
	[VERIFIER_CONNECT] = verifier_after_connect,
	[VERIFIER_LISTEN] = verifier_after_listen,
	[VERIFIER_ECHO] = verifier_after_echo,
	[VERIFIER_ENROL] = verifier_after_enrol,
	[VERIFIER_OPEN_PAGE] = verifier_after_open,
	[VERIFIER_RENEW] = verifier_after_renew,
	[VERIFIER_READ] = verifier_after_read,
	[VERIFIER_TOUCH] = verifier_after_touch,
	[VERIFIER_TOUCH_ALL] = verifier_after_touch,
	[VERIFIER_APPLY] = verifier_after_apply,
	[VERIFIER_LEASE] = verifier_after_lease,
	[VERIFIER_DRAIN] = verifier_after_drain,
	[VERIFIER_ACK] = verifier_after_ack,
	[VERIFIER_WAIT] = verifier_after_wait,
	[VERIFIER_LEAVE] = verifier_after_leave,
	[VERIFIER_END] = verifier_after_leave,
};

struct verifier_action
verifier_start(struct verifier *v, int64_t lease)
{
	memset(v, 0, sizeof(*v));
	v->lease = lease;
	return verifier_plain(v, VERIFIER_CONNECT);
}

struct verifier_action
verifier_step(struct verifier *v, const struct verifier_event *event,
    int64_t now)
{
	if (event->what == VERIFIER_STOP) {
		v->stopping = true;
		return verifier_plain(v, v->connected && v->enrolled ?
		    VERIFIER_CLOSE_PAGE : VERIFIER_END);
	}
	if (event->what == VERIFIER_LOST)
		return verifier_lost(v, now);
	return verifier_after[v->doing](v, event, now);
}
