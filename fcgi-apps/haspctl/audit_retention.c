/* SPDX-License-Identifier: ISC */
#include "audit_retention.h"

#include "audit_export.h"
#include "audit_seal.h"
#include "cidr.h"
#include "log.h"
#include "output.h"
#include "question.h"
#include "store_checkpoint.h"

static const struct output_column audit_retention_pruned[] = {
	{ "seq", "EVENT", OUTPUT_LIMIT, false },
	{ "partitions", "PARTITIONS DROPPED", OUTPUT_NUMBER, false },
};

static const struct output_column audit_retention_erased[] = {
	{ "events", "OF EVENTS", OUTPUT_NUMBER, false },
	{ "uses", "OF USES", OUTPUT_NUMBER, false },
	{ "seq", "EVENT", OUTPUT_NUMBER, false },
};

static enum status
audit_retention_tell(const struct output_column *columns, size_t count,
    const struct output_cell *cells)
{
	const struct output_sheet sheet = { columns, count, cells, 1 };
	enum err err = output_record(&sheet);

	return err == ERR_OK ? STATUS_OK : output_fail(status_of(err), "%s",
	    err_sentence(err));
}

/* Seals, writes down what goes, signs that, and lets it go. */
static enum status
audit_retention_drop(struct invocation *inv, struct audit_seal *seal,
    int64_t before)
{
	int64_t seq, partitions = 0;
	enum status status = audit_seal_run(inv, seal);
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_checkpoint_begin_prune(inv->db, before, &seq);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "only what is older than a day "
		    "can be dropped: --before is a day further back");
	if (err == ERR_CONFLICT)
		return output_fail(STATUS_NO, "some of it came just now and is "
		    "not sealed yet: try again");
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	if (seq > 0) {
		if ((status = audit_seal_run(inv, seal)) != STATUS_OK)
			return status;
		err = store_checkpoint_finish_prune(inv->db, seq, &partitions);
	}
	if (err == ERR_OK)
		err = store_checkpoint_make_ahead(inv->db);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return audit_retention_tell(audit_retention_pruned,
	    ARRAY_LEN(audit_retention_pruned), (const struct output_cell[]){
	    OUTPUT_I(seq > 0 ? seq : -1), OUTPUT_I(partitions) });
}

enum status
audit_retention_prune(struct invocation *inv)
{
	struct audit_seal seal;
	enum status status;
	int64_t before;

	if ((status = audit_export_time(inv, ARGUMENT_BEFORE, &before)) !=
	    STATUS_OK || (status = question_ask(inv, "Drop all uses of days, "
	    "and all events of months, before %s for good?",
	    inv->values[ARGUMENT_BEFORE])) != STATUS_OK)
		return status;
	log_open("haspctl", LOG_LEVEL_NOTICE);
	status = audit_seal_read(inv, &seal);
	if (status == STATUS_OK)
		status = invocation_open_database(inv);
	if (status == STATUS_OK)
		status = audit_retention_drop(inv, &seal, before);
	signature_wipe(&seal.signer);
	return status;
}

/* What is to be erased, from the command line. */
static enum status
audit_retention_read(struct invocation *inv,
    struct store_checkpoint_erasure *erasure)
{
	const char *member = inv->values[ARGUMENT_MEMBER];
	const char *address = inv->values[ARGUMENT_ADDRESS];
	struct cidr cidr;
	enum status status = invocation_account(inv->values[ARGUMENT_ACCOUNT],
	    "--account", &erasure->account);

	if (status == STATUS_OK)
		status = audit_export_time(inv, ARGUMENT_BEFORE,
		    &erasure->before);
	if (status == STATUS_OK && member != NULL)
		status = invocation_member(member, &erasure->member);
	if (status != STATUS_OK)
		return status;
	if (member != NULL && address != NULL)
		return output_fail(STATUS_USAGE, "--member or --address, not "
		    "both");
	erasure->address = str_of(address);
	if (address != NULL && (!cidr_parse(str_of(address), &cidr) ||
	    str_has(str_of(address), STR("/"))))
		return output_fail(STATUS_USAGE, "--address is an address, "
		    "such as 192.0.2.1");
	return STATUS_OK;
}

enum status
audit_retention_erase(struct invocation *inv)
{
	struct store_checkpoint_erasure erasure = { .account = 0 };
	enum status status = audit_retention_read(inv, &erasure);
	enum err err;

	if (status != STATUS_OK || (status = question_ask(inv, "Erase "
	    "addresses in the log of account %s for good?",
	    inv->values[ARGUMENT_ACCOUNT])) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	err = store_checkpoint_erase(inv->db, &erasure);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	return audit_retention_tell(audit_retention_erased,
	    ARRAY_LEN(audit_retention_erased), (const struct output_cell[]){
	    OUTPUT_I(erasure.events), OUTPUT_I(erasure.uses),
	    OUTPUT_I(erasure.seq) });
}
