/* SPDX-License-Identifier: ISC */
/*
 * exercise_usage [tests]: uses on their way into the database. An entry is
 * words: at identified repeated hashed account key version app credential code
 * status method address request site; bytes are hexadecimal digits, "-" is
 * what is not there.
 */
#include <stdio.h>
#include <string.h>

#include "exercise.h"
#include "store_batch.h"
#include "store_usage.h"
#include "usageline.h"

static size_t
take_bytes(struct str hex, uint8_t *out, size_t size)
{
	char pair[3] = "";
	size_t n = 0;

	for (; n < size && 2 * n + 1 < hex.len; n++) {
		memcpy(pair, hex.ptr + 2 * n, 2);
		out[n] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return n;
}

static int64_t
take_number(struct str *rest)
{
	struct str word;

	return str_word(rest, " ", &word) ? exercise_number(word) : 0;
}

/* Whether the next word says anything; if so its bytes. */
static bool
take_id(struct str *rest, uint8_t out[ENTRY_ID_SIZE])
{
	struct str word;

	return str_word(rest, " ", &word) && !str_eq(word, STR("-")) &&
	    take_bytes(word, out, ENTRY_ID_SIZE) == ENTRY_ID_SIZE;
}

static enum err
take_code(struct str code)
{
	for (int i = 0; i < ERR__COUNT; i++)
		if (str_eq(str_of(err_code((enum err)i)), code))
			return (enum err)i;
	return ERR__COUNT;
}

static void
take_texts(struct str *rest, struct entry *e)
{
	struct str word;
	uint8_t site[ENTRY_SITE_SIZE];
	size_t n;

	if (str_word(rest, " ", &word))
		e->code = take_code(word);
	e->status = (int16_t)take_number(rest);
	if (str_word(rest, " ", &word))
		e->method = entry_method_of(word);
	if (!str_word(rest, " ", &word) || !cidr_parse(word, &e->address))
		e->address.family = 0;
	e->has_request = take_id(rest, e->request);
	if (str_word(rest, " ", &word)) {
		n = take_bytes(word, site, sizeof(site));
		entry_set_site(e, (struct str){ (char *)site, n });
	}
}

/* What comes out of a journal: packed and unpacked. */
static bool
take_entry(struct str rest, struct entry *out)
{
	struct entry e = { .at = take_number(&rest) };
	uint8_t body[ENTRY_BODY_SIZE];
	struct str key;

	e.identified = take_number(&rest) != 0;
	e.repeated = take_number(&rest) != 0;
	e.request_hashed = take_number(&rest) != 0;
	e.account = take_number(&rest);
	if (str_word(&rest, " ", &key) && !str_eq(key, STR("-")))
		(void)snprintf(e.key_id, sizeof(e.key_id), "%.*s",
		    (int)key.len, key.ptr);
	e.version = (int32_t)take_number(&rest);
	e.has_app = take_id(&rest, e.app);
	e.has_credential = take_id(&rest, e.credential);
	take_texts(&rest, &e);
	entry_pack(&e, body);
	return entry_unpack(body, out);
}

/* journal pos salt entry */
static enum err
run_usage_line(struct exercise *x)
{
	uint8_t salt[USAGELINE_SALT_SIZE] = { 0 };
	uint8_t hash[USAGELINE_ADDRESS_SIZE];
	char line[USAGELINE_SIZE], middle[USAGELINE_MIDDLE_SIZE];
	struct entry e;
	enum err err;

	(void)take_bytes(x->args[2], salt, sizeof(salt));
	if (!take_entry(x->args[3], &e))
		return ERR_INVALID;
	err = usageline_address(salt, &e.address, hash);
	json_set_str(x->answer, "line", (struct str){ line,
	    usageline_make(&e, exercise_number(x->args[0]),
	    (uint64_t)exercise_number(x->args[1]), (struct str){ middle,
	    usageline_middle(&e, middle) }, hash, line) });
	return err;
}

/* id host program kept */
static enum err
run_open_journal(struct exercise *x)
{
	uint8_t id[STORE_USAGE_ID_SIZE] = { 0 };
	uint64_t from = 0;
	int64_t number = 0;
	enum err err;

	(void)take_bytes(x->args[0], id, sizeof(id));
	err = store_usage_open(x->db, id, x->args[1], x->args[2],
	    (uint64_t)exercise_number(x->args[3]), &number, &from);
	json_set_int(x->answer, "number", number);
	json_set_int(x->answer, "from", (int64_t)from);
	return err;
}

/* number old complete closed */
static enum err
run_note_journal(struct exercise *x)
{
	bool known;
	enum err err = store_usage_note(x->db, exercise_number(x->args[0]),
	    (uint64_t)exercise_number(x->args[1]),
	    exercise_number(x->args[2]), exercise_number(x->args[3]) != 0,
	    &known);

	json_set_bool(x->answer, "known", known);
	return err;
}

/* number old next lost complete day entries, "pos entry" each, ; between */
static enum err
run_ship(struct exercise *x)
{
	struct store_batch *batch = store_batch_open();
	uint64_t old = (uint64_t)exercise_number(x->args[1]);
	struct str rest = x->args[6], one;
	bool taken = false;
	struct entry e;
	enum err err;

	if (batch == NULL)
		return ERR_MEMORY;
	err = store_batch_begin(batch, exercise_number(x->args[0]), old,
	    exercise_number(x->args[5]));
	while (err == ERR_OK && str_word(&rest, ";", &one)) {
		uint64_t pos = (uint64_t)take_number(&one);

		err = take_entry(one, &e) ? store_batch_add(batch, &e, pos) :
		    ERR_INVALID;
	}
	if (err == ERR_OK)
		err = store_batch_ship(batch, x->db,
		    (uint64_t)exercise_number(x->args[2]),
		    (uint64_t)exercise_number(x->args[3]),
		    exercise_number(x->args[4]), &taken);
	store_batch_close(batch);
	json_set_bool(x->answer, "taken", taken);
	return err;
}

const struct exercise_command exercise_usage_commands[] = {
	{ "usage_line", run_usage_line },
	{ "open_journal", run_open_journal },
	{ "note_journal", run_note_journal },
	{ "ship", run_ship },
};
const size_t exercise_usage_count = ARRAY_LEN(exercise_usage_commands);
