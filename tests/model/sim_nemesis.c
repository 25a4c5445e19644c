/* SPDX-License-Identifier: ISC */
/*
 * sim_nemesis: what befalls processes and databases.
 */
#include "sim.h"

static struct sim_process *
sim_victim(int *index)
{
	struct sim_process *p;

	*index = (int)sim_chance((uint64_t)sim.process_count);
	p = &sim.processes[*index];
	return p->on ? p : NULL;
}

/* SIGSTOP, and SIGCONT some time later. */
static void
sim_freeze(void)
{
	int index;
	struct sim_process *p = sim_victim(&index);

	if (p == NULL)
		return;
	p->frozen = sim.now + (sim_percent(30) ? sim_delay() :
	    (int64_t)sim_chance((uint64_t)(2 * (p->lease + p->answer))));
	sim_say("process %d is frozen until %lld", index,
	    (long long)p->frozen);
	sim_counts.frozen++;
}

/* kill -9; or what was killed is started again. */
static void
sim_kill(void)
{
	int index;
	struct sim_process *p = sim_victim(&index);

	if (!sim.faults.kills)
		return;
	if (p == NULL) {
		sim_process_start(index);
		return;
	}
	if (p->suspended > 0)
		return;
	sim_counts.killed++;
	sim_process_off(index);
	if (sim_percent(60))
		sim_process_start(index);
}

static void
sim_stop(void)
{
	int index;
	struct sim_process *p = sim_victim(&index);

	if (!sim.faults.stops)
		return;
	if (p == NULL) {
		sim_process_start(index);
		return;
	}
	sim_say("process %d is to stop", index);
	p->stop = true;
	sim_counts.stopped++;
	sim_verifier_wake(index, sim.now + sim_delay());
}

/* The connections of a process end, and both sides know. */
static void
sim_lose(int index)
{
	struct sim_process *p = &sim.processes[index];

	p->to = 0;
	for (int i = 0; i < SIM_WORKERS; i++)
		p->workers[i].to = 0;
	for (int i = 0; i < SIM_STATEMENTS; i++)
		if (sim.statements[i].process == index)
			sim.statements[i].lost = true;
	sim_verifier_wake(index, sim.now + sim_delay());
}

static void
sim_break(void)
{
	int index;

	if (sim_victim(&index) == NULL)
		return;
	sim_say("process %d loses its connection", index);
	sim_lose(index);
}

/* No packet of a process arrives, and none comes to it. */
static void
sim_cut_off(void)
{
	int index;
	struct sim_process *p = sim_victim(&index);

	if (p == NULL)
		return;
	p->cut = sim.now +
	    (int64_t)sim_chance((uint64_t)(2 * (p->lease + p->answer)));
	sim_say("process %d is cut off until %lld", index, (long long)p->cut);
	sim_counts.cut++;
	sim_lose(index);
}

static void
sim_database_crash(void)
{
	if (sim.now < sim.down)
		return;
	sim_say("the database crashes");
	sim_crash(sim_percent(50));
}

static void
sim_database_failover(void)
{
	if (!sim.faults.standby || sim.now < sim.down)
		return;
	sim_say("the standby takes over");
	sim_failover();
}

static void
sim_database_backup(void)
{
	sim.backup = sim.db;
}

static void
sim_database_restore(void)
{
	if (!sim.faults.restores || sim.now < sim.down)
		return;
	sim_say("the backup is put back");
	sim_restore(sim_percent(30));
}

/* Old changes are not kept any more. */
static void
sim_database_prune(void)
{
	sim.db.kept = sim.db.seq;
	sim.db.logged = 0;
}

void
sim_nemesis_act(void)
{
	static void (*const faults[])(void) = {
		sim_cut_off, sim_cut_off, sim_freeze, sim_freeze,
		sim_kill, sim_kill, sim_stop, sim_break, sim_database_prune,
		/* Of databases. */
		sim_database_crash, sim_database_failover,
		sim_database_failover, sim_database_backup,
		sim_database_restore, sim_database_restore,
	};
	static const uint64_t part[SIM_THEMES][2] = {
		[SIM_ANYTHING] = { 0, ARRAY_LEN(faults) },
		[SIM_DATABASES] = { 9, ARRAY_LEN(faults) },
		[SIM_LIMITS] = { 0, 4 },
	};
	const uint64_t *of = part[sim.theme];

	faults[of[0] + sim_chance(of[1] - of[0])]();
	if (--sim.faults.budget > 0)
		sim.at[SIM_ACTOR_NEMESIS] = sim.now + sim_delay() +
		    (int64_t)sim_chance(sim_percent(50) ? 5000 : 2000000);
}
