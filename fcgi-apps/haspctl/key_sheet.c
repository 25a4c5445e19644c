/* SPDX-License-Identifier: ISC */
#include "key_sheet.h"

static const struct output_column key_sheet_secret_columns[] = {
	{ "version", "VERSION", OUTPUT_NUMBER, false },
	{ "last_four", "LAST FOUR", OUTPUT_TEXT, false },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
	{ "not_before", "NOT BEFORE", OUTPUT_TIME, false },
	{ "expires_at", "EXPIRES", OUTPUT_TIME, false },
	{ "revoked_at", "REVOKED", OUTPUT_TIME, false },
};

/* A row with a secret begins one column further left. */
static const struct output_column key_sheet_columns[] = {
	{ "secret", "SECRET", OUTPUT_TEXT, false },
	{ "id", "ID", OUTPUT_TEXT, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "account", "ACCOUNT", OUTPUT_NUMBER, true },
	{ "role", "ROLE", OUTPUT_TEXT, false },
	{ "environment", "ENVIRONMENT", OUTPUT_TEXT, false },
	{ "kind", "KIND", OUTPUT_TEXT, true },
	{ "state", "STATE", OUTPUT_TEXT, false },
	{ "allowed_ranges", "ALLOWED FROM", OUTPUT_WORDS, true },
	{ "rate_per_second", "RATE", OUTPUT_LIMIT, true },
	{ "rate_burst", "BURST", OUTPUT_LIMIT, true },
	{ "daily_quota", "DAILY QUOTA", OUTPUT_LIMIT, true },
	{ "created_at", "CREATED", OUTPUT_TIME, false },
	{ "not_before", "NOT BEFORE", OUTPUT_TIME, true },
	{ "expires_at", "EXPIRES", OUTPUT_TIME, false },
	{ "disabled_at", "DISABLED", OUTPUT_TIME, true },
	{ "revoked_at", "REVOKED", OUTPUT_TIME, true },
	{ "revoked_why", "REVOKED WHY", OUTPUT_TEXT, true },
	{ "secrets", "SECRETS", OUTPUT_SHEET, true },
};

#define KEY_SHEET_SECRET_COLUMNS ARRAY_LEN(key_sheet_secret_columns)

/* In one word, the first that fits. */
static const char *
key_sheet_state(int64_t now, int64_t revoked, int64_t disabled,
    int64_t not_before, int64_t expires)
{
	if (revoked != 0)
		return "revoked";
	if (disabled != 0)
		return "disabled";
	if (expires != 0 && expires <= now)
		return "expired";
	return not_before > now ? "not yet valid" : "active";
}

static const struct output_sheet *
key_sheet_secrets(struct arena *arena, const struct store_key *key,
    int64_t now)
{
	struct output_sheet *sheet = arena_alloc(arena, sizeof(*sheet));
	struct output_cell *cells = arena_alloc(arena, key->secret_count *
	    KEY_SHEET_SECRET_COLUMNS * sizeof(*cells)), *row = cells;

	if (sheet == NULL || cells == NULL)
		return NULL;
	for (size_t i = 0; i < key->secret_count; i++) {
		const struct store_key_secret *s = &key->secrets[i];

		*row++ = OUTPUT_I(s->version);
		*row++ = OUTPUT_T(s->last);
		*row++ = OUTPUT_T(key_sheet_state(now, s->revoked, 0,
		    s->not_before, s->expires));
		*row++ = OUTPUT_I(s->created);
		*row++ = OUTPUT_I(s->not_before);
		*row++ = OUTPUT_I(s->expires);
		*row++ = OUTPUT_I(s->revoked);
	}
	*sheet = (struct output_sheet){ key_sheet_secret_columns,
	    KEY_SHEET_SECRET_COLUMNS, cells, key->secret_count };
	return sheet;
}

/* Fills ROW, the secret aside; false without memory. */
static bool
key_sheet_row(struct arena *arena, const struct store_key *k, int64_t now,
    struct output_cell *row)
{
	const struct output_sheet *secrets = key_sheet_secrets(arena, k, now);

	*row++ = OUTPUT_T(k->id);
	*row++ = OUTPUT_T(k->name);
	*row++ = OUTPUT_I(k->account);
	*row++ = OUTPUT_T(k->role);
	*row++ = OUTPUT_T(k->environment);
	*row++ = OUTPUT_T(k->kind);
	*row++ = OUTPUT_T(key_sheet_state(now, k->revoked, k->disabled,
	    k->not_before, k->expires));
	*row++ = OUTPUT_T(k->ranges);
	*row++ = OUTPUT_I(k->rate > 0 ? k->rate : -1);
	*row++ = OUTPUT_I(k->burst > 0 ? k->burst : -1);
	*row++ = OUTPUT_I(k->daily_quota > 0 ? k->daily_quota : -1);
	*row++ = OUTPUT_I(k->created);
	*row++ = OUTPUT_I(k->not_before);
	*row++ = OUTPUT_I(k->expires);
	*row++ = OUTPUT_I(k->disabled);
	*row++ = OUTPUT_I(k->revoked);
	*row++ = OUTPUT_T(k->revoked != 0 ? k->revoked_why : NULL);
	*row++ = OUTPUT_S(secrets);
	return secrets != NULL;
}

enum err
key_sheet_make(struct arena *arena, const struct store_key *keys,
    size_t count, int64_t now, const char *text, struct output_sheet *sheet)
{
	size_t skip = text == NULL ? 1 : 0;
	size_t columns = ARRAY_LEN(key_sheet_columns) - skip;
	struct output_cell *cells = arena_alloc(arena,
	    count * columns * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++, row += columns) {
		if (text != NULL)
			*row = OUTPUT_T(text);
		if (!key_sheet_row(arena, &keys[i], now, row + 1 - skip))
			return ERR_MEMORY;
	}
	*sheet = (struct output_sheet){
		key_sheet_columns + skip, columns, cells, count,
	};
	return ERR_OK;
}
