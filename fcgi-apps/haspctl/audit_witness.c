/* SPDX-License-Identifier: ISC */
#include "audit_witness.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "output.h"

enum status
audit_witness_read(const char *path, const struct signature_key *key,
    struct checkpoint *out)
{
	int fd CLEANUP_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
	char note[SIGNATURE_NOTE_MAX + 1];
	ssize_t len;

	*out = (struct checkpoint){ .seq = 0 };
	if (fd < 0 && errno == ENOENT)
		return STATUS_OK;
	len = fd < 0 ? -1 : read(fd, note, sizeof(note));
	if (len < 0)
		return output_fail(STATUS_SYSTEM, "%s: %s", path,
		    strerror(errno));
	if (checkpoint_read(key, 1, (struct str){ note, (size_t)len }, out) !=
	    SIGNATURE_GOOD)
		return output_fail(STATUS_NO, "the witness %s does not hold a "
		    "checkpoint signed by this key", path);
	return STATUS_OK;
}

/* Whether CHECKPOINT may follow what the witness has. */
static enum status
audit_witness_judge(const char *path, const struct signature_key *key,
    const struct checkpoint *checkpoint)
{
	struct checkpoint last;
	enum status status = audit_witness_read(path, key, &last);

	if (status != STATUS_OK)
		return status;
	if (last.seq > checkpoint->seq)
		return output_fail(STATUS_NO, "the witness %s has seen event "
		    "%lld and does not go back to %lld", path,
		    (long long)last.seq, (long long)checkpoint->seq);
	if (last.seq == checkpoint->seq && memcmp(&last.hash,
	    &checkpoint->hash, sizeof(last.hash)) != 0)
		return output_fail(STATUS_NO, "the witness %s has seen another "
		    "event %lld", path, (long long)last.seq);
	return STATUS_OK;
}

/* NOTE into PATH by way of a new file beside it. */
static enum status
audit_witness_replace(const char *path, struct str note)
{
	char new[PATH_MAX];
	int fd CLEANUP_CLOSE = -1;

	(void)snprintf(new, sizeof(new), "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0 && write(fd, note.ptr, note.len) == (ssize_t)note.len &&
	    fsync(fd) == 0 && rename(new, path) == 0)
		return STATUS_OK;
	return output_fail(STATUS_IO, "%s: %s", new, strerror(errno));
}

enum status
audit_witness_write(const char *path, const struct signature_key *key,
    const struct checkpoint *checkpoint, struct str note)
{
	char lock[PATH_MAX];
	int fd CLEANUP_CLOSE = -1;
	enum status status;

	if (snprintf(lock, sizeof(lock), "%s.lock", path) >=
	    (int)sizeof(lock))
		return output_fail(STATUS_USAGE, "--witness is too long");
	/* Others who sign may be at it. */
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		return output_fail(STATUS_CREATE, "%s: %s", lock,
		    strerror(errno));
	status = audit_witness_judge(path, key, checkpoint);
	return status == STATUS_OK ? audit_witness_replace(path, note) :
	    status;
}
