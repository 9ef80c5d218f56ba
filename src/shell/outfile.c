/* SPDX-License-Identifier: ISC */
/*
 * Writes the output files of commands without blocking the loop; file/file.c
 * does the I/O.
 */
#include "rung/outfile.h"

#include <errno.h>
#include <stdlib.h>

static void outfile_progress(struct file *file)
{
	struct call *call = list_entry(file, struct outfile, file)->call;
	call->waiter.notify(&call->waiter);
}

void outfile_open(struct outfile *o, struct call *call, struct bytes path,
		  mode_t mode)
{
	char *name = xstrndup(path);
	o->call = call;
	o->path = path;
	file_write(&o->file, call->shell->loop, name, mode, outfile_progress);
	free(name);
}

int outfile_put(struct outfile *o, struct bytes b, struct err *e)
{
	if (file_put(&o->file, b) == 0)
		return 0;
	return err_set(e, ERR_LIMIT, ENOMEM, "out of memory for %zu bytes",
		       b.len);
}

void outfile_end(struct outfile *o)
{
	file_end(&o->file);
}

enum outfile_state outfile_state(const struct outfile *o, struct err *e)
{
	const struct file *f = &o->file;
	struct bytes name = bytes_head(o->path, 160);
	if (!o->call)
		return OUTFILE_IDLE;
	if (f->error) {
		bool unread = f->error == ENXIO && !f->opened;
		err_set(e, ERR_IO, f->error, "%s%.*s: %s",
			f->opened ? "writing " : "", (int)name.len,
			(const char *)name.at,
			unread ? "no process reads this FIFO"
			       : err_strerror(f->error));
		return OUTFILE_FAILED;
	}
	return f->opened && !file_queued(f) && f->ending == file_is_closed(f)
		   ? OUTFILE_IDLE
		   : OUTFILE_BUSY;
}

bool outfile_is_late(const struct outfile *o, uint64_t within, const char *kept,
		     struct err *e)
{
	struct bytes name = bytes_head(o->path, 128);
	struct buf time = {.limit = BUF_SMALL};
	/* A write to a disk has no timeout: the data would stay in the inbox,
	 * and a second attempt could write it twice. */
	if (!o->call ||
	    (o->file.opened && !(o->file.waits && file_queued(&o->file))))
		return false;
	print_duration(within, &time);
	err_set(e, ERR_RECV_TIMEOUT, 0, "%.*s: write timed out after %s; %s",
		(int)name.len, (const char *)name.at, buf_cstr(&time), kept);
	buf_fini(&time);
	return true;
}

/* Consumes the empty messages at the front of an inbox: they add nothing to a
 * file. */
static void skip_empty(struct inbox *inbox)
{
	struct bytes window;
	bool whole;
	while (!inbox_is_stream(inbox) && inbox_front(inbox, &window, &whole) &&
	       !window.len)
		inbox_pop(inbox);
}

int outfile_inbox(struct outfile *o, struct session *s, size_t most,
		  struct err *e)
{
	struct bytes part;
	skip_empty(&s->inbox);
	o->end = session_inbox_offset(s);
	if (inbox_count(&s->inbox) && session_take_rung_error(s, 0, e))
		return -1;
	for (size_t i = 0; most && inbox_message(&s->inbox, i, &part); i++) {
		/* Messages before a rung's error are written first. */
		if (i && session_rung_error(s) && !s->rung_error_reported &&
		    session_is_raw(s, i))
			return 0;
		part = bytes_head(part, most);
		if (outfile_put(o, part, e))
			return -1;
		o->end += part.len;
		most -= part.len;
	}
	return 0;
}

bool outfile_front(const struct outfile *o, const struct session *s,
		   struct bytes *out)
{
	uint64_t at = session_inbox_offset(s);
	bool whole;
	if (at >= o->end || !inbox_part(&s->inbox, out, &whole))
		return false;
	*out = bytes_head(*out, (size_t)(o->end - at));
	return true;
}

void outfile_took(struct session *s, size_t n)
{
	struct bytes front;
	bool whole;
	/* If the bytes are a whole message, remove the message; otherwise only
	 * consume the bytes. */
	if (inbox_front(&s->inbox, &front, &whole) && front.len == n)
		inbox_pop(&s->inbox);
	else
		inbox_consume(&s->inbox, n);
	session_touch(s);
}

void outfile_cancel(struct outfile *o)
{
	file_cancel(&o->file);
	o->call = NULL;
}
