/* SPDX-License-Identifier: ISC */
/*
 * Following the log [layer 2]: what is whole, and that every edit of a byte,
 * every line that is missing or swapped, every end that is cut off and every
 * edit with all hashes made anew is found, and where.
 */
#include "chain_log.h"

#define SEALS 40	/* with 25 events and uses each: 1 000 */

static struct chain_log whole;

/* What happened between two seals. */
static void
an_hour(struct chain_log *log)
{
	for (int i = 0; i < 2; i++)
		chain_log_event(log, &log->end[0], "plan_set", "{}", NULL);
	for (int a = 1; a < 4; a++)
		for (int i = 0; i < 4; i++)
			chain_log_event(log, &log->end[a], "key_created",
			    "{\"name\": \"A key\\\\t\"}", i % 2 == 0 ?
			    "2001:db8::1" : NULL);
	chain_log_batch(log, &log->end[4], 6, "2026-11-24", false);
	chain_log_batch(log, &log->end[5], 4, "2026-11-24", false);
}

static int
set_up(void **state)
{
	(void)state;
	chain_log_begin(&whole);
	for (int i = 0; i < SEALS; i++) {
		an_hour(&whole);
		chain_log_seal(&whole);
	}
	an_hour(&whole);
	chain_log_end(&whole);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	chain_log_free(&whole);
	return 0;
}

/* The report of LINES. */
static struct chain_report
follow(char **lines, size_t count, const struct checkpoint *expected,
    const struct signature_key *key)
{
	struct chain *c = chain_open(key, key == NULL ? 0 : 1);
	struct chain_report report;

	assert_non_null(c);
	chain_expect(c, expected, expected == NULL ? 0 : 1);
	for (size_t i = 0; i < count; i++)
		chain_add(c, str_of(lines[i]));
	assert_int_equal(chain_finish(c, false, &report), ERR_OK);
	chain_close(c);
	return report;
}

static struct chain_report
follow_all(char **lines, size_t count)
{
	return follow(lines, count, NULL, &whole.signer.key);
}

static void
test_whole(void **state)
{
	struct chain_report r = follow_all(whole.line, whole.count);

	(void)state;
	assert_int_equal(r.verdict, CHAIN_WHOLE);
	assert_int_equal(r.line, whole.count);
	assert_int_equal(r.events, SEALS * 15 + 14);
	assert_int_equal(r.uses, (SEALS + 1) * 10);
	assert_int_equal(r.batches, (SEALS + 1) * 2);
	assert_int_equal(r.checkpoints, SEALS);
	assert_int_equal(r.signed_upto, SEALS * 3);
	assert_int_equal(r.unsigned_events, 2);
	assert_int_equal(r.erased, 0);
	assert_int_equal(follow(whole.line, whole.count, &whole.last,
	    &whole.signer.key).checkpoints, SEALS);
}

static void
test_what_cannot_be_told(void **state)
{
	struct signature_signer other;
	struct chain_log log;
	char other_line[] = "something else", end[] = "z\t1\t0";
	char *none[] = { other_line, end };

	(void)state;
	assert_int_equal(follow(whole.line, whole.count, NULL, NULL).fault,
	    CHAIN_NO_KEY);
	assert_int_equal(signature_make(STR("tests"), &other), ERR_OK);
	assert_int_equal(follow(whole.line, whole.count, NULL,
	    &other.key).fault, CHAIN_OTHER_KEY);
	assert_int_equal(follow_all(none, 2).fault, CHAIN_FOREIGN);
	assert_int_equal(follow_all(none, 0).fault, CHAIN_FOREIGN);
	chain_log_begin(&log);
	an_hour(&log);
	chain_log_end(&log);
	assert_int_equal(follow_all(log.line, log.count).fault,
	    CHAIN_NO_CHECKPOINT);
	assert_int_equal(follow_all(log.line, log.count).verdict,
	    CHAIN_UNTOLD);
	chain_log_free(&log);
}

