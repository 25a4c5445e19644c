/* SPDX-License-Identifier: ISC */
/*
 * trace [layer 6]: what a request that showed a key, or should have, leaves in
 * the journal.
 */
#ifndef HASP_TRACE_H
#define HASP_TRACE_H

#include "access.h"
#include "err.h"
#include "request.h"

/*
 * Appends that ACCESS of REQUEST came to VERDICT, one that callers are told
 * (err_public): the key if it was found, else what the request claimed. A
 * client's request that is asked about again is marked so. ERR_JOURNAL_FULL:
 * nobody may be let in. ERR_OK where no journal is kept.
 */
enum err trace_append(const struct access *access,
    const struct request *request, enum err verdict) MUST_CHECK;

#endif
