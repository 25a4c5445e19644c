/* SPDX-License-Identifier: ISC */
#include "audit_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "secret.h"
#include "secret_file.h"

#define AUDIT_KEY_NAME "hasp"	/* unless --name says another */
#define AUDIT_KEY_ROOM ((size_t)AUDIT_KEY_MAX * SIGNATURE_TEXT_SIZE)

/* Writes TEXT and LF to PATH, which must not be there. */
static enum status
audit_key_write(const char *path, const char *text, mode_t mode)
{
	int fd CLEANUP_CLOSE = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	size_t len = strlen(text);

	if (fd < 0)
		return output_fail(STATUS_CREATE, "%s: %s", path,
		    strerror(errno));
	if (write(fd, text, len) == (ssize_t)len && write(fd, "\n", 1) == 1 &&
	    fsync(fd) == 0)
		return STATUS_OK;
	(void)output_fail(STATUS_IO, "%s: %s", path, strerror(errno));
	(void)unlink(path);
	return STATUS_IO;
}

static enum status
audit_key_keep(const struct signature_signer *signer, const char *path)
{
	char text[SIGNATURE_TEXT_SIZE], other[PATH_MAX];
	enum status status;

	if (snprintf(other, sizeof(other), "%s.pub", path) >=
	    (int)sizeof(other))
		return output_fail(STATUS_USAGE, "FILE is too long a name");
	signature_signer_text(signer, text);
	status = audit_key_write(path, text, 0600);
	explicit_bzero(text, sizeof(text));
	if (status != STATUS_OK)
		return status;
	signature_key_text(&signer->key, text);
	status = audit_key_write(other, text, 0644);
	if (status != STATUS_OK) {
		(void)unlink(path);
		return status;
	}
	output_text(text);
	output_raw("\n");
	output_words("%s signs and stays on this machine; %s verifies: keep a "
	    "copy of it elsewhere.", path, other);
	return STATUS_OK;
}

enum status
audit_key_generate(struct invocation *inv)
{
	const char *name = inv->values[ARGUMENT_NAME];
	struct signature_signer signer CLEANUP(signature_wipe);
	enum err err = signature_make(str_of(name == NULL ? AUDIT_KEY_NAME :
	    name), &signer);

	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--name of a key is 1 to %d "
		    "letters, digits and signs, without blank and +",
		    SIGNATURE_NAME_MAX);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	return audit_key_keep(&signer, inv->operands[0]);
}

/* The text of the file PATH without the LF at its end. */
static enum status
audit_key_read(const char *path, char *out, size_t room, struct str *text)
{
	size_t len;
	enum status status = secret_file_read(path, out, room, &len);

	if (status != STATUS_OK)
		return status;
	if (len > 0 && out[len - 1] == '\n')
		len--;
	*text = (struct str){ out, len };
	return STATUS_OK;
}

enum status
audit_key_signer(const struct invocation *inv, struct signature_signer *out)
{
	const char *path = inv->values[ARGUMENT_KEY], *fault;
	char room[SIGNATURE_TEXT_SIZE + 1];
	enum status status;
	struct stat st;
	struct str text;

	signature_wipe(out);
	if (stat(path, &st) != 0)
		return output_fail(STATUS_DATA, "%s: %s", path,
		    strerror(errno));
	if ((fault = secret_stat_fault(&st)) != NULL)
		return output_fail(STATUS_DATA, "%s %s", path, fault);
	status = audit_key_read(path, room, sizeof(room), &text);
	if (status == STATUS_OK && !signature_signer_parse(text, out))
		status = output_fail(STATUS_DATA, "%s holds no private key as "
		    "haspctl audit keygen makes one", path);
	explicit_bzero(room, sizeof(room));
	return status;
}

enum status
audit_key_public(const struct invocation *inv,
    struct signature_key out[AUDIT_KEY_MAX], size_t *count)
{
	const char *path = inv->values[ARGUMENT_KEY];
	char room[AUDIT_KEY_ROOM];
	struct str text, line;
	enum status status;

	*count = 0;
	if (path == NULL)
		return STATUS_OK;
	status = audit_key_read(path, room, sizeof(room), &text);
	while (status == STATUS_OK && text.len > 0) {
		(void)str_cut(text, '\n', &line, &text);
		if (*count == AUDIT_KEY_MAX ||
		    !signature_key_parse(line, &out[(*count)++]))
			status = output_fail(STATUS_DATA, "%s holds a line "
			    "that is no public key as haspctl audit keygen "
			    "writes one, or more than %d", path,
			    AUDIT_KEY_MAX);
	}
	explicit_bzero(room, sizeof(room));
	return status;
}
