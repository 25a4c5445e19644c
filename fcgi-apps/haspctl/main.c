/* SPDX-License-Identifier: ISC */
/*
 * haspctl [layer 8]: the operator's command: accounts, keys, the database,
 * and whether a web server is set up right.
 */
#include <signal.h>
#include <stdio.h>

#include "command.h"
#include "log.h"
#include "output.h"
#include "secret.h"

int
main(int argc, char **argv)
{
	/* The library's lines are for journals; people get words (output). */
	log_open("haspctl", (enum log_level)(LOG_LEVEL_ERROR - 1));
	/* A reader that went away is an error of writing, with a status. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (secret_harden_process() != ERR_OK)
		return (int)output_fail(STATUS_SYSTEM,
		    "cannot keep secrets out of core files");
	return (int)command_main(argc, argv);
}
