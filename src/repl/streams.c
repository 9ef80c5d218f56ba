/* SPDX-License-Identifier: ISC */
/*
 * Decides which output to stdout and stderr may be discarded, and when tasks
 * wait for the reader. fd_queue.c writes; script.c and paint.c print.
 */
#include "streams.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Limit of queued messages; more are discarded. */
#define DIAG_MAX ((size_t)1 << 20)
/* Number of unread bytes of payload at which tasks that print have to wait. */
#define UNREAD_MAX ((size_t)64 << 10)

static void fail(struct streams *s, int code)
{
	bool failed = s->out_failed;

	s->out_failed = true;
	if (code == EINTR)
		s->interrupted = true;
	else if (!failed)
		s->failed(s, code);
}

static void out_drained(struct fd_queue *q)
{
	struct streams *s = list_entry(q, struct streams, out);

	loop_no_wait(q->loop); /* resume tasks that wait for output */
	s->drained(s);
}

static void out_failed(struct fd_queue *q, int code)
{
	loop_no_wait(q->loop);
	fail(list_entry(q, struct streams, out), code);
}

static void err_drained(struct fd_queue *q)
{
	struct streams *s = list_entry(q, struct streams, err);

	loop_no_wait(q->loop); /* report what was discarded */
	s->drained(s);
}

static void err_failed(struct fd_queue *q, int code)
{
	(void)code; /* cannot be reported: stderr has failed */
	list_entry(q, struct streams, err)->err_failed = true;
}

void streams_init(struct streams *s)
{
	fd_queue_init(&s->out, STDOUT_FILENO);
	s->out.drained = out_drained;
	s->out.failed = out_failed;
	fd_queue_init(&s->err, STDERR_FILENO);
	s->err.drained = err_drained;
	s->err.failed = err_failed;
	s->same = fd_queue_same(&s->out, &s->err);
}

void streams_fini(struct streams *s)
{
	fd_queue_fini(&s->out);
	fd_queue_fini(&s->err);
}

void streams_start(struct streams *s, struct loop *loop)
{
	fd_queue_start(&s->out, loop);
	fd_queue_start(&s->err, loop);
}

void streams_put(struct streams *s, struct bytes b)
{
	if (!s->out_failed && fd_queue_put(&s->out, b) < 0)
		fail(s, errno);
}

static struct fd_queue *diag_queue(struct streams *s)
{
	return s->same ? &s->out : &s->err;
}

static void put_message(struct streams *s, struct fd_queue *q, struct bytes b)
{
	if (fd_queue_put(q, b) < 0 && errno == EINTR)
		s->interrupted = s->err_failed = true;
}

void streams_put_diag(struct streams *s, struct bytes b)
{
	struct fd_queue *q = diag_queue(s);

	if (s->err_failed)
		return;
	if (fd_queue_len(q) && fd_queue_len(q) + b.len > DIAG_MAX) {
		s->discarded += b.len;
		return;
	}
	put_message(s, q, b);
}

void streams_put_error(struct streams *s, struct bytes b)
{
	put_message(s, &s->err, b);
}

void streams_note_discarded(struct streams *s, struct out *out)
{
	char line[80];

	if (!s->discarded || s->err_failed || fd_queue_len(diag_queue(s)))
		return;
	snprintf(line, sizeof(line), "%llu bytes of messages discarded",
		 (unsigned long long)s->discarded);
	s->discarded = 0;
	out_diag_line(out, STYLE_NOTICE, line);
}

bool streams_unread(const struct streams *s)
{
	return !s->out_failed && fd_queue_len(&s->out) >= UNREAD_MAX;
}

bool streams_queued(const struct streams *s)
{
	return !s->out_failed && fd_queue_len(&s->out);
}

void streams_abandon(struct streams *s)
{
	if (fd_queue_len(&s->out)) {
		fd_queue_clear(&s->out);
		s->out_failed = true;
		s->err_failed = s->err_failed || s->same;
	}
	if (fd_queue_len(&s->err)) {
		fd_queue_clear(&s->err);
		s->err_failed = true;
	}
}

static void finish_queues(struct streams *s)
{
	if (fd_queue_finish(&s->out) < 0)
		fail(s, errno);
	if (fd_queue_finish(&s->err) < 0 && errno == EINTR)
		s->interrupted = s->err_failed = true;
}

void streams_finish(struct streams *s, struct out *out)
{
	finish_queues(s);
	streams_note_discarded(s, out);
	finish_queues(s);
	streams_fini(s);
}
