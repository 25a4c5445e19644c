/* SPDX-License-Identifier: ISC */
/*
 * chainuse [layer 2]: follows the batches of journals and the uses in them.
 * For chain.c alone.
 */
#ifndef HASP_CHAINUSE_H
#define HASP_CHAINUSE_H

#include "chainstate.h"

/* The line of a batch; its uses follow. */
void chainuse_batch(struct chain *chain, const struct chainline *line);

/* The line of a use, of the batch that is open. */
void chainuse_use(struct chain *chain, const struct chainline *line);

/* No more uses of the batch that may be open: holds it against its hash. */
void chainuse_close(struct chain *chain);

#endif
