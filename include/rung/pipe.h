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

/* Who may connect. Lent; embedded in its owner. */
struct pipe_acl {
	/* Asked of each connection, and of each new peer of datagrams. */
	bool (*admits)(const struct pipe_acl *, const struct addr *peer);
};

/* What the command line asked for. A plain value. */
struct pipe_options {
	bool listens;          /* -l */
	bool keep_open;        /* -k: serves on; a client: sends on */
	bool no_shutdown;      /* -N: no half-close when the input ends */
	bool crlf;             /* -C */
	bool has_quit_delay;   /* -q was given */
	bool has_addr2;        /* there is a second address */
	bool help;             /* --help: print and end; nothing else is read */
	bool quiet, verbose;   /* no notices; every address tried */
	bool no_stdin;         /* standard input is not read */
	bool discard_received; /* what comes is read and let go */
	bool idle_is_ok;       /* an idle link ends in order */
	bool reject_extra;     /* more than `most`: closed, not left waiting */
	bool appends;          /* to the logs */
	unsigned max_peers;    /* -m: peers at one time; 0: not given */
	uint64_t quit;         /* -q: ns from the input's end to ours */
	uint64_t line_pause;   /* -i: ns between lines sent; 0: none */
	uint64_t open_timeout; /* -w: ns to open; 0: no end */
	uint64_t idle;         /* -w: ns without a byte; 0: no end */
	const char *log;       /* -x: a file, or NULL; lent by argv */
	const char *transcript; /* what passed, as it is; as log */
	bool proxied; /* --proxy: TCP connections are made through it */
	struct proxy proxy;
	const struct pipe_acl *guard; /* NULL: all may connect */
	const struct endpoint *from;  /* a client's own address; NULL: any */
	struct socket_options socket_options; /* of the socket at ADDR */
	struct endpoint at;                   /* ADDR */
	struct endpoint to;                   /* ADDR2 */
};

/* The options of `rung pipe`, PARAM_END-ended, for the texts made of them. */
extern const struct param pipe_params[];

/*
 * Reads the words behind `pipe`; argv[0] is that word itself.
 * Result:  0, or -1 and *e (usage, with what to write instead).
 */
int pipe_read_options(int argc, char **argv, struct pipe_options *,
		      struct err *e);

enum pipe_news_kind {
	PIPE_LISTENS,       /* addr: where */
	PIPE_CANNOT_LISTEN, /* why: the name, or the address */
	PIPE_ACCEPTS,       /* addr: whom */
	PIPE_DENIES,        /* addr: whom the guard does not admit */
	PIPE_REFUSES,       /* addr: who was one too many */
	PIPE_OPENS,         /* addr: to what a client is connected */
	PIPE_FAILS,         /* why; addr: where it is known; opened */
	PIPE_ENDS,          /* sent, received: a pair is over */
};

/* Lent for the call. */
struct pipe_event {
	enum pipe_news_kind kind;
	const struct addr *addr; /* or NULL */
	const struct err *why;
	bool opened; /* what fails had been open */
	bool ours;   /* what fails is a standard end or a log: all is over */
	uint64_t sent, received;
};

/* Who hears of it. */
struct pipe_sink {
	/* One line for people: a failure, or a notice. No newline in it. */
	void (*say)(const struct pipe_sink *, const char *line);
	/* Who has words of their own for what happens hears of it here, and
	 * not by say(); NULL: nobody. May not end the pipe. */
	void (*news)(const struct pipe_sink *, const struct pipe_event *);
};

/*
 * All of it: dials or listens, and turns the loop until nothing is left to do.
 * Result:  0 and the exit code; -1 and *e: it could not begin, or the loop
 *          could not wait.
 */
int pipe_run_in(struct net *, const struct pipe_options *,
		const struct pipe_sink *, int *status, struct err *e);
/* The same with a net of its own. Result: the exit code; what fails was said.
 */
int pipe_run(const struct pipe_options *, const struct pipe_sink *);
/* Appends what --help prints. */
void pipe_help(struct buf *out);

#endif
