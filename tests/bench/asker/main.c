/* SPDX-License-Identifier: ISC */
/*
 * asker [layer 8]: asks auth-check over many kept FastCGI connections, straight
 * on its socket, some of them about keys that nobody has. For benchmarks;
 * never installed.
 *
 *	asker [-g CONNECTIONS] [-b CONNECTIONS] [-s SECONDS] [-r RATE]
 *	    KEYS SOCKET...
 *	asker -1 KEYS SOCKET...
 *
 * -g: so many ask about keys of the file KEYS, a line each, by chance; -b: so
 * many about well-formed keys that do not exist, another one each time; -r: so
 * many checks a second at most, of all together. -1: each key of the file is
 * asked about once at each socket. Prints the seconds it took, and for both
 * kinds how many were answered how, and percentiles of how long that took.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "keytext.h"
#include "secret.h"

#define ASKER_CONNS 1024	/* of both kinds */
#define ASKER_KEY 48		/* bytes: all keys are of "hasp" and "live" */
#define ASKER_REQUEST 1024
#define ASKER_ANSWER 8192	/* no answer to a check has more */
#define ASKER_SLOWEST 10000000	/* us; what takes longer counts as that */
#define ASKER_STEP 100		/* us of a step of the histogram at its end */
#define ASKER_FINE 20000	/* us that are counted one by one */
#define ASKER_STEPS (ASKER_FINE + ASKER_SLOWEST / ASKER_STEP + 1)

enum asker_verdict {
	ASKER_ALLOWED,
	ASKER_REFUSED,
	ASKER_UNAVAILABLE,
	ASKER_STRANGE,
	ASKER_VERDICTS
};

/* What became of checks of one kind. */
struct asker_tally {
	uint64_t verdicts[ASKER_VERDICTS];
	uint32_t steps[ASKER_STEPS];
	int64_t slowest;
};

struct asker_conn {
	int fd;
	bool bad;		/* asks about keys that nobody has */
	bool busy;
	int64_t begun;
	size_t got;
	unsigned char in[ASKER_ANSWER];
};

static struct {
	char (*keys)[ASKER_KEY];
	size_t key_count;
	bool once;
	size_t next;			/* of the keys, if once */
	int64_t interval;		/* us between two checks; 0: none */
	int64_t due;
	uint64_t random;
	int epoll;
	struct asker_conn *conns;
	size_t conn_count, busy;
	unsigned char request[ASKER_REQUEST];
	size_t request_len, key_at;
	struct asker_tally good, bad;
} asker;

/* What a web server says with a check; the key comes last. */
static const char *const asker_params[][2] = {
	{ "HASP_ACTION", "check" },
	{ "HASP_REFUSAL", "fold" },
	{ "HASP_REQUIRE", "auto" },
	{ "HASP_DEMAND", "auto" },
	{ "HASP_REGION", "" },
	{ "HASP_ENVIRONMENT", "live" },
	{ "HASP_READ_METHODS", "" },
	{ "HASP_WRITE_METHODS", "" },
	{ "HASP_STRICT_TARGET", "" },
	{ "REQUEST_METHOD", "GET" },
	{ "REQUEST_URI", "/" },
	{ "DOCUMENT_URI", "/_hasp/check" },
	{ "REMOTE_ADDR", "192.0.2.7" },
	{ "SERVER_NAME", "bench.example" },
	{ "REQUEST_ID", "0123456789abcdef0123456789abcdef" },
};

static _Noreturn void
asker_die(const char *what)
{
	(void)fprintf(stderr, "asker: %s: %s\n", what, strerror(errno));
	exit(70);
}

static uint64_t
asker_chance(void)
{
	asker.random ^= asker.random << 13;
	asker.random ^= asker.random >> 7;
	asker.random ^= asker.random << 17;
	return asker.random;
}

/* --- the request --- */

static void
asker_put(const void *bytes, size_t len)
{
	if (len > sizeof(asker.request) - asker.request_len)
		abort();
	memcpy(asker.request + asker.request_len, bytes, len);
	asker.request_len += len;
}

