/* SPDX-License-Identifier: ISC */
/*
 * Robust I/O: CS:APP 3e §10.5, cut at fill | take so that one reader serves
 * links, inboxes and scripts, blocking or not. Knows fds as ints: nothing of
 * sockets, waiting or who sends.
 */
#ifndef RUNG_RIO_H
#define RUNG_RIO_H

#include "rung/bytes.h"

#include <sys/types.h>

enum rio {
	RIO_MORE, /* bytes moved; there may be more */
	RIO_WAIT, /* nothing now: ask again when poll says so */
	RIO_END,  /* end of file: nothing will follow */
	RIO_FULL, /* the limit is reached: take first */
	RIO_FAIL, /* ->error holds an errno */
};

/* Owns its buffer. Zeroed with a limit in buf.limit it is ready for use. */
struct rio_in {
	struct buf buf;
	/* What stands for read(2), for its owner knows more of its descriptor;
	 * NULL: read(2). */
	ssize_t (*read)(int fd, void *at, size_t n);
	size_t seen;     /* bytes after head where no mark can begin */
	uint64_t sought; /* which mark that was */
	size_t fence;    /* while fenced: bytes after head that takes may use */
	size_t ask;      /* what the next fill asks the kernel for */
	bool fenced;
	bool ended;
	int error;
};
struct rio_out {
	struct buf buf;
	ssize_t (*write)(int fd, const void *at, size_t n); /* likewise */
	int error;
};

#define RIO_NO_FENCE SIZE_MAX
/* What one fill asks the kernel for at most; less while little comes. */
#define RIO_CHUNK ((size_t)256 << 10)

void rio_in_init(struct rio_in *, size_t limit);
void rio_in_fini(struct rio_in *);
void rio_out_init(struct rio_out *, size_t limit);
void rio_out_fini(struct rio_out *);

/*
 * Exactly one read(2), EINTR apart, of at most RIO_CHUNK bytes.
 * Result:  MORE, WAIT (EAGAIN), END (also afterwards), FULL, FAIL.
 * Source:  CS:APP §10.5.2 rio_read, without its loop.
 */
enum rio rio_fill(struct rio_in *, int fd);
/* The same from memory. Result: MORE, or FULL with nothing taken (limit or
 * memory). */
enum rio rio_feed(struct rio_in *, struct bytes);
/* No more will be fed. */
void rio_end(struct rio_in *);

/*
 * The takes. All or nothing: true and *out, or false, which means fill and ask
 * again; after the end, false means that there is no such thing.
 * Lends:   *out until the next call on the same rio_in.
 */
/* Whatever is there, at least one byte, at most max. */
bool rio_some(struct rio_in *, size_t max, struct bytes *out);
/* Exactly n bytes. Source: CS:APP §10.5.2 rio_readnb. */
bool rio_exactly(struct rio_in *, size_t n, struct bytes *out);
/* Through the first `mark`, which is not empty. */
bool rio_until(struct rio_in *, struct bytes mark, struct bytes *out);
/*
 * One line with its newline.
 * Limits:  a line longer than the buffer's limit is cut there; at the end the
 *          last line may lack its newline. Either has no '\n' as its last byte.
 * Source:  CS:APP §10.5.2 rio_readlineb.
 */
bool rio_line(struct rio_in *, struct bytes *out);

/* Lends what could be taken now, without taking it. */
struct bytes rio_look(const struct rio_in *);
/* Takes n bytes that rio_look() showed. */
void rio_skip(struct rio_in *, size_t n);
/*
 * The next n bytes are a message: takes stop behind them as at the end, until
 * the fence is moved. RIO_NO_FENCE: none.
 */
void rio_fence(struct rio_in *, size_t n);
/* Nothing can follow what rio_look() shows: the end or the fence is there. */
bool rio_ended(const struct rio_in *);

/* Queues. Result: 0, or -1: over the limit, nothing taken. */
int rio_put(struct rio_out *, struct bytes);
/*
 * Writes what is queued until it is gone or the kernel takes no more.
 * Result:  MORE (all written), WAIT, FAIL.
 * Source:  CS:APP §10.5.1 rio_writen, made resumable.
 */
enum rio rio_drain(struct rio_out *, int fd);
/*
 * Writes where nothing is queued, and queues the rest; else only queues: that
 * the queue is gone is rio_drain()'s alone to find, for whoever waits for it.
 * Result:  MORE (all written), WAIT (all or the rest is queued), FULL (more
 *          than the queue has room for: nothing was taken or written), FAIL.
 */
enum rio rio_send(struct rio_out *, int fd, struct bytes);
size_t rio_queued(const struct rio_out *);

/*
 * Opens a file to write it anew, its owner's alone where it is made. A FIFO
 * that nobody reads is an error, not a wait.
 * Result:  a descriptor, or -1 and errno.
 */
int rio_create(const char *path);
/* Whether `path` is by any name the file, pipe or terminal that `fd` has. */
bool rio_same(int fd, const char *path);
/* Waits for what poll(2) is to say of `fd`. Result: 0; -1 and errno, which is
 * EINTR where `stop` is readable and nothing is said. */
int rio_await(int fd, short events, int stop);
/* Blocking, for files: all of it. Result: 0, or -1 and errno. */
int rio_writen(int fd, struct bytes);
/*
 * The same, for what may not be written for a long time (a pipe, a terminal):
 * while it waits and `stop` is readable it fails with EINTR.
 */
int rio_writen_until(int fd, struct bytes, int stop);
/*
 * Opens anew the pipe that `fd` writes to, non-blocking: its flags are then
 * ours alone, not those of whoever else has the pipe. The pipe is made as large
 * as the system lets it be.
 * Result:  a descriptor to close; -1: no pipe, or the system does not let us
 *          (there is no /proc, another user made it, a FIFO has no reader).
 */
int rio_own(int fd);

#endif
