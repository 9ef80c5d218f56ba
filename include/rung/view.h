/* SPDX-License-Identifier: ISC */
/*
 * Views format bytes for display. A view keeps no state: body() returns the
 * number of bytes that became complete rows, and the caller keeps the rest.
 */
#ifndef RUNG_VIEW_H
#define RUNG_VIEW_H

#include "rung/err.h"
#include "rung/log.h"
#include "rung/text.h"

/* The data of one row of a view, for a caller that prints only some rows. */
enum view_row {
	VIEW_LINE,    /* a line of the data */
	VIEW_HEX_ROW, /* 16 bytes */
	VIEW_WHOLE,   /* the whole message, because rows have no fixed size */
};

struct view_ops {
	const char *name, *brief;
	bool silent;    /* no output, not even a header */
	bool no_header; /* no header and no note about omitted bytes */
	bool by_type;   /* a message with a head: its body by its media type */
	enum view_row row;
	/*
	 * Formats `data`, which begins at `offset` in its direction. Each row
	 * ends with a newline, except in the view `raw`. Result: number of
	 * bytes formatted: all if `final`, else those of complete rows (0: more
	 * data is needed).
	 */
	size_t (*body)(struct bytes data, uint64_t offset, bool final,
		       struct text *out);
};
/* All views, NULL-terminated: line text hex raw json off. */
extern const struct view_ops *const view_table[];
const struct view_ops *view_find(struct bytes name);
/* Finds a view by its name. Result: NULL and *e: there is none. */
const struct view_ops *view_parse(struct bytes name, struct err *e);

enum time_mode { TIME_OFF, TIME_REL, TIME_ABS, TIME_DELTA };

/* How to print a message: the time in its header, and the limits of its body.
 */
struct view_style {
	enum time_mode time;
	uint64_t began;    /* REL: start time, ns monotonic */
	uint64_t previous; /* DELTA: time of the last message; 0: `began` */
	uint64_t wall;     /* ABS: wall clock minus monotonic */
	size_t rows; /* limit of rows (start and end are displayed); 0: none */
	size_t max;  /* limit of bytes; 0: none */
};

/*
 * Prints a message. The header has the session, the direction (`>` sent, `<`
 * received), the number, the size, and the time if requested; the body is
 * aligned under the header. If data is omitted, a note gives its size and the
 * command that displays all of it (`show #N`).
 */
void view_message(const struct view_ops *, const struct log_entry *,
		  const struct view_style *, struct text *out);
/* Prints a size: `12B`, `4096B`, above 99999 bytes `256KiB`, `1.5GiB`. */
void view_size(size_t n, struct text *out);

/* Appends one row of at most 16 bytes as `hexdump -C` prints it, with a
 * newline; for error reports. */
void view_hex_row(struct bytes row, uint64_t offset, struct text *out);

/*
 * Prints hex rows of the data received, with a mark under one byte and the byte
 * that was expected there.
 * `mark`:     offset of the byte; data.len: a mark after the data; more: no
 *             mark.
 * `expected`: -1: not known.
 */
void view_mismatch(struct bytes data, uint64_t offset, size_t mark,
		   int expected, struct text *out);

#endif
