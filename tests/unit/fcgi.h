/* SPDX-License-Identifier: ISC */
/*
 * fcgi [tests]: a request that libfcgi has really read, and what it writes as
 * the answer: over a pair of sockets, as the server does it.
 */
#ifndef HASP_UNIT_FCGI_H
#define HASP_UNIT_FCGI_H

#include <fcgiapp.h>
#include <sys/socket.h>

#include "unit.h"

#define FCGI_TEST_RESPONDER 1
#define FCGI_TEST_AUTHORIZER 2

struct fcgi_test {
	FCGX_Request fcgi;
	int ours, theirs;
	char answer[16384];	/* the STDOUT stream */
	size_t len;
};

static inline void
fcgi_record(int fd, int type, const void *content, size_t len)
{
	const unsigned char header[8] = { 1, (unsigned char)type, 0, 1,
	    (unsigned char)(len >> 8), (unsigned char)len, 0, 0 };

	assert_int_equal(send(fd, header, 8, 0), 8);
	if (len > 0)
		assert_int_equal(send(fd, content, len, 0), len);
}

/* Adds NAME=VALUE, both below 128 bytes, to PARAMS. */
static inline size_t
fcgi_pair(char *params, const char *pair)
{
	size_t name = strcspn(pair, "="), value = strlen(pair) - name - 1;

	assert_true(name < 128 && value < 128);
	params[0] = (char)name;
	params[1] = (char)value;
	memcpy(params + 2, pair, name);
	memcpy(params + 2 + name, pair + name + 1, value);
	return 2 + name + value;
}

/* Sends a request with PAIRS ("NAME=VALUE", NULL at the end) and BODY. */
static inline void
fcgi_open(struct fcgi_test *t, int role, const char *const *pairs,
    struct str body)
{
	const unsigned char begin[8] = { 0, (unsigned char)role, 1 };
	char params[4096];
	size_t len = 0;
	int pair[2];

	memset(t, 0, sizeof(*t));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	t->ours = pair[0];
	t->theirs = pair[1];
	fcgi_record(t->theirs, 1, begin, 8);
	for (; pairs != NULL && *pairs != NULL; pairs++) {
		assert_true(len < sizeof(params) - 300);
		len += fcgi_pair(params + len, *pairs);
	}
	if (len > 0)
		fcgi_record(t->theirs, 4, params, len);
	fcgi_record(t->theirs, 4, NULL, 0);
	if (role == FCGI_TEST_RESPONDER) {
		for (; body.len > 0; body = str_part(body, 32768, body.len)) {
			struct str part = str_part(body, 0, 32768);

			fcgi_record(t->theirs, 5, part.ptr, part.len);
		}
		fcgi_record(t->theirs, 5, NULL, 0);
	}
	assert_int_equal(FCGX_Init(), 0);
	assert_int_equal(FCGX_InitRequest(&t->fcgi, -1, 0), 0);
	t->fcgi.ipcFd = t->ours;
	t->fcgi.keepConnection = 1;
	assert_int_equal(FCGX_Accept_r(&t->fcgi), 0);
}

/* Ends the request and collects the answer. */
static inline struct str
fcgi_answer(struct fcgi_test *t)
{
	unsigned char raw[20000];
	size_t have = 0, at = 0;
	ssize_t n;

	t->fcgi.keepConnection = 1;
	FCGX_Finish_r(&t->fcgi);
	assert_int_equal(shutdown(t->ours, SHUT_WR), 0);
	while ((n = recv(t->theirs, raw + have, sizeof(raw) - have, 0)) > 0)
		have += (size_t)n;
	while (at + 8 <= have) {
		size_t size = (size_t)raw[at + 4] << 8 | raw[at + 5];

		if (raw[at + 1] == 6) {
			assert_true(t->len + size <= sizeof(t->answer));
			memcpy(t->answer + t->len, raw + at + 8, size);
			t->len += size;
		}
		at += 8 + size + raw[at + 6];
	}
	return (struct str){ t->answer, t->len };
}

static inline void
fcgi_close(struct fcgi_test *t)
{
	FCGX_Free(&t->fcgi, 0);
	(void)close(t->ours);
	(void)close(t->theirs);
}

#endif
