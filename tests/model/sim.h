/* SPDX-License-Identifier: ISC */
/*
 * sim: the imagined world in which the simulator lets the fence's pure cores
 * (page, verifier, barrier) work: databases, verifiers with workers and a web
 * server, people who take rights away, faults. All of a schedule follows from
 * its seed. One thread; a worker or a verifier that is stopped in the middle
 * of a page's function has the rest of the world run inside that function.
 *
 * Times are microseconds since the world began, unless a clock was asked.
 */
#ifndef HASP_SIM_H
#define HASP_SIM_H

#include <string.h>

#include "barrier.h"
#include "page.h"
#include "verifier.h"

#define SIM_NEVER (INT64_MAX / 64)

enum {
	SIM_PROCESSES = 3,
	SIM_WORKERS = 3,	/* of a process */
	SIM_TAKERS = 2,
	SIM_STATEMENTS = 6,	/* on their way at one time */
	SIM_ACCOUNTS = 2,
	SIM_KEYS = 3,
	SIM_OBJECTS = 1 + SIM_ACCOUNTS + SIM_KEYS,	/* 0 is all of them */
	SIM_ROWS = 12,		/* processes that were ever started */
	SIM_LOG = 24,		/* changes kept, at most */
	SIM_CHANGES = 4,	/* read at once, at most */

	/* Who acts, by what is indexed in sim.at. */
	SIM_ACTOR_WORKER = SIM_PROCESSES,
	SIM_ACTOR_STATEMENT = SIM_ACTOR_WORKER + SIM_PROCESSES * SIM_WORKERS,
	SIM_ACTOR_TAKER = SIM_ACTOR_STATEMENT + SIM_STATEMENTS,
	SIM_ACTOR_NEMESIS = SIM_ACTOR_TAKER + SIM_TAKERS,
	SIM_ACTORS
};

struct sim_clock {
	int64_t ppm, offset;
};

/* --- The database --- */

/* What a right rests on: it is given unless it was taken. */
struct sim_object {
	int64_t taken;		/* the number of the change; 0: given */
	uint32_t which;		/* of all changes of the world; 0: given */
};

struct sim_row {
	bool there, dead;
	bool locked;		/* by a transaction that is under way */
	int64_t acked, renewals;
	int64_t lease, answer;
	int64_t changed;	/* when it was renewed, or an ack was lost */
	bool late;		/* it came back from the past */
};

struct sim_change {
	int64_t seq;
	int object;
};

struct sim_db {
	int64_t seq, kept;
	uint32_t timeline, start;
	int logged;
	struct sim_object objects[SIM_OBJECTS];
	struct sim_change log[SIM_LOG];
	struct sim_row rows[SIM_ROWS];
};

/* A statement of a verifier, from when it was sent until it has ended. */
struct sim_statement {
	bool there;
	int process;		/* who waits for it; -1: nobody does any more */
	enum verifier_do what;
	uint32_t to;		/* the connection */
	bool begun;		/* its row is locked, it has not committed */
	bool lost;		/* its answer will not arrive */
	int row, predecessor;
	int64_t lease, answer;
	int64_t seq;
	uint64_t place;
	struct verifier_event event;
};

/* --- A process that is a verifier --- */

struct sim_record {
	bool there, allowed;
	struct page_tag tag;
};

enum sim_worker_at {
	SIM_IDLE,
	SIM_ENTER,
	SIM_CLOCK,
	SIM_LEASED,
	SIM_LOOK_UP,
	SIM_CURRENT,
	SIM_TAG,
	SIM_SELECT,
	SIM_PLACE,
	SIM_PUT,
	SIM_LAST_CLOCK,
	SIM_LAST_LOOK,
	SIM_WRITE,
	SIM_LEAVE,
};

struct sim_worker {
	enum sim_worker_at at;
	int key, tries;
	int64_t accepted;	/* when the request was */
	int64_t until;		/* the web server waits for the answer */
	int64_t now;		/* the clock as it was read */
	uint32_t to;		/* the connection; 0: none */
	struct sim_record record;
};

