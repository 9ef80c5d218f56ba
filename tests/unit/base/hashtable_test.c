/* SPDX-License-Identifier: ISC */
/*
 * Tests the hash table: equal hashes, growth, removal while all are visited.
 */
#include "rung/hashtable.h"

#include "rung/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 1000

struct number {
	struct hash_link link;
	unsigned n;
	unsigned visits;
};

/* Three numbers share each hash. */
static uint64_t hash_of(unsigned n)
{
	return (uint64_t)(n / 3) * 7;
}

static struct number *find(const struct hashtable *t, unsigned n)
{
	hashtable_each_of (it, t, hash_of(n)) {
		struct number *found = list_entry(it, struct number, link);
		if (found->n == n)
			return found;
	}
	return NULL;
}

static void add_many(struct hashtable *t, struct number *number)
{
	hashtable_init(t);
	for (unsigned i = 0; i < MANY; i++) {
		number[i] = (struct number){.n = i};
		hashtable_add(t, &number[i].link, hash_of(i));
	}
}

static void hashtable_finds_each_of_equal_hashes(void **state)
{
	static struct number number[MANY];
	struct hashtable t;

	(void)state;
	add_many(&t, number);
	assert_int_equal(t.count, MANY);
	assert_true(t.slot_count >= MANY);
	for (unsigned i = 0; i < MANY; i++)
		assert_ptr_equal(find(&t, i), &number[i]);
	assert_null(find(&t, MANY + 3));
	hashtable_fini(&t);
}

static void hashtable_visits_each_link_once_while_some_are_removed(void **state)
{
	static struct number number[MANY];
	struct hashtable t;
	unsigned left = 0;

	(void)state;
	add_many(&t, number);
	hashtable_each (it, &t) {
		struct number *x = list_entry(it, struct number, link);
		x->visits++;
		if (x->n % 2)
			hashtable_remove(&t, it);
	}
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(number[i].visits, 1);
		assert_ptr_equal(find(&t, i), i % 2 ? NULL : &number[i]);
	}
	hashtable_each (it, &t)
		left++;
	assert_int_equal(left, MANY / 2);
	assert_int_equal(t.count, MANY / 2);
	hashtable_fini(&t);
}

static void hashtable_of_nothing_has_no_links(void **state)
{
	struct hashtable t;

	(void)state;
	hashtable_init(&t);
	assert_null(hashtable_next(&t, NULL));
	assert_null(hashtable_find(&t, 5));
	hashtable_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hashtable_finds_each_of_equal_hashes),
	    cmocka_unit_test(
		hashtable_visits_each_link_once_while_some_are_removed),
	    cmocka_unit_test(hashtable_of_nothing_has_no_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
