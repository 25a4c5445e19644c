# SPDX-License-Identifier: ISC
"""The mutants of tests/model/simulate: literal replacements of text in copies
of the cores and of the simulator's own rules. What a mutant breaks is the
beginning of what the simulator says; WITHIN so many seeds it must be found."""

import collections

Mutant = collections.namedtuple("Mutant", "name breaks within changes")

R = "R"
STUCK = "it does not come right"
CORPSE = "the next one waits"
PREDECESSOR = "a predecessor"


def mutant(name, breaks, within, *changes):
    """CHANGES: file, text, what stands in its place."""
    return Mutant(name, breaks, within, changes)


MUTANTS = [
    # --- verifier.c ---
    mutant("the lease runs from when the answer came", R, 100000,
           ("verifier", "v->leased = v->sent + v->lease;",
            "v->leased = now + v->lease;")),
    mutant("a renewal counts before its changes are read", R, 100000,
           ("verifier", "if (event->seq == v->processed)\n"
            "\t\treturn verifier_lease(v, now);\n"
            "\treturn verifier_numbered(v, VERIFIER_READ",
            "if (event->seq >= v->processed)\n"
            "\t\treturn verifier_lease(v, now);\n"
            "\treturn verifier_numbered(v, VERIFIER_READ")),
    mutant("the lease is given before the marks are touched", R, 100000,
           ("sim_verifier", "\treturn p->event;\n",
            "\tif (p->action.what == VERIFIER_RENEW &&\n"
            "\t    p->event.what == VERIFIER_ANSWERED)\n"
            "\t\tpage_lease(p->page, p->verifier.sent + p->lease);\n"
            "\treturn p->event;\n")),
    mutant("changes are applied before the marks are touched", R, 3000000,
           ("verifier", "\t\treturn verifier_numbered(v, VERIFIER_APPLY, "
            "v->target);\n\ttouch", "\t\treturn verifier_lease(v, "
            "v->sent);\n\ttouch"),
           ("verifier", "if (event->complete)\n"
            "\t\treturn verifier_next_change(v);",
            "if (event->complete)\n\t\treturn verifier_numbered(v, "
            "VERIFIER_APPLY, v->target);"),
           ("verifier", "\tv->processed = v->target;\n"
            "\treturn verifier_lease(v, now);",
            "\tv->processed = v->target;\n"
            "\treturn verifier_next_change(v);")),
    mutant("what is not drained is acknowledged", R, 100000,
           ("verifier", "\tif (v->acked < v->drained)\n",
            "\tv->drained = v->processed;\n\tif (v->acked < v->drained)\n")),
    mutant("what is not drained is acknowledged by a renewal", R, 100000,
           ("verifier", ".seq = v->drained,", ".seq = v->processed,")),
    mutant("a new registration has drained what the old one had", R, 1000000,
           ("verifier", "v->drained = v->acked = 0;", "v->acked = 0;"),
           ("sim_database", "s->place != sim_place(db)", "false")),
    mutant("too many changes are taken for all", R, 1000000,
           ("verifier", "if (event->complete)", "if (true)")),
    mutant("a lost connection gives the lease of a renewal whose changes "
           "were not read", R, 1000000,
           ("verifier", "\tv->connected = false;\n\tv->leased = 0;\n",
            "\tv->connected = false;\n\tif (v->leased != 0) {\n"
            "\t\tnow = v->leased;\n\t\tv->leased = 0;\n"
            "\t\treturn verifier_timed(v, VERIFIER_LEASE, now);\n"
            "\t}\n")),
    mutant("the row is taken away before requests have ended", R, 1000000,
           ("verifier", "drained ? VERIFIER_LEAVE :\n\t\t    VERIFIER_END",
            "VERIFIER_LEAVE")),
    mutant("a registration whose answer was lost counts as one", STUCK,
           1000000,
           ("verifier", "v->opened ? verifier_renew",
            "v->enrolled ? verifier_renew")),
    mutant("notifications come before a renewal that is due", STUCK, 100000,
           ("verifier", "if (now >= v->sent + v->lease / 4)",
            "if (now >= v->sent + v->lease / 4 &&\n"
            "\t    event->what != VERIFIER_NOTIFIED)")),
    mutant("neither place nor number is looked at after a renewal", R, 1000000,
           ("verifier", " || event->seq < v->processed ||\n"
            "\t    event->place != v->place)", ")"),
           ("sim_database", "s->place != sim_place(db)", "false")),

    # --- page.c ---
    # No mutants: the order of the lease, the marks and the epoch within
    # page_current, and the last look of a worker. Each is one of two: a
    # request that began before the change holds its slot, so that nobody
    # acknowledges, and has the web server's time from its first clock, which
    # the limit adds to the lease. They are for web servers that wait longer.
    mutant("a registration is no new epoch", R, 1000000,
           ("page", "if (atomic_load(&page->epoch) % 2 == 0)", "if (false)"),
           ("page", "\tatomic_fetch_add(&page->epoch, 1);\n\treturn turn;",
            "\treturn turn;")),
    mutant("the mark of all is not looked at", R, 100000,
           ("page", " ||\n\t    atomic_load(&page->marks[PAGE_ALL]) > "
            "tag.asof)", ")")),
    mutant("applying is no new turn", R, 100000,
           ("page", "\tatomic_store(&page->processed, seq);\n"
            "\treturn atomic_fetch_add(&page->turn, 1) + 1;",
            "\tatomic_store(&page->processed, seq);\n"
            "\treturn atomic_load(&page->turn);")),
    mutant("a registration is no new turn", R, 1000000,
           ("page", "turn = atomic_fetch_add(&page->turn, 1) + 1;",
            "turn = atomic_load(&page->turn);")),

    # --- barrier.c ---
    mutant("nobody waits", R, 100000,
           ("barrier", "if (now <= end)", "if (false)")),
    mutant("the wait is T without D", R, 1000000,
           ("barrier", "return (lease + answer) + (lease + answer)",
            "return lease + (lease + answer)")),
    mutant("the wait leaves the drift of T out", R, 1000000,
           ("barrier", "(lease + answer) / 1000 * BARRIER_DRIFT", "0")),
    mutant("the wait leaves the drift of D out", R, 1000000,
           ("barrier", "(lease + answer) / 1000", "lease / 1000")),
    mutant("who was renewed is buried", R, 1000000,
           ("barrier", "seen->at = now;", "seen->at = b->began;")),
    mutant("a deadline that has come confirms", R, 100000,
           ("barrier", "out->state = BARRIER_LATE;",
            "out->state = BARRIER_CONFIRMED;")),
    mutant("what a deadline calls certain is too early", R, 1000000,
           ("barrier", "\t\t\tout->certain = end;", "\t\t\t;")),
    mutant("the dead are not buried", CORPSE, 1000000,
           ("barrier", "now > seen->at + rows[i].limit", "false")),

    # --- The database ---
    mutant("a renewal ignores that the row is dead", R, 1000000,
           ("sim_database", "!row->there || row->dead || s->place",
            "!row->there || s->place")),
    mutant("a renewal ignores the place", R, 3000000,
           ("sim_database", "s->place != sim_place(db)", "false")),
    mutant("a renewal does not hold its row", R, 3000000,
           ("sim_database", "\t\ts->begun = row->locked = true;\n"
            "\t\ts->event = (struct verifier_event){\n"
            "\t\t\t.what = VERIFIER_ANSWERED,\n\t\t\t.seq = db->seq,\n"
            "\t\t\t.place = sim_place(db),\n\t\t};\n\t\treturn false;\n"
            "\t}\n\tif (s->seq",
            "\t\ts->begun = true;\n"
            "\t\ts->event = (struct verifier_event){\n"
            "\t\t\t.what = VERIFIER_ANSWERED,\n\t\t\t.seq = db->seq,\n"
            "\t\t\t.place = sim_place(db),\n\t\t};\n\t\treturn false;\n"
            "\t}\n\tif (s->seq")),
    mutant("registering acknowledges all", R, 1000000,
           ("sim_database", "\t\t.lease = s->lease,",
            "\t\t.acked = db->seq,\n\t\t.lease = s->lease,")),
    mutant("burying does not compare renewals", R, 1000000,
           ("sim_database", "|| row->dead ||\n"
            "\t\t    row->renewals != wanted->renewals)", "|| row->dead)")),
    mutant("changes that are not kept are not missed", R, 1000000,
           ("sim_database", "fits && db->kept <= s->seq", "fits")),
    mutant("changes that are too many are not missed", R, 1000000,
           ("sim_database", "fits && db->kept <= s->seq",
            "db->kept <= s->seq")),
    mutant("the shortest limits are read first", R, 3000000,
           ("sim_database", "rows[j - 1].limit < limit",
            "rows[j - 1].limit > limit")),
    mutant("a number may be lost in a crash", R, 1000000,
           ("sim_database", "\tsim_flush(db);\n\tif (durable)",
            "\tif (durable)")),
    mutant("a backup that is put back is the same place", R, 3000000,
           ("sim_database", "(uint64_t)db->timeline << 32 | db->start",
            "db->timeline")),

    # --- Workers ---
    mutant("a record of the cache is looked at neither first nor last", R,
           100000,
           ("sim_worker", "if (!sim_record_current(p, w->key, &w->record, "
            "w->now))", "if (false)"),
           ("sim_worker", "if (sim_record_current(p, w->key, &w->record, "
            "w->now))\n\t\treturn SIM_WRITE;",
            "if (true)\n\t\treturn SIM_WRITE;")),
    mutant("the lease is looked at nowhere", R, 100000,
           ("page", "return now < atomic_load(&page->lease_end);",
            "return now < now + atomic_load(&page->lease_end);")),
    mutant("the tag is taken after the record was read", R, 100000,
           ("sim_worker", "\t\tp->cache[w->key] = w->record;",
            "\t\t(void)page_tag(p->page, &w->record.tag);\n"
            "\t\tp->cache[w->key] = w->record;")),
    mutant("the clock is that of the request before", R, 1000000,
           ("sim_worker", "\tcase SIM_LAST_CLOCK:\n"
            "\t\tw->now = sim_reads(&p->clock);\n", "\tcase SIM_LAST_CLOCK:\n"),
           ("sim_worker", "\tcase SIM_CLOCK:\n"
            "\t\tw->now = sim_reads(&p->clock);\n",
            "\tcase SIM_CLOCK:\n\t\tif (w->now == 0)\n"
            "\t\t\tw->now = sim_reads(&p->clock);\n")),
    mutant("records of any database are taken", R, 1000000,
           ("sim_worker", "if (db != NULL && sim_place(db) == "
            "w->record.tag.place)", "if (db != NULL)")),
    mutant("the slot is left before the answer is written", R, 100000,
           ("sim_worker", "\t\treturn sim_worker_last(p, w);",
            "\t\tpage_leave(p->page, slot);\n"
            "\t\treturn sim_worker_last(p, w);")),
    mutant("the slot is taken after the last look", R, 100000,
           ("sim_worker", "\t\tpage_enter(p->page, slot);\n", ""),
           ("sim_worker", "\t\treturn sim_worker_write(p, w);",
            "\t\tpage_enter(p->page, slot);\n"
            "\t\treturn sim_worker_write(p, w);")),

    # --- Those who take and those who restart ---
    mutant("a repeated change is not waited for", R, 1000000,
           ("sim_taker", "\t\tsim_taker_next(t, SIM_BARRIER);\n\t} else {",
            "\t\tt->looks = 0;\n"
            "\t\tsim_taker_next(t, SIM_READ);\n\t} else {")),
    mutant("who waits does not notice another database", R, 3000000,
           ("sim_taker", "if (t->seen != t->place)", "if (false)")),
    mutant("a barrier takes no number of its own", R, 3000000,
           ("sim_database", "\tdb->seq++;\n\tsim_commit(db);",
            "\tsim_commit(db);")),
    mutant("a restart forgets its predecessor", PREDECESSOR, 1000000,
           ("sim_verifier", "p->predecessor = p->locks ? p->claim : -1;",
            "p->predecessor = -1;")),
    mutant("a start is named before it is registered", PREDECESSOR, 3000000,
           ("sim_verifier", "p->predecessor = p->locks ? p->claim : -1;",
            "p->predecessor = p->locks ? p->claim : -1;\n"
            "\tp->claim = p->row;")),
]
