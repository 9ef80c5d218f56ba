/* SPDX-License-Identifier: ISC */
/*
 * What a command without variables is bound to, the same each time it runs:
 * kept in its program from the second time on. Binding is param.c's.
 */
#ifndef RUNG_LANG_BINDING_H
#define RUNG_LANG_BINDING_H

#include "program.h"

/* Nothing is kept yet. Result: in the arena; NULL: no memory. */
struct binding *binding_new(struct arena *);
/* Result: what was kept for these parameters, or NULL. `b` may be NULL. */
const struct arg *binding_args(const struct binding *b, const struct param *);
/*
 * The args are what the command was bound to, once more. The first time does
 * nothing: most commands run but once.
 */
void binding_keep(struct binding *, const struct args *, unsigned params);

#endif
