/* SPDX-License-Identifier: ISC */
/*
 * A bound over the memory of many owners. Each owner has an account in which
 * its buffers count their capacity; the budget is the sum of all accounts.
 * budget.h only counts and compares: session/ decides who reads on, the callers
 * of account_fits() what fails.
 */
#ifndef RUNG_BUDGET_H
#define RUNG_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

struct budget {
	size_t limit, used; /* bytes */
	bool freed;         /* set by each release; its reader clears it */
};

/* One owner's part. Zeroed, or as NULL: nothing is counted, all fits. */
struct account {
	struct budget *budget;
	size_t used; /* bytes */
};

/*
 * Returns true if the owner may have n bytes more: they fit into what is free,
 * and the owner then has at most 8 times the bytes that remain free. So all
 * owners meet the same bound, which falls as memory runs out: the largest meet
 * it first, and some memory always remains for those that have little.
 * Source:  A. K. Choudhury, E. L. Hahne, Dynamic Queue Length Thresholds for
 *          Shared-Memory Packet Switches, 1998.
 */
bool account_fits(const struct account *, size_t n);
/* Does the same for an owner that has `used` bytes but no account of its own.
 */
bool budget_fits(const struct budget *, size_t used, size_t n);
/* Returns true if less than an eighth is free. NULL: false. */
bool budget_is_tight(const struct budget *);
/* Count n bytes more or less. Neither can fail: call account_fits() first if
 * the bytes can be refused. */
void account_charge(struct account *, size_t n);
void account_release(struct account *, size_t n);

#endif
