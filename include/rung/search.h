/* SPDX-License-Identifier: ISC */
/*
 * Searches a session's inbox for the first match of several patterns. The
 * commands wait for more data and report the result.
 *
 * A stream is searched only once, however its data arrives, because each
 * pattern has a position at which its search continues. The pattern whose match
 * ends first wins. Several patterns search the stream in steps: a match near
 * the front ends the search before the other patterns have searched everything.
 * Messages are searched one by one.
 */
#ifndef RUNG_SEARCH_H
#define RUNG_SEARCH_H

#include "rung/match.h"
#include "rung/param.h"
#include "rung/session.h"
#include "rung/text.h"

/* Number of patterns up to which a search allocates nothing. */
#define SEARCH_INLINE 4

struct search {
	struct session *from;
	/* PARAM_PATTERN; lent. Without patterns and kind, any data matches. */
	const struct arg *patterns;
	bool next;                    /* the start of the data must match */
	bool discard;                 /* searched data is discarded */
	const struct unit_kind *kind; /* NULL: messages of any kind */
	struct bytes name; /* attribute `name` of the units; .at NULL: any */
	size_t wanted; /* number of patterns, without those of search_exclude()
			*/
	/* After FOUND: the index of the pattern that matched, and whether that
	 * is one of search_exclude(). */
	size_t matched;
	bool excluded;
	/* Private: */
	struct arg rest; /* the patterns after the kind and the name, and those
			    of search_exclude() */
	struct value *all; /* the values of `rest` after search_exclude();
			      owned */
	uint64_t control;  /* number of the next control unit to search */
	uint64_t begin;    /* stream offset of the inbox's front */
	unsigned ladder_generation; /* if changed, the search restarts */
	size_t searched; /* streams: number of bytes that all patterns have
			    searched */
	size_t message;  /* messages: index of the next message to search */
	/* Valid while the result is SEARCH_MORE: */
	bool busy;
	size_t end;     /* offset where the current step ends */
	bool partial;   /* `next`: a pattern before `pattern` may match */
	bool ended;     /* `next`: no data follows the first `end` bytes */
	size_t pattern; /* index of the pattern in progress */
	size_t winner;  /* index of an earlier match, or SIZE_MAX */
	struct match_steps steps; /* taken for the pattern in progress */
	size_t few[SEARCH_INLINE];
	size_t *many; /* used instead of `few` for more patterns; owned */
};

enum search_result {
	SEARCH_FOUND,
	SEARCH_NOT_YET,  /* call again after more data has arrived */
	SEARCH_MORE,     /* call again in the next turn */
	SEARCH_MISMATCH, /* `next`: the start of the data does not match */
	SEARCH_FULL,     /* no match, and the inbox is full */
	SEARCH_ENDED,    /* no match, and no more data will follow */
	SEARCH_FAILED,   /* *e: a pattern is too costly, or a frame error */
};

/* A match that is not consumed yet; lent until the inbox changes. */
struct search_hit {
	struct bytes window;      /* data searched: the stream, or a message */
	struct bytes taken;       /* data that search_take() consumes */
	struct origin origin;     /* the message that matched */
	struct match_found found; /* offsets in the window; `eof`: the end */
	bool end;                 /* `eof` or `close` matched */
	bool control;             /* a control unit matched */
};

/* Starts a search. `left`: as in match_steps, lent. The caller may set `next`
 * and `discard`, which are false at first, and keeps the session pinned. */
void search_init(struct search *, struct session *, const struct arg *patterns,
		 uint64_t *left);
/*
 * Limits the search to units of a kind, if the first pattern is a kind typed
 * bare (`ws.ping`). If units of that kind have names, a literal after the kind
 * is the name. Without further patterns any such unit matches. Call before the
 * first search_run(). `table`: see session_find_kind().
 * Result:  0; -1 and *e: the rung has no such kind.
 */
int search_filter(struct search *, const struct rung_ops *const *table,
		  struct err *e);
/* Adds patterns that end the search, too: if one of them matches first, the
 * result is FOUND and `excluded` is set. Call after search_filter(). */
void search_exclude(struct search *, const struct arg *patterns);
void search_fini(struct search *);
/*
 * Searches the data that has arrived. Starts from the beginning if another
 * command has consumed data or the ladder has changed.
 * Result:  FOUND and *out; search_take() consumes the match. Otherwise discards
 *          data that no pattern needs any more, if `discard` is set or the
 *          inbox of a live session is full.
 */
enum search_result search_run(struct search *, struct search_hit *out,
			      struct err *e);
/* Consumes the data up to the end of the match, the messages or control units
 * up to and including the one that matched, or, for `eof` and `close`, all
 * data. The search is over. */
void search_take(struct search *, const struct search_hit *);
/* Returns true if the search is for units of this kind, with these attributes.
 */
bool search_wants(const struct search *, const struct unit_kind *,
		  const struct attrs *);
/* Returns true if the pattern is an unquoted `eof` or `close`; in quotes these
 * words are text. */
bool search_is_end(const struct value *pattern);
/* Appends a pattern of a search as a user would type it. */
void search_print_pattern(const struct value *pattern, struct buf *out);
/*
 * Prints a report on a search that failed: `wanted` and the data received, as
 * hex rows of at most 256 bytes.
 * `explains`: prints why the data does not match, too: a mark under the first
 *             byte that differs, and the part of each template that failed.
 */
void search_report(const struct search *, const char *wanted, bool explains,
		   struct text *out);

#endif
