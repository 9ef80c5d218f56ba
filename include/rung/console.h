/* SPDX-License-Identifier: ISC */
/*
 * Consoles: a prompt and lines from a person, with text above the half-typed
 * line. One file for each editor. What a line means is not their job.
 */
#ifndef RUNG_CONSOLE_H
#define RUNG_CONSOLE_H

#include "rung/bytes.h"
#include "rung/err.h"

struct console;
struct completions;
struct tty_queue;

struct console_sink {
	/* A line without its newline; lent. A paste of many lines comes as
	 * many calls. */
	void (*line)(struct console *, struct bytes);
	/* Ctrl-D on an empty line, or the end of input. */
	void (*end)(struct console *);
	/* Instead of that: what is no terminal cannot be read. */
	void (*failed)(struct console *, int code);
	/* Ctrl-C. Also called by main's trap. */
	void (*interrupt)(struct console *);
	/* Keys were read. The signals that came before them have their effect
	 * now: the terminal has dropped what was typed before a Ctrl-C. */
	void (*signals)(struct console *);
	void (*complete)(struct console *, struct bytes line, size_t point,
			 struct completions *);
	/* A line was longer than the console takes, and was let go. */
	void (*line_too_long)(struct console *);
};

struct console_ops {
	const char *name; /* "readline", "libedit", "plain" */
	/* `history_file`: what can be recalled from the start; NULL: nothing.
	 */
	int (*start)(struct console *, const char *history_file, struct err *);
	/* fd 0 is readable. */
	void (*readable)(struct console *);
	/* The rest of a key has not come for `wait_ms`. NULL: nothing waits. */
	void (*late)(struct console *);
	/* The prompt is now this. */
	void (*prompt)(struct console *, struct bytes);
	/* Shows text above the half-typed line; it ends in a newline. */
	void (*print_above)(struct console *, struct bytes);
	/* Lets go of the half-typed line. Result: false: it was empty. */
	bool (*discard_line)(struct console *);
	void (*resize)(struct console *);
	/* Before and after the program is stopped (Ctrl-Z) or a child has the
	 * terminal. */
	void (*suspend)(struct console *);
	void (*resume)(struct console *);
	/* From now on this can be recalled: a whole command, newlines in it
	 * included. Writing it to a file is the owner's job. */
	void (*record_line)(struct console *, struct bytes);
	/* Appends the lines of history, oldest first. */
	void (*history)(struct console *, struct buf *out);
	/* Gives the terminal back as it was. */
	void (*stop)(struct console *);
};

struct console {
	const struct console_ops *ops;
	const struct console_sink *sink;
	void *owner; /* the sink's */
	void *state; /* the console's */
	/* Lent: what is drawn goes there. NULL: off a terminal. */
	struct tty_queue *tty_queue;
	int input;        /* descriptor of the keys: see keys_open() */
	unsigned wait_ms; /* time for the rest of a key that has begun; 0: none
			     has */
	bool colour;
	bool hung_up; /* the terminal takes or gives nothing any more */
};

extern const struct console_ops console_plain;
#if defined(RUNG_EDIT_READLINE)
extern const struct console_ops console_gnu;
#elif defined(RUNG_EDIT_LIBEDIT)
extern const struct console_ops console_edit;
#endif

#endif