/* The head of a record (FastCGI 1.0, 3.3) of request 1. */
static void
asker_head(uint8_t type, size_t len)
{
	const uint8_t head[] = {
		1, type, 0, 1, (uint8_t)(len >> 8), (uint8_t)len, 0, 0,
	};

	asker_put(head, sizeof(head));
}

static void
asker_param(const char *name, const char *value)
{
	const uint8_t lengths[] = {
		(uint8_t)strlen(name), (uint8_t)strlen(value),
	};

	asker_put(lengths, sizeof(lengths));
	asker_put(name, strlen(name));
	asker_put(value, strlen(value));
}

/* Makes the request; a key is put into it each time. */
static void
asker_prepare(void)
{
	static const uint8_t begin[] = { 0, 1, 1, 0, 0, 0, 0, 0 };
	char bearer[7 + ASKER_KEY + 1];
	size_t at, len;

	(void)snprintf(bearer, sizeof(bearer), "Bearer %*s", ASKER_KEY, "");
	asker_head(1, sizeof(begin));
	asker_put(begin, sizeof(begin));
	at = asker.request_len;
	asker_head(4, 0);
	for (size_t i = 0; i < ARRAY_LEN(asker_params); i++)
		asker_param(asker_params[i][0], asker_params[i][1]);
	asker_param("HTTP_AUTHORIZATION", bearer);
	asker.key_at = asker.request_len - ASKER_KEY;
	len = asker.request_len - at - 8;
	asker.request[at + 4] = (uint8_t)(len >> 8);
	asker.request[at + 5] = (uint8_t)len;
	asker_head(4, 0);
	asker_head(5, 0);
}

/* A key that nobody has, into the request. */
static void
asker_invent(void)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz";
	const struct str live = STR("live");
	const struct keytext_rules rules = {
		.prefix = STR("hasp"),
		.environments = &live,
		.environment_count = 1,
	};
	char random[KEYTEXT_RANDOM], text[KEYTEXT_SIZE];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = digits[asker_chance() % 62];
	if (keytext_make(&rules, live, random, text) != ERR_OK ||
	    strlen(text) != ASKER_KEY)
		abort();
	memcpy(asker.request + asker.key_at, text, ASKER_KEY);
}

/* --- the connections --- */

/* Asks on CONN; false if there is nothing more to ask. */
static bool
asker_ask(struct asker_conn *conn)
{
	size_t key = asker_chance() % asker.key_count;

	if (asker.once) {
		if (asker.next == asker.key_count)
			return false;
		key = asker.next++;
	}
	if (conn->bad)
		asker_invent();
	else
		memcpy(asker.request + asker.key_at, asker.keys[key],
		    ASKER_KEY);
	conn->got = 0;
	conn->busy = true;
	asker.busy++;
	conn->begun = clock_mono_us();
	if (send(conn->fd, asker.request, asker.request_len,
	    MSG_NOSIGNAL) != (ssize_t)asker.request_len)
		asker_die("send");
	return true;
}

static unsigned int
asker_status(const unsigned char *text, size_t len)
{
	if (len < 11 || memcmp(text, "Status: ", 8) != 0)
		return 0;
	return (unsigned int)((text[8] - '0') * 100 + (text[9] - '0') * 10 +
	    (text[10] - '0'));
}

/* Whether the answer is whole, up to the record that ends it (5.5). */
static bool
asker_whole(const struct asker_conn *conn, unsigned int *status)
{
	size_t at = 0;

	*status = 0;
	while (conn->got - at >= 8) {
		const unsigned char *record = conn->in + at;
		size_t len = (size_t)record[4] << 8 | record[5];
		size_t total = 8 + len + record[6];

		if (conn->got - at < total)
			return false;
		if (record[1] == 6 && len > 0 && *status == 0)
			*status = asker_status(record + 8, len);
		if (record[1] == 3)
			return true;
		at += total;
	}
	return false;
}

