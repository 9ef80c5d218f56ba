/* SPDX-License-Identifier: ISC */
/*
 * The names of variables and pieces. Private to lang.
 */
#ifndef RUNG_LANG_VARIABLE_H
#define RUNG_LANG_VARIABLE_H

#include "rung/err.h"

/* Returns true for letters, digits and _. */
bool name_byte(uint8_t c);
/*
 * Reads the name of a `$NAME` without braces; `in` begins after the `$`.
 * Result:  number of bytes read, and *name, which is not empty; -1 and *e
 *          (usage). A name of more than INT_MAX bytes is an error.
 */
int variable_read(struct bytes in, struct bytes *name, struct err *e);

#endif
