/* SPDX-License-Identifier: ISC */
#include "page.h"

#include <string.h>

#include "str.h"

/*
 * Everything is sequentially consistent. What safety rests on: the verifier
 * stores a mark before it looks at the slots, a worker takes its slot before
 * it looks at the marks; with anything weaker both may miss each other.
 */

struct page *
page_new(void)
{
	struct page *page = aligned_alloc(_Alignof(struct page),
	    sizeof(*page));

	if (page == NULL)
		return NULL;
	memset(page, 0, sizeof(*page));
	atomic_store(&page->turn, 1);
	return page;
}

void
page_free(struct page *page)
{
	free(page);
}

/* Kinds that have marks of their own. */
static const char *const page_kinds[] = {
	"key", "account", "app", "connection",
};

uint32_t
page_mark(const char *kind, const char *ref)
{
	for (size_t i = 0; i < ARRAY_LEN(page_kinds); i++)
		if (strcmp(kind, page_kinds[i]) == 0)
			return (uint32_t)(1 + str_hash(str_of(ref),
			    (uint32_t)i) % (PAGE_MARKS - 1));
	return PAGE_ALL;
}

void
page_enter(struct page *page, uint32_t slot)
{
	uint32_t used = atomic_load(&page->slots_used);

	while (slot >= used && !atomic_compare_exchange_weak(
	    &page->slots_used, &used, slot + 1))
		;
	atomic_store(&page->slots[slot].turn, atomic_load(&page->turn));
}

void
page_leave(struct page *page, uint32_t slot)
{
	atomic_store_explicit(&page->slots[slot].turn, 0,
	    memory_order_release);
}

bool
page_leased(const struct page *page, int64_t now)
{
	return now < atomic_load(&page->lease_end);
}

bool
page_tag(const struct page *page, struct page_tag *out)
{
	out->epoch = atomic_load(&page->epoch);
	out->asof = atomic_load(&page->processed);
	out->place = atomic_load(&page->place);
	return out->epoch % 2 == 0 && atomic_load(&page->epoch) == out->epoch;
}

bool
page_current(const struct page *page, struct page_tag tag,
    const uint32_t *marks, size_t count, int64_t now)
{
	/*
	 * First the lease: whatever it rests on was touched before it was
	 * given. The other way round a record could be looked at before the
	 * change came and trusted by the lease that came after it.
	 */
	if (!page_leased(page, now) ||
	    atomic_load(&page->marks[PAGE_ALL]) > tag.asof)
		return false;
	for (size_t i = 0; i < count; i++)
		if (atomic_load(&page->marks[marks[i]]) > tag.asof)
			return false;
	/* Last: a registration wipes the marks. */
	return atomic_load(&page->epoch) == tag.epoch;
}

void
page_close(struct page *page)
{
	atomic_store(&page->lease_end, 0);
	if (atomic_load(&page->epoch) % 2 == 0)
		atomic_fetch_add(&page->epoch, 1);
}

uint64_t
page_open(struct page *page, int64_t processed, uint64_t place)
{
	uint64_t turn;

	/* The numbers of another database, or of one put back, mean nothing. */
	for (size_t i = 0; i < PAGE_MARKS; i++)
		atomic_store_explicit(&page->marks[i], 0,
		    memory_order_relaxed);
	atomic_store(&page->processed, processed);
	atomic_store(&page->place, place);
	turn = atomic_fetch_add(&page->turn, 1) + 1;
	atomic_fetch_add(&page->epoch, 1);
	return turn;
}

void
page_touch(struct page *page, uint32_t mark, int64_t seq)
{
	if (atomic_load(&page->marks[mark]) < seq)
		atomic_store(&page->marks[mark], seq);
}

uint64_t
page_apply(struct page *page, int64_t seq)
{
	atomic_store(&page->processed, seq);
	return atomic_fetch_add(&page->turn, 1) + 1;
}

void
page_lease(struct page *page, int64_t end)
{
	atomic_store(&page->lease_end, end);
}

bool
page_drained(const struct page *page, uint64_t turn)
{
	uint32_t used = atomic_load(&page->slots_used);

	for (uint32_t i = 0; i < used; i++) {
		uint64_t t = atomic_load(&page->slots[i].turn);

		if (t != 0 && t < turn)
			return false;
	}
	return true;
}
