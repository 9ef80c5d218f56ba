/* SPDX-License-Identifier: ISC */
/*
 * A template while it is read: what the files of its grammar share. Private to
 * these.
 */
#ifndef RUNG_LANG_READER_H
#define RUNG_LANG_READER_H

#include "item.h"

struct reader {
	struct arena *arena;
	struct bytes text; /* a copy */
	size_t pos;
	struct buf items; /* struct item */
	struct buf parts; /* struct part of all items, in their order */
	struct buf bytes; /* constants of all items and parts, in their order */
	size_t *bad;
	struct err *e;
};

/* Result: -1, with the place told. */
int reader_bad(struct reader *, size_t at, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
int reader_bad_as(struct reader *, size_t at); /* *e is filled */
int reader_too_much(struct reader *);

struct bytes reader_rest(const struct reader *);
/* The byte that is next; 0 at the end: the text holds none. */
uint8_t reader_peek(const struct reader *);
void reader_blanks(struct reader *);
/* No part goes on here. */
bool reader_ends(const struct reader *);
/* The letters, digits and _ that stand here; maybe none. */
struct bytes reader_word(struct reader *);
/* Hex digits, or 0x and those. */
bool reader_is_hex(struct bytes word);

/* Keeps the item. Result of the five: 0 or -1. */
int reader_add(struct reader *, const struct item *);
int reader_any(struct reader *, size_t at, uint64_t count);
/* `$name`, or what braces hold. */
int reader_variable(struct reader *, struct bytes *name, const struct brace **);
/* Text in quotes, or a variable: as the item, which may have a name. */
int reader_text(struct reader *, struct item *);
/* Bytes in hex and `??`, with commas or colons between them: as items. */
int reader_hex(struct reader *);

/*
 * Finds what names refer to, and the order in which values are computed.
 * `item` are the template's, to be filled in. Result: 0, or -1 and what is
 * wrong.
 */
int template_resolve(struct reader *, struct template *, struct item *item);

#endif
