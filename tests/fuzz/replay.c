/* SPDX-License-Identifier: ISC */
/*
 * replay [tests]: the main of a fuzz target in `make check`. It runs the
 * target over every file of its corpus, over every beginning of each, and over
 * each with one byte changed, and reports each file as a TAP point.
 *
 *	fuzz_NAME [DIRECTORY]	default $HASP_SOURCE/tests/fuzz/corpus/NAME
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base.h"
#include "fuzz.h"

#define REPLAY_FILE_MAX ((off_t)1024 * 1024)
/* Longer files are changed at this many places only, evenly spread. */
#define REPLAY_CHANGES ((size_t)2048)

/* Runs the target over SIZE bytes in a block of just that size. */
static void
replay_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = (uint8_t *)fuzz_room(size);

	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
replay_around(uint8_t *data, size_t size)
{
	static const uint8_t changes[] = { 0x01, 0x20, 0x80, 0xff };
	size_t step = 1 + size / REPLAY_CHANGES;

	replay_one(data, size);
	for (size_t i = 0; i < size; i += step) {
		replay_one(data, i);
		for (size_t k = 0; k < ARRAY_LEN(changes); k++) {
			data[i] ^= changes[k];
			replay_one(data, size);
			data[i] ^= changes[k];
		}
	}
}

/* Reads the file NAME of directory FOLDER; false if it cannot. */
static bool
replay_file(int folder, const char *name)
{
	CLEANUP_CLOSE int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE uint8_t *data = NULL;
	struct stat st;
	size_t size;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > REPLAY_FILE_MAX)
		return false;
	size = (size_t)st.st_size;
	data = (uint8_t *)fuzz_room(size);
	if (read(fd, data, size) != (ssize_t)size)
		return false;
	replay_around(data, size);
	return true;
}

static int
replay_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int count = 0, failed = 0;

	if (folder == NULL) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		return 1;
	}
	while ((entry = readdir(folder)) != NULL) {
		bool ok;

		if (entry->d_name[0] == '.')
			continue;
		ok = replay_file(dirfd(folder), entry->d_name);
		failed += !ok;
		printf("%s %d - %s\n", ok ? "ok" : "not ok", ++count,
		    entry->d_name);
		/* A target that aborts must not take this line with it. */
		(void)fflush(stdout);
	}
	(void)closedir(folder);
	replay_one((const uint8_t *)"", 0);
	printf("ok %d - nothing\n1..%d\n", count + 1, count + 1);
	return failed == 0 && count > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *source = getenv("HASP_SOURCE");
	const char *name = strrchr(argv[0], '/');
	char path[4096];

	name = name != NULL ? name + 1 : argv[0];
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
	    source != NULL ? source : ".", name);
	return replay_folder(argc > 1 ? argv[1] : path);
}
