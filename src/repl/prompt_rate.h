/* SPDX-License-Identifier: ISC */
/*
 * Decides when the prompt is painted again because the amount of unread data,
 * which the prompt shows, has changed. paint.c paints the prompt.
 */
#ifndef RUNG_REPL_PROMPT_RATE_H
#define RUNG_REPL_PROMPT_RATE_H

#include "rung/loop.h"

#include <stdbool.h>

/* Minimum time between two paints for increases. */
#define PROMPT_RATE_PAUSE (100 * NS_PER_MS)

struct prompt_rate {
	uint64_t painted;   /* shell_unread_level() at the last paint */
	struct timer pause; /* while armed, an increase is not painted */
};

void prompt_rate_init(struct prompt_rate *);
/* Returns true if the prompt must be painted for this level: after a decrease
 * at once, after an increase once the pause is over. */
bool prompt_rate_is_due(const struct prompt_rate *, uint64_t level);
/* Records a paint, whatever its reason. Begins a pause after an increase. */
void prompt_rate_painted(struct prompt_rate *, struct loop *, uint64_t level);
void prompt_rate_fini(struct prompt_rate *, struct loop *);

#endif
