/* SPDX-License-Identifier: ISC */
/*
 * db_sqlstate [layer 4]: what an SQLSTATE means to us, as one table. Codes:
 * PostgreSQL manual, appendix A. Pure.
 */
#ifndef HASP_DB_SQLSTATE_H
#define HASP_DB_SQLSTATE_H

#include "err.h"

/* Any other text, or NULL, is ERR_INTERNAL. */
enum err db_sqlstate_err(const char *state);

/*
 * Whether the connection, not the statement, is at fault, so that a new one
 * may do better: it ended, its server takes no writes any more, or what it
 * had prepared no longer fits. The statement did then not take effect.
 */
bool db_sqlstate_stale(const char *state);

/*
 * Whether messages of this state repeat values that were sent: they must not
 * reach a log.
 */
bool db_sqlstate_tells_values(const char *state);

#endif
