/* SPDX-License-Identifier: ISC */
/*
 * hammer: asks several auth-checks over many kept FastCGI connections, as fast
 * as they answer, and writes down each check for checker.py. It behaves as a
 * web server does: an answer that comes later than the deadline, or not whole,
 * is none.
 *
 *   hammer -q requests -c hot -o records [-n connections] [-d ms] [-s seconds]
 *       [-x seed] SOCKET...
 *
 * requests: a check a key, each its length (32 bits) and its FastCGI bytes.
 * hot: 64 numbers of 32 bits that somebody else writes while this runs: keys
 * (number and 1) that every other check is about; 0 is nobody. It ends after
 * SECONDS or by SIGTERM. All numbers are of this machine's byte order.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HAMMER_HOT 64
#define HAMMER_CONNS 256	/* of one verifier, at most */
#define HAMMER_VERIFIERS 16
#define HAMMER_ANSWER 8192	/* bytes; no answer to a check has more */
#define HAMMER_BUFFER 2048	/* records that are written together */
#define HAMMER_RETRY 2000000	/* ns between two tries to connect */
#define HAMMER_TICK 10		/* ms between two looks at deadlines */

enum hammer_verdict {
	HAMMER_ALLOWED,
	HAMMER_REFUSED,
	HAMMER_UNAVAILABLE,
	HAMMER_DROPPED,		/* broken, or no answer in time */
	HAMMER_STRANGE,		/* nothing that auth-check answers */
	HAMMER_VERDICTS
};

/* What checker.py reads; times in ns of CLOCK_MONOTONIC. */
struct hammer_record {
	uint64_t begin;		/* before its first byte was sent */
	/*
	 * Its answer was not there yet: the last time before the kernel was
	 * asked and did not have it. Later than that it came.
	 */
	uint64_t absent;
	uint64_t end;		/* after its last byte was read */
	uint32_t key;
	uint16_t status;
	uint8_t verifier;
	uint8_t verdict;
};

struct hammer_conn {
	int fd;			/* -1: there is none */
	bool busy;		/* a check is on its way */
	uint32_t key;
	uint64_t begin, absent;
	size_t got;
	unsigned char in[HAMMER_ANSWER];
};

/* What all threads share, written before they begin. */
static struct {
	unsigned char *requests;
	size_t *offsets;	/* count + 1 of them */
	uint32_t count;
	_Atomic uint32_t *hot;
	int out;
	uint64_t deadline;	/* ns */
	_Atomic bool stop;
} hammer;

/* One verifier's thread. */
struct hammer_lane {
	pthread_t thread;
	const char *path;
	uint8_t verifier;
	int epoll;
	uint64_t random;
	uint64_t looked;	/* when the kernel was asked last but one */
	uint64_t retry;		/* no connecting before that */
	uint64_t totals[HAMMER_VERDICTS];
	size_t conn_count;
	struct hammer_conn conns[HAMMER_CONNS];
	size_t filled;
	struct hammer_record records[HAMMER_BUFFER];
};

static _Noreturn void
hammer_die(const char *what)
{
	(void)fprintf(stderr, "hammer: %s: %s\n", what, strerror(errno));
	exit(70);
}

static uint64_t
hammer_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* --- records --- */

static void
hammer_flush(struct hammer_lane *lane)
{
	size_t size = lane->filled * sizeof(lane->records[0]);

	/* Appending is whole: the lanes' records do not mix. */
	if (size > 0 && write(hammer.out, lane->records, size) !=
	    (ssize_t)size)
		hammer_die("records");
	lane->filled = 0;
}

/* The check on CONN is over. */
static void
hammer_record(struct hammer_lane *lane, struct hammer_conn *conn,
    enum hammer_verdict verdict, unsigned int status, uint64_t now)
{
	lane->records[lane->filled++] = (struct hammer_record){
		.begin = conn->begin,
		.absent = conn->absent,
		.end = now,
		.key = conn->key,
		.status = (uint16_t)status,
		.verifier = lane->verifier,
		.verdict = (uint8_t)verdict,
	};
	lane->totals[verdict]++;
	conn->busy = false;
	if (lane->filled == HAMMER_BUFFER)
		hammer_flush(lane);
}

/* --- one connection --- */

static void
hammer_close(struct hammer_lane *lane, struct hammer_conn *conn)
{
	if (conn->busy)
		hammer_record(lane, conn, HAMMER_DROPPED, 0, hammer_now());
	(void)close(conn->fd);
	conn->fd = -1;
}

/* The next key: every other time a hot one, if there is one. */
static uint32_t
hammer_choose(struct hammer_lane *lane)
{
	uint64_t x = lane->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	lane->random = x;
	for (uint64_t i = 0; i < HAMMER_HOT && (x & 1) != 0; i++) {
		uint32_t hot = atomic_load_explicit(
		    &hammer.hot[((x >> 1) + i) % HAMMER_HOT],
		    memory_order_relaxed);

		if (hot > 0 && hot <= hammer.count)
			return hot - 1;
	}
	return (uint32_t)((x >> 16) % hammer.count);
}

