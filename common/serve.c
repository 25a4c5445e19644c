/* SPDX-License-Identifier: ISC */
#include "serve.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>

#include "aside.h"
#include "clock.h"
#include "cmdline.h"
#include "confirm.h"
#include "door.h"
#include "hatch.h"
#include "lane.h"
#include "log.h"
#include "metrics.h"
#include "notify.h"
#include "pidfile.h"
#include "page.h"
#include "secret.h"
#include "server.h"
#include "worker.h"

#define SERVE_WORKERS_MAX 64

/* So that one statement that hangs does not hold up all that wait. */
#define SERVE_LANE_THREADS_MIN 2

/* The drain, ms from the signal: silent ones are waited for, all end. */
#define SERVE_DRAIN_SILENT 700
#define SERVE_DRAIN_END 950
#define SERVE_DRAIN_STEP 10

/* Descriptors beside connections: a database and a little for each worker. */
#define SERVE_SPARE_FILES 64u

/* Turns beside those of connections: what workers own, and keep ready. */
static_assert(PAGE_SLOTS > 2 * SERVE_WORKERS_MAX * SERVE_BATCH_MAX,
    "something is left for connections");

struct serve {
	struct server server;
	struct hatch hatch;
	struct cmdline cmdline;
	struct worker *workers[SERVE_WORKERS_MAX];
	size_t worker_count;
	int signals;			/* signalfd */
	char pid_file[CONFIG_TEXT_MAX + 1];
};

static int
serve_status(enum err err)
{
	switch (err) {
	case ERR_OK:
		return EX_OK;
	case ERR_USAGE:
		return EX_USAGE;
	case ERR_CONFIG:
		return EX_CONFIG;
	case ERR_PERMISSION:
		return EX_NOPERM;
	default:
		return EX_OSERR;
	}
}

/* Logs that WHAT failed for the reason in errno. */
static enum err
serve_fail(enum err err, const char *what)
{
	log_event(LOG_LEVEL_ERROR, "start_failed", LOG_S("what", what),
	    LOG_S("reason", strerrordesc_np(errno)));
	return err;
}

/*
 * Signals are read by the main thread from a descriptor; no thread is ever
 * interrupted. After FCGX_Init, which sets handlers of its own.
 */
static enum err
serve_signals(struct serve *s)
{
	static const int read_ones[] = { SIGTERM, SIGINT, SIGHUP };
	static const int ignored[] = { SIGPIPE, SIGUSR1, SIGUSR2 };
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(read_ones); i++) {
		(void)sigaddset(&set, read_ones[i]);
		if (signal(read_ones[i], SIG_DFL) == SIG_ERR)
			return serve_fail(ERR_SYSTEM, "signal");
	}
	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return serve_fail(ERR_SYSTEM, "signal");
	if (sigprocmask(SIG_SETMASK, &set, NULL) != 0)
		return serve_fail(ERR_SYSTEM, "sigprocmask");
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return serve_fail(ERR_SYSTEM, "signalfd");
	return ERR_OK;
}

/* As many descriptors as may be needed, if the hard limit lets us. */
static void
serve_raise_files(size_t connections)
{
	rlim_t want = connections + SERVE_SPARE_FILES +
	    4u * SERVE_WORKERS_MAX;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < want)
		log_event(LOG_LEVEL_WARNING, "few_descriptors",
		    LOG_I("limit", (int64_t)limit.rlim_cur),
		    LOG_I("wanted", (int64_t)want));
}

static enum err
serve_listen(struct serve *s)
{
	const struct settings *settings = s->server.settings.current;
	struct listen_options options = {
		.where = s->cmdline.listen,
		.configured = settings->config->program_listen,
		.mode = settings->config->program_socket_mode,
		.group = settings->group,
	};
	char message[LISTEN_MESSAGE_SIZE];
	enum err err;

	err = listen_open(&options, &s->server.listen, message);
	if (err != ERR_OK)
		log_event(LOG_LEVEL_ERROR, "start_failed",
		    LOG_S("what", "listen"), LOG_S("reason", message));
	return err;
}

