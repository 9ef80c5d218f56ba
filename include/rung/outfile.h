/* SPDX-License-Identifier: ISC */
/*
 * Writes files for commands (recv -o, log --script) while the call waits. Uses
 * file.h.
 */
#ifndef RUNG_OUTFILE_H
#define RUNG_OUTFILE_H

#include "rung/cmd.h"
#include "rung/file.h"

/* Must be zeroed before the first use. */
struct outfile {
	struct call *call; /* call to notify of progress; NULL: not open */
	struct file file;
	struct bytes path; /* lent by the call's arguments */
	uint64_t end;      /* inbox offset of the end of the queued data */
};

enum outfile_state {
	OUTFILE_IDLE,   /* all data is written */
	OUTFILE_BUSY,   /* opening, writing or closing */
	OUTFILE_FAILED, /* *e has the reason */
};

/* Opens a file for writing; for `mode` see rio_capture(). `path` is lent by the
 * call's arguments. */
void outfile_open(struct outfile *, struct call *, struct bytes path,
		  mode_t mode);
/* Queues a copy of the bytes. Result: 0, or -1 and *e. */
int outfile_put(struct outfile *, struct bytes, struct err *e);
/* Closes the file after the queued bytes are written. */
void outfile_end(struct outfile *);
enum outfile_state outfile_state(const struct outfile *, struct err *e);
/* Reports a write that made no progress for `within` ns, which the caller has
 * measured. Result: true and *e if the file is not open yet, or its reader (a
 * FIFO, a terminal) has not accepted all data; else false. `kept`: end of the
 * error text; names the place of the unwritten data. */
bool outfile_is_late(const struct outfile *, uint64_t within, const char *kept,
		     struct err *e);

/*
 * Queues copies of at most `most` bytes of a session's inbox, without consuming
 * them, so that a cancelled call loses no data. After they are written,
 * outfile_front() lends them and outfile_took() consumes them.
 * Result:  0, or -1 and *e.
 */
int outfile_inbox(struct outfile *, struct session *, size_t most,
		  struct err *e);
/* Lends the next bytes that are written but not consumed. Result: false: there
 * are none. */
bool outfile_front(const struct outfile *, const struct session *,
		   struct bytes *out);
void outfile_took(struct session *, size_t n);

/* Discards queued data and closes the file; does nothing if the file is not
 * open. */
void outfile_cancel(struct outfile *);

#endif
