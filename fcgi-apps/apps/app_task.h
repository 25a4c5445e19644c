/* SPDX-License-Identifier: ISC */
/*
 * app_task [layer 8]: what handlers of the account's side have in common:
 * whose account it is, which app the path names, which page is asked for.
 */
#ifndef HASP_APP_TASK_H
#define HASP_APP_TASK_H

#include "form.h"
#include "route.h"

/* The account that the request is about. */
int64_t app_task_account(const struct ctx *ctx);

/*
 * The GUID of the path, in lower case, in the request's memory. ERR_NOT_FOUND
 * if it cannot be one; ERR_MEMORY.
 */
enum err app_task_guid(const struct ctx *ctx, struct str *out) MUST_CHECK;

/* The parameter limit: 1 to 100, else 50. ERR_QUERY_INVALID. */
enum err app_task_limit(const struct ctx *ctx, int *limit) MUST_CHECK;

/* The parameter cursor as a number; 0: there is none. ERR_QUERY_INVALID. */
enum err app_task_cursor(const struct ctx *ctx, int64_t *after) MUST_CHECK;

/*
 * For requests that revoke: the parameter why, left alone if it is not there.
 * ERR_QUERY_INVALID.
 */
enum err app_task_why(const struct ctx *ctx, struct str *why) MUST_CHECK;

/* form_read; the problem tells the faults. */
enum err app_task_form(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults) MUST_CHECK;

/* For requests that have no body, or an empty object. */
enum err app_task_no_body(struct ctx *ctx) MUST_CHECK;

#endif
