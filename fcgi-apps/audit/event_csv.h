/* SPDX-License-Identifier: ISC */
/*
 * event_csv [layer 8]: events as lines of CSV (RFC 4180). A cell that a
 * spreadsheet would take for a formula begins with an apostrophe: with =, +,
 * -, @, tab or CR.
 */
#ifndef HASP_EVENT_CSV_H
#define HASP_EVENT_CSV_H

#include "buf.h"
#include "store_event.h"

/* The line with the names of the columns. */
void event_csv_names(struct buf *out);

void event_csv_line(struct buf *out, const struct store_event *event);

#endif
