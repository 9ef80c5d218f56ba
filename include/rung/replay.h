/* SPDX-License-Identifier: ISC */
/*
 * What happened, as commands that do it again: a script, a `rung -e` line, a
 * shell's line with nc. Writing it somewhere is the commands' job.
 */
#ifndef RUNG_REPLAY_H
#define RUNG_REPLAY_H

#include "rung/journal.h"
#include "rung/log.h"

/*
 * Appends a script: sessions as they were made, sends, an `expect -1` for what
 * came. `only`: of that session; NULL: of all but those that echo.
 * Errors:  usage (there was nothing), limit (it is no longer kept whole).
 */
int replay_script(const struct log *, const struct journal *, const char *only,
		  struct buf *out, struct err *e);
/*
 * Appends two lines for sh that send what message `number` said, or if that
 * came, what it answers; the first one expects the answer. 0: the last message
 * that was sent, of session `only` where not NULL.
 * Errors:  usage (nothing was sent, no client's), limit (not kept whole).
 */
int replay_lines(const struct log *, const struct journal *, uint64_t number,
		 const char *only, struct buf *out, struct err *e);

#endif
