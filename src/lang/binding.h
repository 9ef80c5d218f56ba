/* SPDX-License-Identifier: ISC */
/*
 * The arguments of a command, cached in its program from the second run on:
 * they are the same each time, except for the values of variables. param.c does
 * the binding.
 */
#ifndef RUNG_LANG_BINDING_H
#define RUNG_LANG_BINDING_H

#include "arena.h"

struct cached_args {
	const struct arg *arg; /* one entry per parameter */
	const struct value *value;
	size_t count; /* number of values */
	bool varies;  /* some values have variables */
};

/* Returns an empty binding in the arena; NULL: no memory. */
struct binding *binding_new(struct arena *);
/* Returns the arguments cached for these parameters, or NULL. The binding may
 * be NULL. */
const struct cached_args *binding_kept(const struct binding *,
				       const struct param *);
/*
 * Caches the args of a command. The first call caches nothing, because most
 * commands run only once.
 */
void binding_keep(struct binding *, const struct args *, unsigned params);

#endif
