/* SPDX-License-Identifier: ISC */
/*
 * supervise [layer 8]: keeps one program running, and its listening socket
 * open while it is not, where there is no systemd: in the quickstart and in
 * tests.
 */
#ifndef HASP_SUPERVISE_H
#define HASP_SUPERVISE_H

#include "base.h"

struct supervise {
	char **command;		/* program and arguments, NULL at the end */
	int listener;		/* given to the program as fd 3; -1 for none */
	int stop_signal;	/* what ends the program cleanly */
	int stop_ms;		/* then it is killed */
};

/*
 * Starts the program again, within a second, whenever it ends, and ends what
 * the dead one left behind. SIGTERM and SIGINT stop it all; SIGHUP goes on to
 * the program. The signals must be blocked by supervise_block before. Returns
 * the exit status for main.
 */
int supervise_run(const struct supervise *options);

/* Blocks the signals that supervise_run waits for; before any fork. */
void supervise_block(void);

#endif
