/* SPDX-License-Identifier: ISC */
/*
 * The source of an expression: what can be told of it without compiling it.
 */
#ifndef RUNG_LANG_EXPRESSION_H
#define RUNG_LANG_EXPRESSION_H

#include "rung/bytes.h"

/*
 * What makes a match depend on more than its bytes. A mark may stand in the
 * source as literal text, too: then the expression is only treated with more
 * care than it needs.
 */
struct expression_care {
	bool ahead; /* bytes behind it, or choices that are not tried again when
		     * more come: take nothing that reached the end */
	bool edges; /* \b or \B */
	bool whole; /* where a search begins or ends */
};

struct expression_care expression_care(struct bytes source);
/*
 * Appends it as it can be typed between slashes. What does not print is written
 * as an escape; if a backslash stands before it already, that one is used.
 */
void expression_print(struct bytes source, struct buf *out);

#endif
