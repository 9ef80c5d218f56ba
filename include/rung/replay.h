/* SPDX-License-Identifier: ISC */
/*
 * Turns recorded sessions into commands that repeat them: a script, a `rung -e`
 * line, or a shell line with nc. The caller writes the text to a file.
 */
#ifndef RUNG_REPLAY_H
#define RUNG_REPLAY_H

#include "rung/journal.h"
#include "rung/log.h"

/*
 * Appends a script that creates the sessions again, sends the same data, and
 * has an `expect -1` for each piece of received data. `only`: a session's
 * log_id; 0: all sessions except echo peers.
 * Errors:  usage (no session yet), limit (part of the data is no longer kept).
 */
int replay_script(const struct log *, const struct journal *, unsigned only,
		  struct buf *out, struct err *e);
/*
 * Appends two lines for sh that send message `number`. If that message was
 * received, the lines send the message to which it is the answer. The first
 * line also expects the answer. A request of HTTP gets a third command line,
 * for curl, or a comment with the reason why curl cannot send the request.
 * `number` 0: the last message sent (by the session with the log_id `only`, if
 * not 0). Errors:  usage (nothing was sent, or not by a client), limit (part of
 * the data is no longer kept).
 */
int replay_lines(const struct log *, const struct journal *, uint64_t number,
		 unsigned only, struct buf *out, struct err *e);

#endif
