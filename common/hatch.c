/* SPDX-License-Identifier: ISC */
#include "hatch.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "clock.h"
#include "door.h"
#include "log.h"
#include "metrics.h"
#include "worker.h"

/* A scraper or two, and those that left without saying so. */
#define HATCH_CONNECTIONS 16

static enum err
hatch_metrics(struct ctx *ctx)
{
	struct buf text = buf_in(ctx->arena);

	metrics_text(&text);
	if (text.failed)
		return ERR_MEMORY;
	response_status(ctx->response, 200);
	response_header(ctx->response, "Cache-Control", STR("no-store"));
	response_body(ctx->response, "text/plain; version=0.0.4; charset=utf-8",
	    buf_str(&text));
	return ERR_OK;
}

static const struct route hatch_routes[] = {
	{ "GET", "/metrics", ROUTE_NEEDS_NOTHING, hatch_metrics },
};

/* Reads the configuration, or logs why it cannot. */
static enum err
hatch_read(const struct hatch *h, const char *path, struct settings **out)
{
	char message[CONFIG_MESSAGE_SIZE];
	enum err err = settings_read(path, h->app.name, out, message);

	if (err != ERR_OK)
		log_event(LOG_LEVEL_ERROR, "config_refused",
		    LOG_S("by", "metrics"), LOG_S("reason", message));
	return err;
}

static enum err
hatch_listen(struct hatch *h)
{
	const struct settings *settings = h->server.settings.current;
	struct listen_options options = {
		/* Before inherited sockets, which are the program's. */
		.where = settings->config->program_metrics_listen,
		.configured = "",
		.mode = settings->config->program_socket_mode,
		.group = settings->group,
	};
	char message[LISTEN_MESSAGE_SIZE];
	enum err err = listen_open(&options, &h->server.listen, message);

	if (err != ERR_OK)
		log_event(LOG_LEVEL_ERROR, "start_failed",
		    LOG_S("what", "metrics_listen"), LOG_S("reason", message));
	return err;
}

static enum err
hatch_start(struct hatch *h)
{
	const struct listen_socket *socket = &h->server.listen.sockets[0];
	const struct server_room room = {
		.connections = HATCH_CONNECTIONS,
		.owned = 1,
	};

	if (server_open(&h->server, &room) != ERR_OK ||
	    (h->worker = worker_start(&h->server)) == NULL ||
	    door_open(&h->server) != ERR_OK) {
		log_event(LOG_LEVEL_ERROR, "start_failed",
		    LOG_S("what", "metrics"),
		    LOG_S("reason", strerrordesc_np(errno)));
		return ERR_SYSTEM;
	}
	log_event(LOG_LEVEL_NOTICE, "metrics", LOG_S("listen", socket->name));
	if (socket->open_to_all)
		log_event(LOG_LEVEL_WARNING, "open_to_network",
		    LOG_S("listen", socket->name));
	return ERR_OK;
}

enum err
hatch_open(struct hatch *h, const struct serve_app *app, const char *path)
{
	struct settings *settings;
	enum err err;

	h->app = (struct serve_app){
		.name = app->name,
		.routes = hatch_routes,
		.route_count = ARRAY_LEN(hatch_routes),
		.uncounted = true,
	};
	h->server.app = &h->app;
	if ((err = hatch_read(h, path, &settings)) != ERR_OK)
		return err;
	if (settings->config->program_metrics_listen[0] == '\0') {
		settings_free(settings);
		return ERR_OK;
	}
	settings_share_open(&h->server.settings, settings);
	if ((err = hatch_listen(h)) != ERR_OK)
		return err;
	return hatch_start(h);
}

/* Whether hatch_open had a place to listen. */
static bool
hatch_is_open(const struct hatch *h)
{
	return h->server.settings.current != NULL;
}

void
hatch_reload(struct hatch *h, const char *path)
{
	struct settings *next;

	if (hatch_is_open(h) && hatch_read(h, path, &next) == ERR_OK)
		settings_replace(&h->server.settings, next);
}

void
hatch_shut(struct hatch *h)
{
	if (!hatch_is_open(h))
		return;
	atomic_store(&h->server.drain_silent, clock_mono_ms());
	atomic_store(&h->server.draining, true);
	door_shut(&h->server);
	peer_wake_by(&h->server.peers, 0);
}

bool
hatch_close(struct hatch *h, int64_t end)
{
	if (!hatch_is_open(h))
		return true;
	server_dismiss(&h->server);
	if (h->worker != NULL && !worker_join(h->worker, end))
		return false;
	h->worker = NULL;
	server_close(&h->server);
	return true;
}
