/* SPDX-License-Identifier: ISC */
/*
 * nginx_source [layer 8]: where the texts of a configuration come from: the
 * output of `nginx -T`, which holds every file, or files on disk.
 */
#ifndef HASPCTL_NGINX_SOURCE_H
#define HASPCTL_NGINX_SOURCE_H

#include "arena.h"
#include "err.h"
#include "str.h"

struct nginx_file {
	const char *name;
	struct str text;
};

struct nginx_source {
	struct arena *arena;	/* not owned; every text lives there */
	bool dump;		/* files are all there is: no disk is read */
	const char *folder;	/* what relative names begin at, with a / */
	struct nginx_file *files;
	size_t count;
};

/* Largest file, or output of nginx -T, that is read. */
#define NGINX_SOURCE_MAX ((size_t)8 * 1024 * 1024)

/* All that FD gives; ERR_SYSTEM (errno), ERR_INVALID if it is too much. */
enum err nginx_source_read(struct arena *arena, int fd, struct str *out)
    MUST_CHECK;

/*
 * Takes TEXT, called NAME, for a dump if it has `# configuration file X:`
 * lines, else for one file. The main file is files[0]. ERR_MEMORY.
 */
enum err nginx_source_open(struct nginx_source *source, struct arena *arena,
    const char *name, struct str text) MUST_CHECK;

/*
 * The files that `include PATTERN;` means, in nginx's order: an array in the
 * arena. ERR_NOT_FOUND if PATTERN has no wildcard and the file is not there,
 * ERR_SYSTEM if one cannot be read.
 */
enum err nginx_source_include(struct nginx_source *source,
    const char *pattern, struct nginx_file **out, size_t *count) MUST_CHECK;

#endif
