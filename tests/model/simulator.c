/* SPDX-License-Identifier: ISC */
/*
 * simulator: lets the fence's cores work in an imagined world (sim.h), one
 * schedule for each seed, and looks for one in which a promise is broken.
 *
 *	simulator [--first N] [--seeds N] [--seed N] [--only WORDS]
 *
 * --seed shows one step by step; --only looks for what begins so alone.
 * Exit status: 0 nothing found, 1 a seed broke a promise, 64 usage.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>

/* No more faults can be the reason when it takes longer to settle. */
#define SIM_SETTLE_SLACK 3000000

/* Parts of a million that a clock runs fast or slow: together just 1 %. */
#define SIM_WORST 4970

struct sim sim;
struct sim_counts sim_counts;
uint32_t sim_marks[SIM_OBJECTS];
char sim_ids[SIM_ROWS][BARRIER_ID_SIZE];

/* Accesses of shared memory until one thread stops in the midst; sim_points. */
int sim_points_left;
void sim_preempt(void);

/* How what is looked for begins. */
static const char *sim_wanted = "";

void
sim_print(const char *format, ...)
{
	va_list args;

	printf("%12.6f  ", (double)sim.now / 1e6);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

void
sim_fail(const char *what)
{
	sim_say("BROKEN: %s", what);
	if (sim.failed == NULL &&
	    strncmp(what, sim_wanted, strlen(sim_wanted)) == 0)
		sim.failed = what;
}

/* --- Chance (splitmix64) and time --- */

uint64_t
sim_chance(uint64_t below)
{
	uint64_t z = sim.random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return (uint64_t)(((unsigned __int128)z * below) >> 64);
}

bool
sim_percent(uint32_t percent)
{
	return sim_chance(100) < percent;
}

int64_t
sim_reads(const struct sim_clock *clock)
{
	return clock->offset + sim.now + sim.now * clock->ppm / 1000000;
}

/* The first moment at which CLOCK reads READING. */
int64_t
sim_when(const struct sim_clock *clock, int64_t reading)
{
	int64_t past = reading - clock->offset;
	int64_t when = past - past * clock->ppm / (1000000 + clock->ppm);

	while (when + when * clock->ppm / 1000000 >= past)
		when--;
	while (when + when * clock->ppm / 1000000 < past)
		when++;
	return when;
}

int64_t
sim_brief(void)
{
	return 1 + (int64_t)sim_chance(20);
}

/* How long until something that may matter: there bugs are. */
static int64_t
sim_until_event(void)
{
	const struct sim_process *p =
	    &sim.processes[sim_chance((uint64_t)sim.process_count)];
	const struct sim_worker *w = &p->workers[sim_chance(SIM_WORKERS)];
	int64_t when = 0;

	switch (sim_chance(3)) {
	case 0:
		if (p->on)
			when = sim_when(&p->clock, p->page->lease_end);
		break;
	case 1:
		when = p->on ? w->until : 0;
		break;
	default:
		when = sim.at[SIM_ACTOR_TAKER + sim_chance(SIM_TAKERS)];
		break;
	}
	if (when == SIM_NEVER)
		return sim_brief();
	when += (int64_t)sim_chance(4) - 2;
	return when > sim.now ? when - sim.now : sim_brief();
}

/* How long a thing takes that has no bound. */
int64_t
sim_delay(void)
{
	static const uint32_t likely[][4] = {
		/* in 1000: events, to 1 ms, to 0.1 s, to 2 T; else brief */
		{ 0, 200, 0, 0 },
		{ 20, 200, 20, 4 },
		{ 60, 150, 60, 20 },
		{ 120, 100, 60, 60 },
	};
	const uint32_t *of = likely[sim.now < sim.rough ? 0 : sim.roughness];
	uint64_t dice = sim_chance(1000);

	if (sim.calm)
		return sim_brief();
	if (dice < of[0])
		return sim_until_event();
	if ((dice -= of[0]) < of[1])
		return (int64_t)sim_chance(1000);
	if ((dice -= of[1]) < of[2])
		return (int64_t)sim_chance(100000);
	if ((dice - of[2]) < of[3])
		return (int64_t)sim_chance(2 * (uint64_t)sim.lease);
	return sim_brief();
}

/* --- The loop --- */

static int
sim_process_of(int actor)
{
	if (actor < SIM_ACTOR_WORKER)
		return actor;
	if (actor < SIM_ACTOR_STATEMENT)
		return (actor - SIM_ACTOR_WORKER) / SIM_WORKERS;
	return -1;
}

static void
sim_act(int actor)
{
	if (actor < SIM_ACTOR_WORKER)
		sim_verifier_act(actor);
	else if (actor < SIM_ACTOR_STATEMENT)
		sim_worker_act(sim_process_of(actor),
		    (actor - SIM_ACTOR_WORKER) % SIM_WORKERS);
	else if (actor < SIM_ACTOR_TAKER)
		sim_statement_act(actor - SIM_ACTOR_STATEMENT);
	else if (actor < SIM_ACTOR_NEMESIS)
		sim_taker_act(actor - SIM_ACTOR_TAKER);
	else
		sim_nemesis_act();
}

/* The next that acts before UNTIL does; false if nobody would. */
static bool
sim_step(int64_t until)
{
	int64_t first = INT64_MAX;
	int next, process;

	/* Time and actor in one: the least of them without a branch. */
	for (int i = 0; i < SIM_ACTORS; i++) {
		int64_t at = sim.at[i] * 32 + i;

		first = at < first ? at : first;
	}
	next = (int)(first % 32);
	if (sim.at[next] >= until)
		return false;
	if (sim.at[next] > sim.now)
		sim.now = sim.at[next];
	process = sim_process_of(next);
	if (process >= 0 && sim.processes[process].frozen > sim.now) {
		sim.at[next] = sim.processes[process].frozen;
		return true;
	}
	sim.at[next] = SIM_NEVER;
	sim.current = next;
	sim.steps++;
	sim_act(next);
	return true;
}

/* The thread that acts is stopped within a function of the page. */
void
sim_preempt(void)
{
	int actor = sim.current, process = sim_process_of(actor);
	struct sim_process *p;
	int64_t resumes;

	/* Not a judge, and one at a time: wait for the next point. */
	sim_points_left = 1;
	if (process < 0 || sim.calm || sim.depth > 0)
		return;
	resumes = sim.now + sim_delay();
	p = &sim.processes[process];
	sim_say("actor %d stops", actor);
	sim_counts.preempted++;
	sim.depth++;
	p->suspended++;
	while (sim.failed == NULL && sim.steps < sim.steps_max &&
	    sim_step(resumes > p->frozen ? resumes : p->frozen))
		;
	if (resumes > sim.now)
		sim.now = resumes;
	p->suspended--;
	sim.depth--;
	sim.current = actor;
	sim_points_left = 1 + (int)sim_chance(300);
	sim_say("actor %d goes on", actor);
}

/* --- A schedule --- */

static void
sim_clock_set(struct sim_clock *clock, int64_t worst)
{
	const int64_t rates[] = { -worst, 0, 0, worst };

	clock->ppm = sim.theme == SIM_LIMITS ? worst :
	    rates[sim_chance(ARRAY_LEN(rates))];
	clock->offset = (int64_t)sim_chance(1000) * 1000000;
}

static void
sim_begin_process(struct sim_process *p)
{
	sim_clock_set(&p->clock, -SIM_WORST);
	sim_clock_set(&p->web, -SIM_WORST);
	p->lease = sim.lease << sim_percent(20);
	p->answer = sim_percent(20) ? 2000 : sim.lease * 2 >>
	    sim_chance(sim.theme == SIM_LIMITS ? 2 : 4);
	p->locks = sim_percent(60);
	p->storm = sim_percent(10);
	p->claim = -1;
}

static void
sim_begin_faults(struct sim_faults *faults)
{
	static const uint32_t lost[] = { 0, 0, 10, 60 };
	static const uint32_t unheard[] = { 0, 10, 100 };

	faults->budget = (int)sim_chance(sim.theme == SIM_DATABASES ? 8 : 5);
	faults->lost = lost[sim_chance(ARRAY_LEN(lost))];
	faults->unheard = sim.theme == SIM_LIMITS ? 100 :
	    unheard[sim_chance(ARRAY_LEN(unheard))];
	faults->failures = sim_percent(30) ? 10 : 0;
	faults->by_hand = sim.theme == SIM_DATABASES ? 60 : 20;
	faults->standby = sim_percent(30);
	faults->restores = sim_percent(sim.theme == SIM_DATABASES ? 50 : 15);
	faults->kills = sim_percent(40);
	faults->stops = sim_percent(30);
}

static void
sim_begin(uint64_t seed)
{
	bool trace = sim.trace;

	memset(&sim, 0, sizeof(sim));
	sim.trace = trace;
	sim.seed = sim.random = seed;
	(void)sim_chance(1);
	for (int i = 0; i < SIM_ACTORS; i++)
		sim.at[i] = SIM_NEVER;
	sim.current = SIM_ACTOR_NEMESIS;
	sim.to = sim.last_to = 1;
	sim.theme = (enum sim_theme)sim_chance(SIM_THEMES);
	sim.roughness = sim.theme == SIM_LIMITS ? 3 : (uint32_t)sim_chance(4);
	sim.rough = sim_percent(60) ? (int64_t)sim_chance(8000) : 0;
	sim.steps_max = sim.theme == SIM_DATABASES ? 350 :
	    120 + (int64_t)sim_chance(200);
	sim_points_left = sim_percent(50) ? 1 + (int)sim_chance(1500) :
	    INT32_MAX;
	sim.lease = sim_percent(30) ? 400000 : 10000000;
	sim_begin_faults(&sim.faults);
	sim.process_count = 1 + (int)sim_chance(SIM_PROCESSES);
	sim.worker_count = 1 + (int)sim_chance(SIM_WORKERS);
	sim.taker_count = 1 + (int)sim_chance(SIM_TAKERS);
	sim.requests = sim.theme == SIM_DATABASES ? 30 :
	    6 + (int)sim_chance(15);
	sim.takings = sim.theme == SIM_DATABASES ? 8 : 1 + (int)sim_chance(5);
	for (int i = 0; i < sim.process_count; i++) {
		sim_begin_process(&sim.processes[i]);
		sim_process_start(i);
	}
	for (int i = 0; i < sim.taker_count; i++) {
		sim_clock_set(&sim.takers[i].clock, SIM_WORST);
		sim.at[SIM_ACTOR_TAKER + i] = (int64_t)sim_chance(20000);
	}
	if (sim.faults.budget > 0)
		sim.at[SIM_ACTOR_NEMESIS] = (int64_t)sim_chance(10000);
	sim.disk = sim.replica = sim.backup = sim.db;
}

/* Whether it is time that ACTOR waits for. */
static bool
sim_waits(int actor)
{
	const struct sim_process *p;
	const struct sim_taker *t;

	if (actor < SIM_PROCESSES) {
		p = &sim.processes[actor];
		return p->issued && p->frozen < sim.now && (p->action.what == VERIFIER_WAIT ||
		    p->action.what == VERIFIER_ECHO);
	}
	if (actor < SIM_ACTOR_TAKER)
		return false;
	t = &sim.takers[actor - SIM_ACTOR_TAKER];
	return (t->at == SIM_READ && t->looks > 0) || t->at == SIM_CERTAIN;
}

/* Nothing stands still any more. */
static void
sim_thaw(void)
{
	for (int i = 0; i < SIM_ACTOR_NEMESIS; i++)
		if (sim.at[i] < SIM_NEVER && !sim_waits(i))
			sim.at[i] = sim.now + sim_brief();
}

/* From here on nothing goes wrong, and all has to come right. */
static void
sim_settle(void)
{
	int64_t longest = 0;

	sim_say("calm");
	sim.calm = true;
	sim_points_left = INT32_MAX;
	sim.requests = sim.takings = 0;
	sim.at[SIM_ACTOR_NEMESIS] = SIM_NEVER;
	for (int i = 0; i < sim.process_count; i++) {
		struct sim_process *p = &sim.processes[i];
		int64_t limit = barrier_limit(p->lease, p->answer);

		longest = limit > longest ? limit : longest;
	}
	if (sim.down > sim.now)
		sim.now = sim.down;
	/* A wait that a failover or a restart of the database begins anew. */
	sim_thaw();
	for (int i = 0; i < sim.process_count; i++)
		sim.processes[i].frozen = sim.processes[i].cut = 0;
	longest = sim.now + 2 * longest + SIM_SETTLE_SLACK;
	sim.rough = sim_percent(60) ? (int64_t)sim_chance(8000) : 0;
	sim.steps_max = sim.steps + 5000;
	while (sim.failed == NULL && !sim_judge_settled(false)) {
		if (sim.steps < sim.steps_max && sim_step(longest))
			continue;
		(void)sim_judge_settled(true);
		sim_fail("it does not come right when faults end");
		break;
	}
}

static bool
sim_schedule(uint64_t seed)
{
	sim_begin(seed);
	while (sim.failed == NULL && sim.steps < sim.steps_max &&
	    sim_step(SIM_NEVER))
		;
	if (sim.failed == NULL)
		sim_settle();
	sim_points_left = INT32_MAX;
	for (int i = 0; i < sim.process_count; i++)
		sim_process_off(i);
	sim_counts.steps += (uint64_t)sim.steps;
	return sim.failed == NULL;
}

static void
sim_prepare(void)
{
	static const char *const refs[] = { "", "1", "2", "a", "b", "c" };

	for (int i = 0; i < SIM_OBJECTS; i++)
		sim_marks[i] = page_mark(i == 0 ? "all" :
		    i <= SIM_ACCOUNTS ? "account" : "key", refs[i]);
	for (int i = 0; i < SIM_ROWS; i++)
		(void)snprintf(sim_ids[i], sizeof(sim_ids[i]), "%032x", i);
}

static void
sim_report(uint64_t count)
{
	printf("schedules %llu\n", (unsigned long long)count);
#define SIM_COUNT(name) \
	printf(#name " %llu\n", (unsigned long long)sim_counts.name);
	SIM_COUNTS(SIM_COUNT)
#undef SIM_COUNT
}

int
main(int argc, char **argv)
{
	uint64_t first = 1, seeds = 1000000, seed;

	for (int i = 1; i + 1 < argc; i += 2) {
		seed = strtoull(argv[i + 1], NULL, 10);
		if (strcmp(argv[i], "--first") == 0)
			first = seed;
		else if (strcmp(argv[i], "--seeds") == 0)
			seeds = seed;
		else if (strcmp(argv[i], "--seed") == 0)
			sim.trace = (first = seed) == seed && (seeds = 1);
		else if (strcmp(argv[i], "--only") == 0)
			sim_wanted = argv[i + 1];
		else
			return 64;
	}
	sim_prepare();
	for (seed = first; seed < first + seeds; seed++) {
		if (sim_schedule(seed))
			continue;
		printf("seed %llu: %s\n", (unsigned long long)seed,
		    sim.failed);
		return 1;
	}
	sim_report(seeds);
	return 0;
}
