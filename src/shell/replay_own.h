/* SPDX-License-Identifier: ISC */
/*
 * What replay.c and export.c share. Private to this room.
 */
#ifndef RUNG_SHELL_REPLAY_OWN_H
#define RUNG_SHELL_REPLAY_OWN_H

#include "rung/replay.h"
#include "rung/words.h"

static inline struct bytes replay_text(const struct journal_entry *d)
{
	return bytes_of(d->text, d->text_len);
}
/* Appends what is sent: quoted text, or where there are other bytes in it a
 * template. */
void replay_sent(struct bytes, struct buf *out);
/* Appends an expression for the message as a whole; `cut`: its beginning. */
void replay_whole(struct bytes, bool cut, struct buf *out);
/* The last deed of that kind among the first `end`, of the newest session of
 * that name there; NULL: none. */
const struct journal_entry *replay_entry(const struct journal *, size_t end,
					 enum journal_kind, const char *name);
/* What came on it then was no messages. */
bool replay_is_stream(const struct journal *, size_t end, const char *name);

#endif
