/* SPDX-License-Identifier: ISC */
/*
 * A search over a session's inbox: which of some patterns is found first in
 * what came and was not taken. Who waits for more, and what is told of it, is
 * the commands' job.
 *
 * A stream is searched once, however it is cut: each pattern remembers where
 * its search goes on. Of several, the one that is complete first wins; to find
 * which that is without searching all that is there for each, the window is
 * searched in steps, as if it had come in pieces. Messages are searched one by
 * one.
 */
#ifndef RUNG_SEEK_H
#define RUNG_SEEK_H

#include "rung/match.h"
#include "rung/param.h"
#include "rung/session.h"

/* Patterns that need no memory of their own. */
#define SEARCH_INLINE 4

struct search {
	struct session *from;
	const struct arg *patterns; /* of PARAM_PATTERN, one or more; lent */
	bool next;    /* what comes next must match, nothing before it */
	bool discard; /* let go of what was searched */
	/* Its own: */
	uint64_t begin; /* where in what came all this is counted from */
	unsigned ladder_generation; /* the ladder that it came through */
	size_t searched; /* streams: bytes that all patterns have seen */
	size_t message;  /* else: the message to look at next */
	/* While SEARCH_MORE: */
	bool busy;
	size_t end;     /* offset at which the current step ends */
	size_t pattern; /* index of the pattern that is being searched */
	size_t
	    winner; /* index of an earlier one that was found; else SIZE_MAX */
	uint64_t steps; /* steps of its search so far */
	size_t few[SEARCH_INLINE];
	size_t *many; /* in place of few, where there are more; owned */
};

enum search_result {
	SEARCH_FOUND,
	SEARCH_NOT_YET, /* ask again when more has come */
	SEARCH_MORE, /* ask again in the next turn: not all is searched yet */
	SEARCH_MISMATCH, /* `next`: something else comes next */
	SEARCH_FULL,     /* it is not in the inbox, which holds no more */
	SEARCH_ENDED,    /* it is not there, and nothing will follow */
	SEARCH_FAILED,   /* *e: the pattern's own, or a frame that broke */
};

/* What was found, before it is taken: lent until the inbox changes. */
struct search_hit {
	struct bytes window; /* what was searched: the stream, or its message */
	struct bytes taken;  /* what search_take() takes of it */
	struct match_found found; /* in the window; an end: empty, behind all */
	bool end;                 /* `eof` or `close` */
};

/* `next` and `discard` are false; the caller may set them. The session stays
 * the caller's to pin. */
void search_init(struct search *, struct session *, const struct arg *patterns);
void search_fini(struct search *);
/*
 * Searches what is there now. What others took or cut meanwhile is noticed: it
 * begins again.
 * Result:  FOUND and *out, nothing taken: search_take() does. With `discard`,
 * and of a full stream that was shown as it came, what no pattern needs any
 * more is let go. Limits:  the inbox's.
 */
enum search_result search_run(struct search *, struct search_hit *out,
			      struct err *e);
/* Takes through the match; of messages those before it, and its own whole; at
 * an end all there is. The search is over. */
void search_take(struct search *, const struct search_hit *);
/* A bare `eof` or `close`; quoted they are text like any other. */
bool search_is_end(const struct value *pattern);

#endif
