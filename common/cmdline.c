/* SPDX-License-Identifier: ISC */
#include "cmdline.h"

#include <stdio.h>
#include <string.h>

#include "str.h"

struct cmdline_option {
	const char *name;
	const char *value;	/* what its value is called; NULL: none */
	const char *doc;
};

enum {
	CMDLINE_CONFIG,
	CMDLINE_LISTEN,
	CMDLINE_CHECK_CONFIG,
	CMDLINE_HELP,
	CMDLINE_VERSION,
	CMDLINE__COUNT
};

static const struct cmdline_option cmdline_options[CMDLINE__COUNT] = {
	[CMDLINE_CONFIG] = { "--config", "FILE",
	    "read this hasp.conf; without it every option has its default" },
	[CMDLINE_LISTEN] = { "--listen", "WHERE",
	    "listen at an absolute path, ADDRESS:PORT or [ADDRESS]:PORT, "
	    "whatever\n\t\t\tthe configuration or an inherited socket says" },
	[CMDLINE_CHECK_CONFIG] = { "--check-config", NULL,
	    "look whether the configuration is good, and end" },
	[CMDLINE_HELP] = { "--help", NULL, "show this, and end" },
	[CMDLINE_VERSION] = { "--version", NULL, "show the version, and end" },
};

/*
 * The option that ARG names, or CMDLINE__COUNT. VALUE is what follows an
 * equals sign in it, or NULL.
 */
static size_t
cmdline_find(const char *arg, const char **value)
{
	struct str name, after;
	bool cut = str_cut(str_of(arg), '=', &name, &after);

	*value = cut ? after.ptr : NULL;
	for (size_t i = 0; i < CMDLINE__COUNT; i++)
		if (str_eq(name, str_of(cmdline_options[i].name)))
			return i;
	return CMDLINE__COUNT;
}

static bool
cmdline_fail(const char *program, const char *what, const char *arg)
{
	(void)fprintf(stderr, "%s: %s: %s (--help shows what there is)\n",
	    program, what, arg);
	return false;
}

bool
cmdline_read(const char *program, int argc, char **argv, struct cmdline *out)
{
	const char *values[CMDLINE__COUNT] = { NULL };
	const char *value;
	size_t option;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		option = cmdline_find(arg, &value);
		if (option == CMDLINE__COUNT)
			return cmdline_fail(program, "unknown argument", arg);
		if (values[option] != NULL)
			return cmdline_fail(program, "given twice", arg);
		if (cmdline_options[option].value == NULL && value != NULL)
			return cmdline_fail(program, "takes no value", arg);
		if (cmdline_options[option].value == NULL)
			value = "yes";
		else if (value == NULL && i + 1 < argc)
			value = argv[++i];
		if (value == NULL || value[0] == '\0')
			return cmdline_fail(program, "value missing", arg);
		values[option] = value;
	}
	*out = (struct cmdline){
		.config = values[CMDLINE_CONFIG],
		.listen = values[CMDLINE_LISTEN] != NULL ?
		    values[CMDLINE_LISTEN] : "",
		.check_config = values[CMDLINE_CHECK_CONFIG] != NULL,
		.help = values[CMDLINE_HELP] != NULL,
		.version = values[CMDLINE_VERSION] != NULL,
	};
	return true;
}

void
cmdline_help(const char *program, const char *summary)
{
	(void)printf("usage: %s [option ...]\n\n%s\n\n", program, summary);
	for (size_t i = 0; i < CMDLINE__COUNT; i++) {
		const struct cmdline_option *o = &cmdline_options[i];
		int wide = printf("  %s %s", o->name,
		    o->value != NULL ? o->value : "");

		(void)printf("%s%s\n", wide < 16 ? "\t\t" : "\t", o->doc);
	}
	(void)printf("\nSIGTERM ends it after what has begun, SIGHUP makes it "
	    "read its configuration\nagain. Exit status: 0 a clean end, "
	    "64 usage, 71 the operating system,\n77 permission, 78 "
	    "configuration.\n");
}

void
cmdline_version(const char *program)
{
	(void)printf("%s (Hasp) %s\n", program, PACKAGE_VERSION);
}
