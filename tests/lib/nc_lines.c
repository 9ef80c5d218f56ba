/* SPDX-License-Identifier: ISC */
/*
 * Parses command lines of nc and ncat for tests.
 */
#include "tests/lib/nc_lines.h"

struct nc_options parsed;
struct err parse_error;

int nc_lines_parse(enum nc_dialect dialect, char **argv)
{
	char *copy[32];
	int argc = 0;

	nc_fini(&parsed);
	/* getopt(3) reorders the arguments. */
	while (argv[argc]) {
		copy[argc] = argv[argc];
		argc++;
	}
	copy[argc] = NULL;
	return nc_parse(dialect, argc, copy, &parsed, &parse_error);
}

int nc_lines_teardown(void **state)
{
	(void)state;
	nc_fini(&parsed);
	return 0;
}

void nc_lines_rejected(int bad, const char *text)
{
	assert_int_equal(bad, -1);
	if (strncmp(parse_error.text, text, strlen(text)) != 0)
		fail_msg("'%s' does not begin with '%s'", parse_error.text,
			 text);
}
