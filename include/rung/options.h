/* SPDX-License-Identifier: ISC */
/*
 * What the program was asked on its command line. Doing it is main's job.
 */
#ifndef RUNG_OPTIONS_H
#define RUNG_OPTIONS_H

#include "rung/err.h"

#define RUNG_VERSION "0.1.0"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

enum mode {
	MODE_RUN,         /* commands, a file, stdin or the prompt */
	MODE_HELP,        /* print the usage and end */
	MODE_VERSION,     /* print the version and end */
	MODE_REFERENCE,   /* print the manual's part on commands and end */
	MODE_COMPLETIONS, /* print a shell's completions and end */
	MODE_TOPIC,       /* run `help` and end */
	MODE_PIPE,        /* `pipe` and its words, which are `args` */
	MODE_NC,          /* `nc`, the same */
	MODE_NCAT,        /* `ncat`, the same */
};

struct options {
	enum mode mode;
	enum when colour;
	bool interactive, quiet, verbose;
	bool json, tap;        /* stdout is for programs: one of the two */
	uint64_t timeout;      /* ns; UINT64_MAX: the default */
	const char **commands; /* each -e, in order. Owned */
	size_t commands_count;
	const char *file; /* a script, or NULL; lent by argv */
	char **args;      /* its arguments; lent by argv. MODE_PIPE, MODE_NC,
			   * MODE_NCAT: from that word itself on */
	size_t args_count;
	const char *topic; /* MODE_TOPIC: of what, or NULL; lent */
	const char *shell; /* MODE_COMPLETIONS: which */
};

/*
 * Result: 0, or -1 and *e (usage). Called as `nc` or `ncat` (argv[0], its path
 * apart) it is that command line from the first word on.
 */
int options_parse(int argc, char **argv, struct options *, struct err *e);
void options_fini(struct options *);
/* Whether to style what goes to `fd`: --color, NO_COLOR, TERM. */
bool options_colour(const struct options *, int fd);

#endif
