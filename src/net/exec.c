/* SPDX-License-Identifier: ISC */
/*
 * Links to a command: stream.c moves the bytes; the link ends with the
 * command's exit code. child.c starts and reaps the command.
 */
#include "child_own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Time to wait for the exit after the output ended, before UNIT_END is passed
 * up. */
#define LATE_NS (200 * NS_PER_MS)

/* The transport's `extra` of an exec link. */
struct exec {
	struct extra extra;
	struct transport *t;
	struct child *child; /* NULL: group empty, or child given away */
	struct err why;      /* error of the exit; kind ERR_NONE: code 0 */
	struct timer begin;  /* opens the link */
	struct timer late;   /* passes UNIT_END up if the exit is late */
	int fd;              /* socket until the link opens, then -1 */
	char name[128];      /* the command, as printed in messages */
	bool ended;          /* child exited; its group may still run */
	bool gone;           /* child's end of the socket is closed */
	bool unread;         /* the child left input unread */
};

static void exec_finish(struct transport *t)
{
	const struct exec *x = t->extra;
	struct err why = x->why;
	enum cause cause = CAUSE_BOTH;

	if (why.kind == ERR_NONE && (x->unread || rio_queued(&t->out))) {
		err_set(&why, ERR_RESET, ECONNRESET,
			"%s: exited with code 0 before reading all input",
			x->name);
		cause = CAUSE_RESET;
	} else if (why.kind != ERR_NONE) {
		cause = CAUSE_FAILED;
	}
	link_finish(t, cause, why.kind == ERR_NONE ? NULL : &why);
}

/* Passes UNIT_END up, but only once. Result: true if the link is still open. */
static bool end_up(struct transport *t)
{
	struct exec *x = t->extra;
	struct unit end = {.flags = UNIT_END};

	loop_disarm(t->net->loop, &x->late);
	if (!t->ended[DIR_UP]) {
		t->ended[DIR_UP] = true;
		link_up(t, &end);
	}
	return t->state == LINK_OPEN;
}

static void late_fires(struct timer *timer)
{
	end_up(list_entry(timer, struct exec, late)->t);
}

static void child_ended(struct child *c, void *owner, const struct err *why)
{
	struct transport *t = owner;
	struct exec *x = t->extra;

	x->ended = true;
	if (why)
		x->why = *why;
	/* If the socket is still open, either output is left to read, or
	 * another process of the group has the other end. */
	x->child = x->gone ? NULL : child_keep_group(c);
	if (x->gone && end_up(t))
		exec_finish(t);
}

static void on_stderr_line(struct child *c, void *owner, const char *text)
{
	(void)c;
	link_note(owner, false, "stderr: %s", text);
}

static const struct child_sink sink = {.ended = child_ended,
				       .stderr_line = on_stderr_line};

static void begin_fires(struct timer *timer)
{
	struct exec *x = list_entry(timer, struct exec, begin);
	int fd = x->fd;

	x->fd = -1;
	link_open(x->t, fd);
	link_opened(x->t);
}

static int open_exec(struct transport *t, const struct endpoint *to,
		     const struct dial_options *options, struct err *e)
{
	struct loop *loop = t->net->loop;
	struct exec *x;

	if (options && (options->from || options->proxy))
		return err_set(e, ERR_USAGE, 0, "exec: a command has no %s",
			       options->from ? "local address" : "proxy");
	x = calloc(1, sizeof(*x));
	if (!x)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	x->t = t;
	x->fd = -1;
	x->begin.fire = begin_fires;
	x->late.fire = late_fires;
	x->child = child_start(t->net, to->command, options, &x->fd, &sink, t,
			       e);
	if (!x->child) {
		free(x);
		return -1;
	}
	snprintf(x->name, sizeof(x->name), "%s", child_name(x->child));
	t->extra = x;
	t->state = LINK_CONNECTING;
	loop_arm(loop, &x->begin, loop_now(loop));
	return 0;
}

/* Handles the close of the other end, which ends both directions. `code`: 0
 * after an orderly close. Passes UNIT_END up when the child exits, or after
 * LATE_NS if it has not exited. */
static void gone(struct transport *t, int code)
{
	struct loop *loop = t->net->loop;
	struct exec *x = t->extra;

	if (x->gone)
		return;
	x->gone = true;
	x->unread = code != 0;
	t->ended[DIR_DOWN] = true;
	loop_unwatch(loop, &t->watch);
	if (x->child && !x->ended)
		loop_arm(loop, &x->late, loop_now(loop) + LATE_NS);
	else if (end_up(t))
		exec_finish(t);
}

static void stop(struct transport *t, enum cause cause)
{
	struct exec *x = t->extra;

	loop_disarm(t->net->loop, &x->begin);
	loop_disarm(t->net->loop, &x->late);
	if (x->child) {
		children_drop_sink(t->net, t);
		child_detach(x->child, t->watch.fd, x->gone,
			     cause == CAUSE_LOCAL_RESET);
	}
	if (x->fd >= 0)
		close(x->fd);
}

static void put_name(const struct transport *t, struct buf *out)
{
	const struct exec *x = t->extra;

	buf_puts(out, x->name);
}

static void info(const struct transport *t, struct buf *out)
{
	const struct exec *x = t->extra;

	if (x->child && !x->ended)
		buf_printf(out, "pid %ld\n", (long)x->child->pid);
}

struct child *transport_child(struct transport *t, const struct child_sink *to,
			      void *owner)
{
	struct exec *x = t->extra;
	struct child *c;

	if (!t->ops || !t->ops->runs || !x || !x->child || x->ended)
		return NULL;
	c = x->child;
	x->child = NULL;
	child_set_sink(c, to, owner);
	return c;
}

const struct transport_kind kind_exec = {
    .halves = true,
    .receive = stream_receive,
    .send = stream_send,
    .flush = stream_flush,
    .open = open_exec,
    .gone = gone,
    .stop = stop,
    .put_name = put_name,
    .info = info,
};
