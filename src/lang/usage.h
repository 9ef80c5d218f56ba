/* SPDX-License-Identifier: ISC */
/*
 * Usage errors: what is wrong, a suggestion, and the synopsis. Private to the
 * binder.
 */
#ifndef RUNG_LANG_USAGE_H
#define RUNG_LANG_USAGE_H

#include "rung/words.h"

/* Each function fills *e and returns -1; e may be NULL. */
/* `name`: an option or keyword that was not typed bare, or NULL. */
int usage_extra(const struct param *, const struct command *,
		const struct word *, const char *name, struct err *e);
/* `at`: offset of the unknown letter in joined options; 0: the whole word. */
int usage_unknown(const struct param *, const struct command *,
		  struct bytes option, size_t at, struct err *e);
int usage_missing(const struct param *, const struct command *,
		  const struct param *missing, struct err *e);
int usage_pending(const struct param *, struct err *e);
/* Reports an option or keyword that was not typed bare. */
int usage_not_bare(const char *name, struct err *e);
int usage_choice(const struct param *, struct bytes text, struct err *e);
/* Puts the parameter's name before the error in *e. */
int usage_of(const struct param *, struct err *e);

#endif
