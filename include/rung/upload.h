/* SPDX-License-Identifier: ISC */
/*
 * Sends one message with a head and a body while a call waits. The body is text
 * or a file; it is sent in parts (UNIT_MORE) as the queue of the session
 * drains, so that a file needs memory for a part only.
 */
#ifndef RUNG_UPLOAD_H
#define RUNG_UPLOAD_H

#include "rung/cmd.h"
#include "rung/file.h"

/* Zeroed before upload_open(). */
struct upload {
	struct call *call;
	struct session *to;
	const struct unit_kind *kind;
	struct attrs *attrs; /* a reference */
	struct buf head;     /* written by the caller, sent with the first part
			      */
	struct buf text;     /* the body; empty: `path` names a file */
	char *path;          /* NULL: no file */
	struct file file;
	bool ranged; /* only `left` bytes of the file are sent */
	uint64_t left;
	size_t sent; /* bytes of `text` or of the file that were sent */
	size_t sent_seen, unsent_seen; /* for upload_progressed() */
	bool ended;                    /* the file was read */
	bool begun, done; /* the first part, the last part was sent */
	unsigned flags;   /* UNIT_* for each part */
};

/*
 * Begins with a body: a text, or @FILE if the `@` was typed bare or stands
 * before a variable. NULL: no body.
 * Result: 0, or -1 and *e.
 */
int upload_open(struct upload *, struct call *, const struct value *,
		struct err *e);
/*
 * Sets the body: `len` bytes of an open regular file, from an offset. The head
 * must be complete. A short body that the kernel holds is read at once, others
 * as they are sent.
 * Owns:    fd.
 * `name`:  for errors.
 * Result:  0, or -1 and *e.
 */
int upload_adopt(struct upload *, int fd, const char *name, uint64_t from,
		 uint64_t len, struct err *e);
/* Returns true once the size is known; before that, or if *e was set (the file
 * cannot be read), nothing can be sent. */
bool upload_is_open(struct upload *, struct err *e);
/* Gets the size of the body. Result: false: not known, as for a FIFO. */
bool upload_size(const struct upload *, uint64_t *size);
/* Sends parts while the queue has room; waits first until another call has sent
 * all parts of its message. Result: 1: all parts are sent; 0: wait; -1 and
 * *e. */
int upload_send(struct upload *, struct err *e);
/* Returns true if the peer has taken bytes since the last call, or the parts of
 * another message are still being sent. */
bool upload_progressed(struct upload *);
/* Frees what it holds. Closes the session if only a part of the message was
 * sent, because nothing can follow it: RFC 9112 §8. */
void upload_fini(struct upload *);

#endif