struct sim_process {
	bool on, ending, stop;
	int suspended;		/* threads within a function of the page */
	int64_t frozen;		/* no thread of it does anything until then */
	int64_t cut;		/* and it reaches no database */
	struct sim_clock clock, web;
	int64_t lease, answer;
	int row, predecessor;
	bool locks;		/* there is a file that names the predecessor */
	int claim;		/* what it says; -1: nobody */
	struct page *page;
	struct verifier verifier;
	struct verifier_action action;
	bool issued;		/* the action, and its event is awaited */
	bool lost;		/* the event will be that */
	struct verifier_event event;
	uint32_t to;		/* the connection; 0: none */
	bool listens, deaf, storm;
	int64_t notified;	/* when the next notification arrives */
	int64_t changes_seq;
	int changes[SIM_CHANGES];
	struct sim_record cache[SIM_KEYS];
	struct sim_worker workers[SIM_WORKERS];
};

/* --- Who takes rights away, or gives them, or does it by hand --- */

enum sim_taker_at {
	SIM_AWAY,
	SIM_CHANGE,
	SIM_BARRIER,		/* by hand: the number of the last change */
	SIM_READ,
	SIM_ROWS_READ,
	SIM_DECIDE,
	SIM_BURY,
	SIM_CERTAIN,		/* the deadline came first */
};

struct sim_taker {
	enum sim_taker_at at;
	struct sim_clock clock;
	bool gives, by_hand;
	bool overflow, unburied;	/* what it left is not its fault */
	int object, looks;
	uint32_t took;		/* the change that it confirms, at least */
	uint32_t given;		/* how often the object was given then */
	uint32_t to;
	int64_t seq;
	uint64_t place, seen;	/* where it was changed, and rows were read */
	int64_t deadline;
	int64_t began;		/* sending the first look */
	int64_t read;		/* by its clock, before the rows were asked */
	size_t count;
	struct barrier_row rows[BARRIER_MAX];
	struct barrier barrier;
	struct barrier_verdict verdict;
	size_t buried;
	uint32_t which[SIM_OBJECTS];	/* taken up to SEQ, at the last look */
};

/* --- The world --- */

/* What a schedule has more of. */
enum sim_theme {
	SIM_ANYTHING,
	SIM_DATABASES,		/* that crash, are replaced and put back */
	SIM_LIMITS,		/* the worst clocks, and waiting to the end */
	SIM_THEMES
};

/* What may go wrong in a schedule. */
struct sim_faults {
	int budget;		/* so many more */
	uint32_t lost;		/* statements in 1000, and connections */
	uint32_t unheard;	/* notifications in 100 */
	uint32_t failures;	/* takers that end in the middle, in 100 */
	uint32_t by_hand;	/* changes, in 100 */
	bool standby, restores, kills, stops;
};

struct sim {
	uint64_t seed, random;
	int64_t now;
	int64_t at[SIM_ACTORS];
	int current;		/* who acts */
	int depth;		/* of stopped threads */
	int64_t steps, steps_max;
	bool calm;		/* no more faults */
	bool trace;
	const char *failed;
	enum sim_theme theme;
	uint32_t roughness;	/* of delays, */
	int64_t rough;		/* from then on */
	int64_t lease;		/* T, of most of them */

	struct sim_db db;	/* the primary */
	struct sim_db zombie;	/* what was it before a failover */
	struct sim_db disk;	/* what a crash leaves */
	struct sim_db replica;	/* what a failover finds */
	struct sim_db backup;
	uint32_t to, to_zombie;	/* connections to them; 0: none can be */
	uint32_t last_to, last_timeline, last_start, last_which;
	int64_t down;		/* no primary until then */

