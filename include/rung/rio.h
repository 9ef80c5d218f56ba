/* SPDX-License-Identifier: ISC */
/*
 * Robust I/O, after CS:APP 3e §10.5. Reading is divided into fill (from a
 * descriptor) and take (from the buffer), so that one reader serves links,
 * inboxes and scripts, blocking or not. A descriptor is an int here: rio does
 * not know sockets.
 */
#ifndef RUNG_RIO_H
#define RUNG_RIO_H

#include "rung/bytes.h"

#include <sys/types.h>

enum rio {
	RIO_MORE, /* bytes moved; there may be more */
	RIO_WAIT, /* nothing now: call again after poll(2) reports an event */
	RIO_END,  /* end of file: no bytes will follow */
	RIO_FULL, /* the limit is reached: take bytes before the next fill */
	RIO_FAIL, /* ->error holds an errno */
};

/* Owns its buffer. A zeroed rio_in with a limit in buf.limit is ready for use.
 */
struct rio_in {
	struct buf buf;
	/* Called instead of read(2), if the owner has a better call for its
	 * descriptor. NULL: read(2). */
	ssize_t (*read)(int fd, void *at, size_t n);
	size_t seen;          /* number of bytes already searched for a mark */
	uint64_t scanned_for; /* hash of that mark */
	size_t fence; /* if `fenced`: number of bytes that may be taken */
	size_t ask;   /* bytes that the next fill requests from the kernel */
	bool fenced;
	bool ended;
	int error;
};
struct rio_out {
	struct buf buf;
	/* Called instead of write(2); NULL: write(2). */
	ssize_t (*write)(int fd, const void *at, size_t n);
	int error;
};

#define RIO_NO_FENCE SIZE_MAX
/* Limit of the bytes that one fill requests from the kernel. A fill requests
 * fewer while little data arrives. */
#define RIO_CHUNK ((size_t)256 << 10)

void rio_in_init(struct rio_in *, size_t limit);
void rio_in_fini(struct rio_in *);
void rio_out_init(struct rio_out *, size_t limit);
void rio_out_fini(struct rio_out *);

/*
 * Reads once, again only after EINTR, and at most RIO_CHUNK bytes. At the end
 * or the limit, reads nothing.
 * Result:  MORE, WAIT (EAGAIN), END (also in each later call), FULL, FAIL.
 * Source:  CS:APP §10.5.2 rio_read, without its loop.
 */
enum rio rio_fill(struct rio_in *, int fd);
/* Adds bytes from memory. Result: MORE; FULL with nothing added: over the
 * limit, or out of memory. */
enum rio rio_feed(struct rio_in *, struct bytes);
/* Marks the end of the input: no more bytes will be fed. */
void rio_end(struct rio_in *);

/*
 * The next four functions take a part of the input, or nothing if the part is
 * not complete yet.
 * Result:  true and *out; false: call again after the next fill, or, after the
 *          end of input, there is no such part.
 * Lends:   *out until the next call on the same rio_in.
 */
/* Takes the available bytes: at least one, at most `max`. */
bool rio_some(struct rio_in *, size_t max, struct bytes *out);
/* Takes exactly n bytes. Source: CS:APP §10.5.2 rio_readnb. */
bool rio_exactly(struct rio_in *, size_t n, struct bytes *out);
/* Takes all bytes up to and including the first `mark`, which is not empty. */
bool rio_until(struct rio_in *, struct bytes mark, struct bytes *out);
/*
 * Takes one line with its newline.
 * Limits:  a line longer than the buffer's limit is cut at the limit; the last
 *          line of the input may lack a newline. In both cases the last byte is
 *          not '\n'.
 * Source:  CS:APP §10.5.2 rio_readlineb.
 */
bool rio_line(struct rio_in *, struct bytes *out);

/* Lends the bytes that can be taken now, without taking them. */
struct bytes rio_peek(const struct rio_in *);
/* Takes n bytes that rio_peek() returned. */
void rio_skip(struct rio_in *, size_t n);
/*
 * Sets a fence after the next n bytes, so that they are a message: the take
 * functions treat the fence as the end of input. RIO_NO_FENCE: removes the
 * fence.
 */
void rio_fence(struct rio_in *, size_t n);
/* Returns true if no byte can follow those of rio_peek(), because of the end of
 * input or a fence. */
bool rio_ended(const struct rio_in *);

/* Queues bytes. Result: 0, or -1 with nothing queued: over the limit, or out of
 * memory. */
int rio_put(struct rio_out *, struct bytes);
/*
 * Writes the queue until it is empty or the kernel accepts no more.
 * Result:  MORE (all written), WAIT, FAIL.
 * Source:  CS:APP §10.5.1 rio_writen, made resumable.
 */
enum rio rio_drain(struct rio_out *, int fd);
/* Writes at most `most` bytes of the queue. Result: as for rio_drain(); WAIT
 * also if more is queued. */
enum rio rio_drain_some(struct rio_out *, int fd, size_t most);
/* Writes the queue like rio_drain(), but to a descriptor that is blocking
 * because other processes share its flags; never waits. Result: as for
 * rio_drain(); WAIT leaves the rest in the queue. */
enum rio rio_drain_shared(struct rio_out *, int fd);
/*
 * Writes at once if the queue is empty, and queues the rest. If the queue is
 * not empty, only queues: rio_drain() then reports to its caller when the queue
 * becomes empty.
 * Result:  MORE (all written), WAIT (all or the rest is queued), FULL (over the
 *          queue's limit: nothing was queued or written), FAIL.
 */
enum rio rio_send(struct rio_out *, int fd, struct bytes);
size_t rio_queued(const struct rio_out *);

/*
 * Opens a file for captured data, and creates it if needed, with `mode`: 0600,
 * or 0700 for a script. Only the owner keeps access to the user's existing
 * regular files, which get no x; devices and FIFOs keep their mode.
 * `flags`: O_TRUNC or O_APPEND; with O_NONBLOCK a FIFO without a reader is an
 *          error (ENXIO), else the call waits for a reader.
 * Result:  a descriptor, or -1 and errno.
 */
int rio_capture(const char *path, int flags, mode_t mode);
/* Returns true if `path` names the file, pipe or terminal that `fd` has open.
 */
bool rio_same(int fd, const char *path);
/* Waits until poll(2) reports `events` for `fd`. Result: 0; -1 and errno, which
 * is EINTR if `stop` became readable first. */
int rio_await(int fd, short events, int stop);
/* Writes all bytes to a file; blocks. Result: 0, or -1 and errno. */
int rio_writen(int fd, struct bytes);
/*
 * Writes all bytes to a pipe or a terminal, which may block for a long time:
 * fails with EINTR if `stop` becomes readable first. Result: as for
 * rio_writen().
 */
int rio_writen_until(int fd, struct bytes, int stop);
/*
 * Opens the pipe of `fd` again for writing, non-blocking: the flags of the new
 * descriptor are not shared with other processes. Enlarges the pipe to 1 MiB if
 * the system permits that.
 * Result:  a descriptor to close; -1: not a pipe, or not permitted (no /proc,
 *          another user's pipe, a FIFO without a reader).
 */
int rio_reopen(int fd);

#endif
