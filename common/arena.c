/* SPDX-License-Identifier: ISC */
#include "arena.h"

#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define ARENA_HIDE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define ARENA_SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
/* A gap that stays hidden makes an overrun of one object visible. */
#define ARENA_GAP 16u
#else
#define ARENA_HIDE(p, n) ((void)(p), (void)(n))
#define ARENA_SHOW(p, n) ((void)(p), (void)(n))
#define ARENA_GAP 0u
#endif

#define ARENA_ALIGN 16u
#define ARENA_MIN ((size_t)1024)
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

struct arena {
	size_t cap;		/* bytes in block */
	size_t used;		/* bytes handed out from the front */
	unsigned char *block;
};

struct arena *
arena_new(size_t cap)
{
	struct arena *a;

	if (cap < ARENA_MIN || cap > ARENA_MAX)
		return NULL;
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	/*
	 * Not from malloc, which fills even what is new (secret.c): what was
	 * never handed out takes no memory.
	 */
	a->block = mmap(NULL, cap, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->block == MAP_FAILED) {
		free(a);
		return NULL;
	}
	a->cap = cap;
	ARENA_HIDE(a->block, cap);
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	ARENA_SHOW(a->block, a->cap);
	(void)munmap(a->block, a->cap);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t room = a->cap - a->used;
	size_t step;
	void *p;

	if (size > room)
		return NULL;
	step = (size + ARENA_GAP + ARENA_ALIGN - 1) &
	    ~(size_t)(ARENA_ALIGN - 1);
	if (step > room)
		return NULL;
	p = a->block + a->used;
	a->used += step;
	ARENA_SHOW(p, size);
	return p;
}

char *
arena_copy(struct arena *a, const char *text, size_t len)
{
	char *p;

	if (len == SIZE_MAX || (p = arena_alloc(a, len + 1)) == NULL)
		return NULL;
	if (len > 0)
		memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

void
arena_reset(struct arena *a)
{
	ARENA_SHOW(a->block, a->used);
	explicit_bzero(a->block, a->used);
	ARENA_HIDE(a->block, a->used);
	a->used = 0;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
