/* SPDX-License-Identifier: ISC */
#include "nginx_check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "child.h"
#include "nginx_config.h"
#include "nginx_demand.h"
#include "nginx_door.h"
#include "nginx_identity.h"
#include "nginx_leak.h"
#include "nginx_report.h"
#include "nginx_site.h"
#include "nginx_source.h"
#include "nginx_verdict.h"
#include "output.h"

/* A configuration and its tree: the text is at most 8 MiB. */
#define NGINX_CHECK_ARENA ((size_t)64 * 1024 * 1024)

static const char *const nginx_check_dump[] = { "nginx", "-T", NULL };
static const char *const nginx_check_version[] = { "nginx", "-V", NULL };

static enum status
nginx_check_unreadable(enum err err, const char *name)
{
	if (err == ERR_INVALID)
		return output_fail(STATUS_CONFIG, "%s: larger than %zu bytes",
		    name, NGINX_SOURCE_MAX);
	if (err == ERR_SYSTEM)
		return output_fail(STATUS_CONFIG, "%s: %s", name,
		    strerror(errno));
	return output_fail(status_of(err), "%s", err_sentence(err));
}

static enum status
nginx_check_read_file(struct arena *arena, const char *name, struct str *text)
{
	int fd CLEANUP_CLOSE = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) :
	    open(name, O_RDONLY | O_CLOEXEC);
	enum err err = ERR_SYSTEM;

	if (fd >= 0)
		err = nginx_source_read(arena, fd, text);
	return err == ERR_OK ? STATUS_OK : nginx_check_unreadable(err, name);
}

/* The dump of the nginx that runs here, and whether it can check at all. */
static enum status
nginx_check_read_nginx(struct arena *arena, struct nginx_report *report,
    struct str *text)
{
	struct child_result result;
	enum err err = child_run(arena, nginx_check_version, STR(""), &result);

	if (err == ERR_OK && result.missing)
		return output_fail(STATUS_CONFIG, "nginx is not in PATH; give "
		    "the file, or `nginx -T | haspctl nginx-check -`");
	if (err == ERR_OK && !str_has(result.err,
	    STR("--with-http_auth_request_module")))
		nginx_report_add(report, NGINX_FINDING_MODULE_MISSING, NULL);
	if (err == ERR_OK)
		err = child_run(arena, nginx_check_dump, STR(""), &result);
	if (err != ERR_OK)
		return nginx_check_unreadable(err, "nginx");
	if (result.status != 0)
		return output_fail(STATUS_CONFIG, "nginx -T failed; put this "
		    "right first: %.*s", (int)result.err.len, result.err.ptr);
	*text = result.out;
	return STATUS_OK;
}

static enum status
nginx_check_judge(struct arena *arena, const char *name, struct str text,
    int answer, struct nginx_report *report)
{
	char message[NGINX_CONFIG_MESSAGE_SIZE];
	struct nginx_source source;
	struct nginx_node *root;
	struct nginx_site site;
	enum err err = nginx_source_open(&source, arena, name, text);

	message[0] = '\0';
	if (err == ERR_OK)
		err = nginx_config_parse(&source, &root, message);
	if (err == ERR_INVALID)
		return output_fail(STATUS_CONFIG, "%s", message);
	if (err == ERR_OK)
		err = nginx_site_open(&site, arena, root);
	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	nginx_verdict_check(&site, answer, report);
	nginx_door_check(&site, report);
	nginx_demand_check(&site, report);
	nginx_identity_check(&site, report);
	nginx_leak_check(&site, report);
	return STATUS_OK;
}

static enum status
nginx_check_tell(struct nginx_report *report)
{
	const size_t *totals = report->totals;
	enum err err = nginx_report_write(report);

	if (err != ERR_OK)
		return output_fail(status_of(err), "%s", err_sentence(err));
	output_words("%zu error(s), %zu warning(s), %zu note(s)",
	    totals[NGINX_ERROR], totals[NGINX_WARNING], totals[NGINX_NOTE]);
	return totals[NGINX_ERROR] > 0 ? STATUS_NO : STATUS_OK;
}

enum status
nginx_check_run(struct invocation *inv)
{
	struct arena *arena;
	const char *name = inv->operands[0];
	struct nginx_report report;
	struct str text;
	/* How long auth-check is told that nginx waits stands there. */
	enum status status = invocation_read_config(inv);

	if (status != STATUS_OK)
		return status;
	if ((arena = arena_new(NGINX_CHECK_ARENA)) == NULL)
		return output_fail(STATUS_SOFTWARE, "memory is short");
	report = nginx_report_new(arena);
	status = name == NULL ?
	    nginx_check_read_nginx(arena, &report, &text) :
	    nginx_check_read_file(arena, name, &text);
	if (status == STATUS_OK)
		status = nginx_check_judge(arena, name == NULL ? "nginx -T" :
		    strcmp(name, "-") == 0 ? "stdin" : name, text,
		    inv->config->auth_check_answer_timeout, &report);
	if (status == STATUS_OK)
		status = nginx_check_tell(&report);
	arena_free(arena);
	return status;
}
