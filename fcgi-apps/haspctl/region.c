/* SPDX-License-Identifier: ISC */
#include "region.h"

#include "certainty.h"
#include "output.h"
#include "store_region.h"

static const struct output_column region_columns[] = {
	{ "code", "CODE", OUTPUT_TEXT, false },
	{ "name", "NAME", OUTPUT_TEXT, false },
	{ "api_host", "API HOST", OUTPUT_TEXT, false },
	{ "accounts", "ACCOUNTS", OUTPUT_NUMBER, false },
};

static enum err
region_sheet(struct arena *arena, const struct store_region *regions,
    size_t count, struct output_sheet *sheet)
{
	struct output_cell *cells = arena_alloc(arena,
	    count * ARRAY_LEN(region_columns) * sizeof(*cells)), *row = cells;

	if (cells == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		*row++ = OUTPUT_T(regions[i].code);
		*row++ = OUTPUT_T(regions[i].name);
		*row++ = OUTPUT_T(regions[i].api_host);
		*row++ = OUTPUT_I(regions[i].accounts);
	}
	*sheet = (struct output_sheet){
		region_columns, ARRAY_LEN(region_columns), cells, count,
	};
	return ERR_OK;
}

enum status
region_list(struct invocation *inv)
{
	enum status status = invocation_open_database(inv);
	struct store_region *regions;
	struct output_sheet sheet;
	size_t count;
	enum err err;

	if (status != STATUS_OK)
		return status;
	err = store_region_list(inv->db, inv->arena, STR(""), &regions,
	    &count);
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	output_list_begin();
	err = region_sheet(inv->arena, regions, count, &sheet);
	if (err == ERR_OK)
		err = output_list_page(&sheet);
	output_list_end();
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

/* Writes the region as it stands now. */
static enum status
region_tell(struct invocation *inv, struct str code)
{
	struct store_region *regions;
	struct output_sheet sheet;
	size_t count = 0;
	enum err err = store_region_list(inv->db, inv->arena, code, &regions,
	    &count);

	if (err == ERR_OK && count != 1)
		err = ERR_NOT_FOUND;
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	err = region_sheet(inv->arena, regions, 1, &sheet);
	if (err == ERR_OK)
		err = certainty_record(inv, &sheet);
	return err == ERR_OK ? STATUS_OK :
	    output_fail(status_of(err), "%s", err_sentence(err));
}

enum status
region_set(struct invocation *inv)
{
	struct str code = str_of(inv->operands[0]);
	const char *host = inv->values[ARGUMENT_API_HOST];
	struct store_change change;
	enum status status, waited;
	enum err err;

	if ((status = invocation_code(inv->operands[0], "region")) !=
	    STATUS_OK || (status = invocation_check_name(inv)) !=
	    STATUS_OK || (status = certainty_read(inv)) != STATUS_OK ||
	    (status = invocation_open_database(inv)) != STATUS_OK)
		return status;
	change = invocation_change(inv, 0);
	err = store_region_set(&change, code, inv->values[ARGUMENT_NAME],
	    host);
	if (err == ERR_INVALID && host == NULL)
		return output_fail(STATUS_USAGE, "there is no region %s, and "
		    "a new one needs --api-host", inv->operands[0]);
	if (err == ERR_INVALID)
		return output_fail(STATUS_DATA, "--api-host is a host, perhaps "
		    "with :port: at most 255 letters, digits, dots, hyphens "
		    "and colons");
	if (err != ERR_OK)
		return invocation_database_failed(inv, err);
	waited = certainty_wait(inv, &change);
	status = region_tell(inv, code);
	return status == STATUS_OK ? waited : status;
}
