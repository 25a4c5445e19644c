/* SPDX-License-Identifier: ISC */
#include "member.h"

#include "account.h"
#include "question.h"
#include "member_secret.h"
#include "member_sheet.h"
#include "output.h"
#include "store_account.h"
#include "store_person.h"

#define MEMBER_PAGE 200

static enum status
member_not_found(int64_t id)
{
	return output_fail(STATUS_NO, "no member %lld: `haspctl member list` "
	    "shows those of an account", (long long)id);
}

/* The account that --account names, which has to be there. */
static enum status
member_account(struct invocation *inv, int64_t *id)
{
	struct store_account account;
	enum status status;
	enum err err;

	if ((status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", id)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_account_find(inv->db, inv->arena, *id, &account);
	if (err == ERR_NOT_FOUND)
		return account_not_found(*id);
	return err == ERR_OK ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

static enum status
member_insert(struct invocation *inv, int64_t account,
    const struct member_secret *secret, int64_t *id)
{
	const char *email = inv->values[ARGUMENT_EMAIL];
	const struct store_person_new person = {
		.email = str_of(email),
		.password_hash = secret->hash,
		.may_administer = invocation_has(inv, ARGUMENT_ADMIN),
		.seal = secret->totp ? &secret->seal : NULL,
		.totp = secret->totp_secret,
	};
	struct store_change change = invocation_change(inv, account);
	enum err err = store_person_create(&change, &person, id);

	if (err == ERR_EMAIL_TAKEN)
		return output_fail(STATUS_NO, "a member with the address "
		    "%.254s exists already, perhaps of another account",
		    email);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--email is no address: "
		    "something, @, a host; no blanks, at most 254 "
		    "characters");
	return err == ERR_OK ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

enum status
member_create(struct invocation *inv)
{
	struct member_secret secret CLEANUP_MEMBER_SECRET = { .made = false };
	enum status status;
	int64_t account, id;

	if ((status = member_account(inv, &account)) != STATUS_OK ||
	    (status = member_secret_password(inv, str_of(
	    inv->values[ARGUMENT_EMAIL]), &secret)) != STATUS_OK)
		return status;
	if (invocation_has(inv, ARGUMENT_TOTP) &&
	    (status = member_secret_enrol(inv, &secret)) != STATUS_OK)
		return status;
	if ((status = member_insert(inv, account, &secret, &id)) != STATUS_OK)
		return status;
	return member_secret_tell(inv, id, &secret, "Made");
}

enum status
member_list(struct invocation *inv)
{
	struct store_person *people;
	struct output_sheet sheet;
	int64_t account, after = 0;
	enum status status = member_account(inv, &account);
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	output_list_begin();
	do {
		arena_reset(inv->arena);
		err = store_person_list(inv->db, inv->arena, account, after,
		    MEMBER_PAGE, &people, &count);
		if (err != ERR_OK)
			return invocation_database_failed(inv, err);
		if (count > 0)
			after = people[count - 1].id;
		err = member_sheet_make(inv->arena, people, count, &sheet);
		if (err == ERR_OK)
			err = output_list_page(&sheet);
	} while (err == ERR_OK && count == MEMBER_PAGE);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Opens the database and reads the member that the operand names. */
static enum status
member_find(struct invocation *inv, struct store_person *person)
{
	enum status status;
	int64_t id;
	enum err err;

	if ((status = invocation_member(inv->operands[0], &id)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_person_find(inv->db, inv->arena, id, person);
	if (err == ERR_NOT_FOUND)
		return member_not_found(id);
	return err == ERR_OK ? STATUS_OK :
	    invocation_database_failed(inv, err);
}

enum status
member_reset(struct invocation *inv)
{
	struct member_secret secret CLEANUP_MEMBER_SECRET = { .made = false };
	struct store_change change;
	struct store_person person;
	enum status status;
	enum err err;

	if ((status = member_find(inv, &person)) != STATUS_OK ||
	    (status = question_ask(inv, "member %lld (%s) of account %lld will "
	    "get a new password, lose authenticator and recovery codes, and "
	    "be signed out everywhere. Type yes to go on:",
	    (long long)person.id, person.email, (long long)person.account)) !=
	    STATUS_OK ||
	    (status = member_secret_password(inv, str_of(person.email),
	    &secret)) != STATUS_OK)
		return status;
	change = invocation_change(inv, person.account);
	err = store_person_reset(&change, person.id, secret.hash);
	if (err == ERR_NOT_FOUND)
		return member_not_found(person.id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return member_secret_tell(inv, person.id, &secret, "Reset");
}

static enum status
member_show(struct invocation *inv)
{
	struct output_sheet sheet;
	struct store_person person;
	enum status status = member_find(inv, &person);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = member_sheet_make(inv->arena, &person, 1, &sheet);
	if (err == ERR_OK)
		err = output_record(&sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

static enum status
member_switch(struct invocation *inv, bool disabled)
{
	struct store_change change;
	bool already = false;
	enum status status;
	int64_t id;
	enum err err;

	if ((status = invocation_member(inv->operands[0], &id)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	change = invocation_change(inv, 0);
	err = store_person_disable(&change, id, disabled, &already);
	if (err == ERR_NOT_FOUND)
		return member_not_found(id);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_words(already ? "Member %lld stood so before; nothing changed." :
	    disabled ? "Member %lld is disabled and signed out." :
	    "Member %lld may sign in again.", (long long)id);
	if (!output_is_json() && !output_is_quiet())
		return STATUS_OK;
	return member_show(inv);
}

enum status
member_disable(struct invocation *inv)
{
	return member_switch(inv, true);
}

enum status
member_enable(struct invocation *inv)
{
	return member_switch(inv, false);
}
