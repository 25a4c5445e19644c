/* SPDX-License-Identifier: ISC */
#include "recall.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fence.h"
#include "metrics.h"
#include "store_fence.h"

static struct {
	struct cache *cache;		/* NULL: nothing is kept */
} recall;

static int64_t
recall_entries(void *cache)
{
	return (int64_t)cache_size(cache).entries;
}

static int64_t
recall_bytes(void *cache)
{
	return (int64_t)cache_size(cache).bytes;
}

static int64_t
recall_unknown(void *cache)
{
	return (int64_t)cache_size(cache).unknown;
}

enum err
recall_start(const struct cache_limits *limits)
{
	recall.cache = cache_new(limits);
	if (recall.cache == NULL)
		return ERR_MEMORY;
	metrics_watch(METRICS_CACHE_ENTRIES, recall_entries, recall.cache);
	metrics_watch(METRICS_CACHE_BYTES, recall_bytes, recall.cache);
	metrics_watch(METRICS_CACHE_UNKNOWN_ENTRIES, recall_unknown,
	    recall.cache);
	return ERR_OK;
}

/* Looks for DIGEST in memory: how METRICS_CACHE_LOOKUPS counts it. */
static uint32_t
recall_look(const struct page *page, const struct digest *digest, int64_t now,
    struct cache_entry *entry, struct decision_record *record)
{
	if (!cache_get(recall.cache, digest, entry, record))
		return METRICS_CACHE_MISS;
	if ((entry->unknown && now >= entry->until) ||
	    !page_current(page, entry->tag, entry->marks, entry->mark_count,
	    now))
		return METRICS_CACHE_STALE;
	return entry->unknown ? METRICS_CACHE_UNKNOWN : METRICS_CACHE_HIT;
}

bool
recall_find(const struct digest *digest, enum err *err,
    struct decision_record *record, struct recall_basis *basis)
{
	const struct page *page = fence_page();
	struct cache_entry entry;
	uint32_t result;
	int64_t now;

	if (page == NULL)
		return false;
	now = clock_boot_us();
	if (!page_leased(page, now)) {
		*err = ERR_DATABASE_DOWN;
		return true;
	}
	if (recall.cache == NULL)
		return false;
	result = recall_look(page, digest, now, &entry, record);
	metrics_add(METRICS_CACHE_LOOKUPS, result, 1);
	if (result == METRICS_CACHE_MISS || result == METRICS_CACHE_STALE)
		return false;
	basis->tag = entry.tag;
	basis->mark_count = entry.mark_count;
	memcpy(basis->marks, entry.marks, sizeof(basis->marks));
	*err = entry.unknown ? ERR_KEY_UNKNOWN : ERR_OK;
	return true;
}

/* The mark of KIND and the number REF. */
static uint32_t
recall_mark(const char *kind, int64_t ref)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)ref);
	return page_mark(kind, text);
}

/* The changes that can concern R. */
static void
recall_depend(const struct decision_record *r, struct recall_basis *basis)
{
	basis->marks[0] = page_mark("key", r->key_id);
	basis->marks[1] = recall_mark("account", r->account);
	basis->mark_count = 2;
	if (r->app[0] != '\0')
		basis->marks[basis->mark_count++] = page_mark("app", r->app);
	if (r->connection != 0)
		basis->marks[basis->mark_count++] = recall_mark("connection",
		    r->connection);
}

/*
 * Whether what DB has just answered comes from the database PLACE. After a
 * failover a connection may still lead to the one before.
 */
static bool
recall_is_of(struct db *db, uint64_t place)
{
	uint64_t connection = db_connection(db), *memo = db_memo(db), found;

	if (connection == 0)
		return false;
	if (*memo == 0) {
		if (store_fence_place(db, &found) != ERR_OK ||
		    db_connection(db) != connection)
			return false;
		*memo = found;
	}
	return *memo == place;
}

static void
recall_keep(const struct digest *digest, const struct store_key_found *found,
    const struct recall_basis *basis)
{
	struct cache_entry entry = {
		.unknown = found->err == ERR_KEY_UNKNOWN,
		.tag = basis->tag,
		.mark_count = basis->mark_count,
	};

	/* What the first use of a secret changes is not to be kept. */
	if (found->err == ERR_OK && found->record.starts_overlap)
		return;
	memcpy(entry.marks, basis->marks, sizeof(entry.marks));
	if (entry.unknown)
		entry.until = clock_boot_us() + RECALL_UNKNOWN;
	cache_put(recall.cache, digest, &entry,
	    entry.unknown ? NULL : &found->record);
}

/* Counts what the database said of COUNT keys. */
static void
recall_tally(size_t count, const struct store_key_found *found)
{
	for (size_t i = 0; i < count; i++)
		metrics_add(METRICS_DATABASE_LOOKUPS, found[i].err == ERR_OK ?
		    METRICS_LOOKUP_FOUND : found[i].err == ERR_KEY_UNKNOWN ?
		    METRICS_LOOKUP_UNKNOWN : METRICS_LOOKUP_FAILED, 1);
}

static void
recall_refuse(size_t count, struct store_key_found *out)
{
	memset(out, 0, count * sizeof(*out));
	for (size_t i = 0; i < count; i++)
		out[i].err = ERR_DATABASE_DOWN;
}

void
recall_look_up(struct db *db, const struct digest *digests, size_t count,
    struct store_key_found *out, struct recall_basis *bases)
{
	const struct page *page = fence_page();
	struct page_tag tag;

	memset(bases, 0, count * sizeof(*bases));
	if (page == NULL) {
		store_key_look_up(db, digests, count, out);
		recall_tally(count, out);
		return;
	}
	/* The tag before the question: what comes later may concern it. */
	if (!page_leased(page, clock_boot_us()) || !page_tag(page, &tag)) {
		recall_refuse(count, out);
		return;
	}
	store_key_look_up(db, digests, count, out);
	recall_tally(count, out);
	if (!recall_is_of(db, tag.place)) {
		recall_refuse(count, out);
		db_drop(db);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		bases[i].tag = tag;
		if (out[i].err == ERR_OK)
			recall_depend(&out[i].record, &bases[i]);
		if (recall.cache != NULL && (out[i].err == ERR_OK ||
		    out[i].err == ERR_KEY_UNKNOWN))
			recall_keep(&digests[i], &out[i], &bases[i]);
	}
}

bool
recall_holds(const struct recall_basis *basis, int64_t arrived)
{
	const struct page *page = fence_page();
	int64_t now;

	if (page == NULL)
		return true;
	now = clock_boot_us();
	return now - arrived < page->answer && page_current(page, basis->tag,
	    basis->marks, basis->mark_count, now);
}

void
recall_counts(int64_t *hits, int64_t *misses)
{
	*hits = metrics_value(METRICS_CACHE_LOOKUPS, METRICS_CACHE_HIT) +
	    metrics_value(METRICS_CACHE_LOOKUPS, METRICS_CACHE_UNKNOWN);
	*misses = metrics_value(METRICS_CACHE_LOOKUPS, METRICS_CACHE_MISS) +
	    metrics_value(METRICS_CACHE_LOOKUPS, METRICS_CACHE_STALE);
}
