/* SPDX-License-Identifier: ISC */
/*
 * sim_points: put before common/page.c when it is compiled for the simulator:
 * before each access to what threads share another thread may run.
 */
#ifndef HASP_SIM_POINTS_H
#define HASP_SIM_POINTS_H

#include <stdatomic.h>
#include <stdint.h>

extern int sim_points_left;
void sim_preempt(void);

static inline void
sim_point(void)
{
	if (--sim_points_left == 0)
		sim_preempt();
}

/* There is one thread: order is that of the program. */
static inline void
sim_store_u64(_Atomic uint64_t *p, uint64_t value)
{
	sim_point();
	atomic_store_explicit(p, value, memory_order_relaxed);
}

static inline void
sim_store_i64(_Atomic int64_t *p, int64_t value)
{
	sim_point();
	atomic_store_explicit(p, value, memory_order_relaxed);
}

#undef atomic_load
#define atomic_load(p) \
	(sim_point(), atomic_load_explicit(p, memory_order_relaxed))
#undef atomic_fetch_add
#define atomic_fetch_add(p, v) (sim_point(), \
	atomic_fetch_add_explicit(p, v, memory_order_relaxed))
#undef atomic_store
#define atomic_store(p, v) \
	_Generic(p, _Atomic uint64_t *: sim_store_u64, \
	    _Atomic int64_t *: sim_store_i64)(p, v)
#undef atomic_store_explicit
#define atomic_store_explicit(p, v, order) atomic_store(p, v)

#endif
