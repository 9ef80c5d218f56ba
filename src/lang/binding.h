/* SPDX-License-Identifier: ISC */
/*
 * What a command is bound to, the same each time it runs but for the values of
 * its variables: kept in its program from the second time on. Binding is
 * param.c's.
 */
#ifndef RUNG_LANG_BINDING_H
#define RUNG_LANG_BINDING_H

#include "arena.h"

struct cached_args {
	const struct arg *arg; /* one for each parameter */
	const struct value *value;
	size_t count; /* of values */
	bool varies;  /* some of them do */
};

/* Nothing is kept yet. Result: in the arena; NULL: no memory. */
struct binding *binding_new(struct arena *);
/* Result: what was kept for these parameters, or NULL. The binding may be. */
const struct cached_args *binding_kept(const struct binding *,
				       const struct param *);
/*
 * The args are what the command was bound to, once more. The first time does
 * nothing: most commands run but once.
 */
void binding_keep(struct binding *, const struct args *, unsigned params);

#endif
