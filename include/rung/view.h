/* SPDX-License-Identifier: ISC */
/*
 * Views: bytes to what a person looks at. Stateless: a view says how much it
 * made whole rows of, and the caller keeps the rest. Knows no screens.
 */
#ifndef RUNG_VIEW_H
#define RUNG_VIEW_H

#include "rung/err.h"
#include "rung/log.h"
#include "rung/text.h"

/* What a view makes a row of, for who shows only some of them. */
enum view_row {
	VIEW_LINE,    /* a line of the data */
	VIEW_HEX_ROW, /* 16 bytes */
	VIEW_WHOLE,   /* what it likes: it must see the whole message */
};

struct view_ops {
	const char *name, *brief;
	bool silent;    /* shows nothing of a message, not even its header */
	bool no_header; /* shows a message without a header, and never says that
		      the log kept only its beginning */
	enum view_row row;
	/*
	 * Shows `data`, which begins at `offset` in its direction. Each row
	 * ends in a newline (raw: nothing is added). Result:  how many bytes it
	 * made rows of: all where `final`, else as many as make whole ones (0:
	 * give me more).
	 */
	size_t (*body)(struct bytes data, uint64_t offset, bool final,
		       struct text *out);
};
/* The index, NULL-ended: line text hex raw json off. */
extern const struct view_ops *const view_table[];
const struct view_ops *view_find(struct bytes name);
/* The same for a name that was typed; NULL and *e: there is none, but these.
 */
const struct view_ops *view_parse(struct bytes name, struct err *e);

enum time_mode { TIME_OFF, TIME_REL, TIME_ABS, TIME_DELTA };

/* How messages are headed. */
struct view_style {
	enum time_mode time;
	uint64_t began;    /* ns monotonic: REL counts from here */
	uint64_t previous; /* DELTA: the message shown before; 0: none, from
			      `began` */
	uint64_t wall;     /* ABS: wall minus monotonic */
	size_t rows; /* show at most so many rows (head and tail); 0: all */
	size_t max;  /* show at most so many bytes; 0: all */
};

/*
 * Shows a message with its header: session, direction (`>` sent, `<` received),
 * number, size, time where asked for; then its body, aligned under it. What is
 * not shown is said with its size and how to see it (`show #N`).
 */
void view_message(const struct view_ops *, const struct log_entry *,
		  const struct view_style *, struct text *out);
/* As people read it: `12B`, `4096B`, past 99,999 bytes `256KiB`, `1.5GiB`. */
void view_size(size_t n, struct text *out);
/* `41,212`. */
void view_count(uint64_t n, struct text *out);

/* hex.h's formatter, for errors too: one row of at most 16 bytes as
 * `hexdump -C` prints it, newline included. Appends. */
void view_hex_row(struct bytes row, uint64_t offset, struct text *out);

/*
 * Hex rows of what came where one of `texts` was expected, with a mark under
 * the first byte in which the nearest miss differs from its text. Empty texts
 * are passed over. `begins`: a text had to stand at the start; else one that
 * shares no byte is no miss.
 */
void view_mismatch(struct bytes data, uint64_t offset,
		   const struct bytes *texts, size_t count, bool begins,
		   struct text *out);

#endif
