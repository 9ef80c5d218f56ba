/* SPDX-License-Identifier: ISC */
/*
 * The chronicle: which sessions there were, what they were asked to be and how
 * they ended, in order with the log's messages. What is made of that is not its
 * job.
 */
#ifndef RUNG_CHRONICLE_H
#define RUNG_CHRONICLE_H

#include "rung/hub.h"

/* Kept at most; the oldest go. */
#define JOURNAL_MAX ((size_t)4096)

enum journal_kind {
	JOURNAL_CREATED,
	JOURNAL_LISTENING, /* text: where a client reaches it */
	JOURNAL_FRAME,   /* text: its frame from here on, as words; "": none */
	JOURNAL_SHUT_WR, /* we have closed our side */
	JOURNAL_EOF,     /* the peer has closed its side */
	JOURNAL_CLOSED,
};

struct journal_entry { /* lent until the next turn */
	enum journal_kind kind;
	unsigned id; /* the session's */
	char session[SESSION_NAME_MAX];
	char *text;       /* BORN: the address that was asked for, a peer's
			     listener; else see above. NUL ended */
	size_t text_len;  /* an address may have NULs of its own */
	uint64_t after;   /* messages there were before it */
	enum role role;   /* BORN */
	bool stream;      /* BORN: it has no messages of its own */
	bool echo, once;  /* BORN */
	enum cause cause; /* CLOSED */
	unsigned ladder_generation; /* CUT: the session's, then */
	bool opened;                /* CLOSED: it was open */
};

struct journal;
/* Hears the hub until journal_free(). */
struct journal *journal_new(struct hub *);
void journal_free(struct journal *);
/* Result: NULL behind the last; 0 is the oldest that is kept. */
const struct journal_entry *journal_get(const struct journal *, size_t n);
/* Some are no longer kept. */
bool journal_is_truncated(const struct journal *);

#endif