/* 503 is folded into a 403 that says so. */
static enum asker_verdict
asker_judge(const struct asker_conn *conn, unsigned int status)
{
	const struct str answer = { (const char *)conn->in, conn->got };

	if (status >= 200 && status < 300)
		return ASKER_ALLOWED;
	if (str_has(answer, STR("Hasp-Status: 503")))
		return ASKER_UNAVAILABLE;
	return status == 401 || status == 403 ? ASKER_REFUSED :
	    ASKER_STRANGE;
}

static void
asker_count(struct asker_conn *conn, unsigned int status)
{
	struct asker_tally *tally = conn->bad ? &asker.bad : &asker.good;
	int64_t us = clock_mono_us() - conn->begun;

	tally->verdicts[asker_judge(conn, status)]++;
	if (us > tally->slowest)
		tally->slowest = us;
	if (us > ASKER_SLOWEST)
		us = ASKER_SLOWEST;
	tally->steps[us < ASKER_FINE ? us : ASKER_FINE +
	    us / ASKER_STEP]++;
	conn->busy = false;
	asker.busy--;
}

/* Reads what is there; true if that ends an answer. */
static bool
asker_read(struct asker_conn *conn)
{
	unsigned int status;
	ssize_t n = recv(conn->fd, conn->in + conn->got,
	    sizeof(conn->in) - conn->got, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0)
		asker_die("an answer is missing");
	conn->got += (size_t)n;
	if (!asker_whole(conn, &status))
		return false;
	asker_count(conn, status);
	return true;
}

static void
asker_connect(struct asker_conn *conn, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = conn };

	conn->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (strlen(path) >= sizeof(address.sun_path))
		errno = ENAMETOOLONG;
	else
		memcpy(address.sun_path, path, strlen(path) + 1);
	if (conn->fd < 0 || connect(conn->fd,
	    (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    epoll_ctl(asker.epoll, EPOLL_CTL_ADD, conn->fd, &event) != 0)
		asker_die(path);
}

/* GOOD connections and BAD ones, in turn over the sockets. */
static void
asker_open(size_t good, size_t bad, const char *const *sockets, size_t count)
{
	asker.conn_count = good + bad;
	asker.conns = calloc(asker.conn_count, sizeof(*asker.conns));
	asker.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (asker.conns == NULL || asker.epoll < 0)
		asker_die("connections");
	for (size_t i = 0; i < asker.conn_count; i++) {
		asker.conns[i].bad = i >= good;
		asker_connect(&asker.conns[i], sockets[i % count]);
	}
}

static void
asker_close(void)
{
	for (size_t i = 0; i < asker.conn_count; i++)
		(void)close(asker.conns[i].fd);
	(void)close(asker.epoll);
	free(asker.conns);
}

/* Asks wherever nothing is on its way, as far as the rate allows. */
static void
asker_fill(int64_t now)
{
	for (size_t i = 0; i < asker.conn_count; i++) {
		struct asker_conn *conn = &asker.conns[i];

		if (conn->busy)
			continue;
		if (asker.interval > 0 && asker.due > now)
			return;
		asker.due += asker.interval;
		if (!asker_ask(conn))
			return;
	}
}

/* Until UNTIL, or until all was asked and answered. */
static void
asker_run(int64_t until)
{
	struct epoll_event events[64];
	int64_t now = clock_mono_us();
	int n;

	asker.due = now;
	asker_fill(now);
	while (now < until && (!asker.once || asker.busy > 0)) {
		n = epoll_wait(asker.epoll, events, (int)ARRAY_LEN(events),
		    asker.interval > 0 ? 1 : 100);
		now = clock_mono_us();
		for (int i = 0; i < n; i++) {
			struct asker_conn *conn = events[i].data.ptr;

			if (asker_read(conn) && asker.interval == 0 &&
			    now < until)
				(void)asker_ask(conn);
		}
		if (asker.interval > 0)
			asker_fill(now);
	}
}

/* --- what it is given, and what it tells --- */

static void
asker_load(const char *path)
{
	char line[ASKER_KEY + 2];
	size_t room = 0;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		asker_die(path);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strlen(line) != ASKER_KEY + 1) {
			errno = EINVAL;
			asker_die(path);
		}
		if (asker.key_count == room) {
			room = room * 2 + 1024;
			asker.keys = reallocarray(asker.keys, room,
			    sizeof(*asker.keys));
			if (asker.keys == NULL)
				asker_die("memory");
		}
		memcpy(asker.keys[asker.key_count++], line, ASKER_KEY);
	}
	(void)fclose(file);
	if (asker.key_count == 0) {
		errno = EINVAL;
		asker_die(path);
	}
}

