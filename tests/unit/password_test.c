/* SPDX-License-Identifier: ISC */
/* Passwords [layer 1]: hashes, the line, what a new one may be, faults. */
#include "unit.h"

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>

#include "password.h"

#define CROWD (PASSWORD_AT_ONCE + PASSWORD_WAITING)
#define TOO_MANY 5

/*
 * This program's crypt_rn stands before libcrypt's: it sees what is asked,
 * can fail, can hold its callers, and else passes on to the real one.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int calls;
	int inside;
	int right;		/* how many threads had which answer */
	int refused;
	int most;		/* the highest that inside has been */
	bool held;		/* callers stay inside until it is false */
	bool fake;		/* compute nothing: .answer, errno .wrong */
	const char *answer;
	int wrong;
	char setting[CRYPT_OUTPUT_SIZE];
	size_t longest;
} seen = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.moved = PTHREAD_COND_INITIALIZER,
};

char *
crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
	char *(*real)(const char *, const char *, void *, int) = NULL;
	char *answer = NULL;
	bool fake;

	(void)pthread_mutex_lock(&seen.lock);
	seen.calls++;
	if (++seen.inside > seen.most)
		seen.most = seen.inside;
	if (strlen(phrase) > seen.longest)
		seen.longest = strlen(phrase);
	(void)snprintf(seen.setting, sizeof(seen.setting), "%s", setting);
	(void)pthread_cond_broadcast(&seen.moved);
	while (seen.held)
		(void)pthread_cond_wait(&seen.moved, &seen.lock);
	fake = seen.fake;
	(void)pthread_mutex_unlock(&seen.lock);
	if (fake) {
		errno = seen.wrong;
		if (seen.answer != NULL) {
			answer = ((struct crypt_data *)data)->output;
			(void)snprintf(answer, CRYPT_OUTPUT_SIZE, "%s",
			    seen.answer);
		}
	} else {
		*(void **)&real = dlsym(RTLD_NEXT, "crypt_rn");
		answer = real(phrase, setting, data, size);
	}
	(void)pthread_mutex_lock(&seen.lock);
	seen.inside--;
	(void)pthread_mutex_unlock(&seen.lock);
	return answer;
}

static int
set_up(void **state)
{
	(void)state;
	seen.calls = seen.inside = seen.most = seen.wrong = 0;
	seen.right = seen.refused = 0;
	seen.held = seen.fake = false;
	seen.answer = NULL;
	seen.longest = 0;
	return 0;
}

