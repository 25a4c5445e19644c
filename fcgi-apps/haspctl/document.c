/* SPDX-License-Identifier: ISC */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "output.h"

#define DOCUMENT_WIDTH 76

static const char document_markdown_head[] =
    "# Error codes\n"
    "\n"
    "A refusal is a JSON text (RFC 9457, `application/problem+json`) with "
    "the members\n"
    "`type`, `title`, `status`, `code`, `detail` and `request_id`. `code` "
    "never changes its\n"
    "meaning. What is said about a key that exists is said only to who holds "
    "all of it.\n";

static const char document_html_head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<title>Error codes</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; }\n"
    "body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; "
    "max-width: 45rem; padding: 0 1rem; }\n"
    "dt { font-weight: bold; margin-top: 1rem; }\n"
    "dt:target { outline: 2px solid; outline-offset: 4px; }\n"
    "dd { margin: 0; }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Error codes</h1>\n"
    "<p>A refused request is answered with one of these codes. Quote the "
    "<code>request_id</code> of the answer when you ask for help.</p>\n";

/* Whether clients can get ERR: 500 is what programs tell operators. */
static bool
document_is_public(enum err err)
{
	return err_http(err) != 500;
}

static void
document_markdown(void)
{
	output_raw("%s", document_markdown_head);
	for (int i = 1; i < ERR__COUNT; i++) {
		enum err err = (enum err)i;
		const char *group = err_group(err);

		if (group != NULL)
			output_raw("\n## %s\n\n| code | status | what it "
			    "means |\n|---|---|---|\n", group);
		if (document_is_public(err))
			output_raw("| `%s` | %d | %s |\n", err_code(err),
			    err_http(err), err_sentence(err));
	}
}

/* TEXT with what HTML takes for markup replaced. */
static void
document_html_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			output_raw("&amp;");
		else if (*text == '<')
			output_raw("&lt;");
		else if (*text == '>')
			output_raw("&gt;");
		else
			output_raw("%c", *text);
	}
}

static void
document_html(void)
{
	bool open = false;

	output_raw("%s", document_html_head);
	for (int i = 1; i < ERR__COUNT; i++) {
		enum err err = (enum err)i;
		const char *group = err_group(err);

		if (group != NULL) {
			output_raw("%s<h2>", open ? "</dl>\n" : "");
			document_html_text(group);
			output_raw("</h2>\n<dl>\n");
			open = true;
		}
		if (!document_is_public(err))
			continue;
		output_raw("<dt id=\"%s\"><code>%s</code> (%d %s)</dt>\n<dd>",
		    err_code(err), err_code(err), err_http(err),
		    err_reason(err_http(err)));
		document_html_text(err_sentence(err));
		output_raw("</dd>\n");
	}
	output_raw("%s</body>\n</html>\n", open ? "</dl>\n" : "");
}

static enum status
document_json(void)
{
	static const struct output_column columns[] = {
		{ "code", "CODE", OUTPUT_TEXT, false },
		{ "status", "STATUS", OUTPUT_NUMBER, false },
		{ "detail", "DETAIL", OUTPUT_TEXT, false },
	};
	enum err rc = ERR_OK;

	output_list_begin();
	for (int i = 1; i < ERR__COUNT && rc == ERR_OK; i++) {
		enum err err = (enum err)i;
		const struct output_cell cells[] = {
			OUTPUT_T(err_code(err)), OUTPUT_I(err_http(err)),
			OUTPUT_T(err_sentence(err)),
		};
		const struct output_sheet sheet = {
			columns, ARRAY_LEN(columns), cells, 1,
		};

		if (document_is_public(err))
			rc = output_list_page(&sheet);
	}
	output_list_end();
	return rc == ERR_OK ? STATUS_OK :
	    output_fail(status_of(rc), "%s", err_sentence(rc));
}

enum status
document_errors(struct invocation *inv)
{
	bool html = invocation_has(inv, ARGUMENT_HTML);
	bool markdown = invocation_has(inv, ARGUMENT_MARKDOWN);

	if (html + markdown + output_is_json() > 1)
		return output_fail(STATUS_USAGE,
		    "give one of --html, --markdown and --json");
	if (output_is_json())
		return document_json();
	if (html)
		document_html();
	else
		document_markdown();
	return STATUS_OK;
}

/* TEXT as comment lines. */
static void
document_comment(const char *text)
{
	struct str rest = str_of(text), word;
	size_t column = 0;

	while (str_word(&rest, " ", &word)) {
		if (column > 0 && column + 1 + word.len > DOCUMENT_WIDTH) {
			output_raw("\n");
			column = 0;
		}
		output_raw("%s%.*s", column == 0 ? "# " : " ", (int)word.len,
		    word.ptr);
		column += word.len + 1 + (column == 0);
	}
	output_raw("\n");
}

static void
document_range(const struct config_option *option)
{
	if (strcmp(option->kind, "TEXT") == 0)
		output_raw("# %ld to %ld bytes.\n", option->low, option->high);
	else if (strcmp(option->kind, "NUMBER") == 0)
		output_raw("# %ld to %ld.\n", option->low, option->high);
	else if (strcmp(option->kind, "MODE") == 0)
		output_raw("# Octal.\n");
	else if (strcmp(option->kind, "SWITCH") == 0)
		output_raw("# on or off.\n");
	else
		output_raw("# error, warning, notice, info or debug.\n");
}

enum status
document_config(struct invocation *inv)
{
	size_t count;
	const struct config_option *options = config_options(&count);
	const char *section = "";

	(void)inv;
	output_raw("# hasp.conf: the configuration of Hasp's programs; see "
	    "hasp.conf(5). Every\n# option stands here with its default; "
	    "remove the # in front of what you change.\n");
	for (size_t i = 0; i < count; i++) {
		const struct config_option *o = &options[i];
		bool program = strcmp(o->section, "program") == 0;

		if (strcmp(o->section, section) != 0) {
			output_raw("\n%s[%s]\n", program ? "# Each program "
			    "has such a section of its own name.\n" : "",
			    program ? "auth-check" : o->section);
			section = o->section;
		}
		output_raw("\n");
		document_comment(o->doc);
		document_range(o);
		output_raw("#%s = %s\n", o->name, o->value);
	}
	return STATUS_OK;
}
