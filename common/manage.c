/* SPDX-License-Identifier: ISC */
#include "manage.h"

#include <stdio.h>
#include <string.h>

#include "access.h"
#include "confirm.h"
#include "prefer.h"
#include "session.h"

#define MANAGE_ONCE_MAX 200
#define MANAGE_ETAG_SIZE 24

void
manage_as(const struct ctx *ctx, int64_t account, int64_t member,
    struct store_change *out)
{
	*out = (struct store_change){
		.db = ctx->db,
		.account = account,
		.actor = "nobody",
		.address = request_param(ctx->request, "REMOTE_ADDR"),
		.request_id = ctx->request->id,
	};
	if (member > 0)
		(void)snprintf(out->actor, sizeof(out->actor), "member:%lld",
		    (long long)member);
}

/* Who changes it, and whose rows they see. */
static void
manage_caller(const struct ctx *ctx, struct store_change *change)
{
	if (ctx->session != NULL) {
		manage_as(ctx, ctx->session->row.account,
		    ctx->session->row.member, change);
		return;
	}
	manage_as(ctx, ctx->caller->record.account, 0, change);
	(void)snprintf(change->actor, sizeof(change->actor), "key:%s",
	    ctx->caller->record.key_id);
}

/* A person's proof, for M. */
static enum err
manage_read_proof(const struct ctx *ctx, struct manage *m)
{
	struct str proof = request_param(ctx->request, "HTTP_X_HASP_PROOF");

	if (proof.len == 0)
		return ERR_PROOF_REQUIRED;
	if (!session_token_digest(proof, &m->proof))
		return ERR_PROOF_INVALID;
	m->change.session = &ctx->session->digest;
	m->change.proof = &m->proof;
	return ERR_OK;
}

/* How long M is waited for, counted from here. */
static void
manage_patience(const struct ctx *ctx, struct manage *m)
{
	int64_t seconds = CONFIRM_SECONDS;

	m->preferred = -1;
	if (prefer_wait(request_param(ctx->request, "HTTP_PREFER"),
	    CONFIRM_SECONDS_MAX, &seconds))
		m->preferred = seconds;
	m->deadline = confirm_deadline(seconds);
}

enum err
manage_open(const struct ctx *ctx, enum manage_need need, struct manage *out)
{
	memset(out, 0, sizeof(*out));
	if (ctx->session == NULL && (ctx->caller == NULL ||
	    !ctx->caller->found))
		return ERR_INTERNAL;
	manage_caller(ctx, &out->change);
	manage_patience(ctx, out);
	return need == MANAGE_FREELY || ctx->session == NULL ? ERR_OK :
	    manage_read_proof(ctx, out);
}

enum err
manage_prove(const struct ctx *ctx, struct manage *m)
{
	enum err err = ctx->session == NULL ? ERR_OK :
	    manage_read_proof(ctx, m);

	return err == ERR_OK && ctx->session != NULL ?
	    store_change_prove(&m->change) : err;
}

static bool
manage_is_once(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (key.ptr[i] <= 0x20 || key.ptr[i] >= 0x7f)
			return false;
	return key.len > 0 && key.len <= MANAGE_ONCE_MAX;
}

enum err
manage_once(const struct ctx *ctx, struct manage *m, struct str what,
    const struct digest *body, struct str key_id)
{
	struct buf text = buf_in(ctx->arena);
	struct str key;
	enum err err;

	if (!request_find(ctx->request, "HTTP_IDEMPOTENCY_KEY", &key))
		return ERR_OK;
	if (!manage_is_once(key))
		return ERR_IDEMPOTENCY_KEY_INVALID;
	/* None of the three can hold a line end. */
	buf_printf(&text, "%s\n%.*s\n", m->change.actor, (int)what.len,
	    what.ptr);
	buf_add(&text, key);
	if (text.failed)
		return ERR_MEMORY;
	if ((err = digest_sha256(buf_str(&text), &m->once.key)) != ERR_OK)
		return err;
	m->once.request = *body;
	m->once.key_id = key_id;
	m->change.once = &m->once;
	return ERR_OK;
}

enum err
manage_begin(struct ctx *ctx, struct manage *m)
{
	enum err err = store_change_begin(&m->change);
	char *id;

	if (err != ERR_SECRET_ALREADY_SHOWN)
		return err;
	id = arena_copy(ctx->arena, m->change.replayed,
	    strlen(m->change.replayed));
	ctx->problem.key_id = str_of(id);
	return id != NULL ? err : ERR_MEMORY;
}

static void
manage_etag_text(int64_t revision, char out[MANAGE_ETAG_SIZE])
{
	(void)snprintf(out, MANAGE_ETAG_SIZE, "\"%lld\"", (long long)revision);
}

enum err
manage_match(const struct ctx *ctx, int64_t revision)
{
	char own[MANAGE_ETAG_SIZE];
	struct str list, one;

	if (!request_find(ctx->request, "HTTP_IF_MATCH", &list) ||
	    str_eq(str_trim(list), STR("*")))
		return ERR_OK;
	manage_etag_text(revision, own);
	/* Our tags hold no comma; a weak one never matches. */
	while (str_word(&list, ", \t", &one))
		if (str_eq(one, str_of(own)))
			return ERR_OK;
	return ERR_PRECONDITION_FAILED;
}

void
manage_etag(struct ctx *ctx, int64_t revision)
{
	char text[MANAGE_ETAG_SIZE];

	manage_etag_text(revision, text);
	response_header(ctx->response, "ETag", str_of(text));
}

/* What J tells of the change. */
static void
manage_set_confirm(struct json *j, const struct confirm *c)
{
	json_set_int(j, "seq", c->number.seq);
	if (!c->waited)
		return;
	json_set_bool(j, "confirmed", c->confirmed);
	json_set_int(j, "waited_ms", c->waited_ms);
	json_set_text(j, "durability", c->number.replicated ? "replicated" :
	    "local");
	if (!c->confirmed)
		json_set_time(j, "confirm_after", c->after);
}

/* Answers with J what is known by C. */
static enum err
manage_tell(struct ctx *ctx, const struct manage *m, const struct confirm *c,
    struct json *j, int64_t revision)
{
	struct buf applied = buf_in(ctx->arena);
	enum err err;

	if (j == NULL)
		return ERR_MEMORY;
	manage_set_confirm(j, c);
	buf_printf(&applied, "wait=%lld", (long long)m->preferred);
	if (applied.failed)
		return ERR_MEMORY;
	err = response_json(ctx->response,
	    c->waited && !c->confirmed ? 202 : 200, j);
	if (err != ERR_OK)
		return err;
	if (revision != 0)
		manage_etag(ctx, revision);
	if (c->waited && m->preferred >= 0)
		response_header(ctx->response, "Preference-Applied",
		    buf_str(&applied));
	return ERR_OK;
}

enum err
manage_respond(struct ctx *ctx, const struct manage *m, struct json *j,
    int64_t revision)
{
	struct confirm c;
	enum err err = confirm_change(&m->change, m->deadline, &c);

	return err == ERR_OK ? manage_tell(ctx, m, &c, j, revision) : err;
}

enum err
manage_repeat(struct ctx *ctx, const struct manage *m, struct json *j,
    int64_t revision, enum err err)
{
	struct confirm c;
	enum err failed = confirm_all(ctx->db, m->deadline, &c);

	if (failed != ERR_OK)
		return failed;
	return c.confirmed ? err : manage_tell(ctx, m, &c, j, revision);
}
