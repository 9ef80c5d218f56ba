/* SPDX-License-Identifier: ISC */
/*
 * Captures: what a command writes to a file (recv -o, log --script) through
 * the loop, while the call waits. file.h writes them.
 */
#ifndef RUNG_OUTFILE_H
#define RUNG_OUTFILE_H

#include "rung/cmd.h"
#include "rung/file.h"

/* Zeroed before its first use. */
struct outfile {
	struct call
	    *call; /* woken when something was written; NULL: not open */
	struct file file;
	struct bytes path; /* the call's */
	uint64_t end; /* place in the session's stream after outfile_inbox() */
};

enum outfile_state {
	OUTFILE_IDLE,   /* no bytes wait */
	OUTFILE_BUSY,   /* the file is being opened, written or closed */
	OUTFILE_FAILED, /* and *e */
};

/* Opens a file as rio_capture(). `path` is lent by the call's arguments. */
void outfile_open(struct outfile *, struct call *, struct bytes path);
/* Queues a copy. Result: 0, or -1 and *e. */
int outfile_put(struct outfile *, struct bytes, struct err *e);
/* Closes it after what is queued is written. */
void outfile_end(struct outfile *);
enum outfile_state outfile_state(const struct outfile *, struct err *e);
/* Returns true and fills *e if it is not opened within that time, or if its
 * reader takes no more. `kept`: where the rest is, for the error. */
bool outfile_is_late(const struct outfile *, uint64_t within, const char *kept,
		     struct err *e);

/*
 * Queues at most `most` bytes of what a session has received, and takes none
 * of them: a call that is cancelled has lost nothing. outfile_front() lends
 * them after they are written, outfile_took() takes them.
 * Result:  0, or -1 and *e.
 */
int outfile_inbox(struct outfile *, struct session *, size_t most,
		  struct err *e);
/* Lends the next of the bytes that are written and not yet taken. Result:
 * false: there are none. */
bool outfile_front(const struct outfile *, const struct session *,
		   struct bytes *out);
void outfile_took(struct session *, size_t n);

/* Harmless on one that is not open. */
void outfile_cancel(struct outfile *);

#endif