/* Whether R says that line NUMBER (from 0) of LINES is not what it was. */
static void
assert_located(const struct chain_report *r, char **lines, size_t number)
{
	struct chainline l;
	bool chained = strchr("ebu", lines[number][0]) != NULL &&
	    chainline_parse(str_of(lines[number]), &l);

	/* Of a checkpoint the name of the key may be what was edited. */
	if (number > 0 && r->verdict != CHAIN_TAMPERED &&
	    lines[number][0] != 'z' && (lines[number][0] != 'c' ||
	    r->fault != CHAIN_OTHER_KEY))
		fail_msg("line %zu, %s: %s", number + 1, lines[number],
		    chain_sentence(r->fault));
	assert_int_not_equal(r->verdict, CHAIN_WHOLE);
	/* It may show later: the uses of a batch have one hash. */
	if (chained && r->has_chain && r->of == l.of && r->id == l.id &&
	    r->first <= l.at && r->last >= l.at)
		return;
	if (r->line < (int64_t)number + 1 || r->line > (int64_t)number + 2)
		fail_msg("line %zu, %s: found at %lld", number + 1,
		    lines[number], (long long)r->line);
}

/*
 * The lines from the seal before line NUMBER on, with what was sealed given,
 * as --from does: else every edit would cost the log up to there.
 */
struct segment {
	size_t seal;		/* SEALS: from the beginning */
	size_t first;		/* line */
	size_t count;
	size_t bytes;		/* of the text of COUNT lines, LFs included */
	size_t length;		/* with that of the line behind them */
	char text[65536];
};

static void
segment_make(struct segment *s, size_t seal, size_t last)
{
	size_t used = 0;
	bool patched = false;

	s->seal = seal;
	s->first = seal == SEALS ? 0 : whole.at[seal].line;
	s->count = last - s->first;
	for (size_t i = s->first; i <= last; i++) {
		const char *line = whole.line[i];

		if (i == last)
			s->bytes = used;
		/* The first checkpoint has none before it. */
		if (line[0] == 'c' && !patched && seal < SEALS) {
			used += (size_t)snprintf(s->text + used,
			    sizeof(s->text) - used, "c\t0%s\n",
			    strchr(line + 2, '\t'));
			patched = true;
			continue;
		}
		used += (size_t)snprintf(s->text + used,
		    sizeof(s->text) - used, "%s\n", line);
		assert_true(used < sizeof(s->text));
	}
	s->length = used;
}

static struct chain_report
segment_follow(const struct segment *s)
{
	struct chain *c = chain_open(&whole.signer.key, 1);
	struct str text = { s->text, s->length }, line;
	struct chain_report report;

	assert_non_null(c);
	for (size_t i = 0; s->seal < SEALS && i < CHAIN_LOG_ENDS; i++) {
		const struct chain_log_end *end = &whole.at[s->seal].end[i];

		assert_int_equal(chain_give(c, end->of, end->id, end->upto,
		    &end->hash), ERR_OK);
	}
	if (s->seal < SEALS)
		chain_add(c, STR(CHAINLINE_MAGIC));
	while (str_cut(text, '\n', &line, &text))
		chain_add(c, line);
	assert_int_equal(chain_finish(c, line.len > 0, &report), ERR_OK);
	chain_close(c);
	report.line += s->seal < SEALS ? (int64_t)s->first - 1 : 0;
	return report;
}

/* Every byte of the segment, LFs too, becomes another. */
static size_t
edit_segment(struct segment *s)
{
	size_t number = s->first, tried = 0;

	assert_int_not_equal(segment_follow(s).verdict, CHAIN_TAMPERED);
	for (size_t i = 0; i < s->bytes; i++) {
		char was = s->text[i];
		struct chain_report r;

		s->text[i] = (char)(was ^ 1);
		r = segment_follow(s);
		/* That the segment ends early does not count as found. */
		assert_located(&r, whole.line, number);
		s->text[i] = was;
		number += was == '\n';
		tried++;
	}
	return tried;
}

static void
test_every_byte(void **state)
{
	static struct segment s;
	size_t tried = 0, bytes = 0;

	(void)state;
	for (size_t i = 0; i <= SEALS; i++) {
		size_t last = i == SEALS ? whole.at[0].line : i + 1 < SEALS ?
		    whole.at[i + 1].line : whole.count - 2;

		segment_make(&s, i, last);
		tried += edit_segment(&s);
	}
	for (size_t i = 0; i + 2 < whole.count; i++)
		bytes += strlen(whole.line[i]) + 1;
	/* The numbers of the patched checkpoints are shorter. */
	assert_true(tried <= bytes && tried > bytes - 3 * SEALS);
}

