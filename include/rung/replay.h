/* SPDX-License-Identifier: ISC */
/*
 * Turns recorded sessions into commands that repeat them: a script, a `rung -e`
 * line, or a shell line with nc. The commands write it to a file.
 */
#ifndef RUNG_REPLAY_H
#define RUNG_REPLAY_H

#include "rung/journal.h"
#include "rung/log.h"

/*
 * Appends a script that creates the sessions again, sends what was sent and has
 * an `expect -1` for what was received. `only`: a session's name; NULL: all
 * except echo peers.
 * Errors:  usage (no session yet), limit (not all of it is kept).
 */
int replay_script(const struct log *, const struct journal *, const char *only,
		  struct buf *out, struct err *e);
/*
 * Appends two lines for sh that send message `number`, or if it was received,
 * the message that it answers; the first line expects the answer. 0: the last
 * message sent, by session `only` if not NULL.
 * Errors:  usage (nothing was sent, or not by a client), limit (not all of it
 *          is kept).
 */
int replay_lines(const struct log *, const struct journal *, uint64_t number,
		 const char *only, struct buf *out, struct err *e);

#endif
