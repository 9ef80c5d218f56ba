/* SPDX-License-Identifier: ISC */
/*
 * Consoles prompt a person for lines, and print text above the line being
 * typed. Each line editor has its own file; repl/input.c handles the lines.
 */
#ifndef RUNG_CONSOLE_H
#define RUNG_CONSOLE_H

#include "rung/bytes.h"
#include "rung/err.h"

struct console;
struct completions;
struct tty_queue;

struct console_sink {
	/* Passes a line without its newline; lent. A paste of several lines
	 * leads to several calls. */
	void (*line)(struct console *, struct bytes);
	/* Called for Ctrl-D on an empty line and at the end of input. */
	void (*end)(struct console *);
	/* Called instead of end() if fd 0 is not a terminal and reading it
	 * fails. `code`: an errno. */
	void (*failed)(struct console *, int code);
	/* Called after each read of keys, before the keys are handled; handles
	 * pending signals. At Ctrl-C, the terminal has already discarded older
	 * input. */
	void (*signals)(struct console *);
	void (*complete)(struct console *, struct bytes line, size_t point,
			 struct completions *);
	/* Called after a line over the console's limit was discarded. */
	void (*line_too_long)(struct console *);
};

struct console_ops {
	const char *name; /* "readline", "libedit", "plain" */
	/* Starts the editor. `history`: text of the history file, to recall. */
	int (*start)(struct console *, struct bytes history, struct err *);
	/* Called when fd 0 is readable: reads keys. */
	void (*readable)(struct console *);
	/* Called if the rest of a multi-byte key did not arrive within
	 * `wait_ms`. NULL: never needed. */
	void (*late)(struct console *);
	void (*prompt)(struct console *, struct bytes);
	/* Prints text, which ends in a newline, above the line being typed. */
	void (*print_above)(struct console *, struct bytes);
	/* Returns true if a part of a line is typed, or if the terminal edits
	 * the line and not this console. */
	bool (*is_typing)(const struct console *);
	/* Discards the line being typed. Returns false if the line was empty,
	 * or if the terminal edits the line and not this console. */
	bool (*discard_line)(struct console *);
	void (*resize)(struct console *);
	/* Restores the terminal, before the program stops (Ctrl-Z) or a child
	 * uses the terminal; resume() takes the terminal back. */
	void (*suspend)(struct console *);
	void (*resume)(struct console *);
	/* Selects what is recalled and recorded next: lines of `talk`, or
	 * commands, as at the start. Called between two lines only. */
	void (*recall_talk)(struct console *, bool talk);
	/* Adds a line for recall: a line of `talk`, or a whole command, which
	 * may contain newlines. The caller writes the history file. */
	void (*record_line)(struct console *, struct bytes);
	/* Appends the history of commands, oldest line first. */
	void (*history)(struct console *, struct buf *out);
	/* Restores the terminal. */
	void (*stop)(struct console *);
};

struct console {
	const struct console_ops *ops;
	const struct console_sink *sink;
	void *owner; /* context of `sink` */
	void *state; /* private to the console */
	/* Queue of all output to the terminal; lent. NULL: no terminal. */
	struct tty_queue *tty_queue;
	int input; /* descriptor from which keys are read: see keys_open() */
	unsigned wait_ms; /* time for the rest of a partial key; 0: none */
	bool colour;
	bool hung_up; /* reading or writing the terminal failed */
};

extern const struct console_ops console_plain;
#if defined(RUNG_EDIT_READLINE)
extern const struct console_ops console_readline;
#elif defined(RUNG_EDIT_LIBEDIT)
extern const struct console_ops console_libedit;
#endif

#endif
