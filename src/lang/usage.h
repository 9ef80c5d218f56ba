/* SPDX-License-Identifier: ISC */
/*
 * The words of usage errors: what was wrong, what was meant, what is right.
 * Private to the binder.
 */
#ifndef RUNG_LANG_USAGE_H
#define RUNG_LANG_USAGE_H

#include "rung/words.h"

/* Each fills *e; e may be NULL. Result: -1. */
int usage_extra(const struct param *, const struct command *,
		const struct word *, struct err *e);
/* `at`: the letter of joined options that is none; 0: all of the word. */
int usage_unknown(const struct param *, const struct command *,
		  struct bytes option, size_t at, struct err *e);
int usage_missing(const struct param *, const struct command *,
		  const struct param *missing, struct err *e);
int usage_pending(const struct param *, struct err *e);
int usage_choice(const struct param *, struct bytes text, struct err *e);
/* Puts the parameter's name before what *e says. */
int usage_of(const struct param *, struct err *e);

#endif
