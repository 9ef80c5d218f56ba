/* SPDX-License-Identifier: ISC */
/*
 * The REPL's parts among themselves: what is told (told.c), what is typed
 * (typed.c), its turn and its signals (repl.c).
 */
#ifndef RUNG_REPL_OWN_H
#define RUNG_REPL_OWN_H

#include "history_file.h"
#include "intake.h"
#include "rung/console.h"
#include "rung/repl.h"
#include "rung/source.h"
#include "tty_queue.h"

/* Gathered this much, a paint does not wait for the end of the turn. */
#define PAINT_MAX ((size_t)1 << 20)
/* While nothing can be painted, so much is kept. */
#define HOLD_MAX ((size_t)16 << 20)

enum { TRAPS_MAX = 8 };

struct caught {
	struct trap trap;
	struct repl *repl;
};

struct repl {
	struct out out;
	struct shell *shell;
	struct console console;
	struct intake intake;
	struct source rc; /* the user's rc file, until it is read */
	struct history_file history;
	struct watch input, output;
	struct tty_queue tty_queue; /* what was painted and is not yet taken */
	short got;                  /* what the watch was told */
	struct hook next, show;
	struct caught caught[TRAPS_MAX];
	int trapped;
	struct buf text;    /* for the screen */
	struct buf prompt;  /* as it is shown */
	struct buf command; /* the lines of the one that is being typed */
	struct buf newest;  /* of the history */
	uint64_t unshown;   /* bytes let go while nothing could be painted */
	struct timer pace;  /* armed: painted much, a moment ago */
	struct timer rest;  /* armed: a key has begun, and its rest may come */
	uint64_t painting;  /* since when much is on its way; 0: nothing is */
	bool editing;       /* an editor has, or will have, the terminal */
	bool prompting;     /* on a terminal: there is a prompt */
	bool diag_open;     /* the console has started */
	bool typing;        /* the console is at work: no time to paint */
	bool away;          /* a child has the terminal */
	bool held;          /* it takes no more for now, or is stopped */
	bool tty_blocked;   /* held, and waited for in vain */
	bool stale;         /* the prompt may have changed */
	bool idle;          /* as the watch was last told */
	bool interrupted;   /* a signal came while a pipe took nothing */
	bool undelivered;   /* the same of stderr */
	bool over;          /* no more lines will come */
	int status;         /* to end with then */
	bool hinted, history_failed, started;
	/* Size of the screen that the console draws for. */
	unsigned columns, rows;
};

/* ---- told.c ---- */

extern const struct out_ops paint_ops;
bool paint_delayed(const struct out *);
bool paint_full(const struct out *);

/* Nobody is there any more. */
void paint_hang_up(struct repl *, int status);
/* Whether the terminal is held: then nothing is painted or read until it takes
 * bytes again. What was typed is echoed, and would grow in the queue. */
bool paint_hold(struct repl *);
/* It takes bytes again, or is made to. */
void paint_discard(struct repl *);
void paint_release(struct repl *);
/* Paints what is gathered; `all`: also a last line that has no end. */
void paint_rows(struct repl *, bool all);
/* The same before somebody else has the terminal, or nobody: held or not. */
void paint_last(struct repl *);
/* Gives the terminal what was painted, as much of it as it takes. */
void paint_flush(struct repl *);
void paint_notice(struct repl *, const char *line);
/* Says what could not be kept for a paint. */
void paint_unshown(struct repl *);
void paint_prompt(struct repl *);
/* Compares the terminal's size with the size that the console draws for, and
 * redraws if they differ. SIGWINCH may be handled after keys or text that came
 * later. */
void repl_sync_size(struct repl *);
/* Redraws the half-typed line, which the terminal may have wrapped anew. */
void repl_resized(struct repl *);

/* ---- typed.c ---- */

extern const struct console_sink typed_sink;

void typed_interrupt(struct repl *);

#endif
