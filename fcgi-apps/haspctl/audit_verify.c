/* SPDX-License-Identifier: ISC */
#include "audit_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "audit_key.h"
#include "audit_report.h"
#include "audit_walk.h"
#include "chain.h"
#include "output.h"
#include "store_checkpoint.h"

#define AUDIT_VERIFY_BLOCK ((size_t)1 << 20)	/* bytes read at a time */
#define AUDIT_VERIFY_LINE ((size_t)16 << 20)	/* of a line, at most */

struct audit_verify {
	struct signature_key keys[AUDIT_KEY_MAX];
	size_t key_count;
	struct checkpoint *expected;	/* of --checkpoint, in order */
	size_t expected_count;
	struct chain *chain;
	bool cut;		/* the last line of the file has no end */
};

/* The whole file PATH, NUL behind it; the caller frees. NULL with errno. */
static char *
audit_verify_slurp(const char *path, size_t *len)
{
	int fd CLEANUP_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL, *more;
	ssize_t n = 1;

	*len = 0;
	while (fd >= 0 && n != 0) {
		more = realloc(text, *len + AUDIT_VERIFY_BLOCK + 1);
		if (more == NULL)
			break;
		text = more;
		n = read(fd, text + *len, AUDIT_VERIFY_BLOCK);
		if (n < 0 && errno != EINTR)
			break;
		*len += n > 0 ? (size_t)n : 0;
		text[*len] = '\0';
	}
	if (fd >= 0 && n == 0)
		return text;
	free(text);
	return NULL;
}

static int
audit_verify_compare(const void *a, const void *b)
{
	const struct checkpoint *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Takes the checkpoints in TEXT, of the file PATH. */
static enum status
audit_verify_take(struct audit_verify *v, const char *path, struct str text)
{
	struct str note, rest = text;
	struct checkpoint c;
	size_t room = 0;

	while (checkpoint_next(&rest, &note))
		room++;
	v->expected = calloc(room + 1, sizeof(*v->expected));
	if (v->expected == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	while (checkpoint_next(&text, &note)) {
		enum signature_rc rc = checkpoint_read(v->keys, v->key_count,
		    note, &c);

		if (rc == SIGNATURE_WRONG || rc == SIGNATURE_MALFORMED)
			return output_fail(STATUS_DATA, "%s holds a checkpoint "
			    "whose signature is wrong", path);
		if (rc == SIGNATURE_GOOD)
			v->expected[v->expected_count++] = c;
	}
	if (text.len > 0 || v->expected_count == 0)
		return output_fail(STATUS_UNTOLD, text.len > 0 ?
		    "%s holds something that is no checkpoint" :
		    "%s holds no checkpoint that one of the keys signed",
		    path);
	qsort(v->expected, v->expected_count, sizeof(c),
	    audit_verify_compare);
	return STATUS_OK;
}

/* Reads what --checkpoint names. */
static enum status
audit_verify_expect(struct audit_verify *v, const struct invocation *inv)
{
	const char *path = inv->values[ARGUMENT_CHECKPOINT];
	char *text CLEANUP_FREE = NULL;
	size_t len;

	if (path == NULL)
		return STATUS_OK;
	if (v->key_count == 0)
		return output_fail(STATUS_USAGE, "--checkpoint needs --key");
	text = audit_verify_slurp(path, &len);
	if (text == NULL)
		return output_fail(STATUS_DATA, "%s: %s", path,
		    strerror(errno));
	return audit_verify_take(v, path, (struct str){ text, len });
}

/* Takes the lines of TEXT; how many bytes are left without an end. */
static size_t
audit_verify_lines(struct audit_verify *v, struct str text)
{
	struct str line;

	while (str_cut(text, '\n', &line, &text))
		chain_add(v->chain, line);
	return line.len;
}

/* Reads the export from FD, a block after another. */
static enum status
audit_verify_read(struct audit_verify *v, int fd)
{
	size_t size = 2 * AUDIT_VERIFY_BLOCK, len = 0, left;
	char *text CLEANUP_FREE = malloc(size), *more;
	ssize_t n = 1;

	while (text != NULL && n != 0) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return output_fail(STATUS_UNTOLD, "the export: %s",
			    strerror(errno));
		len += (size_t)n;
		left = audit_verify_lines(v, (struct str){ text, len });
		memmove(text, text + len - left, left);
		len = left;
		if (len < size)
			continue;
		if (size >= AUDIT_VERIFY_LINE)
			break;
		more = realloc(text, size * 2);
		if (more == NULL)
			return output_fail(STATUS_SOFTWARE, "memory is short");
		text = more;
		size *= 2;
	}
	if (text == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	v->cut = len > 0;
	return STATUS_OK;
}

static enum status
audit_verify_file(struct audit_verify *v, const char *path)
{
	int fd CLEANUP_CLOSE = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return output_fail(STATUS_UNTOLD, "%s: %s", path,
		    strerror(errno));
	return audit_verify_read(v, fd);
}

static enum err
audit_verify_line(void *arg, struct str line)
{
	chain_add(((struct audit_verify *)arg)->chain, line);
	return ERR_OK;
}

static enum err
audit_verify_give(void *arg, enum chainline_of of, int64_t id, int64_t upto,
    const struct digest *hash)
{
	return chain_give(((struct audit_verify *)arg)->chain, of, id, upto,
	    hash);
}

static enum status
audit_verify_database(struct audit_verify *v, struct invocation *inv)
{
	const struct store_lines_sink sink = { audit_verify_line, v };
	int64_t from;
	enum status status = invocation_number(inv, ARGUMENT_FROM, 1,
	    INT64_MAX, &from);
	enum err err = ERR_OK;

	if (status != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	if (from > 1)
		err = store_checkpoint_sealed(inv->db, from,
		    audit_verify_give, v);
	if (err == ERR_NOT_FOUND)
		return output_fail(STATUS_UNTOLD, "there is no event before "
		    "that to begin with: --from is a number of account 0's");
	if (err == ERR_OK)
		err = audit_walk_all(inv->db, from, &sink);
	return err == ERR_OK ? STATUS_OK : invocation_database_failed(inv,
	    err);
}

static enum status
audit_verify_prepared(struct audit_verify *v, struct invocation *inv)
{
	const char *path = inv->values[ARGUMENT_EXPORT];
	struct chain_report report;
	enum status status;
	enum err err;

	if (path != NULL && invocation_has(inv, ARGUMENT_FROM))
		return output_fail(STATUS_USAGE, "--from is for the database, "
		    "--export for a file");
	status = path != NULL ? audit_verify_file(v, path) :
	    audit_verify_database(v, inv);
	if (status != STATUS_OK)
		return status;
	err = chain_finish(v->chain, v->cut, &report);
	return err == ERR_OK ? audit_report_tell(&report, path != NULL) :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
audit_verify_run(struct invocation *inv)
{
	struct audit_verify v = { .cut = false };
	enum status status = audit_key_public(inv, v.keys, &v.key_count);

	if (status == STATUS_OK)
		status = audit_verify_expect(&v, inv);
	if (status == STATUS_OK) {
		v.chain = chain_open(v.keys, v.key_count);
		if (v.chain == NULL)
			status = output_fail(STATUS_SOFTWARE,
			    "memory is short");
	}
	if (status == STATUS_OK) {
		chain_expect(v.chain, v.expected, v.expected_count);
		status = audit_verify_prepared(&v, inv);
	}
	chain_close(v.chain);
	free(v.expected);
	return status;
}
