/* SPDX-License-Identifier: ISC */
/*
 * oauth_own [layer 8]: the token that an app asks about, if it is its own.
 */
#ifndef HASP_OAUTH_OWN_H
#define HASP_OAUTH_OWN_H

#include "decision.h"
#include "oauth.h"

/*
 * The record behind the parameter token, as the database has it now. FOUND is
 * false for what is no token, or one of another app: an app learns nothing of
 * those. ERR_OAUTH_INVALID if there is no such parameter.
 */
enum err oauth_own_find(struct oauth *o, struct decision_record *out,
    bool *found) MUST_CHECK;

#endif
