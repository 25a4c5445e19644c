/* SPDX-License-Identifier: ISC */
/*
 * record [layer 2]: a struct decision_record in as few bytes as what it says
 * takes: about 160 to 250 for most, RECORD_SIZE_MAX for none. For memory of
 * this process alone: the form is that of this machine and this build. Pure.
 */
#ifndef HASP_RECORD_H
#define HASP_RECORD_H

#include "decision.h"

/* A packed record with all texts and ranges that there is room for. */
#define RECORD_SIZE_MAX 1632

/*
 * Packs RECORD into OUT and gives how many bytes it took. 0 for a record that
 * record_unpack would not give back: a text that does not end, more ranges
 * than there are, a range, status, role or kind that is none.
 */
size_t record_pack(const struct decision_record *record,
    uint8_t out[RECORD_SIZE_MAX]) MUST_CHECK;

/*
 * The record that the LEN bytes at PACKED hold, every field of it; bytes that
 * no field uses (behind the end of a text, ranges beyond range_count) are
 * zero. False, with OUT left alone, for bytes that record_pack does not make.
 */
bool record_unpack(const void *packed, size_t len, struct decision_record *out)
    MUST_CHECK;

#endif