/* Requests that so many workers may have begun. */
static size_t
serve_owned(const struct serve *s, size_t workers)
{
	size_t batch = s->server.app->batch;

	return workers * (batch > 1 ? batch : 1);
}

/* Without a cache everything would wait there. */
static bool
serve_has_lane(const struct serve *s)
{
	return s->server.app->verifies &&
	    s->server.settings.current->config->auth_check_cache;
}

/* Connections that are kept at once. */
static size_t
serve_limit(const struct serve *s, size_t workers)
{
	const struct config *config = s->server.settings.current->config;
	size_t limit = (size_t)config->program_max_connections;
	size_t most = PAGE_SLOTS - 2 * serve_owned(s, workers);

	/* Where requests wait each connection may have a turn of its own. */
	if (!serve_has_lane(s) || limit <= most)
		return limit;
	log_event(LOG_LEVEL_WARNING, "max_connections_lowered",
	    LOG_I("wanted", (int64_t)limit), LOG_I("limit", (int64_t)most));
	return most;
}

static enum err
serve_open(struct serve *s, size_t workers)
{
	const struct server_room room = {
		.connections = serve_limit(s, workers),
		.owned = serve_owned(s, workers),
		.lane = serve_has_lane(s),
	};
	enum err err;

	serve_raise_files(room.connections + room.owned);
	err = server_open(&s->server, &room);
	return err == ERR_OK ? ERR_OK : serve_fail(err, "connections");
}

static size_t
serve_worker_count(const struct serve *s)
{
	const struct config *config = s->server.settings.current->config;
	long n = config->program_workers;

	if (n == 0)
		n = s->server.app->workers;
	/*
	 * The web server and the database want processors, too, and few
	 * workers look more keys up together: measured with tests/bench/run.
	 */
	if (n == 0)
		n = sysconf(_SC_NPROCESSORS_ONLN) / 2;
	if (n < 1)
		n = 1;
	return n > SERVE_WORKERS_MAX ? SERVE_WORKERS_MAX : (size_t)n;
}

static enum err
serve_workers(struct serve *s, size_t count)
{
	struct worker *w;
	size_t waiting = count > SERVE_LANE_THREADS_MIN ? count :
	    SERVE_LANE_THREADS_MIN;

	while (s->worker_count < count) {
		if ((w = worker_start(&s->server)) == NULL)
			return serve_fail(ERR_SYSTEM, "worker");
		s->workers[s->worker_count++] = w;
	}
	if (s->server.lane != NULL &&
	    lane_start(s->server.lane, waiting) != ERR_OK)
		return serve_fail(ERR_SYSTEM, "lane");
	return ERR_OK;
}

static int64_t
serve_connections(void *peers)
{
	return (int64_t)atomic_load(&((struct peer_table *)peers)->used);
}

/* What is told of this program, and where. */
static enum err
serve_metrics(struct serve *s)
{
	const struct serve_app *app = s->server.app;
	const struct config *config = s->server.settings.current->config;

	metrics_show(METRICS_PROCESS | app->metrics |
	    (app->uses_database ? METRICS_DATABASE : 0) |
	    (app->journals && config->program_journal ? METRICS_JOURNAL : 0));
	metrics_set(METRICS_BUILD_INFO, METRICS_VERSION_THIS, 1);
	metrics_set(METRICS_START_TIME, 0, clock_wall_us());
	metrics_watch(METRICS_CONNECTIONS, serve_connections,
	    &s->server.peers);
	return hatch_open(&s->hatch, app, s->cmdline.config);
}

static void
serve_log_start(const struct serve *s)
{
	const struct server *server = &s->server;
	bool users = server->settings.current->user_count > 0;

	for (size_t i = 0; i < server->listen.count; i++) {
		const struct listen_socket *l = &server->listen.sockets[i];

		log_event(LOG_LEVEL_NOTICE, "start", LOG_S("listen", l->name),
		    LOG_S("inherited", l->inherited ? "yes" : "no"),
		    LOG_I("workers", (int64_t)s->worker_count));
		/* Whoever can connect can claim any address and method. */
		if (l->open_to_all)
			log_event(LOG_LEVEL_WARNING, "open_to_network",
			    LOG_S("listen", l->name));
		if (users && !l->local)
			log_event(LOG_LEVEL_WARNING, "users_not_known",
			    LOG_S("listen", l->name));
	}
}

