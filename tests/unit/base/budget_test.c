/* SPDX-License-Identifier: ISC */
/*
 * Tests budgets: which memory is counted, and which owner may allocate more.
 */
#include "rung/budget.h"
#include "rung/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void without_a_budget_everything_fits(void **state)
{
	struct account none = {.used = 0};

	(void)state;
	assert_true(account_fits(NULL, SIZE_MAX));
	assert_true(account_fits(&none, SIZE_MAX));
	assert_false(budget_is_tight(NULL));
	account_charge(NULL, 10);
	account_charge(&none, 10);
	account_release(&none, 10);
	assert_int_equal(none.used, 0);
}

static void budget_is_the_sum_of_its_accounts(void **state)
{
	struct budget all = {.limit = 1000};
	struct account a = {.budget = &all}, b = {.budget = &all};

	(void)state;
	account_charge(&a, 300);
	account_charge(&b, 200);
	assert_int_equal(all.used, 500);
	assert_false(all.freed);
	account_release(&a, 100);
	assert_int_equal(a.used, 200);
	assert_int_equal(all.used, 400);
	assert_true(all.freed);
}

static void largest_owner_stops_first(void **state)
{
	struct budget all = {.limit = 1000};
	struct account large = {.budget = &all}, small = {.budget = &all};

	(void)state;
	account_charge(&large, 800);
	assert_true(account_fits(&large, 1));
	account_charge(&small, 101);
	assert_false(account_fits(&large, 1));
	assert_true(account_fits(&small, 1));
	assert_true(budget_is_tight(&all));
	/* One owner never gets all free memory. */
	assert_false(account_fits(&small, 99));
	account_release(&large, 8);
	assert_true(account_fits(&large, 1));
}

static void greedy_owners_share_evenly(void **state)
{
	enum { OWNERS = 60, PIECE = 1000 };
	struct budget all = {.limit = 256 * PIECE * OWNERS};
	struct account owner[OWNERS] = {{NULL, 0}};
	size_t least = SIZE_MAX, most = 0;
	bool grew = true;

	(void)state;
	for (size_t i = 0; i < OWNERS; i++)
		owner[i].budget = &all;
	while (grew) {
		grew = false;
		for (size_t i = 0; i < OWNERS; i++) {
			if (!account_fits(&owner[i], PIECE))
				continue;
			account_charge(&owner[i], PIECE);
			grew = true;
		}
	}
	for (size_t i = 0; i < OWNERS; i++) {
		least = owner[i].used < least ? owner[i].used : least;
		most = owner[i].used > most ? owner[i].used : most;
	}
	assert_true(most - least <= PIECE);
	assert_true(all.used < all.limit);
	assert_true(all.used > all.limit / 10 * 9);
}

static void nothing_fits_a_limit_below_the_usage(void **state)
{
	struct budget all = {.limit = 1000};
	struct account a = {.budget = &all};

	(void)state;
	account_charge(&a, 500);
	all.limit = 100;
	assert_false(account_fits(&a, 1));
	assert_false(budget_fits(&all, 0, 1));
	assert_true(budget_is_tight(&all));
}

static void buf_counts_its_memory(void **state)
{
	struct budget all = {.limit = 1 << 20};
	struct account a = {.budget = &all};
	struct buf b = {.limit = 1 << 20, .account = &a};
	char text[1000] = "";

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(buf_put(&b, bytes_of(text, sizeof(text))), 0);
		assert_int_equal(a.used, b.cap);
	}
	buf_drop(&b, 500);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(buf_put(&b, bytes_of(text, sizeof(text))), 0);
		assert_int_equal(a.used, b.cap);
	}
	(void)buf_cstr(&b);
	assert_int_equal(a.used, b.cap);
	buf_fini(&b);
	assert_int_equal(all.used, 0);
	/* A buf that is used after buf_fini() is still counted. */
	buf_puts(&b, "x");
	assert_int_equal(a.used, b.cap);
	buf_drop(&b, 1);
	buf_free_idle(&b, 0);
	assert_int_equal(all.used, 0);
}

static void buf_short_of_memory_grows_by_its_need(void **state)
{
	struct budget all = {.limit = 8000};
	struct account a = {.budget = &all};
	struct buf b = {.limit = 1 << 20, .account = &a};
	char text[6000] = "";

	(void)state;
	buf_put(&b, bytes_of(text, 6000));
	buf_put(&b, bytes_of(text, 1000));
	assert_true(b.cap >= 7000 && b.cap < 8000);
	buf_fini(&b);
}

static void buf_with_few_bytes_frees_memory(void **state)
{
	struct budget all = {.limit = 1 << 20};
	struct account a = {.budget = &all};
	struct buf b = {.limit = 1 << 20, .account = &a};
	char text[10000] = "";

	(void)state;
	text[9999] = 'z';
	buf_put(&b, bytes_of(text, sizeof(text)));
	buf_drop(&b, 5000);
	buf_compact(&b, 100);
	assert_true(b.cap >= 10000);
	buf_drop(&b, 4990);
	buf_compact(&b, 100);
	assert_int_equal(b.cap, 100);
	assert_int_equal(a.used, 100);
	assert_int_equal(buf_len(&b), 10);
	assert_int_equal(buf_bytes(&b).at[9], 'z');
	/* A second call changes nothing. */
	buf_compact(&b, 100);
	assert_int_equal(b.cap, 100);
	buf_fini(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_budget_everything_fits),
	    cmocka_unit_test(budget_is_the_sum_of_its_accounts),
	    cmocka_unit_test(largest_owner_stops_first),
	    cmocka_unit_test(greedy_owners_share_evenly),
	    cmocka_unit_test(nothing_fits_a_limit_below_the_usage),
	    cmocka_unit_test(buf_counts_its_memory),
	    cmocka_unit_test(buf_short_of_memory_grows_by_its_need),
	    cmocka_unit_test(buf_with_few_bytes_frees_memory),
	};

	return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
