/* SPDX-License-Identifier: ISC */
/*
 * The memory of bound arguments. Private to the binder.
 */
#ifndef RUNG_LANG_ARGS_H
#define RUNG_LANG_ARGS_H

#include "rung/param.h"

/* Removes all values; keeps the memory. */
void args_clear(struct args *);
/* Makes room for `count` values. Result: false: no memory. */
bool args_reserve(struct args *, size_t count);
/*
 * Inserts a value after those of its parameter and of the parameters before it
 * in the table. `again`: replaces the option's last value instead, if there is
 * one. Result: NULL: no memory.
 */
struct value *args_insert(struct args *, unsigned param, bool again);
/*
 * Marks the value's text as being in the store. The store moves as it grows, so
 * until all words are bound the text has no address, and v->number holds its
 * offset.
 */
void args_in_store(struct args *, struct value *, size_t from);
/* Gives the texts in the store their addresses. */
void args_point_texts(struct args *);
/* Returns the value's text, also while the store grows. */
struct bytes args_text_now(const struct args *, const struct value *);
/* Returns the current text of the last value bound for the parameter. */
struct bytes args_last_text(const struct args *, unsigned param);

#endif
