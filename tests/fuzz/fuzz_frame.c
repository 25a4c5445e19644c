/* SPDX-License-Identifier: ISC */
/*
 * fuzz_frame [tests]: what frame_check calls a whole request is one to a
 * second, simpler reader and to libfcgi, which reads the same parameters and
 * body from it and never waits for more; beginnings of a whole request are
 * incomplete, what is bad stays bad.
 */
#include <fcgiapp.h>
#include <sys/socket.h>

#include "frame.h"
#include "fuzz.h"

#define FUZZ_BODY ((size_t)4096)

/* A whole request, as the simple reader sees it. */
struct fuzz_request {
	char *params;		/* contents of all PARAMS records */
	size_t params_len;
	char *body;		/* contents of all STDIN records */
	size_t body_len;
};

/* Collects the contents of all records of TYPE. */
static size_t
fuzz_collect(const uint8_t *data, size_t size, int type, char *out)
{
	size_t n = 0, step;

	for (size_t at = 0; at < size; at += step) {
		size_t len;

		FUZZ_CHECK(size - at >= 8);
		FUZZ_CHECK(data[at] == 1);
		FUZZ_CHECK(data[at + 2] == data[2] && data[at + 3] == data[3]);
		len = (size_t)data[at + 4] * 256 + data[at + 5];
		step = 8 + len + data[at + 6];
		FUZZ_CHECK(step <= size - at);
		FUZZ_CHECK(data[at + 1] == (at == 0 ? 1 : 4) ||
		    data[at + 1] == 5);
		if (data[at + 1] == type) {
			memcpy(out + n, data + at + 8, len);
			n += len;
		}
	}
	return n;
}

/* A length at P: one byte, or four with the first bit set. */
static size_t
fuzz_length(const char **p, const char *end)
{
	const unsigned char *u = (const unsigned char *)*p;

	FUZZ_CHECK(*p < end);
	if (u[0] < 128) {
		(*p)++;
		return u[0];
	}
	FUZZ_CHECK(end - *p >= 4);
	*p += 4;
	return ((size_t)(u[0] & 127) << 24) + ((size_t)u[1] << 16) +
	    ((size_t)u[2] << 8) + u[3];
}

/* The pairs of REQUEST are those of libfcgi, FCGI_ROLE set aside. */
static void
fuzz_same_params(const struct fuzz_request *request, char **envp)
{
	const char *p = request->params, *end = p + request->params_len;

	while (p < end) {
		size_t name = fuzz_length(&p, end);
		size_t value = fuzz_length(&p, end);
		struct str pair;

		FUZZ_CHECK(name <= (size_t)(end - p));
		FUZZ_CHECK(value <= (size_t)(end - p) - name);
		if (*envp != NULL && strncmp(*envp, "FCGI_ROLE=", 10) == 0)
			envp++;
		FUZZ_CHECK(*envp != NULL);
		pair = str_of(*envp++);
		FUZZ_CHECK(pair.len == name + 1 + value);
		FUZZ_CHECK(str_eq(str_part(pair, 0, name),
		    (struct str){ p, name }));
		FUZZ_CHECK(pair.ptr[name] == '=');
		FUZZ_CHECK(str_eq(str_part(pair, name + 1, value),
		    (struct str){ p + name, value }));
		p += name + value;
	}
	FUZZ_CHECK(*envp == NULL || (strncmp(*envp, "FCGI_ROLE=", 10) == 0 &&
	    envp[1] == NULL));
}

/* libfcgi reads SIZE bytes at DATA, and nothing can come after them. */
static void
fuzz_libfcgi(const uint8_t *data, size_t size,
    const struct fuzz_request *request, bool responder)
{
	char *body = fuzz_room(FUZZ_BODY + 1);
	FCGX_Request fcgi;
	int pair[2];

	FUZZ_CHECK(FCGX_Init() == 0);
	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	FUZZ_CHECK(send(pair[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
	FUZZ_CHECK(shutdown(pair[0], SHUT_WR) == 0);
	FUZZ_CHECK(FCGX_InitRequest(&fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR) == 0);
	fcgi.ipcFd = pair[1];
	fcgi.keepConnection = 1;
	FUZZ_CHECK(FCGX_Accept_r(&fcgi) == 0);
	fuzz_same_params(request, fcgi.envp);
	if (responder) {
		int n = FCGX_GetStr(body, (int)FUZZ_BODY + 1, fcgi.in);

		FUZZ_CHECK((size_t)n == request->body_len);
		FUZZ_CHECK(memcmp(body, request->body, (size_t)n) == 0);
	}
	FCGX_Free(&fcgi, 0);
	(void)close(pair[0]);
	(void)close(pair[1]);
	free(body);
}

static void
fuzz_whole(const uint8_t *data, size_t size, const struct frame *frame)
{
	struct fuzz_request request;

	FUZZ_CHECK(frame->length == size);
	FUZZ_CHECK(frame->role == FRAME_RESPONDER ||
	    frame->role == FRAME_AUTHORIZER);
	FUZZ_CHECK(size <= frame_room(FUZZ_BODY));
	request.params = fuzz_room(size);
	request.body = fuzz_room(size);
	request.params_len = fuzz_collect(data, size, 4, request.params);
	request.body_len = fuzz_collect(data, size, 5, request.body);
	FUZZ_CHECK(request.params_len <= FRAME_PARAMS_MAX);
	FUZZ_CHECK(request.body_len <=
	    (frame->role == FRAME_RESPONDER ? FUZZ_BODY : 0));
	fuzz_libfcgi(data, size, &request, frame->role == FRAME_RESPONDER);
	free(request.params);
	free(request.body);
}

/* No beginning of DATA may be bad or want more than the whole has. */
static void
fuzz_beginnings(const uint8_t *data, size_t size, size_t whole)
{
	size_t step = 1 + size / 64;
	struct frame frame;

	for (size_t n = 0; n < size; n += step) {
		enum frame_state state = frame_check(data, n, FUZZ_BODY,
		    &frame);

		FUZZ_CHECK(state != FRAME_BAD);
		if (state == FRAME_INCOMPLETE)
			FUZZ_CHECK(frame.length > n && frame.length <= whole);
	}
}

/* Bytes that follow cannot make good what is bad. */
static void
fuzz_stays_bad(const uint8_t *data, size_t size)
{
	uint8_t *longer = (uint8_t *)fuzz_room(size + 8);
	struct frame frame;

	memcpy(longer, data, size);
	memcpy(longer + size, "\1\5\0\1\0\0\0\0", 8);
	FUZZ_CHECK(frame_check(longer, size + 8, FUZZ_BODY, &frame) ==
	    FRAME_BAD);
	free(longer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame frame;

	switch (frame_check(data, size, FUZZ_BODY, &frame)) {
	case FRAME_COMPLETE:
		fuzz_beginnings(data, size, size);
		fuzz_whole(data, size, &frame);
		break;
	case FRAME_INCOMPLETE:
		FUZZ_CHECK(frame.length > size);
		fuzz_beginnings(data, size, frame.length);
		break;
	case FRAME_BAD:
		FUZZ_CHECK(frame.fault != NULL && frame.fault[0] != '\0');
		fuzz_stays_bad(data, size);
		break;
	}
	return 0;
}
