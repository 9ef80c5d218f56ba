/* SPDX-License-Identifier: ISC */
/*
 * The encodings of numbers: u16be, i32le, f64be, varint... Private to lang.
 */
#ifndef RUNG_LANG_FORM_H
#define RUNG_LANG_FORM_H

#include "rung/err.h"

enum form_kind { FORM_UNSIGNED, FORM_SIGNED, FORM_FLOAT, FORM_VARINT };

struct form {
	const char *name;
	enum form_kind kind;
	unsigned width; /* bytes; 0: a varint, whose length varies */
	bool little;
};

enum {
	FORM_BYTES_MAX = 10, /* a varint of 64 bits */
	FORM_TEXT_MAX = 32,  /* size of form_print()'s text, with the NUL */
};

/* Returns the form with this name, or NULL. */
const struct form *form_find(struct bytes name);
/* Returns the name of the form that a misspelt name may mean, or NULL. */
const char *form_nearest(struct bytes name);
/*
 * Reads a number as typed: decimal or 0x…, also negative; for a float: decimal,
 * 1.5e3, inf or nan.
 * Result:  0 and *bits, encoded for the form; -1 and *e (usage: no number; out
 *          of range, with the range).
 */
int form_read(const struct form *, struct bytes text, uint64_t *bits,
	      struct err *e);
/* Encodes a count; the form must not be a float. Result: as form_read(). */
int form_count(const struct form *, uint64_t count, uint64_t *bits,
	       struct err *e);
/* Writes an encoded number. Result: number of bytes written. */
size_t form_put(const struct form *, uint64_t bits,
		uint8_t out[FORM_BYTES_MAX]);
/* Reads an encoded number. Result: number of bytes read; 0: more bytes are
 * needed; -1: malformed. */
int form_get(const struct form *, struct bytes in, uint64_t *bits);
/* Prints a number that form_read() reads back; a float with as few digits as
 * possible. */
void form_print(const struct form *, uint64_t bits, char out[FORM_TEXT_MAX]);
/* Converts the number to a length. Result: false: negative. */
bool form_length(const struct form *, uint64_t bits, uint64_t *out);

#endif
