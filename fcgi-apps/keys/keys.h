/* SPDX-License-Identifier: ISC */
/*
 * keys [layer 8]: the handlers of the program keys, one file an action.
 */
#ifndef HASP_KEYS_H
#define HASP_KEYS_H

#include "route.h"

/* Without a use for so long a secret may be ended: 24 hours. */
#define KEYS_SILENT_SECONDS 86400

/* A key that only read for so long needs no other role: 90 days. */
#define KEYS_HINT_SECONDS (90 * INT64_C(86400))

enum err list_handle(struct ctx *ctx);		/* GET keys */
enum err create_handle(struct ctx *ctx);	/* POST keys */
enum err show_handle(struct ctx *ctx);		/* GET keys/{id} */
enum err change_handle(struct ctx *ctx);	/* PATCH keys/{id} */
enum err revoke_handle(struct ctx *ctx);	/* DELETE keys/{id} */
enum err rotate_handle(struct ctx *ctx);	/* POST keys/{id}/rotation */
enum err secret_handle(struct ctx *ctx);	/* DELETE .../secrets/{n} */
enum err disable_handle(struct ctx *ctx);	/* POST keys/{id}/disabled */
enum err disable_undo(struct ctx *ctx);		/* DELETE keys/{id}/disabled */
enum err usage_handle(struct ctx *ctx);		/* GET keys/{id}/usage */

#endif
