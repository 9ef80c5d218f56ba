/* SPDX-License-Identifier: ISC */
/*
 * The logs: what passed as it is, or as hex (`-x`), each piece with its time
 * and direction. What a row looks like is the hex view's.
 */
#include "own.h"
#include "rung/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Whole rows, shown and written at one go. */
#define PIECE ((size_t)64 << 10)

struct dump {
	int fd;
	bool cut;                /* by a signal: no more is written */
	const struct loop *loop; /* that tells it */
	char *path;
	const struct view_ops *hex; /* NULL: as it is */
	struct text text;
};

static int failed(const char *path, int code, struct err *e)
{
	return err_set(e, ERR_IO, code, "log %.120s: %s", path,
		       err_words(code));
}

/* What takes nothing (a FIFO) is not to hold a signal up: the next turn tells
 * it, and that ends us. */
static int put(struct dump *d, struct bytes data, struct err *e)
{
	if (d->cut || rio_writen_until(d->fd, data, loop_signals(d->loop)) == 0)
		return 0;
	d->cut = errno == EINTR;
	return d->cut ? 0 : failed(d->path, errno, e);
}

struct dump *dump_open(const struct loop *loop, const char *path, bool raw,
		       bool append, struct err *e)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
			  (append ? O_APPEND : O_TRUNC),
		      S_IRUSR | S_IWUSR);
	struct dump *d;

	if (fd < 0) {
		failed(path, errno, e);
		return NULL;
	}
	d = xalloc(sizeof(*d));
	d->fd = fd;
	d->loop = loop;
	d->path = xstrdup(path);
	d->hex = raw ? NULL : view_find(BYTES("hex"));
	text_init(&d->text, (size_t)16 << 20, false);
	return d;
}

static void put_head(struct dump *d, uint64_t wall, enum dir dir,
		     unsigned number, size_t len)
{
	time_t at = (time_t)(wall / NS_PER_S);
	char when[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	text_printf(&d->text, "%s.%06uZ %c %zu", when,
		    (unsigned)(wall % NS_PER_S / 1000),
		    dir == DIR_DOWN ? '>' : '<', len);
	if (number)
		text_printf(&d->text, " #%u", number);
	text_puts(&d->text, "\n");
}

int dump_write(struct dump *d, uint64_t wall, enum dir dir, unsigned number,
	       uint64_t offset, struct bytes data, struct err *e)
{
	if (!d)
		return 0;
	if (!d->hex)
		return put(d, data, e);
	put_head(d, wall, dir, number, data.len);
	do {
		struct bytes piece = bytes_head(data, PIECE);

		d->hex->body(piece, offset, true, &d->text);
		if (put(d, text_bytes(&d->text), e))
			return -1;
		buf_clear(&d->text.buf);
		offset += piece.len;
		data = bytes_skip(data, piece.len);
	} while (data.len);
	return 0;
}

void dump_free(struct dump *d)
{
	if (!d)
		return;
	close(d->fd);
	text_fini(&d->text);
	free(d->path);
	free(d);
}
