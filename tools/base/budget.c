// SPDX-License-Identifier: GPL-2.0-only
// Limits how many bytes one run of a program may unpack, and how many it may keep in memory.
#include "base/budget.h"

#include <stdatomic.h>

static struct {
	uint64_t limit; /* 0: use the rule of budget.h */
	atomic_uint_fast64_t input, unpacked, kept;
} budget;

void budget_start(uint64_t limit)
{
	budget.limit = limit;
	atomic_store(&budget.input, 0);
	atomic_store(&budget.unpacked, 0);
	atomic_store(&budget.kept, 0);
}

void budget_input(uint64_t size)
{
	atomic_fetch_add_explicit(&budget.input, size, memory_order_relaxed);
}

static uint64_t allowance(uint64_t size)
{
	return size < (UINT64_MAX - BUDGET_FLOOR) / BUDGET_FACTOR ? BUDGET_FLOOR + BUDGET_FACTOR * size : UINT64_MAX;
}

uint64_t budget_stream(uint64_t size)
{
	return budget.limit ? budget.limit : allowance(size);
}

/* Adds BYTES to *DRAWN. Returns false and adds nothing if the sum would be more than MOST. */
static bool draw(atomic_uint_fast64_t *drawn, uint64_t bytes, uint64_t most)
{
	uint_fast64_t before = atomic_load_explicit(drawn, memory_order_relaxed);

	do {
		if (before > most || bytes > most - before)
			return false;
	} while (!atomic_compare_exchange_weak(drawn, &before, before + bytes));
	return true;
}

bool budget_unpack(uint64_t bytes)
{
	return draw(&budget.unpacked, bytes, budget_stream(atomic_load(&budget.input)));
}

bool budget_keep(uint64_t bytes)
{
	uint64_t most = allowance(atomic_load(&budget.input));

	return draw(&budget.kept, bytes, (budget.limit > most ? budget.limit : most) - BUDGET_PROGRAM);
}

void budget_release(uint64_t bytes)
{
	atomic_fetch_sub(&budget.kept, bytes);
}
