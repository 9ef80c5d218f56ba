/* SPDX-License-Identifier: ISC */
/*
 * Searches a session's inbox for the first of several patterns. The commands
 * wait for more data and report the result.
 *
 * A stream is searched only once, however its data arrives: each pattern
 * remembers where to continue. The pattern whose match ends first wins. The
 * window is searched in steps, so that finding the winner does not need a full
 * search for each pattern. Messages are searched one by one.
 */
#ifndef RUNG_SEARCH_H
#define RUNG_SEARCH_H

#include "rung/match.h"
#include "rung/param.h"
#include "rung/session.h"

/* A search with at most this many patterns allocates nothing. */
#define SEARCH_INLINE 4

struct search {
	struct session *from;
	const struct arg *patterns; /* PARAM_PATTERN, one or more; lent */
	bool next;                  /* match only at the start of the data */
	bool discard;               /* discard searched data */
	/* Private: */
	uint64_t begin;             /* stream offset of the inbox's front */
	unsigned ladder_generation; /* restart if it changed */
	size_t searched; /* streams: bytes that every pattern has searched */
	size_t message;  /* messages: index of the next one to search */
	/* While the result is SEARCH_MORE: */
	bool busy;
	size_t end;     /* offset where the current step ends */
	size_t pattern; /* index of the pattern in progress */
	size_t winner;  /* index of an earlier match, or SIZE_MAX */
	uint64_t steps; /* steps of the pattern in progress so far */
	size_t few[SEARCH_INLINE];
	size_t *many; /* replaces `few` if there are more patterns; owned */
};

enum search_result {
	SEARCH_FOUND,
	SEARCH_NOT_YET,  /* call again after more data has arrived */
	SEARCH_MORE,     /* call again in the next turn */
	SEARCH_MISMATCH, /* `next`: the next data does not match */
	SEARCH_FULL,     /* no match, and the inbox is full */
	SEARCH_ENDED,    /* no match, and no more data will follow */
	SEARCH_FAILED,   /* *e: error of a pattern, or a frame error */
};

/* A match that is not consumed yet; lent until the inbox changes. */
struct search_hit {
	struct bytes window;      /* data searched: the stream, or a message */
	struct bytes taken;       /* data that search_take() consumes */
	struct match_found found; /* offsets in the window; of `eof`: its end */
	bool end;                 /* `eof` or `close` matched */
};

/* Starts a search. The caller may set `next` and `discard`, which are false at
 * first, and keeps the session pinned. */
void search_init(struct search *, struct session *, const struct arg *patterns);
void search_fini(struct search *);
/*
 * Searches the data that has arrived. Starts from the beginning if other code
 * has consumed data or changed the ladder.
 * Result:  FOUND and *out; search_take() consumes the match. Discards data that
 *          no pattern needs any more if `discard` is set, or if a live
 *          session's inbox is full.
 * Limits:  the inbox's.
 */
enum search_result search_run(struct search *, struct search_hit *out,
			      struct err *e);
/* Consumes the data up to the end of the match, or whole messages up to the one
 * that matched; at `eof` or `close` everything. The search is over. */
void search_take(struct search *, const struct search_hit *);
/* Returns true for an unquoted `eof` or `close`; quoted, they are text. */
bool search_is_end(const struct value *pattern);

#endif
