/* SPDX-License-Identifier: ISC */
#include "barrier.h"

#include <string.h>

/* Clocks of two machines run alike within so many parts of a thousand. */
#define BARRIER_DRIFT 10
#define BARRIER_SLACK 50000

/* Between two looks: at first short, then a tenth of what has passed. */
#define BARRIER_SOON 500
#define BARRIER_LATEST 20000

int64_t
barrier_limit(int64_t lease, int64_t answer)
{
	return (lease + answer) + (lease + answer) / 1000 * BARRIER_DRIFT +
	    BARRIER_SLACK;
}

void
barrier_begin(struct barrier *b, int64_t deadline)
{
	b->began = 0;
	b->looked = false;
	b->deadline = deadline;
	b->count = 0;
}

/* What is known of ROW; it is noted if it was not, or has been renewed. */
static const struct barrier_seen *
barrier_see(struct barrier *b, const struct barrier_row *row, int64_t now)
{
	struct barrier_seen *seen = b->seen;

	while (seen < b->seen + b->count && strcmp(seen->row.id, row->id) != 0)
		seen++;
	if (seen == b->seen + BARRIER_MAX)
		return NULL;
	if (seen == b->seen + b->count)
		b->count++;
	else if (seen->row.renewals == row->renewals)
		return seen;
	seen->row = *row;
	/*
	 * Not when it was asked for: reading may have taken as long as a lease,
	 * and all that is known is that it was renewed before now.
	 */
	seen->at = now;
	return seen;
}

/* How long until the next look, at NOW. */
static int64_t
barrier_pause(const struct barrier *b, int64_t now)
{
	int64_t pause = (now - b->began) / 10;

	if (pause < BARRIER_SOON)
		return BARRIER_SOON;
	return pause < BARRIER_LATEST ? pause : BARRIER_LATEST;
}

void
barrier_step(struct barrier *b, const struct barrier_row *rows, size_t count,
    int64_t now, struct barrier_verdict *out)
{
	/*
	 * Not from the commit itself, which was a little earlier: what is seen
	 * first can then be buried when the wait is over.
	 */
	if (!b->looked)
		b->began = now;
	b->looked = true;
	*out = (struct barrier_verdict){
		.state = BARRIER_CONFIRMED,
		.certain = b->began,
	};
	for (size_t i = 0; i < count; i++) {
		const struct barrier_seen *seen = barrier_see(b, &rows[i],
		    now);
		int64_t end = b->began + rows[i].limit;

		if (end > out->certain)
			out->certain = end;
		if (now <= end)
			out->state = BARRIER_WAIT;
		/* Its last renewal was so long ago, or longer. */
		else if (seen != NULL && out->dead_count < BARRIER_MAX &&
		    now > seen->at + rows[i].limit)
			out->dead[out->dead_count++] = &seen->row;
	}
	if (out->state == BARRIER_CONFIRMED)
		return;
	out->until = now + barrier_pause(b, now);
	if (out->until > out->certain)
		out->until = out->certain + 1;
	if (now >= b->deadline)
		out->state = BARRIER_LATE;
	else if (out->until > b->deadline)
		out->until = b->deadline;
}
