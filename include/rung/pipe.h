/* SPDX-License-Identifier: ISC */
/*
 * `rung pipe`: bytes between standard input and output and a link, or between
 * two links, and nothing else. Not a session: no inbox, no commands, no views.
 */
#ifndef RUNG_PIPE_H
#define RUNG_PIPE_H

#include "rung/param.h"
#include "rung/proxy.h"
#include "rung/transport.h"

/* What the command line asked for. A plain value. */
struct pipe_options {
	bool listens;        /* -l */
	bool keeps;          /* -k: serves on; a client: sends on */
	bool whole;          /* -N: no half-close when the input ends */
	bool crlf;           /* -C */
	bool quits;          /* -q was given */
	bool relays;         /* there is a second address */
	bool help;           /* --help: print and end; nothing else is read */
	bool quiet, verbose; /* no notices; every address tried */
	unsigned most;       /* -m: peers at one time; 0: not given */
	uint64_t quit;       /* -q: ns from the input's end to ours */
	uint64_t rest;       /* -i: ns between lines sent; 0: none */
	uint64_t patience;   /* -w: ns to open, and without a byte; 0: no end */
	const char *log;     /* -x: a file, or NULL; lent by argv */
	bool proxied;        /* --proxy: TCP connections are made through it */
	struct proxy proxy;
	struct endpoint at; /* ADDR */
	struct endpoint to; /* ADDR2 */
};

/* The options of `rung pipe`, PARAM_END-ended, for the texts made of them. */
extern const struct param pipe_params[];

/*
 * Reads the words behind `pipe`; argv[0] is that word itself.
 * Result:  0, or -1 and *e (usage, with what to write instead).
 */
int pipe_read_options(int argc, char **argv, struct pipe_options *,
		      struct err *e);

/* Who hears of it. */
struct pipe_sink {
	/* One line for people: a failure, or a notice. No newline in it. */
	void (*say)(const char *line);
};

struct pipe;

/*
 * Begins: dials, or listens.
 * Lends:   the options, the net and the sink for its whole life.
 * Result:  NULL and *e when it cannot begin.
 */
struct pipe *pipe_start(struct net *, const struct pipe_options *,
			const struct pipe_sink *, struct err *e);
/* Nothing is left to do. */
bool pipe_done(const struct pipe *);
/* The exit code; once done. */
int pipe_status(const struct pipe *);
/* Closes what is open. */
void pipe_free(struct pipe *);

#endif