static enum err
serve_start(struct serve *s)
{
	const struct config *config = s->server.settings.current->config;
	size_t workers = serve_worker_count(s);
	enum err err;

	notify_open();
	if ((err = serve_listen(s)) != ERR_OK)
		return err;
	if (FCGX_Init() != 0)
		return serve_fail(ERR_SYSTEM, "FCGX_Init");
	/* Who waits for a change must leave room for others. */
	confirm_places((int)workers / 2);
	if ((err = serve_signals(s)) != ERR_OK ||
	    (err = serve_open(s, workers)) != ERR_OK ||
	    (err = serve_metrics(s)) != ERR_OK ||
	    (err = aside_start(&s->server)) != ERR_OK ||
	    (err = serve_workers(s, workers)) != ERR_OK)
		return err;
	(void)snprintf(s->pid_file, sizeof(s->pid_file), "%s",
	    config->program_pid_file);
	if ((err = pidfile_write(s->pid_file)) != ERR_OK)
		return serve_fail(err, "pid_file");
	if (door_open(&s->server) != ERR_OK)
		return serve_fail(ERR_SYSTEM, "epoll");
	serve_log_start(s);
	notify_ready();
	return ERR_OK;
}

/* Whether NEXT changes what counts at the start only. */
static bool
serve_needs_restart(const struct config *now, const struct config *next)
{
	return strcmp(now->program_listen, next->program_listen) != 0 ||
	    strcmp(now->program_metrics_listen,
	    next->program_metrics_listen) != 0 ||
	    strcmp(now->program_pid_file, next->program_pid_file) != 0 ||
	    strcmp(now->program_socket_group,
	    next->program_socket_group) != 0 ||
	    now->program_socket_mode != next->program_socket_mode ||
	    now->program_workers != next->program_workers ||
	    now->program_max_connections != next->program_max_connections ||
	    aside_needs_restart(now, next);
}

/* Reads the configuration, which is then good for APP. */
static enum err
serve_read(const struct serve_app *app, const char *path,
    struct settings **out, char message[CONFIG_MESSAGE_SIZE])
{
	enum err err = settings_read(path, app->name, out, message);

	if (err != ERR_OK || app->check == NULL)
		return err;
	err = app->check((*out)->config, message);
	if (err != ERR_OK)
		settings_free(*out);
	return err;
}

/* SIGHUP: a bad configuration changes nothing. */
static void
serve_reload(struct serve *s)
{
	struct settings *now = s->server.settings.current, *next;
	char message[CONFIG_MESSAGE_SIZE];
	bool restart;

	notify_reloading();
	if (serve_read(s->server.app, s->cmdline.config, &next,
	    message) != ERR_OK) {
		log_event(LOG_LEVEL_ERROR, "config_refused",
		    LOG_S("reason", message), LOG_S("in_use", "the old one"));
		metrics_add(METRICS_CONFIG_RELOADS, METRICS_RELOAD_REFUSED, 1);
	} else {
		restart = serve_needs_restart(now->config, next->config);
		log_set_level((enum log_level)next->config->log_level);
		settings_replace(&s->server.settings, next);
		hatch_reload(&s->hatch, s->cmdline.config);
		aside_reload(&s->server);
		metrics_add(METRICS_CONFIG_RELOADS, METRICS_RELOAD_OK, 1);
		log_event(LOG_LEVEL_NOTICE, "config_read",
		    LOG_S("restart_needed", restart ? "yes" : "no"));
	}
	notify_ready();
}

/* Serves until a signal says to end. */
static void
serve_wait(struct serve *s)
{
	struct pollfd signals = { .fd = s->signals, .events = POLLIN };
	int watchdog = notify_watchdog_ms();
	struct signalfd_siginfo info;

	for (;;) {
		(void)poll(&signals, 1, watchdog > 0 ? watchdog : -1);
		if (watchdog > 0)
			notify_watchdog();
		while (read(s->signals, &info, sizeof(info)) ==
		    (ssize_t)sizeof(info)) {
			if (info.ssi_signo != SIGHUP)
				return;
			serve_reload(s);
		}
	}
}

