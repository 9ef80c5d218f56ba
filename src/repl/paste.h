/* SPDX-License-Identifier: ISC */
/*
 * Bracketed pastes: the terminal marks where they begin and end. Inserting the
 * text is the editor's job.
 */
#ifndef RUNG_REPL_PASTE_H
#define RUNG_REPL_PASTE_H

#include "rung/bytes.h"

struct console;

struct paste {
	struct buf text;
	bool open;
	bool overlong; /* text was dropped, and the rest is dropped as well */
};

void paste_init(struct paste *);
void paste_fini(struct paste *);

/* Makes the terminal mark pastes, or not any more. */
void paste_mark(struct console *, bool on);
/* Takes the mark at the beginning of the keys. Result: false: there is none. */
bool paste_begin(struct paste *, struct buf *keys);
/*
 * Takes what the keys hold of the open paste.
 * Result: true: it has ended, and `text` is what to insert, with newlines and
 *         without NULs; empty if the paste was too long, which was reported.
 */
bool paste_take(struct console *, struct paste *, struct buf *keys);
/* Drops a paste that is open. */
void paste_drop(struct paste *);

#endif
