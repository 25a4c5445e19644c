/* SPDX-License-Identifier: ISC */
#include "aside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fence.h"
#include "journal.h"
#include "log.h"
#include "quota_reader.h"
#include "recall.h"
#include "shipper.h"

/* For the first lease: else the first checks would be refused. */
#define ASIDE_LEASE_WAIT 1000	/* ms */

/* Its files are kept in memory: those of programs with few uses are small. */
#define ASIDE_FILE ((size_t)1 << 20)

static const char aside_suffix[] = ".verifier";

static void
aside_set(const struct server *server, const struct config *config)
{
	const struct db_options options = {
		.conninfo = config_conninfo(config),
		.program = server->app->name,
		.connect_timeout = config->database_connect_timeout,
		.query_timeout = config->database_query_timeout,
	};

	shipper_set(&options);
	quota_reader_set(&options);
	if (server->app->verifies)
		fence_set(&options);
}

/* The verifier's file: the configured one, else beside our Unix socket. */
static void
aside_file(const struct server *server, const struct config *config,
    char out[CONFIG_TEXT_MAX + 1])
{
	const struct listen_socket *l = &server->listen.sockets[0];

	out[0] = '\0';
	if (config->auth_check_verifier_file[0] != '\0')
		(void)snprintf(out, CONFIG_TEXT_MAX + 1, "%s",
		    config->auth_check_verifier_file);
	else if (server->listen.count > 0 && l->path[0] != '\0')
		(void)snprintf(out, CONFIG_TEXT_MAX + 1, "%s%s", l->path,
		    aside_suffix);
}

static enum err
aside_recall(const struct config *config)
{
	const struct cache_limits limits = {
		.entries = (size_t)config->auth_check_cache_entries,
		.bytes = (size_t)config->auth_check_cache_megabytes << 20,
		.unknown = (size_t)config->auth_check_cache_unknown,
	};

	return config->auth_check_cache ? recall_start(&limits) : ERR_OK;
}

/* Makes the process a verifier. */
static enum err
aside_verify(const struct server *server, const struct config *config)
{
	char file[CONFIG_TEXT_MAX + 1];
	const struct fence_options options = {
		.program = server->app->name,
		.lease = config->auth_check_lease_time,
		.answer = config->auth_check_answer_timeout,
		.file = file,
	};
	enum err err = aside_recall(config);

	aside_file(server, config, file);
	if (err == ERR_OK)
		err = fence_start(&options);
	if (err == ERR_OK)
		fence_wait(clock_mono_ms() + ASIDE_LEASE_WAIT);
	return err;
}

/* Begins the journal; what hinders it was logged. */
static enum err
aside_journal(const struct server *server, const struct config *config)
{
	char folder[CONFIG_TEXT_MAX + 1];
	const struct journal_options options = {
		.folder = folder,
		.bytes = (size_t)config->program_journal_megabytes << 20,
		.file = server->app->verifies ? 0 : ASIDE_FILE,
		.strict = config->program_journal_strict,
		.sync_each = config->program_journal_sync_each,
	};

	if (!server->app->journals || !config->program_journal)
		return ERR_OK;
	if (config->program_journal_folder[0] != '\0')
		(void)snprintf(folder, sizeof(folder), "%s",
		    config->program_journal_folder);
	else
		(void)snprintf(folder, sizeof(folder), "%s/lib/hasp/%s/journal",
		    HASP_LOCALSTATEDIR, server->app->name);
	return journal_start(&options);
}

static enum err
aside_fail(enum err err, const char *what)
{
	if (err != ERR_OK)
		log_event(LOG_LEVEL_ERROR, "start_failed", LOG_S("what", what),
		    LOG_S("reason", strerrordesc_np(errno)));
	return err;
}

enum err
aside_start(struct server *server)
{
	const struct config *config = server->settings.current->config;
	enum err err;

	if (!server->app->uses_database)
		return ERR_OK;
	aside_set(server, config);
	err = aside_journal(server, config);
	if (err == ERR_OK && server->app->verifies)
		err = aside_fail(aside_verify(server, config), "verifier");
	if (err == ERR_OK)
		err = aside_fail(shipper_start(), "shipper");
	return err == ERR_OK ? aside_fail(quota_reader_start(), "quotas") :
	    err;
}

void
aside_reload(const struct server *server)
{
	if (server->app->uses_database)
		aside_set(server, server->settings.current->config);
}

bool
aside_needs_restart(const struct config *now, const struct config *next)
{
	return now->auth_check_cache != next->auth_check_cache ||
	    now->auth_check_cache_entries != next->auth_check_cache_entries ||
	    now->auth_check_cache_megabytes !=
	    next->auth_check_cache_megabytes ||
	    now->auth_check_cache_unknown != next->auth_check_cache_unknown ||
	    now->auth_check_lease_time != next->auth_check_lease_time ||
	    now->auth_check_answer_timeout !=
	    next->auth_check_answer_timeout ||
	    strcmp(now->auth_check_verifier_file,
	    next->auth_check_verifier_file) != 0 ||
	    now->program_journal != next->program_journal ||
	    now->program_journal_megabytes !=
	    next->program_journal_megabytes ||
	    now->program_journal_strict != next->program_journal_strict ||
	    now->program_journal_sync_each !=
	    next->program_journal_sync_each ||
	    strcmp(now->program_journal_folder,
	    next->program_journal_folder) != 0;
}

bool
aside_stop(int64_t deadline)
{
	/* The row first: others wait for it. */
	bool ended = fence_stop(deadline);

	ended = quota_reader_stop(deadline) && ended;
	ended = journal_stop(deadline) && ended;
	return shipper_stop(deadline) && ended;
}
