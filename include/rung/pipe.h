/* SPDX-License-Identifier: ISC */
/*
 * Runs `rung pipe`, which copies bytes between standard input and output and a
 * link, or between two links. Uses no sessions, and so no inbox, commands or
 * views.
 */
#ifndef RUNG_PIPE_H
#define RUNG_PIPE_H

#include "rung/param.h"
#include "rung/proxy.h"
#include "rung/scheme.h"

/* Decides which peers may connect. Lent; embedded in its owner. */
struct pipe_acl {
	/* Returns true if the peer may connect; called for each connection and
	 * each new datagram peer. */
	bool (*admits)(const struct pipe_acl *, const struct addr *peer);
};

/* A parsed command line. */
struct pipe_options {
	bool listens;          /* -l */
	bool keep_open;        /* -k: serve more peers; client: ignore FIN */
	bool no_shutdown;      /* -N: no FIN at the end of the input */
	bool crlf;             /* -C */
	bool binary;           /* -b: each read is a binary message */
	bool nul;              /* -0: a NUL ends each message */
	bool has_quit_delay;   /* -q was given */
	bool has_addr2;        /* a second address was given */
	bool help;             /* --help: print and exit */
	bool quiet, verbose;   /* no notices; a notice for each address tried */
	bool no_stdin;         /* standard input is not read */
	bool discard_received; /* received data is not written */
	bool idle_is_ok;       /* an idle timeout is a success */
	bool reject_extra;     /* peers above max_peers are closed */
	bool appends;          /* the log files are appended to */
	unsigned max_peers;    /* -m: peers served at once; 0: not given */
	uint64_t quit;         /* -q: ns from the end of input to exit */
	uint64_t line_pause;   /* -i: ns between lines sent; 0: none */
	uint64_t open_timeout; /* -w: ns to open the link; 0: no limit */
	uint64_t idle;         /* -w: ns without any data; 0: no limit */
	const char *log;       /* -x: path, or NULL; lent by argv */
	const char *transcript; /* path of the raw log, or NULL; lent by argv */
	bool proxied; /* --proxy: `proxy` is used for TCP connections */
	struct proxy proxy;
	const struct pipe_acl *guard; /* NULL: all may connect */
	const struct endpoint *from;  /* a client's own address; NULL: any */
	struct socket_options socket_options; /* socket options for ADDR */
	struct endpoint at;                   /* ADDR */
	struct endpoint to;                   /* ADDR2 */
	/* Rungs on the links of ADDR and ADDR2; NULL or an empty plan: none.
	 * References. */
	struct rung_plan *at_rungs, *to_rungs;
};

/* The options of `rung pipe` for help and completion, to be joined with the
 * options of rungs; ends with PARAM_END. */
extern const struct param pipe_params[];

/*
 * Parses the arguments of `rung pipe`; argv[0] is the word `pipe`. The caller
 * calls pipe_options_fini() in any case.
 * Result:  0, or -1 and *e (usage; the text suggests a correction).
 */
int pipe_read_options(const struct protocols *, int argc, char **argv,
		      struct pipe_options *, struct err *e);
/* Frees the memory that the options own. Needed also after an error. */
void pipe_options_fini(struct pipe_options *);

enum pipe_event_kind {
	PIPE_LISTENS,       /* addr: the local address */
	PIPE_CANNOT_LISTEN, /* why: bad name or address */
	PIPE_ACCEPTS,       /* addr: the peer */
	PIPE_DENIES,        /* addr: peer that `guard` does not admit */
	PIPE_REFUSES,       /* addr: peer above max_peers */
	PIPE_OPENS,         /* addr: the server that the client connected to */
	PIPE_FAILS,         /* why; addr, if known; opened; ours */
	PIPE_ENDS,          /* a connection ended; sent, received: bytes */
};

/* Lent for the call. */
struct pipe_event {
	enum pipe_event_kind kind;
	const struct addr *addr; /* or NULL */
	const struct err *why;
	bool opened; /* the link had been open */
	bool ours;   /* stdin, stdout or a log file failed, so the pipe ends */
	uint64_t sent, received;
};

/* The caller's callbacks. */
struct pipe_sink {
	/* Prints an error or a notice: one line, passed without its newline. */
	void (*say)(const struct pipe_sink *, const char *line);
	/* Handles an event, for which say() is then not called. NULL: say()
	 * prints the events that are errors or notices. Must not end the pipe.
	 */
	void (*on_event)(const struct pipe_sink *, const struct pipe_event *);
};

/*
 * Connects or listens, then runs the loop until the pipe is done.
 * Result:  0 and the exit code; -1 and *e if the start or the loop failed.
 */
int pipe_run_in(struct net *, const struct pipe_options *,
		const struct pipe_sink *, int *status, struct err *e);
/* Runs a pipe like pipe_run_in(), in a new net and loop. Result: the exit code;
 * errors were printed. */
int pipe_run(const struct pipe_options *, const struct pipe_sink *);
/* Appends the text of --help. */
void pipe_help(const struct protocols *, struct buf *out);

#endif