static void
test_hash_and_verify(void **state)
{
	char a[PASSWORD_HASH_SIZE], b[PASSWORD_HASH_SIZE];
	const struct str right = STR("correct horse b\xc3\xa4ttery");
	regex_t form;

	(void)state;
	assert_int_equal(password_hash(right, a), ERR_OK);
	assert_int_equal(password_hash(right, b), ERR_OK);
	assert_string_not_equal(a, b);
	/* What the database demands of hasp.member.password_hash. */
	assert_int_equal(regcomp(&form, "^\\$y\\$[./0-9A-Za-z$]{20,200}$",
	    REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(regexec(&form, a, 0, NULL, 0), 0);
	regfree(&form);
	assert_int_equal(password_verify(right, str_of(a)), ERR_OK);
	assert_int_equal(password_verify(right, str_of(b)), ERR_OK);
	assert_int_equal(password_verify(STR("correct horse battery"),
	    str_of(a)), ERR_SIGN_IN_FAILED);
	assert_int_equal(password_verify(str_part(right, 0, right.len - 1),
	    str_of(a)), ERR_SIGN_IN_FAILED);
	/* One byte of the hash is another. */
	a[strlen(a) - 1] = a[strlen(a) - 1] == '1' ? '2' : '1';
	assert_int_equal(password_verify(right, str_of(a)),
	    ERR_SIGN_IN_FAILED);
}

/* A hash that another program made (crypt(3), cost 1) is verified. */
static void
test_another_cost(void **state)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash;

	(void)state;
	assert_non_null(data);
	assert_non_null(crypt_gensalt_rn("$y$", 1, "0123456789abcdef", 16,
	    setting, (int)sizeof(setting)));
	hash = crypt_rn("swordfish", setting, data, (int)sizeof(*data));
	assert_non_null(hash);
	assert_int_equal(password_verify(STR("swordfish"), str_of(hash)),
	    ERR_OK);
	assert_int_equal(password_verify(STR("Swordfish"), str_of(hash)),
	    ERR_SIGN_IN_FAILED);
	free(data);
}

static void
test_nobody_costs_the_same(void **state)
{
	char hash[PASSWORD_HASH_SIZE], setting[CRYPT_OUTPUT_SIZE];
	size_t cost;

	(void)state;
	assert_int_equal(password_hash(STR("a"), hash), ERR_OK);
	cost = (size_t)(strchr(hash + 3, '$') + 1 - hash);
	assert_int_equal(password_verify(STR("a"), STR("")),
	    ERR_SIGN_IN_FAILED);
	assert_int_equal(seen.calls, 2);
	assert_memory_equal(seen.setting, hash, cost);
	(void)snprintf(setting, sizeof(setting), "%s", seen.setting);
	assert_int_equal(password_verify(STR("b"), str_of(NULL)),
	    ERR_SIGN_IN_FAILED);
	assert_int_equal(seen.calls, 3);
	assert_string_equal(seen.setting, setting);
	/* Not even when libcrypt gives back just what it was asked with. */
	seen.fake = true;
	seen.answer = setting;
	assert_int_equal(password_verify(STR("a"), STR("")),
	    ERR_SIGN_IN_FAILED);
}

static void
test_no_password_at_all(void **state)
{
	char longest[600], hash[PASSWORD_HASH_SIZE] = "left";
	const struct str bad[] = { STR(""), str_of(NULL), STR("\0"),
		STR("a\0b"), STR("correct horse\0"),
		{ longest, PASSWORD_MAX + 1 }, { longest, sizeof(longest) } };

	(void)state;
	memset(longest, 'p', sizeof(longest));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(password_hash(bad[i], hash), ERR_INVALID);
		assert_string_equal(hash, "");
		assert_int_equal(password_verify(bad[i], STR("$y$j75$")),
		    ERR_SIGN_IN_FAILED);
		assert_int_equal(password_verify(bad[i], STR("")),
		    ERR_SIGN_IN_FAILED);
	}
	assert_int_equal(seen.calls, 0);
	assert_int_equal(password_hash((struct str){ longest, PASSWORD_MAX },
	    hash), ERR_OK);
	assert_int_equal(seen.longest, PASSWORD_MAX);
	/* All of it counts. */
	longest[PASSWORD_MAX - 1] = 'q';
	assert_int_equal(password_verify((struct str){ longest, PASSWORD_MAX },
	    str_of(hash)), ERR_SIGN_IN_FAILED);
}

static void
test_no_hash(void **state)
{
	static char longest[PASSWORD_HASH_SIZE];
	static const struct str bad[] = { STR("x"), STR("$1$abc$"), STR("*0"),
		STR("*"), STR("$y$"), STR("$y$zzz$abcdefgh"),
		STR("$y$jCT$!!!!!!!!"), STR(" $y$jCT$abcd$"),
		STR("$y$jCT$ab\0cd$"), { longest, sizeof(longest) } };

	(void)state;
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "$y$", 3);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(password_verify(STR("a"), bad[i]),
		    ERR_INTERNAL);
}

static void
test_libcrypt_fails(void **state)
{
	static const struct {
		const char *answer;
		int wrong;
		enum err err;
	} faults[] = {
		{ NULL, EINVAL, ERR_INTERNAL },
		{ NULL, ENOMEM, ERR_MEMORY },
		{ NULL, 0, ERR_INTERNAL },
		{ "*0", 0, ERR_INTERNAL },
		{ "*1", EINVAL, ERR_INTERNAL },
		{ "", 0, ERR_INTERNAL },
		{ "$1$abc$def", 0, ERR_INTERNAL },
	};
	char hash[PASSWORD_HASH_SIZE], out[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash(STR("a"), hash), ERR_OK);
	seen.fake = true;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		seen.answer = faults[i].answer;
		seen.wrong = faults[i].wrong;
		assert_int_equal(password_hash(STR("a"), out), faults[i].err);
		assert_string_equal(out, "");
		assert_int_equal(password_verify(STR("a"), str_of(hash)),
		    faults[i].err);
		assert_int_equal(password_verify(STR("a"), STR("")),
		    faults[i].err);
		assert_int_equal(password_verify(STR("a"), STR("*0")),
		    ERR_INTERNAL);
	}
	/* Each has left the line: more have failed than it holds. */
	seen.fake = false;
	assert_int_equal(password_verify(STR("a"), str_of(hash)), ERR_OK);
}

static void *
one_of_many(void *unused)
{
	enum err err = password_verify(STR("a"), STR("$y$fake"));

	(void)unused;
	(void)pthread_mutex_lock(&seen.lock);
	seen.right += err == ERR_OK;
	seen.refused += err == ERR_OVERLOADED;
	(void)pthread_cond_broadcast(&seen.moved);
	(void)pthread_mutex_unlock(&seen.lock);
	return NULL;
}

