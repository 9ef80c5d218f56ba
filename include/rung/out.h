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

/* Set by a front end. Both functions take all bytes, and may buffer them until
 * the end of the turn. */
struct out_ops {
	void (*payload)(struct out *, struct bytes);
	void (*diag)(struct out *, struct bytes);
};

/* Receives the payload instead of stdout, and prints it in another format with
 * the ops: for --json and --tap. */
struct redirect {
	void (*payload)(struct redirect *, struct bytes);
	/* Called when the current command's payload is complete. */
	void (*settle)(struct redirect *);
};

struct out {
	const struct out_ops *ops;
	/* Lent by events.c or tap.c: programs read stdout, so diagnostics are
	 * kept apart and have no prompt or colour. NULL: none. */
	struct redirect *divert;
	bool terminal; /* payload goes to a terminal: escape it */
	bool colour;   /* style diagnostics */
	bool quiet;    /* -q: no notices */
	bool verbose;  /* -v: details too */
	/* Lent by screen_init(): flushed before any other output, which is
	 * newer than the screen's. NULL: none. */
	struct screen *screen;
	/* Returns true for a short time after a large paint: live output then
	 * waits, so that a flood leaves the prompt visible. The front end
	 * starts a turn when the result becomes false. NULL: always false. */
	bool (*delayed)(const struct out *);
	/* Returns true while output is not yet written: a command with much
	 * more to print then waits, see call_wait_output(). The front end
	 * starts a turn when the result becomes false. NULL: always false. */
	bool (*blocked)(const struct out *);
	/* Returns true while the reader of stdout has not read all output, and
	 * none of it may be lost: a task that printed then waits before its
	 * next command. NULL: always false. */
	bool (*unread)(const struct out *);
};

/* Prints any bytes on stdout, escaped if stdout is a terminal. */
void out_payload(struct out *, struct bytes);
/* Prints text that a view or rung itself made; it is already escaped. */
void out_text(struct out *, const struct text *);
/* Prints bytes unescaped, even to a terminal, because the user requested it. */
void out_raw(struct out *, struct bytes);
/* Prints one diagnostic line, escaped as by out_escape(); adds the newline. */
void out_diag_line(struct out *, enum style, const char *line);
/*
 * Appends a text of rung's own that may quote a peer: escapes control
 * characters, but not backslashes, because the quoted part is already escaped.
 */
void out_escape(struct text *, struct bytes);
/* Marks the end of a command's payload, which can now be printed as one event.
 */
void out_end_command(struct out *);
/* Prints styled diagnostics; newlines stay. */
void out_diag(struct out *, const struct text *);

#endif
