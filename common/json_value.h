/* SPDX-License-Identifier: ISC */
/*
 * json_value [layer 3]: what json.c and json_read.c share, and nobody else.
 */
#ifndef HASP_JSON_VALUE_H
#define HASP_JSON_VALUE_H

#include "json.h"

struct json_object;

struct json {
	struct json_object *object;	/* owned */
	bool failed;			/* a member could not be made */
};

/* Takes OBJECT over; NULL if it is NULL or memory is short. */
struct json *json_wrap(struct json_object *object) MUST_CHECK;

#endif
