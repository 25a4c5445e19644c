/* SPDX-License-Identifier: ISC */
/*
 * chain_log [tests]: makes the export of a log, line by line, as the database
 * would: chains, seals, checkpoints.
 */
#ifndef HASP_CHAIN_LOG_H
#define HASP_CHAIN_LOG_H

#include <stdio.h>

#include "chain.h"
#include "unit.h"

#define CHAIN_LOG_LINES 2048
#define CHAIN_LOG_ENDS 6	/* chains: 0, 5, 6, 7, journals 1 and 2 */
#define CHAIN_LOG_SEALS 64

struct chain_log_end {
	enum chainline_of of;
	int64_t id;
	int64_t upto;
	struct digest hash;
	int64_t sealed;
};

struct chain_log {
	char *line[CHAIN_LOG_LINES];	/* without LF */
	size_t count;
	struct chain_log_end end[CHAIN_LOG_ENDS];
	struct signature_signer signer;
	int64_t checkpoint;
	struct checkpoint last;
	size_t salts;
	/* How things stood behind each checkpoint. */
	struct {
		size_t line;		/* the next one */
		int64_t checkpoint;
		struct chain_log_end end[CHAIN_LOG_ENDS];
	} at[CHAIN_LOG_SEALS];
	size_t seals;
};

static inline void
chain_log_add(struct chain_log *log, const char *text)
{
	assert_true(log->count < CHAIN_LOG_LINES);
	log->line[log->count] = strdup(text);
	assert_non_null(log->line[log->count++]);
}

static inline struct digest
chain_log_link(const char *tag, const struct digest *before, const char *text)
{
	struct digest_stream *s CLEANUP_DIGEST = digest_open();
	struct digest out;

	assert_non_null(s);
	digest_begin(s);
	digest_add(s, str_of(tag));
	digest_add(s, (struct str){ (const char *)before->bytes,
	    DIGEST_SIZE });
	digest_add(s, str_of(text));
	assert_int_equal(digest_end(s, &out), ERR_OK);
	return out;
}

/* A new salt, and what stands for ADDRESS, in hexadecimal. */
static inline void
chain_log_salt(struct chain_log *log, const char *address, char salt[33],
    char stand_in[33])
{
	char room[80], hex[DIGEST_HEX_SIZE];
	struct digest digest;

	memset(room, 0, 16);
	(void)snprintf(room, 16, "%zu", ++log->salts);
	for (size_t i = 0; i < 16; i++)
		(void)snprintf(salt + 2 * i, 3, "%02x",
		    (unsigned int)(unsigned char)room[i]);
	(void)snprintf(room + 16, sizeof(room) - 16, "%s", address);
	assert_int_equal(digest_sha256((struct str){ room,
	    16 + strlen(address) }, &digest), ERR_OK);
	digest_hex(&digest, hex);
	(void)snprintf(stand_in, 33, "%.32s", hex);
}

static inline void
chain_log_event(struct chain_log *log, struct chain_log_end *end,
    const char *event, const char *detail, const char *address)
{
	char text[16384], line[16600], hex[DIGEST_HEX_SIZE];
	char salt[33] = "\\N", stand_in[33] = "\\N";

	if (address != NULL)
		chain_log_salt(log, address, salt, stand_in);
	end->upto++;
	(void)snprintf(text, sizeof(text), "e\t%lld\t%lld\t%lld\tmember:3\t%s"
	    "\tkey_aaaaaaaaaaaaaaaa\t\\N\t\\N\trequest-%lld\t%s\t%s",
	    (long long)end->id, (long long)end->upto,
	    1795559429884148LL + (long long)log->count * 1000, event,
	    (long long)log->count, stand_in, detail);
	end->hash = chain_log_link("hasp-audit-1\n", &end->hash, text);
	digest_hex(&end->hash, hex);
	(void)snprintf(line, sizeof(line), "%s\t%s\t%s\t%s", text, hex, salt,
	    address == NULL ? "\\N" : address);
	chain_log_add(log, line);
}

/* COUNT uses; DAY is text. ERASED: their addresses and salt are gone. */
static inline void
chain_log_batch(struct chain_log *log, struct chain_log_end *end, int count,
    const char *day, bool erased)
{
	char text[512], hex[DIGEST_HEX_SIZE], salt[33], other[33];
	char rows[16384] = "", line[700];
	size_t used = 0, at = log->count;
	struct digest digest;

	chain_log_add(log, "");
	for (int i = 0; i < count; i++) {
		char address[40];

		(void)snprintf(address, sizeof(address), "192.0.2.%d", i);
		if (i == 0)
			chain_log_salt(log, address, salt, other);
		log->salts -= i > 0;
		if (i > 0)
			chain_log_salt(log, address, salt, other);
		(void)snprintf(text, sizeof(text), "u\t%lld\t%lld\t%lld\t%d\t"
		    "key_aaaaaaaaaaaaaaaa\t1\t\\N\t\\N\t\\N\tok\t204\tGET\t"
		    "api.example\t4a22325f132c4033a94c589d0c3669e3\t0\t0\t%s",
		    (long long)end->id, (long long)end->upto + 2 * i,
		    1795559429884148LL + i, 5 + i % 3, other);
		used += (size_t)snprintf(rows + used, sizeof(rows) - used,
		    "%s\n", text);
		(void)snprintf(line, sizeof(line), "%s\t%s", text,
		    erased ? "\\N" : address);
		chain_log_add(log, line);
	}
	assert_int_equal(digest_sha256((struct str){ rows, used }, &digest),
	    ERR_OK);
	digest_hex(&digest, hex);
	(void)snprintf(text, sizeof(text), "b\t%lld\t%lld\t%lld\t%d\t%s\t%s",
	    (long long)end->id, (long long)end->upto,
	    (long long)end->upto + 2 * count, count, day, hex);
	end->upto += 2 * count;
	end->hash = chain_log_link("hasp-usage-1\n", &end->hash, text);
	digest_hex(&end->hash, hex);
	(void)snprintf(line, sizeof(line), "%s\t%s\t%s", text,
	    erased ? "\\N" : salt, hex);
	free(log->line[at]);
	log->line[at] = strdup(line);
}

