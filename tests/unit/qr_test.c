/* SPDX-License-Identifier: ISC */
/* QR codes [layer 1]: the picture is read back out of the SVG. */
#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

#include "qr.h"

#define SIDE_MAX (177 + 2 * QR_QUIET)

/* This program's encoder stands before libqrencode's; it fails when told. */
static int encode_fails;

QRcode *
QRcode_encodeData(int size, const unsigned char *data, int version,
    QRecLevel level)
{
	QRcode *(*real)(int, const unsigned char *, int, QRecLevel) = NULL;

	if (encode_fails != 0) {
		errno = encode_fails;
		return NULL;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "QRcode_encodeData");
	return real(size, data, version, level);
}

static const struct str uri = STR("otpauth://totp/Site:a%40example.com"
    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Site"
    "&algorithm=SHA1&digits=6&period=30");

/* The modules of the last picture that read_svg read, border included. */
static bool dark[SIDE_MAX][SIDE_MAX];
static int side;

/* SVG at P begins with TEXT; moves past it. */
static void
expect(const char **p, const char *text)
{
	if (strncmp(*p, text, strlen(text)) != 0)
		fail_msg("\"%.40s\" is not \"%s\"", *p, text);
	*p += strlen(text);
}

static int
number(const char **p)
{
	char *end;
	long n;

	assert_true(**p >= '0' && **p <= '9');
	n = strtol(*p, &end, 10);
	assert_in_range(n, 0, SIDE_MAX);
	*p = end;
	return (int)n;
}

/* One rectangle of the path: Mx yhNv1h-Nz. */
static void
read_run(const char **p)
{
	int x, y, n;

	expect(p, "M");
	x = number(p);
	expect(p, " ");
	y = number(p);
	expect(p, "h");
	n = number(p);
	expect(p, "v1h-");
	assert_int_equal(number(p), n);
	expect(p, "z");
	assert_true(n > 0 && x + n <= side && y < side);
	while (n-- > 0) {
		assert_false(dark[y][x + n]);
		dark[y][x + n] = true;
	}
}

/* All of an SVG; what is in it beside the form is refused. */
static void
read_svg(const char *p)
{
	memset(dark, 0, sizeof(dark));
	expect(&p, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 ");
	side = number(&p);
	expect(&p, " ");
	assert_int_equal(number(&p), side);
	expect(&p, "\" role=\"img\" aria-label=\"QR code\" "
	    "shape-rendering=\"crispEdges\"><rect width=\"");
	assert_int_equal(number(&p), side);
	expect(&p, "\" height=\"");
	assert_int_equal(number(&p), side);
	expect(&p, "\" fill=\"#fff\"/><path fill=\"#000\" d=\"");
	while (*p == 'M')
		read_run(&p);
	expect(&p, "\"/></svg>");
	assert_string_equal(p, "");
}

static void
draw(struct str text)
{
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct buf out = buf_in(arena);

	assert_non_null(arena);
	assert_int_equal(qr_svg(text, &out), ERR_OK);
	read_svg(out.data);
	arena_free(arena);
}

/* The same symbol by libqrencode's longer way, with the border around it. */
static void
assert_drawn(struct str text)
{
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
	QRcode *code;

	draw(text);
	assert_non_null(input);
	assert_int_equal(QRinput_append(input, QR_MODE_8, (int)text.len,
	    (const unsigned char *)text.ptr), 0);
	code = QRcode_encodeInput(input);
	assert_non_null(code);
	assert_int_equal(side, code->width + 8);
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++) {
			int u = x - 4, v = y - 4;
			bool inside = u >= 0 && v >= 0 && u < code->width &&
			    v < code->width;

			assert_int_equal(dark[y][x], inside &&
			    (code->data[v * code->width + u] & 1) != 0);
		}
	QRcode_free(code);
	QRinput_free(input);
}

/* The finder pattern (ISO/IEC 18004) with its corner at X, Y. */
static void
assert_finder(int x, int y)
{
	static const char *const rows[] = { "#######", "#.....#", "#.###.#",
		"#.###.#", "#.###.#", "#.....#", "#######" };

	for (int v = 0; v < 7; v++)
		for (int u = 0; u < 7; u++)
			assert_int_equal(dark[y + v][x + u],
			    rows[v][u] == '#');
}

static void
test_uri(void **state)
{
	(void)state;
	assert_drawn(uri);
	assert_int_equal(side, 45 + 8);
	assert_finder(4, 4);
	assert_finder(side - 11, 4);
	assert_finder(4, side - 11);
	/* The timing patterns between them, dark and light in turn. */
	for (int i = 12; i < side - 12; i++) {
		assert_int_equal(dark[10][i], i % 2 == 0);
		assert_int_equal(dark[i][10], i % 2 == 0);
	}
}

static void
test_other_texts(void **state)
{
	static const char markup[] = "\"/><script>x</script>&\x01\xff";

	(void)state;
	assert_drawn(STR("a"));
	assert_int_equal(side, 21 + 8);
	assert_drawn(STR("a\0b"));
	assert_drawn((struct str){ markup, sizeof(markup) });
}

static void
test_longest(void **state)
{
	static char text[QR_TEXT_MAX + 1];
	struct arena *arena = arena_new(4096);
	struct buf out = buf_in(arena);

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_drawn((struct str){ text, QR_TEXT_MAX });
	assert_int_equal(side, SIDE_MAX);
	assert_int_equal(qr_svg((struct str){ text, sizeof(text) }, &out),
	    ERR_INVALID);
	assert_int_equal(qr_svg((struct str){ text, SIZE_MAX }, &out),
	    ERR_INVALID);
	assert_int_equal(qr_svg(STR(""), &out), ERR_INVALID);
	assert_int_equal(qr_svg(str_of(NULL), &out), ERR_INVALID);
	assert_int_equal(out.len, 0);
	/* An arena too small for the picture. */
	assert_int_equal(qr_svg(uri, &out), ERR_MEMORY);
	arena_free(arena);
}

static void
test_libqrencode_fails(void **state)
{
	struct arena *arena = arena_new((size_t)64 * 1024);
	struct buf out = buf_in(arena);

	(void)state;
	encode_fails = ENOMEM;
	assert_int_equal(qr_svg(uri, &out), ERR_MEMORY);
	encode_fails = EINVAL;
	assert_int_equal(qr_svg(uri, &out), ERR_INTERNAL);
	encode_fails = 0;
	assert_int_equal(out.len, 0);
	assert_int_equal(qr_svg(uri, &out), ERR_OK);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_other_texts),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_libqrencode_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
