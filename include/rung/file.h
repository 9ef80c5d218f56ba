/* SPDX-License-Identifier: ISC */
/*
 * Files through the loop: no call here blocks. FIFOs, terminals and other
 * devices are non-blocking and watched; regular files are read and written in a
 * thread (work.h), because poll(2) always reports them ready, however slow the
 * disk. Files are opened in a thread, too.
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
	/* Called from the loop after something was opened, read, written or
	 * closed, or failed. May cancel the file. */
	void (*moved)(struct file *);
	struct rio_in in;   /* bytes read and not yet taken */
	struct rio_out out; /* bytes not yet written */
	bool opened;
	bool waits; /* not a regular file: a writer or a reader may be slow */
	bool is_dir;
	bool secret; /* the bytes are erased from memory after use */
	int error; /* errno, after which nothing is read or written; 0: none */
	/* Private to file.c: */
	bool reads, wanted, ending, closed;
	struct file_job *job; /* NULL: not in use */
	struct work work;
	struct watch watch;
};

/*
 * Opens a file to read. Holds `limit` bytes at most.
 * Errors:  stored in ->error, at once or from the loop.
 */
void file_read(struct file *, struct loop *, const char *path, size_t limit,
	       void (*moved)(struct file *));
/*
 * Reads more into ->in: moved() is called after the next bytes, at the end
 * (rio_ended()), or if ->in is full. If the file is not open yet, reading
 * starts once it is.
 */
void file_want(struct file *);
/* Returns true if the whole file was read, ->in is full, or an error occurred:
 * file_want() would not lead to another call of moved(). */
bool file_is_full(const struct file *);
/* Starts again at the beginning of the file. Result: 0, or -1 and errno. */
int file_rewind(struct file *);

/* Opens a file to write, like rio_capture(). Errors: as of file_read(). */
void file_write(struct file *, struct loop *, const char *path,
		void (*moved)(struct file *));
/* Does the same as file_write() with an open descriptor, which the file owns
 * from now on. */
void file_adopt(struct file *, struct loop *, int fd,
		void (*moved)(struct file *));
/* Queues a copy and starts to write it. Result: 0, or -1: no memory. */
int file_put(struct file *, struct bytes);
/* Returns the number of bytes not yet written. */
size_t file_queued(const struct file *);
/* Writes the queued bytes, then closes the file: moved() is called once ->error
 * is final and file_is_closed() returns true. */
void file_end(struct file *);
bool file_is_closed(const struct file *);

/* Closes the file; queued bytes are discarded, except those that a thread is
 * writing. Does nothing if the file is not in use. */
void file_cancel(struct file *);

#endif
