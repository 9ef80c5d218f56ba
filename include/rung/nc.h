/* SPDX-License-Identifier: ISC */
/*
 * `rung nc` and `rung ncat`: netcat's two command lines, read as each reads its
 * own, and carried out by a pipe or a scan. Moves no bytes itself.
 */
#ifndef RUNG_NC_H
#define RUNG_NC_H

#include "rung/pipe.h"

enum nc_dialect {
	NC_OPENBSD, /* nc(1) as OpenBSD and Debian have it */
	NC_NCAT,    /* ncat(1) of Nmap */
	NC_DIALECTS,
};

/* One option of a dialect, for the texts made of the table. */
struct nc_option {
	char letter;       /* 0: none */
	const char *name;  /* the long one, without its dashes; NULL: none */
	const char *value; /* what it takes, in help: "PORT"; NULL: nothing */
	const char *brief;
	bool absent; /* known there and not here: `brief` says what instead */
	/* How it is kept; the room's own. */
	unsigned kind;
	size_t field;
};

/* The dialect's options, in the order of its help; `brief` NULL ends it. */
extern const struct nc_option *const nc_tables[NC_DIALECTS];
/* "nc", "ncat". */
extern const char *const nc_names[NC_DIALECTS];

/* Hosts that may connect, or may not. */
struct nc_hosts;

/* What a command line asks for. */
struct nc_options {
	enum nc_dialect dialect;
	struct pipe_options pipe; /* `at` has the first port */
	bool scans;               /* -z */
	bool random;              /* -r */
	bool numeric;             /* -n */
	bool help, version;       /* print, and end */
	unsigned verbose;         /* how often -v */
	uint64_t pause;           /* ns between ports */
	const char *host;         /* as it was written, or NULL; lent by argv */
	uint16_t *ports;          /* a client's, in their order; owned */
	size_t ports_count;
	struct endpoint source;
	struct nc_hosts *hosts; /* NULL: all may connect; owned */
	char *command;          /* of -e and -c, for sh; owned */
};

/*
 * Reads a command line; argv[0] is the word `nc` or `ncat` itself. Names in
 * --allow and --deny are looked up meanwhile.
 * Result:  0, or -1 and *e (usage; io: a file; dns), worded as the dialect
 *          words it, whole: "nc: missing port number".
 */
int nc_parse(enum nc_dialect, int argc, char **argv, struct nc_options *,
	     struct err *e);
void nc_fini(struct nc_options *);

/* Appends what --help prints. */
void nc_help(enum nc_dialect, struct buf *out);

/* Who hears of it. */
struct nc_sink {
	/* One line for people, whole, in the dialect's words. */
	void (*say)(const char *line);
};

/* Carries it out, with a loop and a net of its own. Result: the exit code, as
 * the dialect counts it. */
int nc_run(const struct nc_options *, const struct nc_sink *);
/* The exit code for a command line that could not be read. */
int nc_bad_usage(enum nc_dialect);

#endif
