/* SPDX-License-Identifier: ISC */
/*
 * The output of a front end: payload (stdout) and diagnostics (stderr, or above
 * the prompt). Decides which bytes may reach a terminal unescaped.
 */
#ifndef RUNG_OUT_H
#define RUNG_OUT_H

#include "rung/text.h"

struct out;
struct screen;

/* Functions of the front end. payload() and diag() take all bytes, and may
 * queue them; if too much is queued, diag() may discard bytes. */
struct out_ops {
	void (*payload)(struct out *, struct bytes);
	void (*diag)(struct out *, struct bytes);
};

/* Receives the payload instead of stdout (--json, --tap), and prints it in
 * another format with the functions in out_ops. */
struct redirect {
	void (*payload)(struct redirect *, struct bytes);
	/* Called at the end of each command: its payload is complete. */
	void (*settle)(struct redirect *);
};

struct out {
	const struct out_ops *ops;
	/* Set by events.c or tap.c (--json, --tap): programs read stdout, so
	 * diagnostics go to stderr, unless a line editor runs. NULL: none. */
	struct redirect *divert;
	unsigned job;  /* number of the job whose commands run, for --json; 0:
			  none */
	bool terminal; /* payload goes to a terminal and is escaped */
	bool colour;   /* diagnostics are styled */
	bool quiet;    /* -q: no notices */
	bool verbose;  /* -v: details too */
	/* Set by screen_init(): flushed before any other output, because the
	 * rows of the screen are older. NULL: none. */
	struct screen *screen;
	/* Returns true for a short time after a large paint. Live output waits
	 * meanwhile, so that the prompt remains visible. The front end starts a
	 * turn when the result becomes false. NULL: always false. */
	bool (*delayed)(const struct out *);
	/* Returns true while output is not yet written. A command with much
	 * more to print waits meanwhile: see call_wait_output(). The front end
	 * starts a turn when the result becomes false. NULL: always false. */
	bool (*blocked)(const struct out *);
	/* Returns true while the reader of stdout has not read all payload,
	 * which is never discarded. A task that has printed waits meanwhile
	 * before its next command. NULL: always false. */
	bool (*unread)(const struct out *);
};

/* Prints bytes of any kind to stdout, escaped if stdout is a terminal. */
void out_payload(struct out *, struct bytes);
/* Prints text that is already escaped, because a view or rung itself made it.
 */
void out_text(struct out *, const struct text *);
/* Prints bytes unescaped, even to a terminal, because the user asked for them.
 */
void out_raw(struct out *, struct bytes);
/* Prints one diagnostic line, escaped as by out_escape(); adds the newline. */
void out_diag_line(struct out *, enum style, const char *line);
/*
 * Appends rung's own text, which may quote a peer: escapes control characters.
 * Does not escape backslashes, because the quoted part is escaped already.
 */
void out_escape(struct text *, struct bytes);
/* Marks the end of a command's payload, so that --json can print it as one
 * event. */
void out_end_command(struct out *);
/* Prints diagnostics of several lines, already styled and escaped. */
void out_diag(struct out *, const struct text *);

#endif
