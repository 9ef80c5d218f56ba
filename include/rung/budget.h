/* SPDX-License-Identifier: ISC */
/*
 * A shared limit on the memory of many owners. Each owner has an account to
 * which its buffers charge their capacity; the budget counts the sum of all
 * accounts. The functions here only count and compare; their callers act on the
 * result.
 */
#ifndef RUNG_BUDGET_H
#define RUNG_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct budget {
	size_t limit, used; /* bytes */
	bool freed; /* set by account_release(), cleared by session/hub.c */
};

/* One owner's share of the budget. An account that is zeroed or NULL counts
 * nothing, and everything fits in it. */
struct account {
	struct budget *budget;
	size_t used; /* bytes */
};

/*
 * Returns true if the owner may use n more bytes: they fit in the free memory,
 * and the owner then has at most 8 times the bytes that remain free. So all
 * owners have the same limit, which falls as memory runs out: the largest
 * owners reach the limit first, and some memory always remains for the small
 * ones.
 * Source:  A. K. Choudhury, E. L. Hahne, Dynamic Queue Length Thresholds for
 *          Shared-Memory Packet Switches, 1998.
 */
bool account_fits(const struct account *, size_t n);
/* Returns true if an owner without an account, which uses `used` bytes, may use
 * n more bytes by the rule of account_fits(). */
bool budget_fits(const struct budget *, size_t used, size_t n);
/* Returns true if less than an eighth of the budget is free; false for NULL. */
bool budget_is_tight(const struct budget *);
/* Adds n bytes to the account; does not check account_fits(). */
void account_charge(struct account *, size_t n);
/* Removes n bytes from the account. */
void account_release(struct account *, size_t n);

#endif
