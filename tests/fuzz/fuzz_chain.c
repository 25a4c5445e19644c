/* SPDX-License-Identifier: ISC */
/*
 * fuzz_chain [tests]: whatever is read as an export, it is never whole, for
 * nobody signed it with this key; where it is faulty is within it.
 */
#include "chain.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[SIGNATURE_SEED_SIZE] = { 9 };
	char *room = fuzz_room(size);
	struct str text = { room, size }, line;
	struct signature_signer signer;
	struct chain_report report;
	struct chain *c;
	int64_t lines = 0;

	memcpy(room, data, size);
	FUZZ_CHECK(signature_derive(STR("fuzz"), seed, &signer) == ERR_OK);
	c = chain_open(&signer.key, 1);
	FUZZ_CHECK(c != NULL);
	while (str_cut(text, '\n', &line, &text)) {
		chain_add(c, line);
		lines++;
	}
	FUZZ_CHECK(chain_finish(c, line.len > 0, &report) == ERR_OK);
	FUZZ_CHECK(report.verdict != CHAIN_WHOLE);
	FUZZ_CHECK(report.fault != CHAIN_NONE);
	FUZZ_CHECK(report.line >= 0 && report.line <= lines);
	FUZZ_CHECK(report.events >= 0 && report.uses >= 0);
	chain_close(c);
	free(room);
	return 0;
}
