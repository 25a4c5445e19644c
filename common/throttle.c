/* SPDX-License-Identifier: ISC */
#include "throttle.h"

bool
throttle_pass(struct throttle *t, int64_t now, int64_t *held)
{
	bool pass;

	*held = 0;
	(void)pthread_mutex_lock(&t->lock);
	if (t->lines == 0 || now - t->start >= THROTTLE_WINDOW_MS) {
		t->start = now;
		t->lines = 0;
	}
	pass = t->lines < THROTTLE_LINES;
	if (pass) {
		t->lines++;
		*held = t->held;
		t->held = 0;
	} else {
		t->held++;
	}
	(void)pthread_mutex_unlock(&t->lock);
	return pass;
}
