/* SPDX-License-Identifier: ISC */
#include "audit_checkpoint.h"

#include <signal.h>

#include "audit_seal.h"
#include "clock.h"
#include "log.h"
#include "output.h"
#include "store_checkpoint.h"

#define AUDIT_CHECKPOINT_MANY 1000	/* events that wait for no time */
#define AUDIT_CHECKPOINT_LOOK 2000	/* ms between looking for them */

static const struct output_column audit_checkpoint_columns[] = {
	{ "seq", "EVENT", OUTPUT_LIMIT, false },
	{ "hash", "HASH", OUTPUT_TEXT, false },
	{ "chains", "CHAINS SEALED", OUTPUT_NUMBER, false },
};

/* Makes partitions, seals, signs. */
static enum status
audit_checkpoint_once(struct invocation *inv, struct audit_seal *seal)
{
	enum status status = invocation_open_database(inv);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_checkpoint_make_ahead(inv->db);
	return err == ERR_OK ? audit_seal_run(inv, seal) :
	    invocation_database_failed(inv, err);
}

static enum status
audit_checkpoint_tell(const struct audit_seal *seal)
{
	char hex[DIGEST_HEX_SIZE];
	const struct output_cell cells[] = {
		OUTPUT_I(seal->made.seq > 0 ? seal->made.seq : -1),
		OUTPUT_T(seal->made.seq > 0 ? hex : NULL),
		OUTPUT_I(seal->sealed),
	};
	const struct output_sheet sheet = {
		audit_checkpoint_columns, ARRAY_LEN(audit_checkpoint_columns),
		cells, 1,
	};
	enum err err;

	digest_hex(&seal->made.hash, hex);
	err = output_record(&sheet);
	return err == ERR_OK ? STATUS_OK : output_fail(status_of(err), "%s",
	    err_sentence(err));
}

/* Waits until DUE (clock_mono_ms), or there is much; false: to end. */
static bool
audit_checkpoint_wait(struct invocation *inv, const sigset_t *signals,
    int64_t due)
{
	int64_t events = 0;
	int left;

	while ((left = clock_left_ms(due)) > 0) {
		int ms = left < AUDIT_CHECKPOINT_LOOK ? left :
		    AUDIT_CHECKPOINT_LOOK;
		const struct timespec span = { ms / 1000,
		    ms % 1000 * 1000000L };

		if (sigtimedwait(signals, NULL, &span) > 0)
			return false;
		/* If it cannot be told, the time tells. */
		if (inv->db == NULL || store_checkpoint_unsealed(inv->db,
		    &events) != ERR_OK)
			events = 0;
		if (events >= AUDIT_CHECKPOINT_MANY)
			return true;
	}
	return true;
}

/* Again and again, through outages of the database, until it is told to end. */
static enum status
audit_checkpoint_every(struct invocation *inv, struct audit_seal *seal,
    int64_t seconds)
{
	enum status status;
	sigset_t signals;
	int64_t due;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	do {
		due = clock_mono_ms() + seconds * 1000;
		status = audit_checkpoint_once(inv, seal);
		if (status != STATUS_OK && status != STATUS_UNAVAILABLE)
			return status;
	} while (audit_checkpoint_wait(inv, &signals, due));
	return STATUS_OK;
}

enum status
audit_checkpoint_run(struct invocation *inv)
{
	struct audit_seal seal;
	int64_t seconds;
	enum status status = invocation_number(inv, ARGUMENT_EVERY, 1, 86400,
	    &seconds);

	if (status != STATUS_OK)
		return status;
	log_open("haspctl", LOG_LEVEL_NOTICE);
	status = audit_seal_read(inv, &seal);
	if (status == STATUS_OK && seconds > 0)
		status = audit_checkpoint_every(inv, &seal, seconds);
	else if (status == STATUS_OK &&
	    (status = audit_checkpoint_once(inv, &seal)) == STATUS_OK)
		status = audit_checkpoint_tell(&seal);
	signature_wipe(&seal.signer);
	return status;
}
