/* SPDX-License-Identifier: ISC */
/*
 * Runs `rung nc` and `rung ncat`: parses a command line as the original program
 * does, then runs a pipe (pipe.h) or a port scan.
 */
#ifndef RUNG_NC_H
#define RUNG_NC_H

#include "rung/pipe.h"

enum nc_dialect {
	NC_OPENBSD, /* nc(1) of OpenBSD and Debian */
	NC_NCAT,    /* ncat(1) of Nmap */
	NC_DIALECTS,
};

/* An option of a dialect, for parsing, help, completion and the manual page. */
struct nc_option {
	char letter;       /* 0: none */
	const char *name;  /* long name without dashes; NULL: none */
	const char *value; /* value in help: "PORT"; NULL: none */
	const char *brief;
	bool absent; /* not supported; `brief` gives the reason or an
			alternative */
	/* Storage of the value; private to nc: */
	unsigned kind;
	size_t field;
};

/* The options of each dialect, in the order of its help; `brief` NULL ends a
 * table. */
extern const struct nc_option *const nc_tables[NC_DIALECTS];
/* The names of the dialects: "nc", "ncat". */
extern const char *const nc_names[NC_DIALECTS];

/* The hosts of --allow and --deny. */
struct nc_hosts;

/* A parsed command line. */
struct nc_options {
	enum nc_dialect dialect;
	struct pipe_options pipe; /* `at` holds the first port */
	bool scans;               /* -z */
	bool random;              /* -r */
	bool numeric;             /* -n */
	bool help, version;       /* print and exit */
	unsigned verbose;         /* number of -v */
	uint64_t pause;           /* ns between ports */
	const char *host;         /* host as typed, or NULL; lent by argv */
	uint16_t *ports;          /* ports to connect to, in order; owned */
	size_t ports_count;
	struct endpoint source;
	struct nc_hosts *hosts; /* NULL: all may connect; owned */
	char *command;          /* command of -e or -c, for sh; owned */
};

/*
 * Parses a command line; argv[0] is the word `nc` or `ncat`. Looks up the names
 * in --allow and --deny.
 * Result:  0, or -1 and *e (usage; io: a file; dns). The text of *e is the
 *          complete line that the dialect prints: "nc: missing port number".
 */
int nc_parse(enum nc_dialect, int argc, char **argv, struct nc_options *,
	     struct err *e);
void nc_fini(struct nc_options *);

/* Appends the text of --help. */
void nc_help(enum nc_dialect, struct buf *out);

/* The caller's callback. */
struct nc_sink {
	/* Prints one complete line. */
	void (*say)(const char *line);
};

/* Runs a parsed command line, in a new loop. Result: the exit code of the
 * dialect. */
int nc_run(const struct nc_options *, const struct nc_sink *);
/* Returns the exit code for a usage error. */
int nc_bad_usage(enum nc_dialect);

#endif
