/* SPDX-License-Identifier: ISC */
#include "password.h"

#include <crypt.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "secret.h"

#define PASSWORD_PREFIX "$y$"
#define PASSWORD_SALT 16
#define PASSWORD_GROUP 5
#define PASSWORD_GROUPS 4

/* What a computation needs; too large for a stack, and full of secrets. */
struct password_work {
	struct crypt_data data;
	char text[PASSWORD_MAX + 1];
};

/*
 * The line: who comes draws a number, and is let in once all but
 * PASSWORD_AT_ONCE of those before it have left.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t left;
	uint64_t drawn;
	uint64_t done;
} password_line = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.left = PTHREAD_COND_INITIALIZER,
};

static enum err
password_enter(void)
{
	enum err err = ERR_OK;
	uint64_t mine;

	(void)pthread_mutex_lock(&password_line.lock);
	mine = password_line.drawn;
	if (mine >= password_line.done + PASSWORD_AT_ONCE + PASSWORD_WAITING)
		err = ERR_OVERLOADED;
	else
		password_line.drawn++;
	while (err == ERR_OK && mine >= password_line.done + PASSWORD_AT_ONCE)
		(void)pthread_cond_wait(&password_line.left,
		    &password_line.lock);
	(void)pthread_mutex_unlock(&password_line.lock);
	return err;
}

static void
password_leave(void)
{
	(void)pthread_mutex_lock(&password_line.lock);
	password_line.done++;
	(void)pthread_cond_broadcast(&password_line.left);
	(void)pthread_mutex_unlock(&password_line.lock);
}

static void
password_end_work(struct password_work **work)
{
	if (*work != NULL)
		explicit_bzero(*work, sizeof(**work));
	free(*work);
}

/* Whether libcrypt may see it, which wants an end and takes 511 bytes. */
static bool
password_is_text(struct str password)
{
	return password.len > 0 && password.len <= PASSWORD_MAX &&
	    str_find(password, '\0') == password.len;
}

/* Whether TEXT can be a hash, or what libcrypt made of one. */
static bool
password_is_hash(struct str text)
{
	return text.len < PASSWORD_HASH_SIZE &&
	    str_starts(text, STR(PASSWORD_PREFIX)) &&
	    str_find(text, '\0') == text.len;
}

/* The hash of PASSWORD, which is a text, with salt and cost of SETTING. */
static enum err
password_compute(struct str password, const char *setting,
    char out[PASSWORD_HASH_SIZE])
{
	struct password_work *work CLEANUP(password_end_work) =
	    calloc(1, sizeof(*work));
	const char *made;
	struct str hash;
	int wrong;

	if (work == NULL)
		return ERR_MEMORY;
	memcpy(work->text, password.ptr, password.len);
	errno = 0;
	made = crypt_rn(work->text, setting, &work->data,
	    (int)sizeof(work->data));
	wrong = errno;
	hash = str_of(made);
	/* Some libcrypts refuse with NULL, others with a text like "*0". */
	if (!password_is_hash(hash))
		return wrong == ENOMEM ? ERR_MEMORY : ERR_INTERNAL;
	memcpy(out, hash.ptr, hash.len);
	out[hash.len] = '\0';
	return ERR_OK;
}

/* password_compute once it is our turn. */
static enum err
password_compute_in_line(struct str password, const char *setting,
    char out[PASSWORD_HASH_SIZE])
{
	enum err err = password_enter();

	if (err != ERR_OK)
		return err;
	err = password_compute(password, setting, out);
	password_leave();
	return err;
}

/* What PASSWORD_COST and SALT are in a hash. */
static enum err
password_setting(const char salt[PASSWORD_SALT], char out[PASSWORD_HASH_SIZE])
{
	if (crypt_gensalt_rn(PASSWORD_PREFIX, PASSWORD_COST, salt,
	    PASSWORD_SALT, out, PASSWORD_HASH_SIZE) == NULL)
		return ERR_INTERNAL;
	return ERR_OK;
}

enum err
password_hash(struct str password, char out[PASSWORD_HASH_SIZE])
{
	char salt[PASSWORD_SALT], setting[PASSWORD_HASH_SIZE];
	enum err err;

	out[0] = '\0';
	if (!password_is_text(password))
		return ERR_INVALID;
	if ((err = secret_random(salt, sizeof(salt))) != ERR_OK ||
	    (err = password_setting(salt, setting)) != ERR_OK)
		return err;
	return password_compute_in_line(password, setting, out);
}

enum err
password_verify(struct str password, struct str hash)
{
	static const char no_salt[PASSWORD_SALT];
	char setting[PASSWORD_HASH_SIZE] = "", made[PASSWORD_HASH_SIZE] = "";
	bool known = hash.len > 0, same;
	enum err err;

	if (!password_is_text(password))
		return ERR_SIGN_IN_FAILED;
	if (known && !password_is_hash(hash))
		return ERR_INTERNAL;
	if (known)
		memcpy(setting, hash.ptr, hash.len);
	else if ((err = password_setting(no_salt, setting)) != ERR_OK)
		return err;
	err = password_compute_in_line(password, setting, made);
	if (err != ERR_OK)
		return err;
	/* SETTING is all of the hash, zeros after it, and so is MADE. */
	same = secret_equal(setting, made, sizeof(made));
	explicit_bzero(made, sizeof(made));
	return same && known ? ERR_OK : ERR_SIGN_IN_FAILED;
}

/* Whether TEXT, which is UTF-8, is its first character again and again. */
static bool
password_repeats(struct str text)
{
	size_t len = 1;

	while (len < text.len && (text.ptr[len] & 0xc0) == 0x80)
		len++;
	return str_eq(str_part(text, len, text.len),
	    str_part(text, 0, text.len - len));
}

enum err
password_check_new(struct str password, struct str email)
{
	struct str local = email;

	while (local.len > 0 && local.ptr[local.len - 1] != '@')
		local.len--;
	if (local.len > 0)
		local.len--;
	if (password.len < PASSWORD_MIN || !password_is_text(password) ||
	    !str_is_utf8(password) || password_repeats(password) ||
	    str_eq_nocase(password, email) || str_eq_nocase(password, local))
		return ERR_INVALID;
	return ERR_OK;
}

enum err
password_make(char out[PASSWORD_MADE_SIZE])
{
	char raw[PASSWORD_GROUP * PASSWORD_GROUPS + 1];
	enum err err = secret_base62(raw, sizeof(raw) - 1);
	size_t n = 0;

	out[0] = '\0';
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < sizeof(raw) - 1; i++) {
		if (i > 0 && i % PASSWORD_GROUP == 0)
			out[n++] = '-';
		out[n++] = raw[i];
	}
	out[n] = '\0';
	explicit_bzero(raw, sizeof(raw));
	return ERR_OK;
}
