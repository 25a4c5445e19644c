/* SPDX-License-Identifier: ISC */
#include "member_secret.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "member_sheet.h"
#include "output.h"
#include "secret_file.h"

void
member_secret_wipe(struct member_secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}

/* The one line of the file, whose end does not belong to it. */
static enum status
member_secret_read(const char *path, struct member_secret *out)
{
	size_t len;
	enum status status = secret_file_read(path, out->password,
	    sizeof(out->password) - 1, &len);

	if (status != STATUS_OK)
		return status;
	if (len > 0 && out->password[len - 1] == '\n')
		len--;
	if (len > 0 && out->password[len - 1] == '\r')
		len--;
	if (len == 0 || memchr(out->password, '\n', len) != NULL ||
	    memchr(out->password, '\0', len) != NULL)
		return output_fail(STATUS_DATA, "%s holds no password: one "
		    "line, and nothing else", path);
	out->password[len] = '\0';
	return STATUS_OK;
}

enum status
member_secret_password(const struct invocation *inv, struct str email,
    struct member_secret *out)
{
	const char *path = inv->values[ARGUMENT_PASSWORD_FILE];
	enum status status;
	enum err err = ERR_OK;

	out->made = path == NULL;
	if (out->made)
		err = password_make(out->password);
	else if ((status = member_secret_read(path, out)) != STATUS_OK)
		return status;
	if (err == ERR_OK)
		err = password_check_new(str_of(out->password), email);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "the password must be %d to "
		    "%d bytes of UTF-8, not one character again and again and "
		    "not the email address", PASSWORD_MIN, PASSWORD_MAX);
	if (err == ERR_OK)
		err = password_hash(str_of(out->password), out->hash);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
member_secret_enrol(const struct invocation *inv, struct member_secret *out)
{
	const char *path = inv->config->accounts_totp_key_file;
	char message[SEAL_MESSAGE_SIZE];
	enum err err;

	if (*path == '\0')
		return output_fail(STATUS_CONFIG, "--totp needs the key that "
		    "the secret is stored under: the configuration names its "
		    "file as totp_key_file in [accounts]");
	err = seal_read_key(path, &out->seal, message);
	if (err == ERR_CONFIG)
		return output_fail(STATUS_CONFIG, "%s", message);
	if (err == ERR_OK)
		err = totp_make_secret(out->totp_secret);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	totp_base32(out->totp_secret, out->totp_text);
	out->totp = true;
	return STATUS_OK;
}

/* The URI that authenticators take, in the invocation's memory, or NULL. */
static const char *
member_secret_uri(struct invocation *inv, const struct store_person *person,
    const struct member_secret *secret)
{
	struct buf uri = buf_in(inv->arena);

	totp_uri(secret->totp_secret, str_of(inv->config->accounts_issuer),
	    str_of(person->email), &uri);
	return uri.failed ? NULL : uri.data;
}

/* Lines on standard output, words on standard error. */
static enum err
member_secret_lines(const struct member_secret *secret, const char *uri)
{
	enum err err = ERR_OK;

	if (secret->made) {
		output_words("This is the only showing of the password:");
		err = output_secret(str_of(secret->password));
	}
	if (err != ERR_OK || !secret->totp)
		return err;
	output_words("And of the authenticator's secret%s:",
	    output_is_quiet() ? "" : ", and the URI for its QR code");
	err = output_secret(str_of(secret->totp_text));
	if (err == ERR_OK && !output_is_quiet())
		err = output_secret(str_of(uri));
	return err;
}

static enum err
member_secret_show(struct invocation *inv, int64_t id,
    const struct member_secret *secret, const char *verb)
{
	struct store_person person;
	const char *uri = NULL;
	struct output_sheet sheet;
	enum err err = store_person_find(inv->db, inv->arena, id, &person);

	if (err == ERR_OK && secret->totp &&
	    (uri = member_secret_uri(inv, &person, secret)) == NULL)
		err = ERR_MEMORY;
	if (err != ERR_OK)
		return err;
	if (output_is_json()) {
		err = member_sheet_secret(inv->arena, &person,
		    secret->made ? secret->password : NULL,
		    secret->totp ? secret->totp_text : NULL, uri, &sheet);
		return err != ERR_OK ? err : output_record(&sheet);
	}
	output_words("%s member %lld (%s) of account %lld%s.", verb,
	    (long long)id, person.email, (long long)person.account,
	    person.disabled != 0 ? ", who is disabled" : "");
	if (secret->made || secret->totp)
		return member_secret_lines(secret, uri);
	err = member_sheet_make(inv->arena, &person, 1, &sheet);
	return err != ERR_OK ? err : output_record(&sheet);
}

enum status
member_secret_tell(struct invocation *inv, int64_t id,
    const struct member_secret *secret, const char *verb)
{
	enum err err = member_secret_show(inv, id, secret, verb);

	if (err == ERR_OK && output_close(STATUS_OK) == STATUS_OK)
		return STATUS_OK;
	if (!secret->made && !secret->totp)
		return output_fail(STATUS_IO, "member %lld is as asked, but "
		    "could not be shown", (long long)id);
	return output_fail(STATUS_IO, "what member %lld signs in with was "
	    "made but not shown, and cannot be shown again: `haspctl member "
	    "reset %lld`, and then enrol the authenticator anew",
	    (long long)id, (long long)id);
}
