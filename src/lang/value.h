/* SPDX-License-Identifier: ISC */
/*
 * Reads bound values, the last step of binding. Private to lang.
 */
#ifndef RUNG_LANG_VALUE_H
#define RUNG_LANG_VALUE_H

#include "rung/param.h"

/*
 * Reads a value's text and fills in the fields of its parameter's kind.
 * Result: 0, or -1 and *e (usage).
 */
int value_read(const struct param *, struct value *, struct err *e);

#endif
