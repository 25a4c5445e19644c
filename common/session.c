/* SPDX-License-Identifier: ISC */
#include "session.h"

#include <string.h>

#include "buf.h"
#include "cookie.h"
#include "origin.h"
#include "secret.h"

/* What keeps a CSRF token from being any other digest of the token. */
#define SESSION_CSRF_DOMAIN "hasp csrf 1"

enum err
session_token_make(struct session_token *out)
{
	enum err err = secret_base62(out->text, SESSION_TOKEN);

	if (err == ERR_OK)
		err = digest_sha256(str_of(out->text), &out->digest);
	return err;
}

void
session_wipe(struct session *session)
{
	explicit_bzero(session, sizeof(*session));
}

void
session_token_wipe(struct session_token *token)
{
	explicit_bzero(token, sizeof(*token));
}

static bool
session_is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z')))
			return false;
	}
	return text.len == SESSION_TOKEN;
}

bool
session_token_digest(struct str text, struct digest *out)
{
	return session_is_token(text) && digest_sha256(text, out) == ERR_OK;
}

enum err
session_csrf(struct str text, char out[SESSION_CSRF_SIZE])
{
	/* The domain with its NUL, then the token. */
	char room[sizeof(SESSION_CSRF_DOMAIN) + SESSION_TOKEN] =
	    SESSION_CSRF_DOMAIN;
	struct digest digest;
	enum err err;

	if (!session_is_token(text))
		return ERR_INTERNAL;
	memcpy(room + sizeof(SESSION_CSRF_DOMAIN), text.ptr, text.len);
	err = digest_sha256((struct str){ room, sizeof(room) }, &digest);
	explicit_bzero(room, sizeof(room));
	if (err == ERR_OK)
		digest_hex(&digest, out);
	return err;
}

/* The cookie's value; false if there is none, or more than one. */
static bool
session_cookie(const struct request *request, struct str *out)
{
	return cookie_find(request_param(request, "HTTP_COOKIE"),
	    STR(SESSION_COOKIE), out);
}

bool
session_is_sent(const struct request *request)
{
	struct str value;

	return session_cookie(request, &value);
}

bool
session_sent_digest(const struct request *request, struct digest *out)
{
	struct str value;

	return session_cookie(request, &value) &&
	    session_token_digest(value, out);
}

/* What every cookie of ours has; __Host- wants the first three. */
#define SESSION_ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Strict"

static void
session_cookie_header(struct response *response, const char *value,
    int seconds)
{
	struct buf text = buf_in(response->arena);

	buf_printf(&text, "%s=%s%s; Max-Age=%d", SESSION_COOKIE, value,
	    SESSION_ATTRIBUTES, seconds);
	if (text.failed)
		response->bad = true;
	else
		response_header(response, "Set-Cookie", buf_str(&text));
}

void
session_set_cookie(struct response *response,
    const struct session_token *token, int seconds)
{
	session_cookie_header(response, token->text, seconds);
}

void
session_end_cookie(struct response *response)
{
	session_cookie_header(response, "", 0);
}

/* Whether REQUEST changes nothing, or shows that our own page sent it. */
static bool
session_is_meant(const struct session *s, const struct request *request)
{
	struct str sent = request_param(request, "HTTP_X_CSRF_TOKEN");

	if (origin_is_safe_method(request->method))
		return true;
	return sent.len == sizeof(s->csrf) - 1 &&
	    secret_equal(sent.ptr, s->csrf, sent.len);
}

static bool
session_is_elsewhere(const struct session *s, const struct request *request)
{
	struct str region = request_param(request, "HASP_REGION");

	return region.len > 0 && !str_eq(region, str_of(s->row.region));
}

/* The session of the token TEXT, whose digest is known already. */
static enum err
session_find(struct session *out, struct str text, struct arena *arena,
    struct db *db)
{
	enum err err = session_csrf(text, out->csrf);

	return err != ERR_OK ? err : store_session_look_up(db, arena,
	    &out->digest, &out->row);
}

enum err
session_begin(struct session *out, const struct session_token *token,
    struct arena *arena, struct db *db)
{
	memset(out, 0, sizeof(*out));
	out->digest = token->digest;
	return session_find(out, str_of(token->text), arena, db);
}

enum err
session_open(struct session *out, const struct request *request,
    struct arena *arena, struct db *db)
{
	struct str token;
	enum err err;

	memset(out, 0, sizeof(*out));
	if (!session_cookie(request, &token) ||
	    !session_token_digest(token, &out->digest))
		return ERR_SESSION_ENDED;
	if ((err = session_find(out, token, arena, db)) != ERR_OK)
		return err;
	if ((err = decision_account_live(out->row.account_status)) != ERR_OK)
		return err;
	if (session_is_elsewhere(out, request))
		return ERR_WRONG_REGION;
	return session_is_meant(out, request) ? ERR_OK : ERR_CSRF_FAILED;
}
