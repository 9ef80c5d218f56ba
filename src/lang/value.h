/* SPDX-License-Identifier: ISC */
/*
 * The last step of binding. Private to this room.
 */
#ifndef RUNG_LANG_VALUE_H
#define RUNG_LANG_VALUE_H

#include "rung/param.h"

/* Fills in what the parameter's kind asks of a value whose text is there.
 * Result: 0, or -1 and *e (usage). */
int value_read(const struct param *, struct value *, struct err *e);

#endif
