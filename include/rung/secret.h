/* SPDX-License-Identifier: ISC */
/*
 * Finds passwords and tokens in what is sent or typed.
 */
#ifndef RUNG_SECRET_H
#define RUNG_SECRET_H

#include "rung/bytes.h"

/* A secret: the bytes of the text from `at` up to `end`. */
struct secret {
	size_t at, end;
};

/* Finds the first secret that begins at `from` or later; `from` is 0 or the
 * `end` of the previous one. A secret is not empty. A call for each secret of a
 * text takes time in proportion to the text's length.
 *
 * Result: false: there is none. */
bool secret_next(struct bytes text, size_t from, struct secret *out);

#endif
