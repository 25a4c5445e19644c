/* SPDX-License-Identifier: ISC */
#include "response.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Seconds that the peer of a stream may read nothing. */
#define RESPONSE_PATIENCE 30

/* What is sent when no answer could be made; it needs no memory. */
#define RESPONSE_FALLBACK_STATUS 503
static const char response_fallback[] =
    "Status: 503 Service Unavailable\r\n"
    "Content-Type: application/problem+json\r\n"
    "Cache-Control: no-store\r\n"
    "Retry-After: 1\r\n"
    "\r\n";
static const char response_fallback_body[] =
    "{\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"internal\"}";

void
response_init(struct response *out, struct arena *arena)
{
	*out = (struct response){
		.arena = arena,
		.headers = buf_in(arena),
		.body = buf_in(arena),
	};
}

void
response_status(struct response *response, int http)
{
	response->status = http;
}

/* A token (RFC 9110 section 5.6.2), narrowed to what header names use. */
static bool
response_is_name(struct str name)
{
	static const bool bytes[UCHAR_MAX + 1] = {
		['A' ... 'Z'] = true, ['a' ... 'z'] = true,
		['0' ... '9'] = true, ['-'] = true, ['_'] = true,
	};

	return name.len > 0 && str_all_in(name, bytes);
}

static bool
response_is_value(struct str value)
{
	static const bool bytes[UCHAR_MAX + 1] = {
		[0x20 ... 0x7e] = true, [0x80 ... UCHAR_MAX] = true,
	};

	return str_all_in(value, bytes);
}

/* Copies S to AT; where it ends. */
static char *
response_copy(char *at, struct str s)
{
	if (s.len > 0)
		memcpy(at, s.ptr, s.len);
	return at + s.len;
}

void
response_header(struct response *response, const char *name,
    struct str value)
{
	const struct str text = str_of(name);
	char *at;

	/* A second Status or Content-Length would contradict ours. */
	if (!response_is_name(text) || !response_is_value(value) ||
	    str_eq_nocase(text, STR("Status")) ||
	    str_eq_nocase(text, STR("Content-Length"))) {
		response->bad = true;
		return;
	}
	at = buf_extend(&response->headers, text.len + value.len + 4);
	if (at == NULL)
		return;
	at = response_copy(at, text);
	at = response_copy(at, STR(": "));
	at = response_copy(at, value);
	(void)response_copy(at, STR("\r\n"));
}

void
response_body(struct response *response, const char *type, struct str body)
{
	response_header(response, "Content-Type", str_of(type));
	response->body = buf_in(response->arena);
	buf_add(&response->body, body);
}

enum err
response_json(struct response *response, int http, const struct json *json)
{
	struct str text;
	enum err err;

	if ((err = json_write(json, response->arena, &text)) != ERR_OK)
		return err;
	response_status(response, http);
	response_header(response, "Cache-Control", STR("no-store"));
	response_body(response, "application/json", text);
	return ERR_OK;
}

/* Adds the header lines that an AUTHORIZER may send with a 200. */
static void
response_add_variables(struct buf *out, struct str headers)
{
	struct str line;

	while (str_cut(headers, '\n', &line, &headers)) {
		if (!str_starts_nocase(line, STR("Variable-")))
			continue;
		buf_add(out, line);
		buf_add(out, STR("\n"));
	}
}

/* Statuses that have no body by definition (RFC 9110 section 6.4.1). */
static bool
response_is_bodiless(int status)
{
	return status == 204 || status == 304;
}

/* Status, header lines and the empty line. */
static void
response_head(const struct response *r, const struct request *request,
    struct buf *out)
{
	const char digits[] = {
		(char)('0' + r->status / 100),
		(char)('0' + r->status / 10 % 10),
		(char)('0' + r->status % 10),
	};

