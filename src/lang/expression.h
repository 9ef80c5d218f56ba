/* SPDX-License-Identifier: ISC */
/*
 * Properties of an expression, found in its source without compiling it.
 */
#ifndef RUNG_LANG_EXPRESSION_H
#define RUNG_LANG_EXPRESSION_H

#include "rung/bytes.h"

/*
 * Constructs that make a match depend on more than its bytes. If literal text
 * looks like such a construct, the search is only slower.
 */
struct expression_care {
	/* Has lookaheads, or choices that are not tried again when more bytes
	 * arrive: a match that reached the end is not final. */
	bool ahead;
	bool edges; /* has \b or \B */
	bool whole; /* match depends on where the search starts or ends */
};

struct expression_care expression_care(struct bytes source);
/*
 * Appends the source as it can be typed between slashes. An unprintable byte
 * becomes an escape; if a backslash precedes the byte, the escape uses that
 * backslash.
 */
void expression_print(struct bytes source, struct buf *out);

#endif
