/* SPDX-License-Identifier: ISC */
/*
 * "Did you mean": the nearest of some names.
 */
#ifndef RUNG_SUGGEST_H
#define RUNG_SUGGEST_H

#include "rung/bytes.h"

/* Returns the shortest of `names` (NULL-terminated) that begins with `word`. If
 * none does, returns the nearest name that is at most two edits away (one if
 * `word` is shorter than four bytes) and needs fewer edits than `word` has
 * bytes; else NULL. Case is ignored, and a swap of neighbours is one edit. */
const char *suggest_name(struct bytes word, const char *const *names);

#endif
