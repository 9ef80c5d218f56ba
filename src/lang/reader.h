/* SPDX-License-Identifier: ISC */
/*
 * The state of reading a template. Private to the files of the grammar:
 * template.c, reader.c and template_refs.c.
 */
#ifndef RUNG_LANG_READER_H
#define RUNG_LANG_READER_H

#include "item.h"

struct reader {
	struct arena *arena;
	struct bytes text; /* copy in the arena */
	size_t pos;
	struct buf items; /* array of struct item */
	struct buf parts; /* struct part of all items, in order */
	struct buf bytes; /* constants of all items and parts, in order */
	size_t *bad;
	struct err *e;
};

/* Each of the next three functions reports an error and its position. Result:
 * -1. */
int reader_bad(struct reader *, size_t at, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
int reader_bad_as(struct reader *, size_t at); /* *e is already filled in */
int reader_too_much(struct reader *);

struct bytes reader_rest(const struct reader *);
/* Returns the next byte; 0 at the end: the text contains no NUL. */
uint8_t reader_peek(const struct reader *);
void reader_blanks(struct reader *);
/* Returns true if a part ends at pos. */
bool reader_ends(const struct reader *);
/* Reads letters, digits and _; the result may be empty. */
struct bytes reader_word(struct reader *);
/* Returns true for hex digits, optionally after 0x. */
bool reader_is_hex(struct bytes word);

/* Adds the item. Result, also of the four functions below: 0 or -1. */
int reader_add(struct reader *, const struct item *);
int reader_any(struct reader *, size_t at, uint64_t count);
/* Reads `$name` or `${…}`. */
int reader_variable(struct reader *, struct bytes *name, const struct brace **);
/* Reads quoted text or a variable into the item, which may have a name. */
int reader_text(struct reader *, struct item *);
/* Reads bytes in hex and `??`, with commas or colons between them, as items. */
int reader_hex(struct reader *);

/*
 * Resolves names, and sets the order in which values are computed. `item`:
 * array of the template's items, to be filled in. Result: 0, or -1 with the
 * error.
 */
int template_resolve(struct reader *, struct template *, struct item *item);

#endif
