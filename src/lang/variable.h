/* SPDX-License-Identifier: ISC */
/*
 * How variables and pieces are named. What they are worth is others' business.
 * Private to lang.
 */
#ifndef RUNG_LANG_VARIABLE_H
#define RUNG_LANG_VARIABLE_H

#include "rung/err.h"

/* Letters, digits and _. */
bool name_byte(uint8_t c);
/*
 * Reads the name behind a `$` without braces; `in` begins behind the `$`.
 * Result:  how many bytes of it that took, and *name, which is not empty; -1
 *          and *e (usage). A name of more than INT_MAX bytes is refused.
 */
int variable_read(struct bytes in, struct bytes *name, struct err *e);

#endif