static void
hammer_ask(struct hammer_lane *lane, struct hammer_conn *conn)
{
	uint32_t key = hammer_choose(lane);
	const unsigned char *request = hammer.requests + hammer.offsets[key];
	size_t size = hammer.offsets[key + 1] - hammer.offsets[key] - 4;

	conn->key = key;
	conn->got = 0;
	conn->busy = true;
	conn->begin = hammer_now();
	conn->absent = conn->begin;
	/* There is room: nothing else is on its way. */
	if (send(conn->fd, request + 4, size, MSG_NOSIGNAL) != (ssize_t)size)
		hammer_close(lane, conn);
}

/* False if nobody listens, or too many wait already. */
static bool
hammer_connect(struct hammer_lane *lane, struct hammer_conn *conn)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = conn };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);

	if (fd < 0)
		hammer_die("socket");
	memcpy(address.sun_path, lane->path, strlen(lane->path) + 1);
	if (connect(fd, (const struct sockaddr *)&address,
	    sizeof(address)) != 0) {
		(void)close(fd);
		return false;
	}
	if (epoll_ctl(lane->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		hammer_die("epoll_ctl");
	conn->fd = fd;
	return true;
}

static unsigned int
hammer_status(const unsigned char *text, size_t len)
{
	if (len < 11 || memcmp(text, "Status: ", 8) != 0)
		return 0;
	return (unsigned int)((text[8] - '0') * 100 + (text[9] - '0') * 10 +
	    (text[10] - '0'));
}

/*
 * Whether the SIZE bytes at IN are a whole answer: up to the record that ends
 * it (FastCGI 1.0, 5.5). STATUS is 0 if it does not begin with one.
 */
static bool
hammer_whole(const unsigned char *in, size_t size, unsigned int *status)
{
	size_t at = 0;

	*status = 0;
	while (size - at >= 8) {
		const unsigned char *record = in + at;
		size_t len = (size_t)record[4] << 8 | record[5];
		size_t total = 8 + len + record[6];

		if (size - at < total)
			return false;
		if (record[1] == 6 && len > 0 && *status == 0)
			*status = hammer_status(record + 8, len);
		if (record[1] == 3)
			return true;
		at += total;
	}
	return false;
}

static enum hammer_verdict
hammer_judge(const struct hammer_conn *conn, unsigned int status, uint64_t now)
{
	if (now - conn->begin > hammer.deadline)
		return HAMMER_DROPPED;
	if (status >= 200 && status < 300)
		return HAMMER_ALLOWED;
	if (status == 401 || status == 403)
		return HAMMER_REFUSED;
	return status == 503 ? HAMMER_UNAVAILABLE : HAMMER_STRANGE;
}

/* There is something to read, or an end. LOOKED: see struct hammer_record. */
static void
hammer_read(struct hammer_lane *lane, struct hammer_conn *conn,
    uint64_t looked)
{
	enum hammer_verdict verdict;
	unsigned int status;
	uint64_t now;
	ssize_t n = recv(conn->fd, conn->in + conn->got,
	    sizeof(conn->in) - conn->got, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	now = hammer_now();
	if (n <= 0 || !conn->busy) {
		hammer_close(lane, conn);
		return;
	}
	/* The first bytes hold the verdict. */
	if (conn->got == 0 && looked > conn->absent)
		conn->absent = looked;
	conn->got += (size_t)n;
	if (!hammer_whole(conn->in, conn->got, &status)) {
		if (conn->got == sizeof(conn->in))
			hammer_close(lane, conn);
		return;
	}
	verdict = hammer_judge(conn, status, now);
	hammer_record(lane, conn, verdict, status, now);
	if (verdict == HAMMER_DROPPED)
		hammer_close(lane, conn);
	else
		hammer_ask(lane, conn);
}

/* --- a lane --- */

/* Connects whoever is not, and drops what waits too long. */
static void
hammer_tend(struct hammer_lane *lane)
{
	uint64_t now = hammer_now();

	for (size_t i = 0; i < lane->conn_count; i++) {
		struct hammer_conn *conn = &lane->conns[i];

		if (conn->busy && now - conn->begin > hammer.deadline)
			hammer_close(lane, conn);
		if (conn->fd >= 0 || now < lane->retry)
			continue;
		if (hammer_connect(lane, conn))
			hammer_ask(lane, conn);
		else
			lane->retry = now + HAMMER_RETRY;
	}
}

static void *
hammer_run(void *argument)
{
	struct hammer_lane *lane = argument;
	struct epoll_event events[HAMMER_CONNS];
	uint64_t tended = 0;

	while (!atomic_load(&hammer.stop)) {
		uint64_t looking = hammer_now();
		int n;

		if (looking - tended > HAMMER_TICK * UINT64_C(1000000)) {
			hammer_tend(lane);
			tended = looking = hammer_now();
		}
		/* Room for all: whoever is not reported had no answer. */
		n = epoll_wait(lane->epoll, events, HAMMER_CONNS,
		    HAMMER_TICK);
		for (int i = 0; i < n; i++)
			hammer_read(lane, events[i].data.ptr, lane->looked);
		lane->looked = looking;
	}
	hammer_flush(lane);
	return NULL;
}

static struct hammer_lane *
hammer_lane_open(const char *path, size_t verifier, size_t conns,
    uint64_t seed)
{
	struct hammer_lane *lane = calloc(1, sizeof(*lane));

	if (lane == NULL)
		hammer_die("memory");
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
		errno = ENAMETOOLONG;
		hammer_die(path);
	}
	lane->path = path;
	lane->verifier = (uint8_t)verifier;
	lane->random = (seed + verifier + 1) * UINT64_C(0x9e3779b97f4a7c15) |
	    1;
	lane->conn_count = conns;
	for (size_t i = 0; i < conns; i++)
		lane->conns[i].fd = -1;
	lane->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (lane->epoll < 0)
		hammer_die("epoll_create1");
	return lane;
}

/* --- what it is given --- */

/* The whole file, mapped; its size in SIZE. */
static void *
hammer_map(const char *path, int protection, size_t *size)
{
	struct stat st;
	void *at;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		hammer_die(path);
	*size = (size_t)st.st_size;
	at = mmap(NULL, *size, protection, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		hammer_die(path);
	(void)close(fd);
	return at;
}

static void
hammer_load_requests(const char *path)
{
	size_t size, at = 0, room = 0;
	uint32_t length;

	hammer.requests = hammer_map(path, PROT_READ, &size);
	for (;;) {
		if (hammer.count == room) {
			room = room * 2 + 1024;
			hammer.offsets = reallocarray(hammer.offsets, room + 1,
			    sizeof(hammer.offsets[0]));
			if (hammer.offsets == NULL)
				hammer_die("memory");
		}
		hammer.offsets[hammer.count] = at;
		if (size - at < 4)
			break;
		memcpy(&length, hammer.requests + at, 4);
		if (length > size - at - 4)
			break;
		at += 4 + length;
		hammer.count++;
	}
	if (at != size || hammer.count == 0) {
		errno = EINVAL;
		hammer_die(path);
	}
}

static void
hammer_load_hot(const char *path)
{
	size_t size;

	hammer.hot = hammer_map(path, PROT_READ, &size);
	if (size != HAMMER_HOT * sizeof(hammer.hot[0])) {
		errno = EINVAL;
		hammer_die(path);
	}
}

static _Noreturn void
hammer_usage(void)
{
	(void)fputs("usage: hammer -q requests -c hot -o records "
	    "[-n connections] [-d ms] [-s seconds] [-x seed] SOCKET...\n",
	    stderr);
	exit(64);
}

static uint64_t
hammer_number(const char *text, uint64_t most)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*end != '\0' || end == text || n > most)
		hammer_usage();
	return n;
}

