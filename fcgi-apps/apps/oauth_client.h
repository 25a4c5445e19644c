/* SPDX-License-Identifier: ISC */
/*
 * oauth_client [layer 8]: which app asks (RFC 6749 section 2.3.1).
 */
#ifndef HASP_OAUTH_CLIENT_H
#define HASP_OAUTH_CLIENT_H

#include "oauth.h"

/*
 * Fills O's guid and client. ERR_CLIENT_MISSING, ERR_CLIENT_TWICE;
 * ERR_CLIENT_INVALID, which is counted and logged; ERR_TOO_MANY_ATTEMPTS in its
 * place if there were many such: what is right is never slowed.
 */
enum err oauth_client_admit(struct oauth *o) MUST_CHECK;

#endif
