/* SPDX-License-Identifier: ISC */
/*
 * quota [layer 6]: how much of their daily quotas the keys that this process
 * lets in have used, shared by its threads.
 *
 * This process's own requests are counted here, and exactly. Those that others
 * let in come from hasp.usage_day, which journals fill: with the record when
 * it is looked up, and about every second by quota_reader. A count that is too
 * old is too small, never too large. So of N programs that let a key in each
 * goes on for at most the time W after the key's quota was reached: until what
 * the others let in was shipped (a second or so after it happened) and read
 * here (a second after that). Together they let in at most what the key asks
 * of each of them in W too much; one alone, not one. What was let in and never
 * journalled (the journal is off, or lost it) counts in its own process alone.
 *
 * It is exact while at most QUOTA_KEYS keys with a quota are in use and they
 * spread well. Where all eight places that a key may have are taken, the one
 * that was used longest ago is forgotten, and with it what was not shipped.
 */
#ifndef HASP_QUOTA_H
#define HASP_QUOTA_H

#include "decision.h"
#include "str.h"
#include "tally.h"

#define QUOTA_KEYS 65536

/*
 * Charges the key of RECORD, which has a quota, for the client's request
 * REQUEST of NOW (clock_wall_us) and says whether it may go on. A request of
 * the same id that was charged a moment ago (repeat.h) gets the same verdict
 * and is not charged again; "" is charged each time. OUT is the state after it.
 */
bool quota_charge(const struct decision_record *record, struct str request,
    int64_t now, struct tally_state *out) MUST_CHECK;

/* The state alone; nothing is charged. */
void quota_look(const struct decision_record *record, int64_t now,
    struct tally_state *out);

/*
 * The ids of at most MAX keys that were charged since quota_learn last told of
 * them, of those from *FROM on, at first 0, which is moved on. Fewer than MAX:
 * there are no more.
 */
size_t quota_stale(size_t *from, char (*ids)[DECISION_ID_SIZE], size_t max);

/* COUNTED requests of KEY on DAY (see tally_day) had been let in by all. */
void quota_learn(struct str key, int64_t day, int64_t counted);

#endif