	struct sim_faults faults;
	int process_count, worker_count, taker_count;
	int requests, takings;	/* still to come */
	int rows;		/* processes started so far */
	int owner[SIM_ROWS];	/* whose they are */
	bool named[SIM_ROWS];	/* the next in its place knows of it */
	bool taken[SIM_OBJECTS];	/* ever */
	uint32_t given[SIM_OBJECTS];	/* how often */
	uint32_t barred[SIM_OBJECTS];	/* the change that was confirmed */
	int64_t confirmed[SIM_OBJECTS];	/* when */

	struct sim_process processes[SIM_PROCESSES];
	struct sim_taker takers[SIM_TAKERS];
	struct sim_statement statements[SIM_STATEMENTS];
};

/* How often things happened, in all schedules. */
#define SIM_COUNTS(X) \
	X(answers) X(allowed) X(refused) X(unavailable) X(dropped) X(hits) \
	X(stale) X(changes) X(confirmed) X(by_time) X(late) X(buried) \
	X(enrolled) X(renewed) X(gone) X(lost) X(frozen) \
	X(cut) X(killed) X(stopped) X(left) X(crashes) X(failovers) X(restores) \
	X(preempted) X(incomplete) X(steps)
struct sim_counts {
#define SIM_COUNT(name) uint64_t name;
	SIM_COUNTS(SIM_COUNT)
#undef SIM_COUNT
};

extern struct sim sim;
extern struct sim_counts sim_counts;
extern uint32_t sim_marks[SIM_OBJECTS];
extern char sim_ids[SIM_ROWS][BARRIER_ID_SIZE];

/* Says something of a schedule that is traced. */
#define sim_say(...) \
	do { \
		if (sim.trace) \
			sim_print(__VA_ARGS__); \
	} while (0)
void sim_print(const char *format, ...) PRINTF_LIKE(1, 2);

/* The schedule has shown that WHAT does not hold. */
void sim_fail(const char *what);

/* simulator: chance and time. */
uint64_t sim_chance(uint64_t below);
bool sim_percent(uint32_t percent);
int64_t sim_delay(void);
int64_t sim_brief(void);
int64_t sim_reads(const struct sim_clock *clock);
int64_t sim_when(const struct sim_clock *clock, int64_t reading);

/* sim_database: what SQL does; NULL and false where there is no database. */
uint64_t sim_place(const struct sim_db *db);
struct sim_db *sim_reach(uint32_t to);
uint32_t sim_connect(int64_t cut);
int64_t sim_change(struct sim_db *db, const int *objects, int count,
    bool gives, bool durable);
int64_t sim_number(struct sim_db *db);
void sim_flush(struct sim_db *db);
void sim_commit(struct sim_db *db);
void sim_statement_act(int index);
void sim_statement_free(int index);
size_t sim_waited(const struct sim_db *db, int64_t seq,
    struct barrier_row *rows, bool *overflow);
bool sim_bury(struct sim_db *db, const struct barrier_row *row, bool *locked);
void sim_crash(bool restarts);
void sim_failover(void);
void sim_restore(bool to_new_timeline);

/* sim_verifier: a process. */
void sim_process_start(int index);
void sim_process_off(int index);
void sim_process_rest(int index);	/* a request of it has ended */
void sim_verifier_act(int index);
void sim_verifier_wake(int index, int64_t at);

/* sim_worker: its requests; which objects a key rests on. */
void sim_worker_act(int process, int worker);
void sim_key_objects(int key, int objects[3]);
void sim_key_marks(int key, uint32_t marks[2]);

/* sim_taker: those who change things. */
void sim_taker_act(int index);
void sim_taker_hurry(void);	/* some look just now */

/* sim_judge: what has to hold. */
void sim_judge_answer(const struct sim_process *p, const struct sim_worker *w);
void sim_judge_confirmed(const struct sim_taker *t);
void sim_judge_wait(const struct sim_taker *t, int64_t now);
bool sim_judge_settled(bool say);

/* sim_nemesis: faults. */
void sim_nemesis_act(void);

#endif
