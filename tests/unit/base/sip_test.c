/* SPDX-License-Identifier: ISC */
/*
 * Tests SipHash-2-4: the paper's vectors, and keys that differ.
 */
#include "rung/sip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t count[SIP_KEY] = {0, 1, 2,  3,  4,  5,  6,  7,
				       8, 9, 10, 11, 12, 13, 14, 15};

/* Source: the paper's appendix A, and vectors.h of its reference code. */
static void sip_hash_matches_the_paper(void **state)
{
	(void)state;
	assert_int_equal(sip_hash(count, bytes_of(count, 15)),
			 0xa129ca6149be45e5);
	assert_int_equal(sip_hash(count, BYTES_NONE), 0x726fdb47dd0e0e31);
	assert_int_equal(sip_hash(count, bytes_of(count, 8)),
			 0x93f5f5799a932462);
}

static void sip_hash_depends_on_the_key(void **state)
{
	uint8_t a[SIP_KEY], b[SIP_KEY];

	(void)state;
	sip_key(a);
	sip_key(b);
	assert_memory_not_equal(a, b, SIP_KEY);
	assert_int_not_equal(sip_hash(a, BYTES("x")), sip_hash(b, BYTES("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sip_hash_matches_the_paper),
	    cmocka_unit_test(sip_hash_depends_on_the_key),
	};

	return cmocka_run_group_tests_name("sip", tests, NULL, NULL);
}
