/* SPDX-License-Identifier: ISC */
/*
 * Budgets: a budget counts the bytes of its accounts and decides whether an
 * owner may have more bytes. buf.c charges the capacity of buffers.
 */
#include "rung/budget.h"

#include <assert.h>

/* Limit of one owner's bytes, as a multiple of the bytes that remain free. */
enum { SHARES = 8 };

static size_t unused(const struct budget *b)
{
	return b->limit > b->used ? b->limit - b->used : 0;
}

bool budget_fits(const struct budget *b, size_t used, size_t n)
{
	size_t free = unused(b);

	return n < free && (used + n) / SHARES <= free - n;
}

bool account_fits(const struct account *a, size_t n)
{
	return !a || !a->budget || budget_fits(a->budget, a->used, n);
}

bool budget_is_tight(const struct budget *b)
{
	return b && unused(b) < b->limit / SHARES;
}

void account_charge(struct account *a, size_t n)
{
	if (!a || !a->budget)
		return;
	a->used += n;
	a->budget->used += n;
}

void account_release(struct account *a, size_t n)
{
	if (!a || !a->budget)
		return;
	assert(n <= a->used && n <= a->budget->used);
	a->used -= n;
	a->budget->used -= n;
	a->budget->freed = true;
}