/* Whether somebody still is, or is just coming, in. */
static bool
serve_is_busy(struct server *server)
{
	return atomic_load(&server->door_busy) > 0 ||
	    atomic_load(&server->peers.used) > 0;
}

/*
 * Ends every connection before END: what has begun is answered, who has just
 * connected is waited for, who is idle is sent away.
 */
static void
serve_drain(struct serve *s, int64_t start, int64_t end)
{
	const struct timespec step = { .tv_nsec = SERVE_DRAIN_STEP * 1000000 };
	struct server *server = &s->server;

	notify_stopping();
	atomic_store(&server->drain_silent, start + SERVE_DRAIN_SILENT);
	atomic_store(&server->draining, true);
	confirm_stop();
	/* First: a successor begins with the other socket. */
	hatch_shut(&s->hatch);
	door_shut(server);
	while (serve_is_busy(server) && clock_mono_ms() < end) {
		peer_wake_by(&server->peers, 0);
		(void)nanosleep(&step, NULL);
	}
}

/*
 * Ends the workers and the lane's threads; false if one still is at something
 * after END.
 */
static bool
serve_dismiss(struct serve *s, int64_t end)
{
	struct lane *lane = s->server.lane;

	server_dismiss(&s->server);
	while (s->worker_count > 0 &&
	    worker_join(s->workers[s->worker_count - 1], end))
		s->worker_count--;
	return s->worker_count == 0 && (lane == NULL || lane_join(lane, end));
}

static int
serve_run(struct serve *s)
{
	enum err err = serve_start(s);
	int64_t start, end;
	size_t left = 0;
	bool ended;

	if (err == ERR_OK)
		serve_wait(s);
	start = clock_mono_ms();
	end = start + SERVE_DRAIN_END;
	if (err == ERR_OK) {
		serve_drain(s, start, end);
		left = atomic_load(&s->server.peers.used);
	}
	ended = serve_dismiss(s, end);
	ended = hatch_close(&s->hatch, end) && ended;
	ended = aside_stop(end) && ended;
	pidfile_remove(s->pid_file);
	if (err == ERR_OK)
		log_event(LOG_LEVEL_NOTICE, "stop",
		    LOG_I("ms", clock_mono_ms() - start),
		    LOG_I("cut_off", (int64_t)left));
	/* A worker that waits for something still keeps its memory. */
	if (!ended)
		_exit(serve_status(err));
	server_close(&s->server);
	base_close(&s->signals);
	return serve_status(err);
}

/* What needs no server: 0 or an exit status, or -1 to go on. */
static int
serve_before(const struct serve_app *app, const struct cmdline *cmdline)
{
	if (cmdline->help)
		cmdline_help(app->name, app->summary);
	else if (cmdline->version)
		cmdline_version(app->name);
	else
		return -1;
	return EX_OK;
}

int
serve_main(const struct serve_app *app, int argc, char **argv)
{
	static struct serve s = {
		.server = SERVER_INITIALIZER,
		.hatch = { .server = SERVER_INITIALIZER },
		.signals = -1,
	};
	char message[CONFIG_MESSAGE_SIZE];
	struct settings *settings;
	enum err err;
	int status;

	if (!cmdline_read(app->name, argc, argv, &s.cmdline))
		return EX_USAGE;
	if ((status = serve_before(app, &s.cmdline)) >= 0)
		return status;
	log_open(app->name, LOG_LEVEL_INFO);
	if (secret_harden_process() != ERR_OK)
		return serve_status(serve_fail(ERR_SYSTEM, "harden"));
	err = serve_read(app, s.cmdline.config, &settings, message);
	if (err != ERR_OK) {
		(void)fprintf(stderr, "%s\n", message);
		return serve_status(err);
	}
	if (s.cmdline.check_config) {
		(void)printf("%s: the configuration is good\n",
		    s.cmdline.config != NULL ? s.cmdline.config : "defaults");
		settings_free(settings);
		return EX_OK;
	}
	log_set_level((enum log_level)settings->config->log_level);
	settings_share_open(&s.server.settings, settings);
	s.server.app = app;
	return serve_run(&s);
}
