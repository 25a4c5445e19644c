/* SPDX-License-Identifier: ISC */
/*
 * fuzz_config [tests]: a configuration is taken with every value in its range
 * and text ended, or refused with a message of printable text.
 */
#include <sys/mman.h>

#include "config.h"
#include "err.h"
#include "fuzz.h"

#define FUZZ_TEXT(field, low, high) do { \
	long len = (long)strnlen((field), sizeof(field)); \
	FUZZ_CHECK(len < (long)sizeof(field)); \
	FUZZ_CHECK(len >= (low) && len <= (high)); \
} while (0)
#define FUZZ_NUMBER(field, low, high) \
	FUZZ_CHECK((field) >= (low) && (field) <= (high))
#define FUZZ_MODE FUZZ_NUMBER
#define FUZZ_LEVEL FUZZ_NUMBER
#define FUZZ_SWITCH FUZZ_NUMBER

static void
fuzz_taken(const struct config *config)
{
#define O(section, name, kind, low, high, value, doc) \
	FUZZ_##kind(config->section##_##name, low, high);
#include "options.def"
#undef O
	FUZZ_CHECK(config->environment_count >= 1);
	FUZZ_CHECK(config->environment_count <= CONFIG_ENVIRONMENTS_MAX);
	for (size_t i = 0; i < config->environment_count; i++) {
		FUZZ_CHECK(config->environments[i].len >= 1);
		FUZZ_CHECK(config->environments[i].len <=
		    CONFIG_ENVIRONMENT_MAX);
	}
}

static void
fuzz_refused(const char *message)
{
	size_t len = strnlen(message, CONFIG_MESSAGE_SIZE);

	FUZZ_CHECK(len > 0 && len < CONFIG_MESSAGE_SIZE);
	for (size_t i = 0; i < len; i++)
		FUZZ_CHECK((unsigned char)message[i] >= 0x20);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_CLOSE int fd = memfd_create("hasp.conf", MFD_CLOEXEC);
	char path[64], message[CONFIG_MESSAGE_SIZE] = "";
	struct config *config = NULL;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (config_read(path, "auth-check", &config, message) == ERR_OK) {
		fuzz_taken(config);
		config_free(config);
	} else {
		fuzz_refused(message);
	}
	return 0;
}
