/* SPDX-License-Identifier: ISC */
#include "member_sheet.h"

/* The first MEMBER_SHEET_SECRETS are of who was just made. */
static const struct output_column member_sheet_columns[] = {
	{ "password", "PASSWORD", OUTPUT_TEXT, false },
	{ "totp_secret", "TOTP SECRET", OUTPUT_TEXT, false },
	{ "totp_uri", "TOTP URI", OUTPUT_TEXT, false },
	{ "id", "ID", OUTPUT_NUMBER, false },
	{ "account", "ACCOUNT", OUTPUT_NUMBER, true },
	{ "email", "EMAIL", OUTPUT_TEXT, false },
	{ "may_administer", "ADMIN", OUTPUT_BOOL, false },
	{ "totp", "TOTP", OUTPUT_BOOL, false },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
	{ "disabled_at", "DISABLED", OUTPUT_TIME, false },
};

#define MEMBER_SHEET_SECRETS 3
#define MEMBER_SHEET_ALL ARRAY_LEN(member_sheet_columns)
#define MEMBER_SHEET_COLUMNS (MEMBER_SHEET_ALL - MEMBER_SHEET_SECRETS)

static void
member_sheet_row(const struct store_person *p, struct output_cell *row)
{
	*row++ = OUTPUT_I(p->id);
	*row++ = OUTPUT_I(p->account);
	*row++ = OUTPUT_T(p->email);
	*row++ = OUTPUT_I(p->may_administer);
	*row++ = OUTPUT_I(p->totp);
	*row++ = OUTPUT_I(p->created);
	*row++ = OUTPUT_I(p->disabled);
}

enum err
member_sheet_make(struct arena *arena, const struct store_person *people,
    size_t count, struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * MEMBER_SHEET_COLUMNS * sizeof(*cells));

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		member_sheet_row(&people[i], &cells[i * MEMBER_SHEET_COLUMNS]);
	*sheet = (struct output_sheet){
		member_sheet_columns + MEMBER_SHEET_SECRETS,
		MEMBER_SHEET_COLUMNS, cells, count,
	};
	return ERR_OK;
}

enum err
member_sheet_secret(struct arena *arena, const struct store_person *person,
    const char *password, const char *totp_secret, const char *totp_uri,
    struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    MEMBER_SHEET_ALL * sizeof(*cells));

	if (cells == NULL)
		return ERR_MEMORY;
	cells[0] = OUTPUT_T(password);
	cells[1] = OUTPUT_T(totp_secret);
	cells[2] = OUTPUT_T(totp_uri);
	member_sheet_row(person, cells + MEMBER_SHEET_SECRETS);
	*sheet = (struct output_sheet){
		member_sheet_columns, MEMBER_SHEET_ALL, cells, 1,
	};
	return ERR_OK;
}
