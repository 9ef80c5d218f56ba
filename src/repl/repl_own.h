/* SPDX-License-Identifier: ISC */
/*
 * Types and functions that the files of the REPL share. paint.c has the output,
 * input.c the input, and repl.c the turns of the loop and the signals.
 */
#ifndef RUNG_REPL_OWN_H
#define RUNG_REPL_OWN_H

#include "history_work.h"
#include "intake.h"
#include "prompt_rate.h"
#include "rung/console.h"
#include "rung/repl.h"
#include "rung/source.h"
#include "streams.h"
#include "tty_queue.h"

/* Number of gathered bytes at which a paint starts before the end of the turn.
 */
#define PAINT_MAX ((size_t)1 << 20)
/* Limit of output kept while the terminal is held. */
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
	struct source rc; /* the user's rc file, until read */
	struct history history;
	struct watch input, output;
	struct tty_queue tty_queue; /* painted, not yet written */
	struct streams streams;     /* stdout if there is no prompt; stderr */
	short got;                  /* events of `input`, not yet handled */
	struct hook next, show;
	struct prompt_rate rate;
	struct caught caught[TRAPS_MAX];
	int trapped;
	struct buf text;    /* output not yet painted */
	struct buf prompt;  /* prompt as last drawn */
	struct buf command; /* lines of the command being typed */
	struct buf newest;  /* newest history entry */
	uint64_t unshown;   /* bytes discarded because `text` was full */
	struct timer pace;  /* armed: pause after a large paint */
	struct timer rest;  /* armed: waits for the rest of a key */
	uint64_t painting; /* start time of an unwritten large paint; 0: none */
	bool editing;      /* an editor uses, or will use, the terminal */
	bool prompting;    /* fd 0 and fd 1 are a terminal */
	bool console_started; /* started, not yet stopped */
	bool typing;          /* the console handles keys; no paint now */
	bool away;            /* a child has the terminal */
	bool held;            /* the terminal is stopped or full */
	bool tty_blocked;     /* output is held, and the wait for the terminal
				 failed */
	bool stale;           /* the prompt may have changed */
	bool idle;            /* the shell was idle in the last turn */
	bool over;            /* end of input */
	int status;           /* exit code after the end of input */
	bool open_noted;      /* input_note_open() has printed its notice */
	bool recalls_talk;    /* the console recalls lines of `talk` */
	bool hinted, history_failed, started;
	/* Size of the screen that the console draws for. */
	unsigned columns, rows;
};

/* ---- paint.c ---- */

extern const struct out_ops paint_ops;
bool paint_delayed(const struct out *);
bool paint_blocked(const struct out *);
bool paint_unread(const struct out *);
/* Sets up the streams; repl_start() starts them. */
void paint_init(struct repl *);

/* Ends the shell with the given status, because the terminal hung up or stdout
 * failed. */
void paint_hang_up(struct repl *, int status);
/* Returns true if the terminal is held because it accepts no output. A held
 * terminal is neither painted nor read: the keys would be echoed into the
 * queue. */
bool paint_hold(struct repl *);
/* Ends the hold, because the terminal accepts output again or was resumed. */
void paint_resume(struct repl *);
void paint_release(struct repl *);
/* Paints the gathered output; `all`: including an incomplete last line. */
void paint_rows(struct repl *, bool all);
/* Paints all gathered output before a child uses the terminal or the program
 * ends, even if the terminal is held. */
void paint_last(struct repl *);
/* Writes as much painted output as the terminal accepts. */
void paint_flush(struct repl *);
void paint_notice(struct repl *, const char *line);
/* Prints how many bytes of output were discarded. */
void paint_unshown(struct repl *);
void paint_prompt(struct repl *);
/* Compares the terminal's size with the size that the console draws for, and
 * redraws if they differ. Keys or text that came after SIGWINCH may be handled
 * before the signal, so waiting for SIGWINCH is not enough. */
void repl_sync_size(struct repl *);
/* Redraws the half-typed line, which the terminal may have rewrapped. */
void repl_resized(struct repl *);

/* ---- input.c ---- */

extern const struct console_sink input_sink;

void input_interrupt(struct repl *);
/* Prints where the open quote or `<` of a command begins, once, after the
 * command has three lines. */
void input_note_open(struct repl *);
/* Makes the console recall lines of `talk` if the next line is one, else
 * commands. The line being typed must be empty. */
void input_sync_recall(struct repl *);

#endif
