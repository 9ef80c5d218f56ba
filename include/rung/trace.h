/* SPDX-License-Identifier: ISC */
/*
 * The trace: the units that recently passed between the rungs of all sessions,
 * so that a message can be displayed as a lower rung had it on the wire.
 * Limited in bytes; in memory only. Sessions without rungs are not traced.
 */
#ifndef RUNG_TRACE_H
#define RUNG_TRACE_H

#include "rung/ladder.h"

/* Limit of the bytes kept of one unit. */
#define TRACE_UNIT_MAX ((size_t)64 << 10)
/* Default limit of a trace, in bytes. */
#define TRACE_BYTES ((size_t)4 << 20)

/* How a unit got to the boundary above a rung or above the link. */
struct trace_mark {
	const struct rung_ops *rung; /* NULL: the link */
	const char *link;            /* scheme of the link: "tcp" */
	unsigned session;            /* the id */
	uint16_t serial,
	    below; /* serials of `rung` and of the rung below; 0: link */
	enum dir dir;
	struct span span; /* the unit's, in the stream below the rung */
};

struct trace;
/* Makes a trace, which charges its memory to the budget; the caller owns it. */
struct trace *trace_new(struct budget *, size_t bytes);
void trace_free(struct trace *);
/* Sets the limit; 0: nothing is traced. */
void trace_limit(struct trace *, size_t bytes);
size_t trace_limited(const struct trace *); /* limit in bytes */
size_t trace_memory(const struct trace *);  /* bytes charged to the budget */
/* Returns the mark of the unit that the rung (NULL: the link) passed last. */
struct trace_mark trace_mark(unsigned session, const char *link,
			     const struct rung *, enum dir);
/* Keeps a copy of a unit that crossed the boundary above its mark's rung.
 * `place`: where it lies in the stream at that boundary. */
void trace_put(struct trace *, const struct trace_mark *, struct span place,
	       struct bytes data);

/* Some bytes of the stream below a rung; or of the link. */
struct trace_piece {
	uint64_t offset;
	size_t len;
	struct bytes data; /* lent; shorter than len if the rest is not kept */
};
/*
 * Finds the bytes that carried a message, which passed a rung, as the rung of
 * that name had them on the wire, in order. For a rung, found() receives a
 * piece for each of its units; for the link, one for each read or write.
 * Result:  0, or -1 and *e.
 * Errors:  usage (no such rung was passed), limit (no longer kept).
 */
int trace_find(const struct trace *, const struct trace_mark *message,
	       struct bytes name,
	       void (*found)(void *context, const struct trace_piece *),
	       void *context, struct err *e);

#endif