/* One byte a line, in the whole log; and of its last line every one. */
static void
test_a_byte_of_each_line(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < whole.count; i++) {
		size_t len = strlen(whole.line[i]);
		size_t tries = i + 1 == whole.count ? len : 1;

		for (size_t j = 0; j < tries; j++) {
			size_t at = tries > 1 ? j : unit_next(&seed) % len;
			struct chain_report r;

			whole.line[i][at] ^= 1;
			r = follow_all(whole.line, whole.count);
			whole.line[i][at] ^= 1;
			assert_located(&r, whole.line, i);
		}
	}
}

static void
test_every_line_deleted(void **state)
{
	static char *lines[CHAIN_LOG_LINES];

	(void)state;
	for (size_t i = 0; i < whole.count; i++) {
		struct chain_report r;

		memcpy(lines, whole.line, i * sizeof(*lines));
		memcpy(lines + i, whole.line + i + 1,
		    (whole.count - i - 1) * sizeof(*lines));
		r = follow_all(lines, whole.count - 1);
		/* After a head, and a checkpoint, comes what counts them. */
		if (i > 0 && strchr("hc", whole.line[i][0]) != NULL)
			assert_int_equal(r.verdict, CHAIN_TAMPERED);
		else if (whole.line[i][0] == 'z')
			assert_int_equal(r.fault, CHAIN_BROKEN_OFF);
		else
			assert_located(&r, whole.line, i);
		if (whole.line[i][0] == 'c' && r.fault == CHAIN_DELETED)
			assert_int_equal(r.last, r.first + 3);
		if (whole.line[i][0] == 'e')
			assert_true(r.fault == CHAIN_DELETED ||
			    (r.fault == CHAIN_TRUNCATED &&
			    i >= whole.at[SEALS - 1].line));
	}
}

static void
test_every_two_swapped(void **state)
{
	static char *lines[CHAIN_LOG_LINES];

	(void)state;
	for (size_t i = 0; i + 1 < whole.count; i++) {
		struct chain_report r;

		memcpy(lines, whole.line, whole.count * sizeof(*lines));
		lines[i] = whole.line[i + 1];
		lines[i + 1] = whole.line[i];
		r = follow_all(lines, whole.count);
		assert_located(&r, whole.line, r.line == (int64_t)i + 3 ?
		    i + 1 : i);
		if (whole.line[i][0] == 'e' && whole.line[i + 1][0] == 'e' &&
		    whole.line[i][2] == whole.line[i + 1][2])
			assert_int_equal(r.fault, CHAIN_SWAPPED);
	}
}

/* Cut off at each line: without an end it cannot be told; with one made anew
 * a checkpoint that was kept elsewhere tells. */
static void
test_every_end_cut_off(void **state)
{
	static char *lines[CHAIN_LOG_LINES];
	char end[64];

	(void)state;
	memcpy(lines, whole.line, sizeof(lines));
	for (size_t i = 1; i < whole.at[SEALS - 1].line; i++) {
		int64_t checkpoint = 0;
		struct chain_report r;

		assert_int_equal(follow_all(whole.line, i).fault,
		    CHAIN_BROKEN_OFF);
		for (size_t j = 0; j < SEALS; j++)
			if (whole.at[j].line <= i)
				checkpoint = whole.at[j].checkpoint;
		(void)snprintf(end, sizeof(end), "z\t%zu\t%lld", i,
		    (long long)checkpoint);
		lines[i] = end;
		r = follow(lines, i + 1, &whole.last, &whole.signer.key);
		lines[i] = whole.line[i];
		assert_true(r.verdict == CHAIN_TAMPERED ||
		    i + 2 == whole.at[SEALS - 1].line ||
		    whole.line[i][0] == 'c');
		if (i + 1 < whole.at[SEALS - 1].line &&
		    whole.line[i - 1][0] == 'c')
			assert_true(r.fault == CHAIN_TRUNCATED && r.id == 0 &&
			    r.first == checkpoint + 1 &&
			    r.last == whole.last.seq);
	}
}

/* LINE with DIGEST as its hash. */
static char *
relinked(const char *text, const struct digest *digest, const char *rest)
{
	char hex[DIGEST_HEX_SIZE], *out;

	digest_hex(digest, hex);
	assert_true(asprintf(&out, "%s\t%s%s", text, hex, rest) > 0);
	return out;
}

/* Replaces WAS by IS, hashes in hexadecimal, in LINE. */
static void
replace_hash(char *line, const struct digest *was, const struct digest *is)
{
	char from[DIGEST_HEX_SIZE], to[DIGEST_HEX_SIZE], *at;

	digest_hex(was, from);
	digest_hex(is, to);
	while ((at = strstr(line, from)) != NULL)
		memcpy(at, to, DIGEST_HEX_SIZE - 1);
}

