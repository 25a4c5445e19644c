/* SPDX-License-Identifier: ISC */
/*
 * nginx_report [layer 8]: what nginx-check found, told once for each place.
 */
#ifndef HASPCTL_NGINX_REPORT_H
#define HASPCTL_NGINX_REPORT_H

#include "arena.h"
#include "nginx_config.h"

enum nginx_severity {
	NGINX_ERROR,
	NGINX_WARNING,
	NGINX_NOTE,
	NGINX_SEVERITY__COUNT
};

enum nginx_finding {
#define F(id, severity, name, text) NGINX_FINDING_##id,
#include "nginx_finding.def"
#undef F
	NGINX_FINDING__COUNT
};

struct nginx_report {
	struct arena *arena;
	struct nginx_report_row *rows;	/* in order of finding */
	size_t count, room;
	size_t totals[NGINX_SEVERITY__COUNT];
	bool failed;			/* memory was short */
};

struct nginx_report_row {
	enum nginx_finding finding;
	const struct nginx_node *node;	/* NULL: nginx itself */
	const char *subject;		/* "location /admin/" */
};

struct nginx_report nginx_report_new(struct arena *arena);

/* Adds FINDING at NODE unless it is there already. */
void nginx_report_add(struct nginx_report *report,
    enum nginx_finding finding, const struct nginx_node *node);

/* Writes everything: lines, or with --json an array. ERR_MEMORY. */
enum err nginx_report_write(struct nginx_report *report) MUST_CHECK;

#endif
