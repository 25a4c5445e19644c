/* SPDX-License-Identifier: ISC */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "clock.h"
#include "log.h"

#define SUPERVISE_DELAY_MS 50	/* before the first new start */
#define SUPERVISE_DELAY_MAX_MS 400	/* after many short lives */
#define SUPERVISE_LIFE_MS 2000	/* a life that is not short */
#define SUPERVISE_LISTEN_FD 3	/* SD_LISTEN_FDS_START of sd_listen_fds(3) */

struct supervise_state {
	const struct supervise *options;
	pid_t child;		/* 0: none */
	int64_t started;	/* clock_mono_ms of its start */
	int64_t next;		/* when to start the next one */
	int64_t kill_at;	/* when patience with it ends; 0: never */
	int delay;
	bool stopping;
};

static void
supervise_signals(sigset_t *set)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGHUP);
	(void)sigaddset(set, SIGCHLD);
}

void
supervise_block(void)
{
	sigset_t set;

	supervise_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

/* In the child: the socket as systemd would pass it, then the program. */
static _Noreturn void
supervise_exec(const struct supervise *options)
{
	char pid[24];
	sigset_t none;

	(void)setpgid(0, 0);
	/* Nothing outlives its supervisor either. */
	(void)prctl(PR_SET_PDEATHSIG, options->stop_signal);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (options->listener >= 0) {
		(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		/* dup2 of a descriptor to itself would keep close-on-exec. */
		if (options->listener == SUPERVISE_LISTEN_FD)
			(void)fcntl(SUPERVISE_LISTEN_FD, F_SETFD, 0);
		else if (dup2(options->listener, SUPERVISE_LISTEN_FD) < 0)
			_exit(71);
		if (setenv("LISTEN_PID", pid, 1) != 0 ||
		    setenv("LISTEN_FDS", "1", 1) != 0)
			_exit(71);
	}
	(void)execvp(options->command[0], options->command);
	log_event(LOG_LEVEL_ERROR, "no_program",
	    LOG_S("program", options->command[0]), LOG_I("errno", errno));
	_exit(127);
}

static void
supervise_start(struct supervise_state *s)
{
	pid_t pid = fork();

	if (pid == 0)
		supervise_exec(s->options);
	s->started = clock_mono_ms();
	if (pid < 0) {
		log_event(LOG_LEVEL_ERROR, "fork", LOG_I("errno", errno));
		s->next = s->started + SUPERVISE_DELAY_MAX_MS;
		return;
	}
	s->child = pid;
}

/* Kills every process that is a child of ours; false when there is none. */
static bool
supervise_kill_children(void)
{
	char path[64];
	long pid;
	bool any = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
	    (long)getpid());
	if ((f = fopen(path, "re")) == NULL)
		return false;
	while (fscanf(f, "%ld", &pid) == 1) {
		(void)kill((pid_t)pid, SIGKILL);
		any = true;
	}
	(void)fclose(f);
	return any;
}

/*
 * What the program left behind (nginx's workers keep the port, PostgreSQL's
 * the shared memory) has become our child, because we are its reaper.
 */
static void
supervise_sweep(pid_t leader)
{
	(void)kill(-leader, SIGKILL);
	while (supervise_kill_children())
		while (waitpid(-1, NULL, 0) > 0)
			continue;
}

static void
supervise_ended(struct supervise_state *s, int status)
{
	int64_t now = clock_mono_ms();

	supervise_sweep(s->child);
	log_event(s->stopping ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "ended",
	    LOG_S("program", s->options->command[0]),
	    LOG_I("pid", s->child), LOG_I("status", WIFEXITED(status) ?
	    WEXITSTATUS(status) : 128 + WTERMSIG(status)));
	s->child = 0;
	s->kill_at = 0;
	/* Whoever was asked to end is not failing. */
	if (now - s->started >= SUPERVISE_LIFE_MS || status == 0)
		s->delay = SUPERVISE_DELAY_MS;
	s->next = now + s->delay;
	s->delay = s->delay * 2 < SUPERVISE_DELAY_MAX_MS ? s->delay * 2 :
	    SUPERVISE_DELAY_MAX_MS;
}

static void
supervise_reap(struct supervise_state *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == s->child)
			supervise_ended(s, status);
}

static void
supervise_stop(struct supervise_state *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->kill_at = clock_mono_ms() + s->options->stop_ms;
	if (s->child != 0)
		(void)kill(s->child, s->options->stop_signal);
}

/* Until the next signal or the next thing to do. */
static void
supervise_wait(struct supervise_state *s)
{
	int64_t until = s->child == 0 ? s->next : s->kill_at;
	int ms = until != 0 ? clock_left_ms(until) : 1000;
	const struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	sigset_t set;
	int sig;

	supervise_signals(&set);
	sig = sigtimedwait(&set, NULL, &ts);
	if (sig == SIGTERM || sig == SIGINT)
		supervise_stop(s);
	else if (sig == SIGHUP && s->child != 0)
		(void)kill(s->child, SIGHUP);
}

int
supervise_run(const struct supervise *options)
{
	struct supervise_state s = {
		.options = options,
		.delay = SUPERVISE_DELAY_MS,
	};

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		return 71;
	while (!s.stopping || s.child != 0) {
		if (s.child == 0 && clock_left_ms(s.next) == 0)
			supervise_start(&s);
		supervise_wait(&s);
		supervise_reap(&s);
		if (s.child != 0 && s.kill_at != 0 &&
		    clock_left_ms(s.kill_at) == 0)
			(void)kill(s.child, SIGKILL);
	}
	return 0;
}
