/* SPDX-License-Identifier: ISC */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "keytext.h"
#include "output.h"
#include "probe_http.h"
#include "secret.h"
#include "secret_file.h"

#define PROBE_KEY_MAX 256
#define PROBE_CODE_MAX 60	/* longest code that is looked at */
#define PROBE_HEADERS 8

/* What has to come back. */
enum probe_expect {
	PROBE_REFUSED,		/* 401 with our body and challenges */
	PROBE_REFUSED_BARE,	/* the same without a body (HEAD) */
	PROBE_PREFLIGHT,	/* refused, or 204 as an option of the site */
	PROBE_ALLOWED,		/* 2xx */
};

struct probe_step {
	const char *name;
	const char *method;
	enum probe_expect expect;
	const char *code;			/* that it must have, or "" */
	const char *headers[PROBE_HEADERS];	/* ended by NULL */
};

struct probe {
	struct arena *arena;
	const char *url;
	bool failed;		/* a step */
	enum err err;		/* ended early: curl or memory is missing */
};

/* What nobody may get in with. Another step is added with a made-up key. */
static const struct probe_step probe_open_steps[] = {
	{ "GET without a key", "GET", PROBE_REFUSED, "credential_missing",
	    { NULL } },
	{ "HEAD without a key", "HEAD", PROBE_REFUSED_BARE, "", { NULL } },
	{ "POST without a key", "POST", PROBE_REFUSED, "credential_missing",
	    { NULL } },
	{ "DELETE without a key", "DELETE", PROBE_REFUSED,
	    "credential_missing", { NULL } },
	{ "OPTIONS without a key", "OPTIONS", PROBE_PREFLIGHT,
	    "credential_missing", { NULL } },
	{ "GET with junk as Bearer", "GET", PROBE_REFUSED, "",
	    { "Authorization: Bearer junk", NULL } },
	{ "GET with junk as Basic", "GET", PROBE_REFUSED, "",
	    { "Authorization: Basic MTpqdW5r", NULL } },
	{ "GET with an empty credential", "GET", PROBE_REFUSED, "",
	    { "Authorization;", NULL } },
	{ "GET with forged identity headers", "GET", PROBE_REFUSED,
	    "credential_missing",
	    { "X-Hasp-Account: 1", "X-Hasp-Key: key_forged",
	    "X-Hasp-Role: admin", "X_Hasp_Account: 1", "Hasp-Require: none",
	    "Hasp-Status: 200", "X-Original-Method: OPTIONS", NULL } },
};

/* The `code` member of a refusal into OUT; "" if there is none. */
static void
probe_code(struct str body, char out[PROBE_CODE_MAX + 1])
{
	struct str mark = STR("\"code\":\"");
	size_t n = 0, from = 0;

	while (from < body.len &&
	    !str_starts(str_part(body, from, body.len), mark))
		from++;
	body = str_part(body, from + mark.len, PROBE_CODE_MAX);
	while (n < body.len && ((body.ptr[n] >= 'a' && body.ptr[n] <= 'z') ||
	    body.ptr[n] == '_')) {
		out[n] = body.ptr[n];
		n++;
	}
	out[n] = '\0';
}

/* What is wrong with a status that is not the one expected. */
static const char *
probe_wrong_status(int status, enum probe_expect expect)
{
	if (status == 503)
		return "auth-check or its database is down; see its log";
	if (status == 500 || status == 502 || status == 504)
		return "the check fails, or the site does; see the error log "
		    "of the web server, and haspctl nginx-check";
	if (status >= 300 && status < 400)
		return "a redirect; give the address it leads to";
	if (expect == PROBE_ALLOWED)
		return status == 404 ? "let in, but there is nothing at this "
		    "address; give one that exists" : "refused";
	if (status >= 200 && status < 300)
		return "LET IN without a valid key: is this address "
		    "protected? haspctl nginx-check";
	if (status == 404 || status == 405)
		return "the site itself answered, so nobody was checked: "
		    "haspctl nginx-check";
	return "not refused by Hasp: haspctl nginx-check";
}

