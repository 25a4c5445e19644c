/* SPDX-License-Identifier: ISC */
/*
 * record [tests]: a record as members of a JSON object.
 */
#ifndef HASP_RECORD_H
#define HASP_RECORD_H

#include "decision.h"
#include "json.h"

void record_tell(struct json *json, const struct decision_record *r);

#endif
