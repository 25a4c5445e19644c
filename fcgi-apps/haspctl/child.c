/* SPDX-License-Identifier: ISC */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "buf.h"

/* What execvp failed with stands for itself: no program exits like that. */
#define CHILD_NOT_FOUND 127

struct child {
	int in[2], out[2], err[2];	/* pipes: [0] is read, [1] written */
};

static void
child_close(struct child *c)
{
	for (size_t i = 0; i < 2; i++) {
		base_close(&c->in[i]);
		base_close(&c->out[i]);
		base_close(&c->err[i]);
	}
}

/* In the child: never returns. */
static void
child_become(const struct child *c, const char *const *argv)
{
	/* execvp takes char *const * by tradition; it changes nothing. */
	union { const char *const *in; char *const *out; } words = { argv };

	if (dup2(c->in[0], STDIN_FILENO) < 0 ||
	    dup2(c->out[1], STDOUT_FILENO) < 0 ||
	    dup2(c->err[1], STDERR_FILENO) < 0)
		_exit(CHILD_NOT_FOUND);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execvp(argv[0], words.out);
	_exit(CHILD_NOT_FOUND);
}

/* Takes what FD has; closes it at the end, or when it is too much. */
static void
child_take(int *fd, struct buf *out)
{
	char block[16384];
	ssize_t n = read(*fd, block, sizeof(block));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0 || out->len + (size_t)n > CHILD_OUTPUT_MAX)
		base_close(fd);
	else
		buf_add(out, (struct str){ block, (size_t)n });
	explicit_bzero(block, sizeof(block));
}

static void
child_give(int *fd, struct str *input)
{
	ssize_t n = write(*fd, input->ptr, input->len);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		*input = str_part(*input, (size_t)n, input->len);
	if (n < 0 || input->len == 0)
		base_close(fd);
}

/* Until the program has closed both of its outputs. */
static enum err
child_talk(struct child *c, struct str input, struct buf *out,
    struct buf *err)
{
	if (input.len == 0)
		base_close(&c->in[1]);
	while (c->out[0] >= 0 || c->err[0] >= 0) {
		struct pollfd fds[] = {
			{ .fd = c->in[1], .events = POLLOUT },
			{ .fd = c->out[0], .events = POLLIN },
			{ .fd = c->err[0], .events = POLLIN },
		};

		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return ERR_SYSTEM;
		if (fds[0].revents != 0)
			child_give(&c->in[1], &input);
		if (fds[1].revents != 0)
			child_take(&c->out[0], out);
		if (fds[2].revents != 0)
			child_take(&c->err[0], err);
	}
	return ERR_OK;
}

static int
child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CHILD_NOT_FOUND;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

enum err
child_run(struct arena *arena, const char *const *argv, struct str input,
    struct child_result *result)
{
	struct child c CLEANUP(child_close) = {
		{ -1, -1 }, { -1, -1 }, { -1, -1 },
	};
	struct buf out = buf_in(arena), err = buf_in(arena);
	enum err rc;
	pid_t pid;

	if (pipe2(c.in, O_CLOEXEC) != 0 || pipe2(c.out, O_CLOEXEC) != 0 ||
	    pipe2(c.err, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		return ERR_SYSTEM;
	if (pid == 0)
		child_become(&c, argv);
	base_close(&c.in[0]);
	base_close(&c.out[1]);
	base_close(&c.err[1]);
	(void)fcntl(c.in[1], F_SETFL, O_NONBLOCK);
	rc = child_talk(&c, input, &out, &err);
	result->status = child_wait(pid);
	result->missing = result->status == CHILD_NOT_FOUND && out.len == 0;
	result->out = buf_str(&out);
	result->err = buf_str(&err);
	return out.failed || err.failed ? ERR_MEMORY : rc;
}