/*
 * While those inside are held, just so many are sent away as came too many;
 * all others get their answer once the line moves.
 */
static void
test_the_line(void **state)
{
	pthread_t threads[CROWD + TOO_MANY];
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	seen.fake = true;
	seen.answer = "$y$fake";
	seen.held = true;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, one_of_many,
		    NULL), 0);
	(void)pthread_mutex_lock(&seen.lock);
	while (seen.refused < TOO_MANY || seen.inside < PASSWORD_AT_ONCE)
		(void)pthread_cond_wait(&seen.moved, &seen.lock);
	assert_int_equal(seen.right, 0);
	(void)pthread_mutex_unlock(&seen.lock);
	/* The line is full now, for everybody. */
	assert_int_equal(password_hash(STR("a"), hash), ERR_OVERLOADED);
	assert_string_equal(hash, "");
	assert_int_equal(password_verify(STR("a"), STR("")), ERR_OVERLOADED);
	(void)pthread_mutex_lock(&seen.lock);
	seen.held = false;
	(void)pthread_cond_broadcast(&seen.moved);
	(void)pthread_mutex_unlock(&seen.lock);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(seen.right, CROWD);
	assert_int_equal(seen.refused, TOO_MANY);
	assert_int_equal(seen.most, PASSWORD_AT_ONCE);
	assert_int_equal(seen.calls, CROWD);
}

/* What filled the line is gone from it. */
static void
test_the_line_again(void **state)
{
	for (int round = 0; round < 3; round++) {
		(void)set_up(state);
		test_the_line(state);
	}
}

static void
test_new_ones(void **state)
{
	static const struct str good[] = { STR("twelve bytes"),
		STR("correct horse battery staple"), STR("aaaaaaaaaaab"),
		STR("baaaaaaaaaaa"), STR("abababababab"),
		STR("\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6\xc3\xa4\xc3\xb6"),
		STR("\xe2\x82\xac uro and more"), STR("someone@example"),
		STR("someone.else!"), STR("tabs\tand\nlines") };
	static const struct str bad[] = { STR(""), STR("eleven byte"),
		STR("a\0bcdefghijklmnop"), STR("abcdefghijklmnop\0"),
		STR("aaaaaaaaaaaa"), STR("            "),
		STR("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"),
		STR("\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"),
		STR("latin one: \xe4"), STR("\xed\xa0\x80 a surrogate"),
		STR("some.body.else@example.com"),
		STR("Some.Body.Else@EXAMPLE.com"), STR("some.body.else"),
		STR("SOME.body.else") };
	const struct str email = STR("some.body.else@example.com");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(password_check_new(good[i], email), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(password_check_new(bad[i], email),
		    ERR_INVALID);
	assert_int_equal(password_check_new(STR("some.body@else"),
	    STR("\"some.body@else\"@x")), ERR_OK);
	assert_int_equal(password_check_new(STR("some.body@else"),
	    STR("some.body@else@x")), ERR_INVALID);
	/* An address that is none takes nothing away. */
	assert_int_equal(password_check_new(good[0], STR("@")), ERR_OK);
	assert_int_equal(password_check_new(good[0], STR("")), ERR_OK);
	assert_int_equal(password_check_new(good[0], str_of(NULL)), ERR_OK);
}

static void
test_lengths_of_new_ones(void **state)
{
	char text[PASSWORD_MAX + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	for (size_t len = 0; len < sizeof(text); len++)
		assert_int_equal(password_check_new((struct str){ text, len },
		    STR("a@example.com")), len >= PASSWORD_MIN &&
		    len <= PASSWORD_MAX ? ERR_OK : ERR_INVALID);
}

static void
test_made_ones(void **state)
{
	char made[16][PASSWORD_MADE_SIZE];
	regex_t form;

	(void)state;
	assert_int_equal(regcomp(&form, "^([0-9A-Za-z]{5}-){3}[0-9A-Za-z]{5}$",
	    REG_EXTENDED | REG_NOSUB), 0);
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		assert_int_equal(password_make(made[i]), ERR_OK);
		assert_int_equal(regexec(&form, made[i], 0, NULL, 0), 0);
		assert_int_equal(password_check_new(str_of(made[i]),
		    STR("a@example.com")), ERR_OK);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(made[i], made[k]);
	}
	regfree(&form);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		CASE(test_hash_and_verify),
		CASE(test_another_cost),
		CASE(test_nobody_costs_the_same),
		CASE(test_no_password_at_all),
		CASE(test_no_hash),
		CASE(test_libcrypt_fails),
		CASE(test_the_line),
		CASE(test_the_line_again),
		CASE(test_new_ones),
		CASE(test_lengths_of_new_ones),
		CASE(test_made_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
