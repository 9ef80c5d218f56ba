/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes files from the loop, without blocking. FIFOs, sockets,
 * terminals and other character devices are non-blocking and watched. Regular
 * files and block devices are read and written in a thread (work.h), because
 * poll(2) always reports them ready, however slow the disk. A thread also opens
 * the files.
 */
#ifndef RUNG_FILE_H
#define RUNG_FILE_H

#include "rung/rio.h"
#include "rung/work.h"

#include <sys/types.h>

struct file_job;

/* Embedded in its owner, zeroed before its first use. */
struct file {
	struct loop *loop;
	/* Called from the loop after the file was opened, read, written or
	 * closed, or after an error. May cancel the file. */
	void (*moved)(struct file *);
	struct rio_in in;   /* bytes read, not yet taken by the owner */
	struct rio_out out; /* bytes not yet written */
	bool opened;
	bool waits; /* a FIFO, socket or character device: may wait for another
		       process */
	bool is_dir;
	uint64_t size; /* size of a regular file at the open; else 0 */
	bool secret;   /* the bytes are erased from memory after use */
	int error;     /* errno of the failure that ended the I/O; 0: none */
	/* Private to file.c: */
	bool reads, wanted, ending, closed;
	struct file_job *job; /* NULL: not in use */
	struct work work;
	struct watch watch;
};

/*
 * Opens a file for reading; ->in holds at most `limit` bytes.
 * Errors:  stored in ->error, at once or from the loop.
 */
void file_read(struct file *, struct loop *, const char *path, size_t limit,
	       void (*moved)(struct file *));
/* Reads an open regular file from the descriptor's offset. Owns: fd. */
void file_read_adopted(struct file *, struct loop *, int fd, size_t limit,
		       void (*moved)(struct file *));
/*
 * Reads more into ->in: moved() is called after the next bytes, at the end of
 * the file (rio_ended()), or after an error. Does nothing if file_is_full(). If
 * the file is not open yet, reading starts after the open.
 */
void file_want(struct file *);
/* Returns true if the whole file was read, ->in is full, or an error occurred.
 * file_want() then reads nothing, and moved() is not called. */
bool file_is_full(const struct file *);
/* Starts again at the beginning of the file. Result: 0, or -1 and errno. */
int file_rewind(struct file *);

/*
 * Opens a file for writing with rio_capture(), O_TRUNC and the mode.
 * Errors:  stored in ->error, at once or from the loop.
 */
void file_write(struct file *, struct loop *, const char *path, mode_t mode,
		void (*moved)(struct file *));
/* Writes to an open descriptor, which the file then owns. */
void file_adopt(struct file *, struct loop *, int fd,
		void (*moved)(struct file *));
/* Queues a copy of the bytes and starts to write. Result: 0, or -1: out of
 * memory. */
int file_put(struct file *, struct bytes);
/* Returns the number of bytes not yet written. */
size_t file_queued(const struct file *);
/* Closes the file after the queued bytes are written: moved() is called when
 * ->error is final and file_is_closed() returns true. */
void file_end(struct file *);
bool file_is_closed(const struct file *);

/* Closes the file. Discards queued bytes, except those that a thread is
 * writing. Does nothing if the file is not in use. */
void file_cancel(struct file *);

#endif