/* The time within which so many thousandths of TALLY were answered. */
static int64_t
asker_within(const struct asker_tally *tally, uint64_t thousandths)
{
	uint64_t total = 0, sum = 0;

	for (size_t i = 0; i < ASKER_STEPS; i++)
		total += tally->steps[i];
	for (size_t i = 0; i < ASKER_STEPS; i++) {
		sum += tally->steps[i];
		if (sum > 0 && sum * 1000 >= total * thousandths)
			return i < ASKER_FINE ? (int64_t)i :
			    (int64_t)(i - ASKER_FINE) * ASKER_STEP;
	}
	return 0;
}

static void
asker_tell(const char *kind, const struct asker_tally *tally)
{
	static const char *const names[ASKER_VERDICTS] = {
		"allowed", "refused", "unavailable", "strange",
	};

	(void)printf("%s", kind);
	for (size_t v = 0; v < ASKER_VERDICTS; v++)
		(void)printf(" %s %llu", names[v],
		    (unsigned long long)tally->verdicts[v]);
	(void)printf(" p50 %lld p99 %lld max %lld\n",
	    (long long)asker_within(tally, 500),
	    (long long)asker_within(tally, 990),
	    (long long)tally->slowest);
}

static _Noreturn void
asker_usage(void)
{
	(void)fputs("usage: asker [-1] [-g connections] [-b connections] "
	    "[-s seconds] [-r rate] KEYS SOCKET...\n", stderr);
	exit(64);
}

static uint64_t
asker_number(const char *text, uint64_t most)
{
	uint64_t n;

	if (!str_u64(str_of(text), most, &n))
		asker_usage();
	return n;
}

/* Asks about all keys once, at each of the sockets. */
static void
asker_once(const char *const *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		asker.next = 0;
		asker_open(64, 0, &sockets[i], 1);
		asker_run(INT64_MAX);
		asker_close();
	}
}

int
main(int argc, char **argv)
{
	uint64_t good = 1, bad = 0, seconds = 1, rate = 0;
	const char *const *sockets;
	int64_t begun;
	size_t count;
	int c;

	while ((c = getopt(argc, argv, "1g:b:s:r:")) != -1)
		switch (c) {
		case '1': asker.once = true; break;
		case 'g': good = asker_number(optarg, ASKER_CONNS); break;
		case 'b': bad = asker_number(optarg, ASKER_CONNS); break;
		case 's': seconds = asker_number(optarg, 86400); break;
		case 'r': rate = asker_number(optarg, 1000000); break;
		default: asker_usage();
		}
	if (argc - optind < 2 || good + bad == 0)
		asker_usage();
	sockets = (const char *const *)argv + optind + 1;
	count = (size_t)(argc - optind - 1);
	if (secret_random(&asker.random, sizeof(asker.random)) != ERR_OK)
		asker_die("random numbers");
	asker.random |= 1;
	asker.interval = rate > 0 ? 1000000 / (int64_t)rate : 0;
	asker_load(argv[optind]);
	asker_prepare();
	begun = clock_mono_us();
	if (asker.once) {
		asker_once(sockets, count);
	} else {
		asker_open(good, bad, sockets, count);
		asker_run(begun + (int64_t)seconds * 1000000);
		asker_close();
	}
	(void)printf("seconds %.3f\n",
	    (double)(clock_mono_us() - begun) / 1e6);
	asker_tell("good", &asker.good);
	asker_tell("bad", &asker.bad);
	return 0;
}
