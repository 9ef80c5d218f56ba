/* SPDX-License-Identifier: ISC */
/*
 * The log files: the raw bytes, or hex (`-x`) with the time and direction of
 * each piece. The hex view prints the rows, file/file.c writes them.
 */
#include "pipe_own.h"
#include "rung/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

/* Maximum number of bytes formatted at once; a multiple of a hex row. */
#define PIECE ((size_t)64 << 10)
/* Number of queued bytes above which no flow reads. */
#define QUEUE_MAX ((size_t)1 << 20)

struct dump {
	struct file file;
	struct pipe *pipe;
	char *path;
	const struct view_ops *hex; /* NULL: raw */
	struct text text;
};

static int dump_failed(const char *path, int code, struct err *e)
{
	return err_set(e, ERR_IO, code, "log %.120s: %s", path,
		       err_strerror(code));
}

static int put(struct dump *d, struct bytes data, struct err *e)
{
	if (!d->file.error && file_put(&d->file, data) < 0)
		return dump_failed(d->path, ENOMEM, e);
	return dump_error(d, e);
}

static void dump_moved(struct file *file)
{
	pipe_logged(list_entry(file, struct dump, file)->pipe);
}

struct dump *dump_open(struct pipe *pipe, const char *path, bool raw,
		       struct err *e)
{
	/* The open may block on a FIFO. A signal then still ends rung, because
	 * no signal is trapped yet. */
	int fd = rio_capture(path, pipe->o->appends ? O_APPEND : O_TRUNC, 0600);
	struct dump *d;

	if (fd < 0) {
		dump_failed(path, errno, e);
		return NULL;
	}
	d = xalloc(sizeof(*d));
	d->pipe = pipe;
	d->path = xstrdup(path);
	d->hex = raw ? NULL : view_find(BYTES("hex"));
	text_init(&d->text, (size_t)16 << 20, false);
	file_adopt(&d->file, pipe->net->loop, fd, dump_moved);
	return d;
}

bool dump_is_full(const struct dump *d)
{
	return d && !d->file.error && file_queued(&d->file) > QUEUE_MAX;
}

bool dump_is_written(const struct dump *d)
{
	return !d || d->file.error || !file_queued(&d->file);
}

int dump_error(const struct dump *d, struct err *e)
{
	return d && d->file.error ? dump_failed(d->path, d->file.error, e) : 0;
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
	file_cancel(&d->file);
	text_fini(&d->text);
	free(d->path);
	free(d);
}

/* ---- the logs of a pipe ---- */

void pair_log(struct flow *w, struct bytes data)
{
	struct pair *pair = w->pair;
	struct pipe *pipe = pair->pipe;
	uint64_t wall = loop_wall(pipe->net->loop);
	unsigned number = keeps_listening(pipe) ? pair->number : 0;
	struct err e;

	if (pair->over || (!pipe->dump && !pipe->transcript))
		return;
	if (dump_write(pipe->dump, wall, w->dir, number, w->bytes, data, &e) ||
	    dump_write(pipe->transcript, wall, w->dir, number, w->bytes, data,
		       &e))
		pair_fail_all(pair, &e);
}

bool pipe_log_is_full(const struct pipe *pipe)
{
	return dump_is_full(pipe->dump) || dump_is_full(pipe->transcript);
}

/* Reports the failure of a log, even if all pairs have ended. */
static void log_failed(struct pipe *pipe, const struct err *why)
{
	struct list *pairs = &pipe->pairs;

	if (!list_empty(pairs)) {
		pair_fail_all(list_entry(pairs->next, struct pair, at), why);
		return;
	}
	pipe_say(pipe, why->text);
	pipe_ends(pipe, err_exit_code(why->kind));
	if (!pipe->status)
		pipe->status = err_exit_code(why->kind);
}

void pipe_logged(struct pipe *pipe)
{
	struct err e;

	if (dump_error(pipe->dump, &e) || dump_error(pipe->transcript, &e)) {
		log_failed(pipe, &e);
		return;
	}
	if (pipe_log_is_full(pipe))
		return;
	list_each (at, &pipe->pairs) {
		struct pair *pair = list_entry(at, struct pair, at);

		flow_step(&pair->flows[DIR_DOWN], false);
		flow_step(&pair->flows[DIR_UP], false);
	}
	if (pipe->fan)
		fan_touch(pipe->fan);
}