/* The words of what moved of that kind. */
static inline void
chain_log_words(struct chain_log *log, enum chainline_of of, char *out,
    size_t room)
{
	char hex[DIGEST_HEX_SIZE];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 1; i < CHAIN_LOG_ENDS; i++) {
		struct chain_log_end *end = &log->end[i];

		if (end->of != of || end->upto == end->sealed)
			continue;
		digest_hex(&end->hash, hex);
		used += (size_t)snprintf(out + used, room - used,
		    "%s%lld:%lld:0:%lld:1:%s", used > 0 ? " " : "",
		    (long long)end->id, (long long)end->sealed,
		    (long long)end->upto, hex);
		end->sealed = end->upto;
	}
}

/* The head of account 0, signed: the line of a checkpoint. */
static inline void
chain_log_sign(struct chain_log *log)
{
	char note[CHECKPOINT_SIZE], line[2 * CHECKPOINT_SIZE];
	size_t used;

	log->last = (struct checkpoint){ log->end[0].upto, log->end[0].hash };
	assert_int_equal(checkpoint_sign(&log->last, &log->signer, note),
	    ERR_OK);
	used = (size_t)snprintf(line, sizeof(line), "c\t%lld\t",
	    (long long)log->checkpoint);
	for (size_t i = 0; note[i] != '\0'; i++) {
		if (note[i] == '\n') {
			line[used++] = '\\';
			line[used++] = 'n';
		} else
			line[used++] = note[i];
	}
	line[used] = '\0';
	chain_log_add(log, line);
	log->checkpoint = log->last.seq;
}

static inline void
chain_log_seal(struct chain_log *log)
{
	char accounts[4096], journals[4096], detail[8400];

	chain_log_words(log, CHAINLINE_ACCOUNT, accounts, sizeof(accounts));
	chain_log_words(log, CHAINLINE_JOURNAL, journals, sizeof(journals));
	(void)snprintf(detail, sizeof(detail),
	    "{\"accounts\":\"%s\",\"journals\":\"%s\"}", accounts, journals);
	chain_log_event(log, &log->end[0], "chain_sealed", detail, NULL);
	chain_log_sign(log);
	assert_true(log->seals < CHAIN_LOG_SEALS);
	log->at[log->seals].line = log->count;
	log->at[log->seals].checkpoint = log->checkpoint;
	memcpy(log->at[log->seals++].end, log->end, sizeof(log->end));
}

static inline void
chain_log_begin(struct chain_log *log)
{
	static const uint8_t seed[SIGNATURE_SEED_SIZE] = { 1, 2, 3 };
	static const int64_t accounts[] = { 0, 5, 6, 7 };

	memset(log, 0, sizeof(*log));
	assert_int_equal(signature_derive(STR("tests"), seed, &log->signer),
	    ERR_OK);
	for (size_t i = 0; i < CHAIN_LOG_ENDS; i++) {
		log->end[i].of = i < 4 ? CHAINLINE_ACCOUNT :
		    CHAINLINE_JOURNAL;
		log->end[i].id = i < 4 ? accounts[i] : (int64_t)i - 3;
	}
	chain_log_add(log, CHAINLINE_MAGIC);
}

/* The heads of the chains that are not sealed to their ends, and the end. */
static inline void
chain_log_end(struct chain_log *log)
{
	char line[256], hex[DIGEST_HEX_SIZE];

	for (size_t i = 0; i < CHAIN_LOG_ENDS; i++) {
		if (i > 0 && log->end[i].upto == log->end[i].sealed)
			continue;
		digest_hex(&log->end[i].hash, hex);
		(void)snprintf(line, sizeof(line), "h\t%s\t%lld\t%lld\t%s",
		    i < 4 ? "account" : "journal", (long long)log->end[i].id,
		    (long long)log->end[i].upto, hex);
		chain_log_add(log, line);
	}
	(void)snprintf(line, sizeof(line), "z\t%zu\t%lld", log->count,
	    (long long)log->checkpoint);
	chain_log_add(log, line);
}

static inline void
chain_log_free(struct chain_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		free(log->line[i]);
}

#endif
