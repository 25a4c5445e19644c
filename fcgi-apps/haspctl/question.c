/* SPDX-License-Identifier: ISC */
#include "question.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "output.h"

#define QUESTION_SIZE 1024

enum status
question_ask(const struct invocation *inv, const char *question, ...)
{
	char text[QUESTION_SIZE], answer[8] = "";
	va_list ap;

	if (invocation_has(inv, ARGUMENT_YES))
		return STATUS_OK;
	if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
		return output_fail(STATUS_USAGE, "nobody can be asked here: "
		    "--yes goes on without asking");
	va_start(ap, question);
	(void)vsnprintf(text, sizeof(text), question, ap);
	va_end(ap);
	output_error("%s", text);
	if (fgets(answer, sizeof(answer), stdin) != NULL &&
	    strcmp(answer, "yes\n") == 0)
		return STATUS_OK;
	return output_fail(STATUS_NO, "nothing was changed");
}
