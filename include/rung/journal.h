/* SPDX-License-Identifier: ISC */
/*
 * The journal records session events (creation, listening, rungs, line endings,
 * ends) for `log --script`, and their place among the messages of the log.
 */
#ifndef RUNG_JOURNAL_H
#define RUNG_JOURNAL_H

#include "rung/hub.h"

/* Limit of entries; the oldest are dropped. */
#define JOURNAL_MAX ((size_t)4096)

enum journal_kind {
	JOURNAL_CREATED,
	JOURNAL_LISTENING, /* text: the address for clients */
	JOURNAL_LADDER,    /* rungs or line ending changed. text: a command for
			      each rung, one a line; of a listener: of its new
			      peers' rungs */
	JOURNAL_SHUT_WR,   /* sending side shut down */
	JOURNAL_EOF,       /* peer sent FIN */
	JOURNAL_CLOSED,
};

struct journal_entry { /* lent until the next turn */
	enum journal_kind kind;
	unsigned id;       /* id of the session */
	unsigned log_id;   /* the session's; see struct log_entry */
	unsigned listener; /* CREATED: log_id of a peer's listener; 0: none */
	char session[SESSION_NAME_MAX];
	char *text; /* ends with NUL; CREATED: requested address, or a peer's
		       listener; LISTENING, LADDER: see above */
	size_t text_len;  /* an address may contain NUL */
	char *options;    /* CREATED: options of `connect` as typed, or NULL */
	char *eol;        /* LADDER: line ending as typed, or NULL */
	uint64_t after;   /* number of messages before this entry */
	enum role role;   /* CREATED */
	bool stream;      /* CREATED, LADDER: without message boundaries */
	bool echo, once;  /* CREATED */
	enum cause cause; /* CLOSED */
	size_t partial;  /* LADDER: bytes of the messages before this entry that
			    begin a message of the new top rung */
	bool framed_eol; /* LADDER: the rungs have set the line ending */
	bool opened;     /* CLOSED: the session had been open */
};

struct journal;
/* Makes a journal, which records the hub's events until journal_free(). The
 * caller owns it. */
struct journal *journal_new(struct hub *);
void journal_free(struct journal *);
/* Returns the nth entry (0: the oldest kept); NULL if n is past the last. */
const struct journal_entry *journal_get(const struct journal *, size_t n);
/* Returns true if old entries were dropped. */
bool journal_is_truncated(const struct journal *);

#endif
