/* SPDX-License-Identifier: ISC */
/*
 * qr [layer 1]: a text as a QR code (ISO/IEC 18004) by libqrencode, drawn in
 * SVG for a web page. Any thread may call.
 */
#ifndef HASP_QR_H
#define HASP_QR_H

#include "buf.h"
#include "err.h"

/* The empty border that scanners need, in modules (ISO/IEC 18004). */
#define QR_QUIET 4

/* Bytes of the longest text that fits: the largest symbol, level M. */
#define QR_TEXT_MAX 2331

/*
 * Adds to OUT one <svg> element without script, style or XML declaration: a
 * viewBox of one unit a module, black on a white ground of its own (a page
 * may be dark), with error correction of level M. TEXT is taken byte by byte
 * and is in the picture only, never in the markup.
 *
 * ERR_INVALID: TEXT is empty or longer than QR_TEXT_MAX; ERR_MEMORY: OUT's
 * arena is full, or memory is short; ERR_INTERNAL: libqrencode fails.
 */
enum err qr_svg(struct str text, struct buf *out) MUST_CHECK;

#endif
