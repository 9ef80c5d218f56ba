/* SPDX-License-Identifier: ISC */
/*
 * The forms of numbers in bytes: u16be, i32le, f64be, varint... both ways. In
 * which place of what they stand is not their business. Private to lang.
 */
#ifndef RUNG_LANG_FORM_H
#define RUNG_LANG_FORM_H

#include "rung/err.h"

enum form_kind { FORM_UNSIGNED, FORM_SIGNED, FORM_FLOAT, FORM_VARINT };

struct form {
	const char *name;
	enum form_kind kind;
	unsigned width; /* bytes; a varint's 0: it has its own length */
	bool little;
};

enum {
	FORM_BYTES_MAX = 10, /* a varint of 64 bits */
	FORM_TEXT_MAX = 32,  /* what form_print() writes, its NUL included */
};

/* Result: NULL: no such form. */
const struct form *form_find(struct bytes name);
/* The form that a misspelt name may have meant, or NULL. */
const char *form_nearest(struct bytes name);
/*
 * A number as people write it: decimal, 0x…, negative; of a float also 1.5e3,
 * inf, nan.
 * Result:  0 and *bits, as they stand in the form; -1 and *e (usage: no number;
 *          out of range, with the range).
 */
int form_read(const struct form *, struct bytes text, uint64_t *bits,
	      struct err *e);
/* A count, of a form that is no float. As above. */
int form_count(const struct form *, uint64_t count, uint64_t *bits,
	       struct err *e);
/* Result: how many bytes were written. */
size_t form_put(const struct form *, uint64_t bits,
		uint8_t out[FORM_BYTES_MAX]);
/* Result: how many bytes it took; 0: more are needed; -1: none can be it. */
int form_get(const struct form *, struct bytes in, uint64_t *bits);
/* As form_read() reads it back; a float in as few digits as that takes. */
void form_print(const struct form *, uint64_t bits, char out[FORM_TEXT_MAX]);
/* The number as a length. Result: false: it is negative. */
bool form_length(const struct form *, uint64_t bits, uint64_t *out);

#endif
