/* SPDX-License-Identifier: ISC */
#include "audit_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "audit_walk.h"
#include "clock.h"
#include "output.h"
#include "when.h"

#define AUDIT_EXPORT_BUFFER ((size_t)1 << 20)

static enum err
audit_export_line(void *arg, struct str line)
{
	FILE *file = arg;

	return fwrite(line.ptr, 1, line.len, file) == line.len &&
	    putc('\n', file) != EOF ? ERR_OK : ERR_SYSTEM;
}

enum status
audit_export_time(const struct invocation *inv, enum argument argument,
    int64_t *out)
{
	const char *text = inv->values[argument];

	*out = 0;
	if (text == NULL || when_point(str_of(text), clock_wall_us(), out))
		return STATUS_OK;
	return output_fail(STATUS_USAGE, "--%s is a date (2031-05-04) or a "
	    "time (2031-05-04T03:02:01Z)",
	    invocation_argument(argument)->name);
}

/* Writes what was asked for to FILE. */
static enum status
audit_export_write(struct invocation *inv, FILE *file)
{
	const struct store_lines_sink sink = { audit_export_line, file };
	int64_t account = -1, since, until;
	enum status status;
	enum err err;

	if ((status = audit_export_time(inv, ARGUMENT_SINCE, &since)) !=
	    STATUS_OK || (status = audit_export_time(inv, ARGUMENT_UNTIL,
	    &until)) != STATUS_OK || (invocation_has(inv, ARGUMENT_ACCOUNT) &&
	    (status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", &account)) != STATUS_OK) ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = account < 0 && since == 0 && until == 0 ?
	    audit_walk_all(inv->db, 1, &sink) :
	    audit_walk_part(inv->db, account, since, until, &sink);
	if (err == ERR_SYSTEM)
		return output_fail(STATUS_IO, "%s: %s", inv->operands[0],
		    strerror(errno));
	return err == ERR_OK ? STATUS_OK : invocation_database_failed(inv,
	    err);
}

enum status
audit_export_run(struct invocation *inv)
{
	const char *path = inv->operands[0];
	bool out = strcmp(path, "-") == 0;
	int fd = out ? dup(STDOUT_FILENO) : open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	enum status status;

	if (file == NULL) {
		status = output_fail(STATUS_CREATE, "%s: %s", path,
		    strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return status;
	}
	(void)setvbuf(file, NULL, _IOFBF, AUDIT_EXPORT_BUFFER);
	status = audit_export_write(inv, file);
	/* A pipe cannot be synchronised and need not be. */
	if ((fflush(file) != 0 || (!out && fsync(fd) != 0)) &&
	    status == STATUS_OK)
		status = output_fail(STATUS_IO, "%s: %s", path,
		    strerror(errno));
	(void)fclose(file);
	if (status != STATUS_OK && !out)
		(void)unlink(path);
	return status;
}
