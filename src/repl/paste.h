/* SPDX-License-Identifier: ISC */
/*
 * Bracketed pastes: the terminal marks their beginning and end. The console
 * files insert the text.
 */
#ifndef RUNG_REPL_PASTE_H
#define RUNG_REPL_PASTE_H

#include "rung/bytes.h"

struct console;

struct paste {
	struct buf text;
	bool open;
	bool overlong; /* the paste is too long: discard it */
};

void paste_init(struct paste *);
void paste_fini(struct paste *);

/* Turns bracketed paste on or off. */
void paste_mark(struct console *, bool on);
/* Consumes the start mark at the beginning of the keys. Returns false if there
 * is none. */
bool paste_begin(struct paste *, struct buf *keys);
/*
 * Moves keys to the open paste. Returns true if the paste has ended: `text` is
 * then the text to insert, with newlines and without NULs. If the paste was too
 * long, `text` is empty, and a notice was printed.
 */
bool paste_take(struct console *, struct paste *, struct buf *keys);
/* Discards an open paste. */
void paste_drop(struct paste *);

#endif
