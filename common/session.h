/* SPDX-License-Identifier: ISC */
/*
 * session [layer 6]: a person's request, made with the cookie of a session
 * instead of a key.
 *
 * The cookie is __Host-hasp (RFC 6265bis section 4.1.3.2: Secure, Path=/, no
 * Domain), HttpOnly and SameSite=Strict; its value is a random token of which
 * the database holds the SHA-256. Every method that may change something also
 * needs X-CSRF-Token, which follows from the token but does not give it away.
 */
#ifndef HASP_SESSION_H
#define HASP_SESSION_H

#include "config.h"
#include "db.h"
#include "digest.h"
#include "err.h"
#include "request.h"
#include "response.h"
#include "store_session.h"

#define SESSION_COOKIE "__Host-hasp"
#define SESSION_TOKEN 43	/* base62 digits: 256 bits */
#define SESSION_CSRF_SIZE DIGEST_HEX_SIZE

/* The random texts handed out: of sessions and of proofs. */
struct session_token {
	char text[SESSION_TOKEN + 1];
	struct digest digest;	/* what is stored */
};

/* Who is signed in. */
struct session {
	struct digest digest;		/* of its token */
	char csrf[SESSION_CSRF_SIZE];	/* what X-CSRF-Token has to be */
	struct store_session row;	/* texts in the request's arena */
};

/* Wipes who is signed in. */
void session_wipe(struct session *session);

/* A new random token. ERR_INTERNAL. Wipe it with session_token_wipe. */
enum err session_token_make(struct session_token *out) MUST_CHECK;
void session_token_wipe(struct session_token *token);

#define CLEANUP_SESSION_TOKEN CLEANUP(session_token_wipe)

/* The digest of a token that somebody sent; false if it cannot be one. */
bool session_token_digest(struct str text, struct digest *out) MUST_CHECK;

/* The X-CSRF-Token of the session with that token's TEXT. ERR_INTERNAL. */
enum err session_csrf(struct str text, char out[SESSION_CSRF_SIZE])
    MUST_CHECK;

/* Whether REQUEST carries the cookie at all. */
bool session_is_sent(const struct request *request);

/* The digest of the token that REQUEST carries; false if there is none. */
bool session_sent_digest(const struct request *request, struct digest *out)
    MUST_CHECK;

/*
 * The session that was made with TOKEN, texts in ARENA, for the answer that
 * hands it out. Errors as session_open's.
 */
enum err session_begin(struct session *out, const struct session_token *token,
    struct arena *arena, struct db *db) MUST_CHECK;

/*
 * Adds the Set-Cookie that hands out TOKEN, which browsers keep for SECONDS;
 * and the one that ends it.
 */
void session_set_cookie(struct response *response,
    const struct session_token *token, int seconds);
void session_end_cookie(struct response *response);

/*
 * Who REQUEST is from: ERR_OK and OUT, texts in ARENA. ERR_SESSION_ENDED;
 * ERR_CSRF_FAILED; ERR_ACCOUNT_SUSPENDED, ERR_ACCOUNT_CLOSED;
 * ERR_WRONG_REGION with OUT filled, where the web server names another region
 * (HASP_REGION); else those of db_run.
 */
enum err session_open(struct session *out, const struct request *request,
    struct arena *arena, struct db *db) MUST_CHECK;

#endif