/* What is wrong with a 401, or NULL. */
static const char *
probe_wrong_refusal(const struct probe_http_answer *answer,
    const struct probe_step *step, const char *code)
{
	struct str challenge = STR("WWW-Authenticate");

	if (!probe_http_has(answer, challenge, STR("Basic ")) ||
	    !probe_http_has(answer, challenge, STR("Bearer ")))
		return "does not offer both Basic and Bearer: the error_page "
		    "lines of hasp-protect.conf are not in force";
	if (!probe_http_has(answer, STR("Content-Type"),
	    STR("application/problem+json")))
		return "is not application/problem+json: the error_page lines "
		    "of hasp-protect.conf are not in force";
	if (step->expect == PROBE_REFUSED_BARE)
		return NULL;
	if (*code == '\0')
		return "has no code in its body";
	if (*step->code != '\0' && strcmp(step->code, code) != 0)
		return "has another code than expected";
	return NULL;
}

/* What is wrong with ANSWER, or NULL. */
static const char *
probe_judge(const struct probe_http_answer *answer,
    const struct probe_step *step, const char *code)
{
	int status = answer->status;

	if (status == 0)
		return answer->error;
	if (step->expect == PROBE_ALLOWED)
		return status >= 200 && status < 300 ? NULL :
		    probe_wrong_status(status, step->expect);
	if (step->expect == PROBE_PREFLIGHT && status == 204 &&
	    answer->body.len == 0)
		return NULL;
	if (status != 401)
		return probe_wrong_status(status, step->expect);
	return probe_wrong_refusal(answer, step, code);
}

static void
probe_tell(struct probe *p, const char *name, int status, const char *code,
    const char *wrong)
{
	static const struct output_column columns[] = {
		{ "step", "STEP", OUTPUT_TEXT, false },
		{ "ok", "OK", OUTPUT_BOOL, false },
		{ "status", "STATUS", OUTPUT_NUMBER, false },
		{ "code", "CODE", OUTPUT_TEXT, false },
		{ "problem", "PROBLEM", OUTPUT_TEXT, false },
	};
	const struct output_cell cells[] = {
		OUTPUT_T(name), OUTPUT_I(wrong == NULL), OUTPUT_I(status),
		OUTPUT_T(*code != '\0' ? code : NULL), OUTPUT_T(wrong),
	};
	const struct output_sheet sheet = {
		columns, ARRAY_LEN(columns), cells, 1,
	};

	p->failed = p->failed || wrong != NULL;
	if (output_is_json())
		p->err = output_list_page(&sheet);
	if (output_is_json() || output_is_quiet())
		return;
	output_mark(wrong == NULL ? "ok   " : "FAIL ",
	    wrong == NULL ? OUTPUT_GREEN : OUTPUT_RED);
	output_raw("%s:", name);
	if (status != 0)
		output_raw(" %d", status);
	output_raw("%s%s%s", *code != '\0' ? " " : "", code,
	    wrong != NULL ? " " : "");
	output_text(wrong != NULL ? wrong : "");
	output_raw("\n");
}

static void
probe_try(struct probe *p, const struct probe_step *step)
{
	const struct probe_http_request request = {
		p->url, step->method, step->headers,
	};
	struct probe_http_answer answer;
	char code[PROBE_CODE_MAX + 1];

	if (p->err != ERR_OK)
		return;
	p->err = probe_http_send(p->arena, &request, &answer);
	if (p->err != ERR_OK)
		return;
	probe_code(answer.body, code);
	probe_tell(p, step->name, answer.status, code,
	    probe_judge(&answer, step, code));
}

/* A header "Authorization: SCHEME VALUE" in the arena. */
static const char *
probe_header(struct probe *p, const char *scheme, const char *value)
{
	struct buf text = buf_in(p->arena);

	buf_printf(&text, "Authorization: %s %s", scheme, value);
	if (!text.failed)
		return text.data;
	p->err = ERR_MEMORY;
	return "";
}

/* "ID:KEY" in base64. */
static const char *
probe_basic(struct probe *p, int64_t account, const char *key)
{
	char pair[PROBE_KEY_MAX + 32];
	char encoded[BASE64_SIZE(sizeof(pair))];
	const char *header;
	int n = snprintf(pair, sizeof(pair), "%lld:%s", (long long)account,
	    key);

	base64_encode(pair, (size_t)n, encoded);
	header = probe_header(p, "Basic", encoded);
	explicit_bzero(pair, sizeof(pair));
	explicit_bzero(encoded, sizeof(encoded));
	return header;
}

