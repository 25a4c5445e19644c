/* SPDX-License-Identifier: ISC */
#include "status.h"

static const struct status_row status_table[] = {
#define S(name, number, text) { (number), text },
#include "status.def"
#undef S
};

const struct status_row *
status_rows(size_t *count)
{
	*count = ARRAY_LEN(status_table);
	return status_table;
}

enum status
status_of(enum err err)
{
	switch (err) {
	case ERR_OK:
		return STATUS_OK;
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
		return STATUS_NO;
	case ERR_USAGE:
		return STATUS_USAGE;
	case ERR_INVALID:
		return STATUS_DATA;
	case ERR_DATABASE_DOWN:
	case ERR_OUTCOME_UNKNOWN:
		return STATUS_UNAVAILABLE;
	case ERR_SYSTEM:
		return STATUS_SYSTEM;
	case ERR_PERMISSION:
		return STATUS_PERMISSION;
	case ERR_CONFIG:
	case ERR_SCHEMA:
		return STATUS_CONFIG;
	default:
		return STATUS_SOFTWARE;
	}
}
