/* SPDX-License-Identifier: ISC */
#include "reading.h"

#include "access.h"
#include "manage.h"
#include "session.h"
#include "store_event.h"

int64_t
reading_account(const struct ctx *ctx)
{
	return ctx->session != NULL ? ctx->session->row.account :
	    ctx->caller->record.account;
}

enum err
reading_note(const struct ctx *ctx, const char *event, struct str detail,
    int64_t *seq)
{
	struct manage m;
	enum err err = manage_open(ctx, MANAGE_FREELY, &m);

	return err == ERR_OK ? store_event_note(&m.change, event, detail,
	    seq) : err;
}

/* Whether the event SEQ is there, inside a transaction of its own. */
static enum err
reading_is_noted(const struct store_change *change, struct str detail,
    int64_t seq, bool *out)
{
	enum err err = store_change_read(change->db, change->account);

	if (err != ERR_OK)
		return err;
	return store_change_read_end(change->db,
	    store_event_is_noted(change, seq, detail, out));
}

enum err
reading_note_page(const struct ctx *ctx, struct str detail, int64_t *seq)
{
	struct manage m;
	bool noted = false;
	enum err err = manage_open(ctx, MANAGE_FREELY, &m);

	if (err == ERR_OK && *seq > 0)
		err = reading_is_noted(&m.change, detail, *seq, &noted);
	if (err != ERR_OK || noted)
		return err;
	return store_event_note(&m.change, "audit_read", detail, seq);
}
