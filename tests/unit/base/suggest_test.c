/* SPDX-License-Identifier: ISC */
/*
 * Tests which name is suggested for a misspelt one.
 */
#include "rung/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void suggest_name_stays_within_two_edits(void **state)
{
	static const char *const names[] = {"connect",  "close",    "send",
					    "sendline", "sessions", "expect",
					    "use",      "on",       NULL};
	static const char *const none[] = {NULL};
	static const struct {
		const char *word, *nearest;
	} cases[] = {
	    {"conect", "connect"}, {"ocnnect", "connect"},
	    {"clsoe", "close"},    {"sned", "send"},
	    {"sen", "send"},       {"sendl", "sendline"},
	    {"exepct", "expect"},  {"xpct", "expect"},
	    {"ses", "sessions"},   {"q", NULL},
	    {"zz", NULL},          {"", NULL},
	    {"connnnnect", NULL},  {"no", "on"},
	    {"ues", "use"},        {"foo", NULL},
	    {"SEND", "send"},      {"CloSe", "close"},
	    {"EXPETC", "expect"},  {"SENDL", "sendline"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *near = suggest_name(bytes_str(cases[i].word),
						names);

		if (!near != !cases[i].nearest ||
		    (near && strcmp(near, cases[i].nearest) != 0))
			fail_msg("'%s': %s", cases[i].word,
				 near ? near : "none");
	}
	assert_null(suggest_name(BYTES("a"), none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(suggest_name_stays_within_two_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
