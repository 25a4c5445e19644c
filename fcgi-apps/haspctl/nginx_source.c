/* SPDX-License-Identifier: ISC */
#include "nginx_source.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>

#include "buf.h"

static const char nginx_source_mark[] = "# configuration file ";

enum err
nginx_source_read(struct arena *arena, int fd, struct str *out)
{
	struct buf text = buf_in(arena);
	char block[16384];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR_SYSTEM;
		if (text.len + (size_t)n > NGINX_SOURCE_MAX)
			return ERR_INVALID;
		buf_add(&text, (struct str){ block, (size_t)n });
	}
	*out = buf_str(&text);
	return text.failed ? ERR_MEMORY : ERR_OK;
}

/*
 * The next line of REST that opens a file: its NAME; BEFORE gets what stands
 * before the line, REST what stands behind it. False if there is none.
 */
static bool
nginx_source_mark_next(struct str *rest, struct str *before, struct str *name)
{
	struct str mark = { nginx_source_mark, sizeof(nginx_source_mark) - 1 };
	struct str all = *rest, line, behind = all;

	while (behind.len > 0) {
		size_t at = (size_t)(behind.ptr - all.ptr);

		(void)str_cut(behind, '\n', &line, &behind);
		if (!str_starts(line, mark) || line.ptr[line.len - 1] != ':')
			continue;
		*before = str_part(all, 0, at);
		*name = str_part(line, mark.len, line.len - mark.len - 1);
		*rest = behind;
		return true;
	}
	*before = all;
	return false;
}

/* One pass over a dump: counts its files, and keeps them where FILES is. */
static enum err
nginx_source_cut(struct nginx_source *s, struct str text)
{
	struct str before, name;
	struct nginx_file *open = NULL;
	bool more = true;

	s->count = 0;
	while (more) {
		more = nginx_source_mark_next(&text, &before, &name);
		if (open != NULL)
			open->text = before;
		if (more && s->files != NULL) {
			open = &s->files[s->count];
			open->name = arena_copy(s->arena, name.ptr, name.len);
			if (open->name == NULL)
				return ERR_MEMORY;
		}
		s->count += more;
	}
	return ERR_OK;
}

static const char *
nginx_source_folder(struct arena *arena, const char *name)
{
	const char *slash = strrchr(name, '/');

	return arena_copy(arena, name,
	    slash == NULL ? 0 : (size_t)(slash - name) + 1);
}

enum err
nginx_source_open(struct nginx_source *s, struct arena *arena,
    const char *name, struct str text)
{
	enum err err;

	*s = (struct nginx_source){ .arena = arena };
	if ((err = nginx_source_cut(s, text)) != ERR_OK)
		return err;
	s->dump = s->count > 0;
	if (!s->dump)
		s->count = 1;
	s->files = arena_alloc(arena, s->count * sizeof(*s->files));
	if (s->files == NULL)
		return ERR_MEMORY;
	if (s->dump)
		err = nginx_source_cut(s, text);
	else
		s->files[0] = (struct nginx_file){ name, text };
	if (err != ERR_OK)
		return err;
	s->folder = nginx_source_folder(arena, s->files[0].name);
	return s->folder == NULL ? ERR_MEMORY : ERR_OK;
}

static bool
nginx_source_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static int
nginx_source_compare(const void *a, const void *b)
{
	const struct nginx_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum err
nginx_source_from_dump(struct nginx_source *s, const char *pattern,
    struct nginx_file **out, size_t *count)
{
	size_t n = 0;
	bool wild = nginx_source_is_pattern(pattern);

	*out = arena_alloc(s->arena, s->count * sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		if (wild ? fnmatch(pattern, s->files[i].name,
		    FNM_PATHNAME | FNM_PERIOD) == 0 :
		    strcmp(pattern, s->files[i].name) == 0)
			(*out)[n++] = s->files[i];
	}
	qsort(*out, n, sizeof(**out), nginx_source_compare);
	*count = n;
	return n == 0 && !wild ? ERR_NOT_FOUND : ERR_OK;
}

static enum err
nginx_source_load(struct arena *arena, const char *name,
    struct nginx_file *out)
{
	int fd CLEANUP_CLOSE = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM;
	out->name = arena_copy(arena, name, strlen(name));
	if (out->name == NULL)
		return ERR_MEMORY;
	return nginx_source_read(arena, fd, &out->text);
}

static enum err
nginx_source_from_disk(struct nginx_source *s, const char *pattern,
    struct nginx_file **out, size_t *count)
{
	glob_t found;
	enum err err = ERR_OK;
	int rc;

	if (!nginx_source_is_pattern(pattern)) {
		*count = 1;
		*out = arena_alloc(s->arena, sizeof(**out));
		return *out == NULL ? ERR_MEMORY :
		    nginx_source_load(s->arena, pattern, *out);
	}
	*count = 0;
	if ((rc = glob(pattern, 0, NULL, &found)) != 0)
		return rc == GLOB_NOMATCH ? ERR_OK : ERR_SYSTEM;
	*out = arena_alloc(s->arena, found.gl_pathc * sizeof(**out));
	if (*out == NULL)
		err = ERR_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < found.gl_pathc; i++)
		err = nginx_source_load(s->arena, found.gl_pathv[i],
		    &(*out)[(*count)++]);
	globfree(&found);
	return err;
}

enum err
nginx_source_include(struct nginx_source *s, const char *pattern,
    struct nginx_file **out, size_t *count)
{
	struct buf name = buf_in(s->arena);

	buf_printf(&name, "%s%s", *pattern == '/' ? "" : s->folder, pattern);
	if (name.failed)
		return ERR_MEMORY;
	return s->dump ? nginx_source_from_dump(s, name.data, out, count) :
	    nginx_source_from_disk(s, name.data, out, count);
}
