/* SPDX-License-Identifier: ISC */
/*
 * supervise [layer 8]: the command line of supervise.h.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "listen.h"
#include "log.h"
#include "supervise.h"

#define MAIN_STOP_MS 10000
#define MAIN_USAGE 64

static int
main_usage(FILE *to, int status)
{
	(void)fputs("Usage: supervise [-f] [-i] [-l PATH] -- PROGRAM [ARG]...\n"
	    "Starts PROGRAM again whenever it ends; SIGTERM ends both.\n"
	    "  -f       end when the process that started this one ends\n"
	    "  -i       end PROGRAM with SIGINT instead of SIGTERM\n"
	    "  -l PATH  listen on this Unix socket (mode 0660) and give it to\n"
	    "           PROGRAM as systemd would\n", to);
	return status;
}

static int
main_listen(const char *path, struct listen_set *set)
{
	const struct listen_options options = {
		.where = path,
		.configured = "",
		.mode = 0660,
		.group = (gid_t)-1,
	};
	char message[LISTEN_MESSAGE_SIZE];

	if (listen_open(&options, set, message) == ERR_OK)
		return 0;
	(void)fprintf(stderr, "supervise: %s\n", message);
	return 71;
}

/* A starter that ended before prctl would be missed without the look. */
static void
main_follow(pid_t starter)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != starter)
		(void)raise(SIGTERM);
}

static int
main_run(struct supervise *options, const char *path)
{
	struct listen_set set = { .count = 0 };
	int status;

	if (path != NULL && (status = main_listen(path, &set)) != 0)
		return status;
	if (set.count > 0)
		options->listener = set.sockets[0].fd;
	status = supervise_run(options);
	listen_unlink(&set);
	listen_close(&set);
	return status;
}

int
main(int argc, char **argv)
{
	struct supervise options = {
		.listener = -1, .stop_signal = SIGTERM, .stop_ms = MAIN_STOP_MS,
	};
	const char *path = NULL;
	pid_t starter = getppid();
	int c;

	log_open("supervise", LOG_LEVEL_INFO);
	supervise_block();
	while ((c = getopt(argc, argv, "+fhil:")) != -1)
		switch (c) {
		case 'f': main_follow(starter); break;
		case 'h': return main_usage(stdout, 0);
		case 'i': options.stop_signal = SIGINT; break;
		case 'l': path = optarg; break;
		default: return main_usage(stderr, MAIN_USAGE);
		}
	if (optind == argc)
		return main_usage(stderr, MAIN_USAGE);
	options.command = argv + optind;
	/* A terminal's Ctrl-C is for the starter alone. */
	(void)setsid();
	return main_run(&options, path);
}
