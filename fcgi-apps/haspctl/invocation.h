/* SPDX-License-Identifier: ISC */
/*
 * invocation [layer 8]: one call of haspctl: what was given, and what a
 * handler needs to do its work (configuration, database, memory), opened when
 * it asks for it.
 */
#ifndef HASPCTL_INVOCATION_H
#define HASPCTL_INVOCATION_H

#include "arena.h"
#include "cidr.h"
#include "config.h"
#include "confirm.h"
#include "db.h"
#include "decision.h"
#include "status.h"
#include "store_change.h"

enum argument {
#define A(id, name, letter, value, text) ARGUMENT_##id,
#include "arguments.def"
#undef A
	ARGUMENT__COUNT
};

struct argument_row {
	const char *name;
	char letter;		/* 0 for none */
	const char *value;	/* NULL: it takes none */
	const char *text;
};

/* The row of ARGUMENT. */
const struct argument_row *invocation_argument(enum argument argument);

struct command;

struct invocation {
	const struct command *command;
	const char *values[ARGUMENT__COUNT];	/* NULL: not given */
	const char *operands[2];
	size_t operand_count;
	const char *allow[DECISION_RANGES_MAX];	/* each --allow */
	size_t allow_count;
	struct arena *arena;		/* for everything a handler makes */
	struct config *config;		/* NULL until asked for */
	char *conninfo;			/* what db was opened with */
	struct db *db;
	int64_t wait;			/* seconds, of certainty_read */
	struct confirm confirm;		/* of the change that was made */
};

/*
 * The handlers' helpers tell the operator what is wrong and return the
 * status to exit with; STATUS_OK means go on.
 */

/* Reads the configuration: --config, else the installed one if it exists. */
enum status invocation_read_config(struct invocation *invocation) MUST_CHECK;

/* Connects: --database, else the configuration's. */
enum status invocation_open_database(struct invocation *invocation)
    MUST_CHECK;

/* Refuses a --database that holds a password. */
enum status invocation_check_conninfo(struct invocation *invocation)
    MUST_CHECK;

/*
 * The connection string that counts, a bare name made into dbname=, in the
 * invocation's memory; NULL if memory is short. Needs the configuration.
 */
const char *invocation_conninfo(struct invocation *invocation) MUST_CHECK;

/* Connects to CONNINFO instead; closes what was open. */
enum status invocation_connect(struct invocation *invocation,
    const char *conninfo) MUST_CHECK;

/* Tells what ERR of a database call means, and its status. */
enum status invocation_database_failed(const struct invocation *invocation,
    enum err err);

static inline bool
invocation_has(const struct invocation *invocation, enum argument argument)
{
	return invocation->values[argument] != NULL;
}

/* TEXT as an account id for the option or operand called WHAT. */
enum status invocation_account(const char *text, const char *what,
    int64_t *out) MUST_CHECK;

/* TEXT as a member's number. */
enum status invocation_member(const char *text, int64_t *out) MUST_CHECK;

/* Refuses a TEXT that cannot be the code of a WHAT ("plan", "region"). */
enum status invocation_code(const char *text, const char *what) MUST_CHECK;

/* Refuses a --name that nothing may have; one that is not given is good. */
enum status invocation_check_name(const struct invocation *invocation)
    MUST_CHECK;

/*
 * The number from LOW to HIGH that ARGUMENT gives; -1 for none, and if it was
 * not given.
 */
enum status invocation_number(const struct invocation *invocation,
    enum argument argument, uint64_t low, uint64_t high, int64_t *value)
    MUST_CHECK;

/*
 * The seconds that --overlap gives, 86400 if it was left out; at most those
 * that keys and apps both take.
 */
enum status invocation_overlap(const struct invocation *invocation,
    int64_t *seconds) MUST_CHECK;

/* The start of a change that an operator makes to what is ACCOUNT's. */
struct store_change invocation_change(const struct invocation *invocation,
    int64_t account);

/* Refuses a TEXT that is no key id, above all the text of a key itself. */
enum status invocation_key_id(struct invocation *invocation,
    const char *text) MUST_CHECK;

/* Wipes, closes and frees what the invocation holds. */
void invocation_end(struct invocation *invocation);

#endif
