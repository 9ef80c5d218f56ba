/* SPDX-License-Identifier: ISC */
/*
 * "Did you mean": the nearest of some names.
 */
#ifndef RUNG_SUGGEST_H
#define RUNG_SUGGEST_H

#include "rung/bytes.h"

/* Returns the shortest of `names` (NULL-terminated) that begins with `word`. If
 * there is none, returns the nearest name that is at most two edits away, or
 * one edit for a `word` of less than four bytes; else NULL. A name must need
 * fewer edits than `word` has bytes. Ignores case; a swap of neighbours is one
 * edit. */
const char *suggest_name(struct bytes word, const char *const *names);

#endif
