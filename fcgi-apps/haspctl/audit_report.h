/* SPDX-License-Identifier: ISC */
/*
 * audit_report [layer 8]: what following the log found, in words.
 */
#ifndef HASPCTL_AUDIT_REPORT_H
#define HASPCTL_AUDIT_REPORT_H

#include "chain.h"
#include "status.h"

/* Room for audit_report_where, its NUL included. */
#define AUDIT_REPORT_WHERE_SIZE 160

/* Where it is: "account 5, event 12 (line 30)"; LINE as well if WITH_LINE. */
void audit_report_where(const struct chain_report *report, bool with_line,
    char out[AUDIT_REPORT_WHERE_SIZE]);

/* Writes the report; its status: whole, tampered or cannot tell. */
enum status audit_report_tell(const struct chain_report *report,
    bool with_line);

#endif
