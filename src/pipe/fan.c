/* SPDX-License-Identifier: ISC */
/*
 * Copies standard input to all connected peers, and reads only while each of
 * them has room. Each peer's own flow writes to standard output (flow.c).
 */
#include "pipe_own.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fan {
	struct pipe *pipe;
	struct end end;
	struct watch watch;
	struct crlf crlf;
	struct buf raw, converted;
	bool ended;
};

static struct fan *fan_of(struct watch *w)
{
	return list_entry(w, struct fan, watch);
}

static bool waits_for(const struct pair *pair)
{
	const struct flow *down = &pair->flows[DIR_DOWN];

	return pair->begun && !down->ended && !flow_wants_input(down);
}

/* Returns the events to wait for. Without a peer, returns none: the input is
 * for later peers. */
static short fan_want(struct watch *w)
{
	const struct fan *fan = fan_of(w);
	const struct list *pairs = &fan->pipe->pairs;

	if (fan->ended || fan->pipe->done || list_empty(pairs))
		return 0;
	for (struct list *it = pairs->next; it != pairs; it = it->next)
		if (waits_for(list_entry(it, struct pair, at)))
			return 0;
	return POLLIN;
}

static void feed_all(struct fan *fan, struct bytes data)
{
	list_each (it, &fan->pipe->pairs) {
		struct pair *pair = list_entry(it, struct pair, at);

		if (pair->begun && !pair->flows[DIR_DOWN].ended)
			flow_feed(&pair->flows[DIR_DOWN], data);
	}
}

static void end_all(struct fan *fan)
{
	fan->ended = true;
	fan->pipe->input_ended = true;
	list_each (it, &fan->pipe->pairs) {
		struct pair *pair = list_entry(it, struct pair, at);

		flow_end(&pair->flows[DIR_DOWN]);
	}
}

static void input_failed(struct fan *fan, int code)
{
	char line[160];

	snprintf(line, sizeof(line), "standard input: %s", err_strerror(code));
	pipe_say(fan->pipe, line);
	pipe_ends(fan->pipe, err_exit_code(err_of_errno(code)));
}

static void convert_and_feed(struct fan *fan)
{
	if (!fan->pipe->o->crlf) {
		feed_all(fan, buf_bytes(&fan->raw));
	} else if (crlf_convert(&fan->crlf, buf_bytes(&fan->raw),
				&fan->converted)) {
		input_failed(fan, ENOMEM);
	} else {
		feed_all(fan, buf_bytes(&fan->converted));
	}
	buf_clear(&fan->raw);
	buf_clear(&fan->converted);
}

/* Returns the maximum number of bytes to read; half as many with -C, because
 * the conversion to CRLF may double the data. */
static size_t max_of(const struct fan *fan)
{
	const struct pipe_options *o = fan->pipe->o;
	size_t most = o->at.ops->shape == SHAPE_BYTES ? CHUNK : MESSAGE_MAX;

	return o->crlf ? most / 2 : most;
}

static void fan_ready(struct watch *w, short got)
{
	struct fan *fan = fan_of(w);
	size_t n, most = max_of(fan);
	uint8_t *at = buf_reserve(&fan->raw, most);
	int code = 0;

	(void)got;
	if (!at) {
		input_failed(fan, ENOMEM);
		return;
	}
	switch (end_read(&fan->end, at, most, &n, &code)) {
	case RIO_MORE:
		buf_commit(&fan->raw, n);
		convert_and_feed(fan);
		return;
	case RIO_END:
		end_all(fan);
		return;
	case RIO_FAIL:
		/* Standard input was closed before rung started: treat it as
		 * empty. */
		if (code == EBADF)
			end_all(fan);
		else
			input_failed(fan, code);
		return;
	case RIO_WAIT:
	case RIO_FULL:
		return;
	}
}

static const struct watch_ops fan_ops = {.want = fan_want, .ready = fan_ready};

struct fan *fan_new(struct pipe *pipe)
{
	struct fan *fan = xalloc(sizeof(*fan));

	fan->pipe = pipe;
	fan->end.reopened = -1;
	end_standard(&fan->end);
	buf_init(&fan->raw, CHUNK);
	buf_init(&fan->converted, 2 * CHUNK);
	fan->ended = pipe->o->no_stdin;
	if (!fan->ended)
		loop_watch(pipe->net->loop, &fan->watch, fan->end.in, &fan_ops);
	return fan;
}

const struct end *fan_end(const struct fan *fan)
{
	return &fan->end;
}

void fan_touch(struct fan *fan)
{
	if (fan && fan->watch.ops)
		loop_touch(fan->pipe->net->loop, &fan->watch);
}

void fan_free(struct fan *fan)
{
	if (!fan)
		return;
	loop_unwatch(fan->pipe->net->loop, &fan->watch);
	if (fan->end.reopened >= 0)
		close(fan->end.reopened);
	buf_fini(&fan->raw);
	buf_fini(&fan->converted);
	free(fan);
}