/* Computes all later hashes of the chain of line AT anew; in seals, too. */
static void
relink(char **lines, size_t at)
{
	struct chainline l;
	struct digest before = { { 0 } }, old;
	char text[16384];
	int64_t id;

	assert_true(chainline_parse(str_of(lines[at]), &l));
	id = l.id;
	for (size_t i = 1; i < whole.count; i++) {
		const char *rest;
		char *line;

		if (!chainline_parse(str_of(lines[i]), &l) ||
		    l.kind != CHAINLINE_EVENT || l.id != id)
			continue;
		if (i < at) {
			before = l.hash;
			continue;
		}
		old = l.hash;
		(void)snprintf(text, sizeof(text), "%.*s", (int)l.hashed.len,
		    l.hashed.ptr);
		before = chain_log_link("hasp-audit-1\n", &before, text);
		rest = lines[i] + l.hashed.len + 1 + 2 * DIGEST_SIZE;
		line = relinked(text, &before, rest);
		free(lines[i]);
		lines[i] = line;
		for (size_t j = i + 1; j < whole.count; j++)
			if (lines[j][0] == 'h' || strstr(lines[j],
			    "chain_sealed") != NULL)
				replace_hash(lines[j], &old, &before);
	}
}

/* Whether R says of ACCOUNT that event AT was rewritten. */
static void
assert_rewritten(const struct chain_report *r, int64_t account, int64_t at)
{
	assert_int_equal(r->verdict, CHAIN_TAMPERED);
	assert_int_equal(r->fault, CHAIN_REWRITTEN);
	assert_true(r->of == CHAINLINE_ACCOUNT && r->id == account);
	assert_true(r->first <= at && at <= r->last);
}

static void
test_edits_with_hashes_made_anew(void **state)
{
	static char *lines[CHAIN_LOG_LINES];

	(void)state;
	/* A line from each place between two seals, at every fourth seal. */
	for (size_t i = 1; i < whole.at[SEALS - 1].line; i++) {
		struct chain_report r;
		struct chainline l;
		size_t seal = 0, zero;

		if (whole.line[i][0] != 'e')
			continue;
		while (whole.at[seal].line <= i)
			seal++;
		if (seal % 4 != 0)
			continue;
		for (size_t j = 0; j < whole.count; j++)
			lines[j] = strdup(whole.line[j]);
		memcpy(strstr(lines[i], "request-"), "REQUEST-", 8);
		relink(lines, i);
		assert_true(chainline_parse(str_of(whole.line[i]), &l));
		/* The seals of the account now belong to a chain of old. */
		zero = whole.at[seal].line - 2;
		if (l.id != 0) {
			relink(lines, zero);
			l.at = whole.at[seal].checkpoint;
		}
		r = follow_all(lines, whole.count);
		assert_rewritten(&r, 0, l.at);
		for (size_t j = 0; j < whole.count; j++)
			free(lines[j]);
	}
}

/* Who cannot even write account 0 anew. */
static void
test_a_chain_that_its_seal_does_not_know(void **state)
{
	static char *lines[CHAIN_LOG_LINES];
	size_t at = whole.at[3].line + 4;
	struct chain_report r;
	struct chainline l;

	(void)state;
	for (size_t j = 0; j < whole.count; j++)
		lines[j] = strdup(whole.line[j]);
	memcpy(strstr(lines[at], "request-"), "REQUEST-", 8);
	relink(lines, at);
	for (size_t j = 0; j < whole.count; j++) {
		if (whole.line[j][0] != 'e' || whole.line[j][2] != '0')
			continue;
		free(lines[j]);
		lines[j] = strdup(whole.line[j]);
	}
	assert_true(chainline_parse(str_of(lines[at]), &l));
	r = follow_all(lines, whole.count);
	assert_rewritten(&r, l.id, l.at);
	for (size_t j = 0; j < whole.count; j++)
		free(lines[j]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_what_cannot_be_told),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_a_byte_of_each_line),
		cmocka_unit_test(test_every_line_deleted),
		cmocka_unit_test(test_every_two_swapped),
		cmocka_unit_test(test_every_end_cut_off),
		cmocka_unit_test(test_edits_with_hashes_made_anew),
		cmocka_unit_test(test_a_chain_that_its_seal_does_not_know),
	};

	return cmocka_run_group_tests_name("chain", tests, set_up, tear_down);
}