	/* Without a format: there is one in every answer. */
	buf_join(out, (const struct str[]){
		STR("Status: "), { digits, sizeof(digits) }, STR(" "),
		str_of(err_reason(r->status)), STR("\r\n"),
	}, 5);
	if (request->role == REQUEST_AUTHORIZER && r->status == 200) {
		/* Apache hands every other header on to the client. */
		response_add_variables(out, buf_str(&r->headers));
	} else {
		buf_add(out, buf_str(&r->headers));
		if (!response_is_bodiless(r->status) && !r->streams)
			buf_printf(out, "Content-Length: %zu\r\n",
			    r->body.len);
	}
	buf_add(out, STR("\r\n"));
}

/* Whether what was said so far can be an answer. */
static bool
response_is_good(const struct response *r)
{
	return !r->bad && !r->headers.failed && !r->body.failed &&
	    r->status >= 200 && r->status <= 599;
}

/* The whole answer; false if it cannot be made. */
static bool
response_make(const struct response *r, const struct request *request,
    struct str *out)
{
	struct buf head = buf_in(r->arena);
	struct str body = buf_str(&r->body);
	char *all;

	if (!response_is_good(r))
		return false;
	response_head(r, request, &head);
	if (r->head || response_is_bodiless(r->status) ||
	    (request->role == REQUEST_AUTHORIZER && r->status == 200))
		body = STR("");
	if (head.failed || head.len + body.len > INT_MAX ||
	    (all = arena_alloc(r->arena, head.len + body.len)) == NULL)
		return false;
	memcpy(all, head.data, head.len);
	if (body.len > 0)
		memcpy(all + head.len, body.ptr, body.len);
	*out = (struct str){ all, head.len + body.len };
	return true;
}

static bool
response_put(const struct request *request, struct str text)
{
	int n = (int)text.len;

	return FCGX_PutStr(text.ptr, n, request->fcgi->out) == n;
}

static void
response_set_patience(const struct request *request, const struct timeval *t)
{
	/* Without it the peer has as long as the answers that are whole. */
	(void)setsockopt(request->fcgi->ipcFd, SOL_SOCKET, SO_SNDTIMEO, t,
	    sizeof(*t));
}

enum err
response_stream(struct response *r, const struct request *request)
{
	const struct timeval patience = { .tv_sec = RESPONSE_PATIENCE };
	struct buf head = buf_in(r->arena);
	socklen_t len = sizeof(r->patience);

	if (r->sent || !response_is_good(r))
		return ERR_INTERNAL;
	r->streams = true;
	response_head(r, request, &head);
	if (head.failed) {
		r->streams = false;
		return ERR_MEMORY;
	}
	if (getsockopt(request->fcgi->ipcFd, SOL_SOCKET, SO_SNDTIMEO,
	    &r->patience, &len) == 0)
		response_set_patience(request, &patience);
	r->sent = true;
	r->broken = !response_put(request, buf_str(&head));
	return r->broken ? ERR_SYSTEM : ERR_OK;
}

/* Whether the peer has gone; it may have while nothing was found to send. */
static bool
response_is_lost(const struct request *request)
{
	struct pollfd peer = {
		.fd = request->fcgi->ipcFd,
		.events = POLLRDHUP,
	};

	return poll(&peer, 1, 0) > 0;
}

enum err
response_piece(struct response *r, const struct request *request,
    struct str piece, bool flush)
{
	if (r->broken || !r->streams)
		return ERR_SYSTEM;
	if (r->head)
		return ERR_OK;
	r->broken = !response_put(request, piece) ||
	    (flush && (FCGX_FFlush(request->fcgi->out) != 0 ||
	    response_is_lost(request)));
	return r->broken ? ERR_SYSTEM : ERR_OK;
}

bool
response_send(struct response *response, const struct request *request)
{
	struct str all;

	if (response->streams) {
		response_set_patience(request, &response->patience);
		return !response->broken;
	}
	if (response->sent)
		return false;
	response->sent = true;
	if (response_make(response, request, &all))
		return response_put(request, all);
	response->status = RESPONSE_FALLBACK_STATUS;
	if (!response_put(request, str_of(response_fallback)))
		return false;
	return response->head ||
	    response_put(request, str_of(response_fallback_body));
}