/* A key of the right form that nobody has. */
static void
probe_try_unknown(struct probe *p, const struct config *config)
{
	struct keytext_rules rules = keytext_rules(config);
	char random[KEYTEXT_RANDOM + 1], text[KEYTEXT_SIZE];
	struct probe_step step = {
		"GET with a key that does not exist", "GET", PROBE_REFUSED,
		"", { NULL },
	};

	if (p->err == ERR_OK)
		p->err = secret_base62(random, KEYTEXT_RANDOM);
	if (p->err == ERR_OK)
		p->err = keytext_make(&rules, config->environments[0], random,
		    text);
	if (p->err != ERR_OK)
		return;
	step.headers[0] = probe_header(p, "Bearer", text);
	probe_try(p, &step);
}

static void
probe_try_key(struct probe *p, const char *key, int64_t account)
{
	struct probe_step step = {
		"GET with the key as Bearer", "GET", PROBE_ALLOWED, "",
		{ NULL },
	};

	if (probe_http_is_open(p->url)) {
		probe_tell(p, step.name, 0, "", "not tried: a key is not sent "
		    "to another machine in clear; give an https address");
		return;
	}
	step.headers[0] = probe_header(p, "Bearer", key);
	probe_try(p, &step);
	if (account == 0)
		return;
	step.name = "GET with the key as Basic";
	step.headers[0] = probe_basic(p, account, key);
	probe_try(p, &step);
	step.name = "GET with the key and another account";
	step.expect = PROBE_REFUSED;
	step.code = "account_mismatch";
	step.headers[0] = probe_basic(p, account == INT64_MAX ? 1 :
	    account + 1, key);
	probe_try(p, &step);
}

/* The first line of the key file into KEY. */
static enum status
probe_read_key(const char *path, char key[PROBE_KEY_MAX + 1])
{
	size_t len;
	enum status status = secret_file_read(path, key, PROBE_KEY_MAX + 1,
	    &len);

	if (status != STATUS_OK)
		return status;
	while (len > 0 && len <= PROBE_KEY_MAX &&
	    strchr("\r\n", key[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < len && len <= PROBE_KEY_MAX; i++)
		if (key[i] <= ' ' || key[i] > '~')
			len = 0;
	if (len == 0 || len > PROBE_KEY_MAX)
		return output_fail(STATUS_DATA, "%s holds no key: one line of "
		    "at most %d bytes, no blanks in it", path, PROBE_KEY_MAX);
	key[len] = '\0';
	return STATUS_OK;
}

static enum status
probe_end(const struct probe *p)
{
	if (p->err == ERR_NOT_FOUND)
		return output_fail(STATUS_SYSTEM,
		    "curl is not in PATH: apt-get install curl");
	if (p->err == ERR_SYSTEM)
		return output_fail(STATUS_SYSTEM, "curl: %s", strerror(errno));
	if (p->err != ERR_OK)
		return output_fail(status_of(p->err), "%s",
		    err_sentence(p->err));
	output_words(p->failed ? "Some steps failed." : "All is well.");
	return p->failed ? STATUS_NO : STATUS_OK;
}

static enum status
probe_steps(struct invocation *inv, const char *key, int64_t account)
{
	struct probe probe = {
		.arena = inv->arena, .url = inv->operands[0],
	};

	output_list_begin();
	for (size_t i = 0; i < ARRAY_LEN(probe_open_steps); i++)
		probe_try(&probe, &probe_open_steps[i]);
	probe_try_unknown(&probe, inv->config);
	if (key != NULL && probe.err == ERR_OK)
		probe_try_key(&probe, key, account);
	output_list_end();
	return probe_end(&probe);
}

enum status
probe_run(struct invocation *inv)
{
	const char *file = inv->values[ARGUMENT_KEY_FILE];
	const char *account = inv->values[ARGUMENT_ACCOUNT];
	char key[PROBE_KEY_MAX + 2] = "";
	int64_t id = 0;
	enum status status;

	if (!probe_http_url(inv->operands[0]))
		return output_fail(STATUS_USAGE, "URL must be http:// or "
		    "https://, without a user name, blanks and #");
	if (account != NULL && file == NULL)
		return output_fail(STATUS_USAGE,
		    "--account needs --key-file: it is for Basic");
	if (account != NULL && (status = invocation_account(account,
	    "--account", &id)) != STATUS_OK)
		return status;
	if ((status = invocation_read_config(inv)) != STATUS_OK ||
	    (file != NULL && (status = probe_read_key(file, key)) !=
	    STATUS_OK))
		return status;
	status = probe_steps(inv, file != NULL ? key : NULL, id);
	explicit_bzero(key, sizeof(key));
	return status;
}
