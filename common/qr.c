/* SPDX-License-Identifier: ISC */
#include "qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

static void
qr_end(QRcode **code)
{
	/* The picture is the text, which may be a secret. */
	if (*code != NULL)
		explicit_bzero((*code)->data,
		    (size_t)(*code)->width * (size_t)(*code)->width);
	QRcode_free(*code);
}

/* The lowest bit of a module says whether it is dark. */
static bool
qr_is_dark(const QRcode *code, int x, int y)
{
	return (code->data[y * code->width + x] & 1) != 0;
}

/* Each run of dark modules of row Y as a rectangle of the path. */
static void
qr_row(const QRcode *code, int y, struct buf *out)
{
	int from, x = 0;

	while (x < code->width) {
		from = x;
		while (x < code->width && qr_is_dark(code, x, y))
			x++;
		if (x > from)
			buf_printf(out, "M%d %dh%dv1h-%dz", from + QR_QUIET,
			    y + QR_QUIET, x - from, x - from);
		else
			x++;
	}
}

enum err
qr_svg(struct str text, struct buf *out)
{
	QRcode *code CLEANUP(qr_end) = NULL;
	int size;

	if (text.len == 0 || text.len > QR_TEXT_MAX)
		return ERR_INVALID;
	errno = 0;
	/* Version 0: the smallest that holds the text. */
	code = QRcode_encodeData((int)text.len,
	    (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
	if (code == NULL)
		return errno == ENOMEM ? ERR_MEMORY : ERR_INTERNAL;
	size = code->width + 2 * QR_QUIET;
	buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"QR code\" "
	    "shape-rendering=\"crispEdges\">"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
	    "<path fill=\"#000\" d=\"", size, size, size, size);
	for (int y = 0; y < code->width; y++)
		qr_row(code, y, out);
	buf_add(out, STR("\"/></svg>"));
	return out->failed ? ERR_MEMORY : ERR_OK;
}
