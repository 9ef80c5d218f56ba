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
#define CHRONICLE_MAX ((size_t)4096)

enum deed_kind {
	DEED_BORN,
	DEED_LISTENS, /* text: where a client reaches it */
	DEED_CUT,     /* text: its frame from here on, as words; "": none */
	DEED_ENDS,    /* we have closed our side */
	DEED_EOF,     /* the peer has closed its side */
	DEED_CLOSED,
};

struct deed { /* lent until the next turn */
	enum deed_kind kind;
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
	unsigned climbs;  /* CUT: the session's, then */
	bool opened;      /* CLOSED: it was open */
};

struct chronicle;
/* Hears the hub until chronicle_free(). */
struct chronicle *chronicle_new(struct hub *);
void chronicle_free(struct chronicle *);
/* Result: NULL behind the last; 0 is the oldest that is kept. */
const struct deed *chronicle_deed(const struct chronicle *, size_t n);
/* Some are no longer kept. */
bool chronicle_forgot(const struct chronicle *);

#endif
