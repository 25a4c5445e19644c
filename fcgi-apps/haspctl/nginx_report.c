/* SPDX-License-Identifier: ISC */
#include "nginx_report.h"

#include <string.h>

#include "buf.h"
#include "output.h"

static const struct {
	enum nginx_severity severity;
	const char *id;
	const char *text;
} nginx_report_findings[] = {
#define F(id, severity, name, text) { NGINX_##severity, name, text },
#include "nginx_finding.def"
#undef F
};

static const struct {
	const char *name;
	enum output_colour colour;
} nginx_report_severities[] = {
	[NGINX_ERROR] = { "error", OUTPUT_RED },
	[NGINX_WARNING] = { "warning", OUTPUT_YELLOW },
	[NGINX_NOTE] = { "note", OUTPUT_PLAIN },
};

struct nginx_report
nginx_report_new(struct arena *arena)
{
	return (struct nginx_report){ .arena = arena };
}

/* The block that NODE is about: itself or the nearest one around it. */
static const char *
nginx_report_subject(struct nginx_report *r, const struct nginx_node *node)
{
	struct buf text = buf_in(r->arena);

	while (node != NULL && node->parent != NULL &&
	    !nginx_config_is(node, "location") &&
	    !nginx_config_is(node, "server") &&
	    !nginx_config_is(node, "upstream"))
		node = node->parent;
	if (node == NULL || node->parent == NULL)
		return "";
	buf_printf(&text, "%s", node->name);
	if (nginx_config_is(node, "server")) {
		node = nginx_config_child(node, "server_name", NULL);
		if (node == NULL)
			return "server";
	}
	for (size_t i = 0; i < node->arg_count; i++)
		buf_printf(&text, " %s", node->args[i]);
	r->failed = r->failed || text.failed;
	return text.failed ? "" : text.data;
}

static bool
nginx_report_grow(struct nginx_report *r)
{
	size_t room = r->room == 0 ? 64 : r->room * 2;
	struct nginx_report_row *rows;

	if (r->count < r->room)
		return true;
	rows = arena_alloc(r->arena, room * sizeof(*rows));
	if (rows == NULL) {
		r->failed = true;
		return false;
	}
	if (r->count > 0)
		memcpy(rows, r->rows, r->count * sizeof(*rows));
	r->rows = rows;
	r->room = room;
	return true;
}

void
nginx_report_add(struct nginx_report *r, enum nginx_finding finding,
    const struct nginx_node *node)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].finding == finding && r->rows[i].node == node)
			return;
	if (!nginx_report_grow(r))
		return;
	r->rows[r->count++] = (struct nginx_report_row){
		finding, node, nginx_report_subject(r, node),
	};
	r->totals[nginx_report_findings[finding].severity]++;
}

static enum err
nginx_report_json(const struct nginx_report_row *row)
{
	static const struct output_column columns[] = {
		{ "id", "ID", OUTPUT_TEXT, false },
		{ "severity", "SEVERITY", OUTPUT_TEXT, false },
		{ "file", "FILE", OUTPUT_TEXT, false },
		{ "line", "LINE", OUTPUT_NUMBER, false },
		{ "subject", "SUBJECT", OUTPUT_TEXT, false },
		{ "text", "TEXT", OUTPUT_TEXT, false },
	};
	const struct output_cell cells[] = {
		OUTPUT_T(nginx_report_findings[row->finding].id),
		OUTPUT_T(nginx_report_severities[nginx_report_findings[
		    row->finding].severity].name),
		OUTPUT_T(row->node == NULL ? NULL : row->node->file),
		OUTPUT_I(row->node == NULL ? 0 : row->node->line),
		OUTPUT_T(row->subject),
		OUTPUT_T(nginx_report_findings[row->finding].text),
	};
	const struct output_sheet sheet = {
		columns, ARRAY_LEN(columns), cells, 1,
	};

	return output_list_page(&sheet);
}

static void
nginx_report_line(const struct nginx_report_row *row)
{
	enum nginx_severity severity =
	    nginx_report_findings[row->finding].severity;

	if (row->node == NULL)
		output_text("nginx");
	else
		output_text(row->node->file);
	if (row->node != NULL && row->node->line > 0)
		output_raw(":%d", row->node->line);
	output_raw(": ");
	output_mark(nginx_report_severities[severity].name,
	    nginx_report_severities[severity].colour);
	output_raw(": ");
	if (*row->subject != '\0') {
		output_text(row->subject);
		output_raw(": ");
	}
	output_raw("%s [%s]\n", nginx_report_findings[row->finding].text,
	    nginx_report_findings[row->finding].id);
}

enum err
nginx_report_write(struct nginx_report *r)
{
	enum err err = ERR_OK;

	if (r->failed)
		return ERR_MEMORY;
	if (output_is_json() || output_is_quiet())
		output_list_begin();
	/* The worst first, each kind in the order of the configuration. */
	for (size_t s = 0; s < NGINX_SEVERITY__COUNT; s++)
		for (size_t i = 0; i < r->count && err == ERR_OK; i++) {
			const struct nginx_report_row *row = &r->rows[i];

			if (nginx_report_findings[row->finding].severity != s)
				continue;
			if (output_is_json() || output_is_quiet())
				err = nginx_report_json(row);
			else
				nginx_report_line(row);
		}
	if (output_is_json() || output_is_quiet())
		output_list_end();
	return err;
}
