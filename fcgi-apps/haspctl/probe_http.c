/* SPDX-License-Identifier: ISC */
#include "probe_http.h"

#include <string.h>

#include "buf.h"
#include "child.h"

#define PROBE_HTTP_URL_MAX 2000

/* What every request is sent with. The URL is taken as it stands. */
static const char probe_http_common[] =
    "silent\n"
    "show-error\n"
    "include\n"
    "suppress-connect-headers\n"
    "globoff\n"
    "path-as-is\n"
    "proto = \"=http,https\"\n"
    "connect-timeout = 5\n"
    "max-time = 15\n"
    "user-agent = \"haspctl-probe\"\n";

/* -q: nobody's .curlrc has a say. */
static const char *const probe_http_curl[] = {
	"curl", "-q", "--config", "-", NULL,
};

/* The host of URL, its port included. */
static struct str
probe_http_authority(const char *url)
{
	struct str rest = str_of(strstr(url, "://") + 3);
	size_t end = 0;

	while (end < rest.len && strchr("/?", rest.ptr[end]) == NULL)
		end++;
	return str_part(rest, 0, end);
}

bool
probe_http_url(const char *url)
{
	struct str s = str_of(url), authority;

	if ((!str_starts(s, STR("http://")) &&
	    !str_starts(s, STR("https://"))) || s.len > PROBE_HTTP_URL_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == '"' ||
		    s.ptr[i] == '\\' || s.ptr[i] == '#')
			return false;
	authority = probe_http_authority(url);
	return authority.len > 0 &&
	    str_find(authority, '@') == authority.len;
}

bool
probe_http_is_open(const char *url)
{
	struct str host = probe_http_authority(url), port;

	if (!str_starts(str_of(url), STR("http://")) ||
	    str_starts(host, STR("[::1]")))
		return false;
	(void)str_cut(host, ':', &host, &port);
	return !str_eq(host, STR("localhost")) &&
	    !str_starts(host, STR("127."));
}

/* A line NAME = "VALUE" with what curl's configuration wants escaped. */
static void
probe_http_option(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s = \"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_add(out, STR("\\"));
		buf_add(out, (struct str){ value, 1 });
	}
	buf_add(out, STR("\"\n"));
}

static void
probe_http_describe(struct buf *out, const struct probe_http_request *request)
{
	buf_printf(out, "%s", probe_http_common);
	probe_http_option(out, "url", request->url);
	if (strcmp(request->method, "HEAD") == 0)
		buf_printf(out, "head\n");
	else
		probe_http_option(out, "request", request->method);
	if (strcmp(request->method, "POST") == 0)
		probe_http_option(out, "data", "probe");
	for (size_t i = 0; request->headers[i] != NULL; i++)
		probe_http_option(out, "header", request->headers[i]);
}

/* Takes a line without its end off the front of REST. */
static struct str
probe_http_line(struct str *rest)
{
	struct str line;

	(void)str_cut(*rest, '\n', &line, rest);
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* "HTTP/1.1 401 Unauthorized": 401; 0 if it is no status line. */
static int
probe_http_status(struct str line)
{
	struct str rest = line, version, code;
	uint64_t status;

	if (!str_starts(line, STR("HTTP/")) ||
	    !str_word(&rest, " ", &version) || !str_word(&rest, " ", &code) ||
	    !str_u64(code, 999, &status))
		return 0;
	return (int)status;
}

/* Cuts what curl wrote: blocks of headers, the last with the body behind. */
static void
probe_http_cut(struct str text, struct probe_http_answer *answer)
{
	struct str rest = text, line;
	const char *from;

	do {
		answer->status = probe_http_status(probe_http_line(&rest));
		from = rest.ptr;
		answer->headers = rest;
		while (rest.len > 0) {
			answer->headers.len = (size_t)(rest.ptr - from);
			line = probe_http_line(&rest);
			if (line.len == 0)
				break;
		}
	} while (answer->status >= 100 && answer->status < 200);
	answer->body = rest;
}

enum err
probe_http_send(struct arena *arena, const struct probe_http_request *request,
    struct probe_http_answer *answer)
{
	struct buf config = buf_in(arena);
	struct child_result result;
	enum err err;

	*answer = (struct probe_http_answer){ .error = "" };
	probe_http_describe(&config, request);
	if (config.failed)
		return ERR_MEMORY;
	err = child_run(arena, probe_http_curl, buf_str(&config), &result);
	if (err != ERR_OK)
		return err;
	if (result.missing)
		return ERR_NOT_FOUND;
	probe_http_cut(result.out, answer);
	if (answer->status != 0)
		return ERR_OK;
	answer->error = arena_copy(arena, result.err.ptr,
	    str_find(result.err, '\n'));
	return answer->error == NULL ? ERR_MEMORY : ERR_OK;
}

bool
probe_http_has(const struct probe_http_answer *answer, struct str name,
    struct str prefix)
{
	struct str rest = answer->headers, line, field, value;

	while (rest.len > 0) {
		line = probe_http_line(&rest);
		if (str_cut(line, ':', &field, &value) &&
		    str_eq_nocase(field, name) &&
		    str_starts_nocase(str_trim(value), prefix))
			return true;
	}
	return false;
}
