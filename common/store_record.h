/* SPDX-License-Identifier: ISC */
/*
 * store_record [layer 5]: a record of hasp.look_up_keys, read into a
 * decision_record. Pure, and strict: what is not understood whole is refused.
 */
#ifndef HASP_STORE_RECORD_H
#define HASP_STORE_RECORD_H

#include "decision.h"
#include "str.h"

/*
 * False if TEXT is not exactly the fields that sql/migrations names, each in
 * its form and within its room; OUT is then all zero. A status that is not
 * known becomes DECISION_DOUBTFUL.
 */
bool store_record_parse(struct str text, struct decision_record *out)
    MUST_CHECK;

#endif
