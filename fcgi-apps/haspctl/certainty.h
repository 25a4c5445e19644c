/* SPDX-License-Identifier: ISC */
/*
 * certainty [layer 8]: how certain a change is: waits, as long as --wait says,
 * until it is true everywhere, and tells; `haspctl barrier`.
 */
#ifndef HASPCTL_CERTAINTY_H
#define HASPCTL_CERTAINTY_H

#include "invocation.h"
#include "output.h"

/* Reads --wait: before anything is changed. */
enum status certainty_read(struct invocation *invocation) MUST_CHECK;

/*
 * Waits for CHANGE, which was kept. STATUS_OK; STATUS_LATE if it is not true
 * everywhere in time, which the operator is told.
 */
enum status certainty_wait(struct invocation *invocation,
    const struct store_change *change) MUST_CHECK;

/*
 * output_record; as JSON, SHEET gets what was found out about its change as
 * members behind its own. ERR_MEMORY.
 */
enum err certainty_record(const struct invocation *invocation,
    const struct output_sheet *sheet) MUST_CHECK;

/* Waits for all that was committed so far, by whomever. */
enum status certainty_barrier(struct invocation *invocation);

#endif
