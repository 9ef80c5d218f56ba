/* SPDX-License-Identifier: ISC */
/*
 * Where a front end's words go: payload (stdout) and talk (stderr, or above
 * the prompt). Decides what may reach a terminal as it is.
 */
#ifndef RUNG_OUT_H
#define RUNG_OUT_H

#include "rung/text.h"

struct out;
struct screen;

/* Filled by a front end. Both take all of it; they may gather it until the end
 * of the turn. */
struct out_ops {
	void (*payload)(struct out *, struct bytes);
	void (*diag)(struct out *, struct bytes);
};

/* Takes payload in place of stdout, which a program reads: what it makes of it
 * goes there by the ops. */
struct redirect {
	void (*payload)(struct redirect *, struct bytes);
	/* What a command printed is complete. */
	void (*settle)(struct redirect *);
};

struct out {
	const struct out_ops *ops;
	/* Lent by who diverts; talk is then kept apart from stdout, and nothing
	 * is decorated. NULL: nobody. */
	struct redirect *divert;
	bool terminal; /* payload ends on a terminal: made safe first */
	bool colour;   /* talk may be styled */
	bool quiet;    /* no notices */
	bool verbose;  /* details too */
	/* Lent by screen_init(): what it has gathered is older than what is
	 * said now, and goes first. NULL: none. */
	struct screen *screen;
	/* A large paint was a moment ago: what is live waits, or a flood would
	 * leave no time in which the prompt can be seen. Its front end makes
	 * the turn in which it no longer is. NULL: never. */
	bool (*delayed)(const struct out *);
	/* Not all that was printed is taken yet: who has much more waits, see
	 * call_wait_output(). Its front end makes a turn then, too. NULL:
	 * never. */
	bool (*blocked)(const struct out *);
	/* The reader of stdout has not taken what was printed, and nothing of
	 * it may be lost: a task that prints waits before its next command.
	 * NULL: never. */
	bool (*unread)(const struct out *);
};

/* Foreign bytes for stdout: as they are, or made safe for a terminal. */
void out_payload(struct out *, struct bytes);
/* What a view made, or our own: safe already. */
void out_text(struct out *, const struct text *);
/* Bytes that the user asked to see raw, terminal or not. */
void out_raw(struct out *, struct bytes);
/* One line of talk for people, its newline added; made safe as out_escape(). */
void out_diag_line(struct out *, enum style, const char *line);
/*
 * Appends words of ours that may quote a peer's: nothing in them reaches a
 * terminal that it would obey. Backslashes stand: what had to be escaped is.
 */
void out_escape(struct text *, struct bytes);
/* A command is over: what it printed can be passed on as one. */
void out_end_command(struct out *);
/* Styled talk, newlines in it as they are. */
void out_diag(struct out *, const struct text *);

#endif
