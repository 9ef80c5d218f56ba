/* SPDX-License-Identifier: ISC */
/*
 * The output of a front end: payload (stdout) and diagnostics (stderr, or above
 * the prompt). Decides what may reach a terminal unescaped.
 */
#ifndef RUNG_OUT_H
#define RUNG_OUT_H

#include "rung/text.h"

struct out;
struct screen;

/* Set by a front end. Both take all bytes, and may buffer within a turn. */
struct out_ops {
	void (*payload)(struct out *, struct bytes);
	void (*diag)(struct out *, struct bytes);
};

/* Gets the payload instead of stdout, and prints its own form of it with the
 * ops: for --json and --tap. */
struct redirect {
	void (*payload)(struct redirect *, struct bytes);
	/* The current command's payload is complete. */
	void (*settle)(struct redirect *);
};

struct out {
	const struct out_ops *ops;
	/* Lent by events.c or tap.c: stdout is for programs, so diagnostics
	 * stay apart and have no prompt or colour. NULL: none. */
	struct redirect *divert;
	bool terminal; /* payload goes to a terminal: escape it */
	bool colour;   /* style diagnostics */
	bool quiet;    /* -q: no notices */
	bool verbose;  /* -v: details too */
	/* Lent by screen_init(): flushed before any other output, which is
	 * newer. NULL: none. */
	struct screen *screen;
	/* Returns true shortly after a large paint: live output then waits, so
	 * that a flood leaves the prompt visible. The front end starts a turn
	 * when that ends. NULL: never. */
	bool (*delayed)(const struct out *);
	/* Returns true while output is not yet written: a command with much
	 * more to print then waits, see call_wait_output(). The front end
	 * starts a turn when that ends. NULL: never. */
	bool (*blocked)(const struct out *);
	/* Returns true while the reader of stdout has not read all output, and
	 * none of it may be lost: a task that prints waits before its next
	 * command. NULL: never. */
	bool (*unread)(const struct out *);
};

/* Prints any bytes on stdout, escaped if that is a terminal. */
void out_payload(struct out *, struct bytes);
/* Prints text that a view or rung made: already escaped. */
void out_text(struct out *, const struct text *);
/* Prints bytes unescaped, even to a terminal: on the user's request. */
void out_raw(struct out *, struct bytes);
/* Prints one diagnostic line, escaped as by out_escape(); adds the newline. */
void out_diag_line(struct out *, enum style, const char *line);
/*
 * Appends a text of rung that may quote a peer: escapes control characters, but
 * not backslashes, because the quote is already escaped.
 */
void out_escape(struct text *, struct bytes);
/* Ends a command's payload: it can be printed as one event. */
void out_end_command(struct out *);
/* Prints styled diagnostics; newlines stay. */
void out_diag(struct out *, const struct text *);

#endif
