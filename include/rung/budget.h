/* SPDX-License-Identifier: ISC */
/*
 * A shared limit on the memory of many owners. Each owner has an account to
 * which its buffers charge their capacity; the budget is the sum of all
 * accounts. budget.h only counts and compares: session/ decides which sessions
 * are read, and the callers of account_fits() decide what fails.
 */
#ifndef RUNG_BUDGET_H
#define RUNG_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct budget {
	size_t limit, used; /* bytes */
	bool freed;         /* set by each release; cleared by its reader */
};

/* One owner's share of the budget. If zeroed or NULL, nothing is counted and
 * everything fits. */
struct account {
	struct budget *budget;
	size_t used; /* bytes */
};

/*
 * Returns true if the owner may use n more bytes: they fit into the free
 * memory, and afterwards the owner has at most 8 times the bytes that remain
 * free. All owners thus have the same limit, which falls as memory runs out:
 * the largest owners reach it first, and some memory always remains for the
 * small ones.
 * Source:  A. K. Choudhury, E. L. Hahne, Dynamic Queue Length Thresholds for
 *          Shared-Memory Packet Switches, 1998.
 */
bool account_fits(const struct account *, size_t n);
/* Does the check of account_fits() for an owner that uses `used` bytes but has
 * no account of its own. */
bool budget_fits(const struct budget *, size_t used, size_t n);
/* Returns true if less than an eighth of the budget is free. NULL: false. */
bool budget_is_tight(const struct budget *);
/* Add n bytes to the account, or subtract them. Neither function can fail: call
 * account_fits() first if the caller can refuse the bytes. */
void account_charge(struct account *, size_t n);
void account_release(struct account *, size_t n);

#endif
