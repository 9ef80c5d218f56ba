/* SPDX-License-Identifier: ISC */
/*
 * Parses the options of the command line; main.c acts on them.
 */
#ifndef RUNG_OPTIONS_H
#define RUNG_OPTIONS_H

#include "rung/scheme.h"

/* Values of --color, in the order of its choices. */
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

enum mode {
	MODE_RUN,  /* run commands, a file, stdin or the prompt */
	MODE_HELP, /* print the usage */
	MODE_VERSION,
	MODE_REFERENCE, /* print the generated sections of the manual page */
	MODE_COMPLETIONS,
	MODE_TOPIC, /* run `help` */
	MODE_PIPE,  /* run `pipe`; `args` begins with that word */
	MODE_NC,    /* run `nc`; `args` begins with that word */
	MODE_NCAT,  /* run `ncat`; `args` begins with that word */
};

struct options {
	enum mode mode;
	enum when colour;
	bool interactive, quiet, verbose;
	bool json, tap;        /* output formats of stdout; at most one */
	uint64_t timeout;      /* ns; UINT64_MAX: default */
	const char **commands; /* commands of each -e, in order; owned */
	size_t commands_count;
	const char *file; /* script, or NULL; lent by argv */
	bool address; /* `file`, and its argument if it has one, are an address
			 to connect to at the prompt */
	char **args;  /* arguments of `file` or of the mode; lent by argv */
	size_t args_count;
	const char *topic; /* topic of MODE_TOPIC, or NULL; lent by argv */
	const char *shell; /* name for MODE_COMPLETIONS */
};

/*
 * Parses the command line. If argv[0] without its directory is `nc` or `ncat`,
 * parses nothing: the name selects the mode, and `args` has all words.
 * Result: 0, or -1 and *e (usage).
 */
int options_parse(int argc, char **argv, struct options *, struct err *e);
/* Parses `file` and its first `count` arguments, 0 or 1, as an address.
 * Result: 0, or -1 and *e (usage). */
int options_read_address(const struct options *, size_t count,
			 const struct protocols *, struct err *e);
/*
 * If there is no such file as `file`, and it is an address (HOST PORT or ADDR):
 * sets `address` for a prompt. Without -i and a terminal, selects MODE_PIPE.
 * Result: 0, or -1 and *e (usage: an option that does not suit).
 */
int options_find_address(struct options *, const struct protocols *,
			 struct err *e);
void options_fini(struct options *);
/* Returns true if output to `fd` gets styles: --color, NO_COLOR, TERM and the
 * kind of `fd` decide. */
bool options_colour(const struct options *, int fd);

#endif
