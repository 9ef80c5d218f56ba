/* SPDX-License-Identifier: ISC */
/*
 * Functions shared by replay.c and export.c. Private to this module.
 */
#ifndef RUNG_SHELL_REPLAY_OWN_H
#define RUNG_SHELL_REPLAY_OWN_H

#include "rung/replay.h"
#include "rung/words.h"

static inline struct bytes replay_text(const struct journal_entry *d)
{
	return bytes_of(d->text, d->text_len);
}
/* Returns the options of `connect`, each followed by a blank; "": none. */
static inline const char *replay_options(const struct journal_entry *d)
{
	return d->options ? d->options : "";
}
/* Appends sent data: as quoted text if it is text or too long for a template,
 * otherwise as a template. */
void replay_sent(struct bytes, struct buf *out);
/* Appends the source of a regular expression that matches these bytes only. */
void replay_literal(struct bytes, struct buf *out);
/* Appends a regular expression that matches the whole message, or if `cut`, its
 * beginning. */
void replay_whole(struct bytes, bool cut, struct buf *out);
/* Finds the newest session with the log_id among the first `end` entries.
 * Result: that session's last entry of the given kind there; NULL: none. */
const struct journal_entry *replay_entry(const struct journal *, size_t end,
					 enum journal_kind, unsigned log_id);
/* Returns the line ending, as typed, to set after the rungs of a
 * JOURNAL_LADDER; NULL: these rungs or the ladder before set it. A NULL
 * argument is no ladder. */
const char *replay_eol(const struct journal_entry *ladder,
		       const struct journal_entry *before);
/* Returns true if the session offers a stream after the first `end` entries. */
bool replay_is_stream(const struct journal *, size_t end, unsigned log_id);

/* export_curl.c: appends a command line of curl that sends a message of the
 * http rung, or a comment with the reason why curl cannot. Appends nothing for
 * a session without that rung. `ladder`: may be NULL. */
void export_curl(const struct log_entry *, const struct journal_entry *created,
		 const struct journal_entry *ladder, struct buf *out);

/* changing.c: received data with parts that probably differ in the next run. */
/* Finds the first line from `at` on with such parts. If the line is too long,
 * finds a piece of at most `most` bytes that cuts no part.
 * Result: its offset, and *end; both are the length of the data if there is no
 * such line. */
size_t changing_line(struct bytes, size_t at, size_t most, size_t *end);
/* Appends the source of a regular expression for the bytes from `at` to `end`;
 * the parts may have other values. Result: a set of kinds of parts; 0: none. */
unsigned changing_print(struct bytes, size_t at, size_t end, struct buf *out);
/* Appends the names of the kinds. */
void changing_name(unsigned kinds, struct buf *out);

#endif