/* Runs the COUNT lanes until SECONDS are over or a signal comes. */
static void
hammer_all(struct hammer_lane **lanes, size_t count, time_t seconds)
{
	static const char *const names[HAMMER_VERDICTS] = {
		"allowed", "refused", "unavailable", "dropped", "strange",
	};
	struct timespec limit = { .tv_sec = seconds };
	uint64_t begun = hammer_now(), took;
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&lanes[i]->thread, NULL, hammer_run,
		    lanes[i]) != 0)
			hammer_die("pthread_create");
	(void)sigtimedwait(&signals, NULL, &limit);
	atomic_store(&hammer.stop, true);
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(lanes[i]->thread, NULL);
	took = (hammer_now() - begun) / 1000000;
	(void)printf("ms %llu", (unsigned long long)took);
	for (size_t v = 0; v < HAMMER_VERDICTS; v++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += lanes[i]->totals[v];
		(void)printf(" %s %llu", names[v], (unsigned long long)sum);
	}
	(void)printf("\n");
}

int
main(int argc, char **argv)
{
	static struct hammer_lane *lanes[HAMMER_VERIFIERS];
	const char *requests = NULL, *hot = NULL, *out = NULL;
	uint64_t conns = 16, ms = 2000, seconds = 3600, seed = 1;
	size_t count;
	int c;

	while ((c = getopt(argc, argv, "q:c:o:n:d:s:x:")) != -1)
		switch (c) {
		case 'q': requests = optarg; break;
		case 'c': hot = optarg; break;
		case 'o': out = optarg; break;
		case 'n': conns = hammer_number(optarg, HAMMER_CONNS); break;
		case 'd': ms = hammer_number(optarg, 60000); break;
		case 's': seconds = hammer_number(optarg, 86400); break;
		case 'x': seed = hammer_number(optarg, UINT32_MAX); break;
		default: hammer_usage();
		}
	count = (size_t)(argc - optind);
	if (requests == NULL || hot == NULL || out == NULL || count == 0 ||
	    count > HAMMER_VERIFIERS)
		hammer_usage();
	hammer.deadline = ms * 1000000;
	hammer_load_requests(requests);
	hammer_load_hot(hot);
	hammer.out = open(out, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0600);
	if (hammer.out < 0)
		hammer_die(out);
	for (size_t i = 0; i < count; i++)
		lanes[i] = hammer_lane_open(argv[optind + (int)i], i,
		    (size_t)conns, seed);
	hammer_all(lanes, count, (time_t)seconds);
	return 0;
}
