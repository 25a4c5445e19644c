/* SPDX-License-Identifier: ISC */
#include "audit_tail.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "chainmap.h"
#include "clock.h"
#include "output.h"
#include "store_tail.h"

#define AUDIT_TAIL_FIRST 20	/* events that are shown at once */
#define AUDIT_TAIL_PAGE 1000
/*
 * Events are numbered in the order of their commits, account by account, and
 * timed before them: this long (microseconds) a transaction may take and none
 * of its events is passed over.
 */
#define AUDIT_TAIL_LATE INT64_C(10000000)

struct audit_tail {
	struct chainmap shown;	/* up to which number, by account */
	int64_t last;		/* time of the latest that was shown */
	bool failed;		/* memory was short */
};

static void
audit_tail_word(const char *name, struct str text)
{
	char copy[256];
	size_t len = text.len < sizeof(copy) ? text.len : sizeof(copy) - 1;

	if (text.len == 0)
		return;
	memcpy(copy, text.ptr, len);
	copy[len] = '\0';
	output_raw(" %s", name);
	output_text(copy);
}

static void
audit_tail_line(const struct store_tail_event *e)
{
	char when[CLOCK_TEXT_SIZE];

	clock_text(e->at, when);
	output_raw("%s %lld#%lld", when, (long long)e->account,
	    (long long)e->seq);
	audit_tail_word("", e->actor);
	audit_tail_word("", e->event);
	audit_tail_word("", e->key_id);
	audit_tail_word("secret ", e->version);
	audit_tail_word("member ", e->member);
	audit_tail_word("from ", e->address);
	audit_tail_word("request ", e->request_id);
	if (!str_eq(e->detail, STR("{}")))
		audit_tail_word("", e->detail);
	output_raw("\n");
}

static void
audit_tail_show(void *arg, const struct store_tail_event *e)
{
	struct audit_tail *tail = arg;
	struct chainmap_end *end = chainmap_end(&tail->shown,
	    CHAINLINE_ACCOUNT, e->account);

	if (end == NULL)
		tail->failed = true;
	if (end == NULL || e->seq <= end->upto)
		return;
	end->upto = e->seq;
	tail->last = e->at > tail->last ? e->at : tail->last;
	if (output_is_json())
		output_raw("%.*s\n", (int)e->json.len, e->json.ptr);
	else
		audit_tail_line(e);
}

/* Shows what came since, again and again. */
static enum status
audit_tail_follow(struct invocation *inv, struct audit_tail *tail,
    int64_t account)
{
	const struct timespec second = { 1, 0 };
	enum err err = ERR_OK;

	while (!tail->failed && fflush(stdout) == 0) {
		(void)nanosleep(&second, NULL);
		err = store_tail_read(inv->db, account, tail->last -
		    AUDIT_TAIL_LATE, AUDIT_TAIL_PAGE, audit_tail_show, tail);
		if (err != ERR_OK && err != ERR_DATABASE_DOWN)
			return invocation_database_failed(inv, err);
	}
	return STATUS_OK;
}

enum status
audit_tail_run(struct invocation *inv)
{
	struct audit_tail tail = { .last = clock_wall_us() };
	int64_t account = -1;
	enum status status = STATUS_OK;
	enum err err;

	if (invocation_has(inv, ARGUMENT_ACCOUNT))
		status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
		    "--account", &account);
	if (status != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_tail_read(inv->db, account, 0, AUDIT_TAIL_FIRST,
	    audit_tail_show, &tail);
	if (err != ERR_OK)
		status = invocation_database_failed(inv, err);
	else if (invocation_has(inv, ARGUMENT_FOLLOW))
		status = audit_tail_follow(inv, &tail, account);
	if (tail.failed)
		status = output_fail(STATUS_SOFTWARE, "memory is short");
	chainmap_clear(&tail.shown);
	return status;
}
