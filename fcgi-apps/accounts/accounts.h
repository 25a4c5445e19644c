/* SPDX-License-Identifier: ISC */
/*
 * accounts [layer 8]: the handlers of accounts, one file an action, and what
 * several of them need.
 */
#ifndef HASP_ACCOUNTS_H
#define HASP_ACCOUNTS_H

#include "form.h"
#include "json.h"
#include "manage.h"
#include "route.h"
#include "session.h"
#include "store_member.h"

/* sign_in.c: POST /session, from a password to a session. */
enum err sign_in_post(struct ctx *ctx) MUST_CHECK;

/* session_show.c: GET /session, who is signed in. */
enum err session_show_get(struct ctx *ctx) MUST_CHECK;

/* sign_out.c: DELETE /session. */
enum err sign_out_delete(struct ctx *ctx) MUST_CHECK;

/* reauthenticate.c: POST /session/reauthentication, a proof for a change. */
enum err reauthenticate_post(struct ctx *ctx) MUST_CHECK;

/* password_change.c: POST /session/password. */
enum err password_change_post(struct ctx *ctx) MUST_CHECK;

/* totp_offer.c: POST /session/totp, the secret for an authenticator. */
enum err totp_offer_post(struct ctx *ctx) MUST_CHECK;

/* totp_confirm.c: POST /session/totp/confirmation, its first code. */
enum err totp_confirm_post(struct ctx *ctx) MUST_CHECK;

/* totp_remove.c: DELETE /session/totp. */
enum err totp_remove_delete(struct ctx *ctx) MUST_CHECK;

/* recovery_codes.c: POST /session/recovery-codes, ten new ones. */
enum err recovery_codes_post(struct ctx *ctx) MUST_CHECK;

/*
 * recovery_codes.c: inside a transaction, makes CHANGE's member MEMBER ten new
 * codes, which take the place of the old ones, and adds them to J.
 */
enum err recovery_codes_make(struct ctx *ctx,
    const struct store_change *change, int64_t member, struct json *j)
    MUST_CHECK;

/* account_show.c: GET /account, the caller's account. */
enum err account_show_get(struct ctx *ctx) MUST_CHECK;

/* account_change.c: PATCH /account, who may manage keys. */
enum err account_change_patch(struct ctx *ctx) MUST_CHECK;

/* member_list.c: GET /members. */
enum err member_list_get(struct ctx *ctx) MUST_CHECK;

/* member_add.c: POST /members, with a first password. */
enum err member_add_post(struct ctx *ctx) MUST_CHECK;

/* member_change.c: PATCH /members/{id}, whether they may administer. */
enum err member_change_patch(struct ctx *ctx) MUST_CHECK;

/* member_remove.c: DELETE /members/{id}. */
enum err member_remove_delete(struct ctx *ctx) MUST_CHECK;

/* input.c */

/* A page of a list: members with ids above AFTER, LIMIT of them at most. */
struct input_page {
	int64_t after;
	int limit;
};

/* The parameters limit (1 to 100) and cursor. ERR_QUERY_INVALID. */
enum err input_page(const struct ctx *ctx, struct input_page *out) MUST_CHECK;

/*
 * form_read of a request that has no query; the problem tells the faults.
 * FAULTS may be NULL; else more can be added to it, and form_verdict asked.
 */
enum err input_form(struct ctx *ctx, const struct form *form, void *out,
    struct form_faults **faults) MUST_CHECK;

/* The member that the path names; ERR_NOT_FOUND if it cannot name one. */
enum err input_member(const struct ctx *ctx, int64_t *id) MUST_CHECK;

/* view.c */

/* Answers with SESSION, its member and account. */
enum err view_session(struct ctx *ctx, const struct session *session)
    MUST_CHECK;

/* Answers with the account ID as its people and keys see it. */
enum err view_account(struct ctx *ctx, int64_t id) MUST_CHECK;

/* Sets the members of J that tell of MEMBER. */
void view_member(struct json *j, const struct store_member *member);

/* Answers 200 with an empty object: it is done. */
enum err view_done(struct ctx *ctx) MUST_CHECK;

/*
 * self.c: begins a change with the proof of ctx->session, and holds its member
 * until it ends. Errors: manage_open's, manage_begin's; ERR_SESSION_ENDED.
 * Nothing is begun unless ERR_OK comes back.
 */
enum err self_begin(struct ctx *ctx, struct manage *m,
    struct store_member *out) MUST_CHECK;

/* admin.c: changes that take a member who administers the account. */

struct admin {
	struct manage manage;
	int64_t *ids;		/* who may administer it */
	size_t count;
};

/*
 * Begins a change with the proof of ctx->session, and holds who may administer
 * the account until it ends. ERR_ADMIN_REQUIRED; else those of manage_open and
 * manage_begin. Nothing is begun unless ERR_OK comes back.
 */
enum err admin_begin(struct ctx *ctx, struct admin *out) MUST_CHECK;

/*
 * Whether the account can do without MEMBER: ERR_OK, or ERR_LAST_ADMIN if
 * nobody else may administer it.
 */
enum err admin_can_lose(const struct admin *admin, int64_t member) MUST_CHECK;

/* Logs EVENT of MEMBER and ends the change; see store_change_end. */
enum err admin_end(struct admin *admin, const char *event, int64_t member,
    enum err err) MUST_CHECK;

#endif
