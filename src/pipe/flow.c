/* SPDX-License-Identifier: ISC */
/*
 * One direction: read, write, and nothing read before all is written, so that
 * a slow sink holds its source back. What an end of it means is pipe.c's.
 */
#include "pipe_own.h"

#include <errno.h>

/* How often one readiness is made use of while much comes. */
#define ROUNDS 8
/* Less than this in one read: what came was all there was. */
#define MUCH ((size_t)64 << 10)
/* Messages may pile up so far. */
#define PILE ((size_t)256 << 10)

static void resume_fires(struct timer *timer)
{
	flow_step(list_entry(timer, struct flow, resume), false);
}

void flow_init(struct flow *w, struct pair *pair, enum dir dir,
	       struct end *from, struct end *to)
{
	*w = (struct flow){.pair = pair, .from = from, .to = to, .dir = dir};
	w->kernel[0] = w->kernel[1] = -1;
	w->resume.fire = resume_fires;
	/* What was in the kernel's pipe may come to lie here. Turned, a chunk
	 * is twice as long, and the pile may have one more: that is less. */
	buf_init(&w->held, KERNEL_PIPE);
	buf_init(&w->raw, CHUNK);
	from->reads = w;
	to->writes = w;
}

void flow_fini(struct flow *w)
{
	if (!w->pair)
		return;
	loop_disarm(w->pair->pipe->net->loop, &w->resume);
	splice_close(w);
	buf_fini(&w->held);
	buf_fini(&w->raw);
}

/* Without what the link's own queue has. */
static size_t here(const struct flow *w)
{
	return buf_len(&w->held) + w->in_kernel;
}

size_t flow_held(const struct flow *w)
{
	size_t n = here(w);

	if (w->to->messages && w->to->reply_to)
		n += transport_queued(w->to->reply_to);
	return n;
}

void flow_touch(struct flow *w)
{
	struct loop *loop = w->pair->pipe->net->loop;

	if (w->from->messages)
		transport_touch(w->from->reply_to);
	else if (w->from->fed)
		fan_touch(w->pair->pipe->fan);
	else if (w->from->in_watch.ops)
		loop_touch(loop, &w->from->in_watch);
	if (!w->to->messages && w->to->out_watch.ops)
		loop_touch(loop, &w->to->out_watch);
}

static bool resting(const struct flow *w)
{
	return loop_armed(&w->resume);
}

bool flow_wants_input(const struct flow *w)
{
	if (w->ended || w->pair->over || pipe_log_is_full(w->pair->pipe))
		return false;
	/* What comes for one that is not thirsty is lost. */
	if (w->from->messages)
		return flow_held(w) < PILE;
	if (w->from->fed)
		return flow_held(w) < PILE && !resting(w);
	return !w->blocked && !resting(w) && !flow_held(w);
}

/* ---- writing ---- */

/* What may be written at once: all, or with pauses the next line. */
static struct bytes next_piece(const struct flow *w)
{
	struct bytes all = buf_bytes(&w->held);
	size_t at;

	if (!w->rest)
		return all;
	at = bytes_find_byte(all, '\n', 0);
	return at == BYTES_NOT_FOUND ? all : bytes_head(all, at + 1);
}

static void rest_after(struct flow *w, struct bytes piece)
{
	struct loop *loop = w->pair->pipe->net->loop;

	if (w->rest && piece.len && piece.at[piece.len - 1] == '\n')
		loop_arm(loop, &w->resume, loop_now(loop) + w->rest);
}

/* One message a piece; what the kernel does not take waits in the link. */
static enum rio push_message(struct flow *w, struct bytes piece)
{
	struct unit unit = {.data = piece};
	struct err e;

	if (!w->to->reply_to)
		return RIO_WAIT;
	if (transport_send(w->to->reply_to, &unit, &e)) {
		if (e.kind != ERR_LIMIT) {
			pair_lost(w->to, &e);
			return RIO_END;
		}
		pipe_say(w->pair->pipe, e.text);
	}
	rest_after(w, piece);
	buf_drop(&w->held, piece.len);
	return transport_queued(w->to->reply_to) ? RIO_WAIT : RIO_MORE;
}

static enum rio push_held(struct flow *w, int *code)
{
	while (buf_len(&w->held) && !resting(w)) {
		struct bytes piece = next_piece(w);
		size_t n;
		enum rio r;

		if (w->to->messages) {
			r = push_message(w, piece);
		} else {
			r = end_write(w->to, piece, &n, code);
			if (r == RIO_MORE) {
				if (n == piece.len)
					rest_after(w, piece);
				buf_drop(&w->held, n);
			}
		}
		if (r != RIO_MORE)
			return r;
	}
	return RIO_MORE;
}

static enum rio push(struct flow *w, int *code)
{
	enum rio r = RIO_MORE;

	if (w->in_kernel) {
		r = splice_push(w, code);
		if (r == RIO_FULL)
			r = RIO_MORE;
	}
	if (r == RIO_MORE && buf_len(&w->held))
		r = push_held(w, code);
	return r;
}

/* ---- reading ---- */

/* Into the log goes what goes on. */
static void account(struct flow *w, size_t before)
{
	struct bytes all = bytes_skip(buf_bytes(&w->held), before);

	pair_log(w, all);
	w->bytes += all.len;
	if (w->discards)
		buf_clear(&w->held);
}

static enum rio pull_copy(struct flow *w, int *code)
{
	struct buf *into = w->to_crlf ? &w->raw : &w->held;
	size_t most = w->to->messages ? end_longest(w->to) : CHUNK;
	size_t n, before = buf_len(&w->held);
	uint8_t *at = buf_reserve(into, w->to_crlf ? most / 2 : most);
	enum rio r;

	if (!at) {
		*code = ENOMEM;
		return RIO_FAIL;
	}
	r = end_read(w->from, at, w->to_crlf ? most / 2 : most, &n, code);
	if (r != RIO_MORE)
		return r;
	buf_commit(into, n);
	if (w->to_crlf) {
		int bad = crlf_turn(&w->crlf, buf_bytes(&w->raw), &w->held);

		buf_clear(&w->raw);
		if (bad) {
			*code = ENOMEM;
			return RIO_FAIL;
		}
	}
	account(w, before);
	return RIO_MORE;
}

static enum rio pull(struct flow *w, int *code)
{
	if (w->by == BY_SENDFILE)
		return splice_file(w, code);
	if (w->by == BY_SPLICE)
		return splice_pull(w, code);
	return pull_copy(w, code);
}

/* ---- the step ---- */

static void flow_finish(struct flow *w)
{
	int code = 0;

	if (w->done || !w->ended || flow_held(w))
		return;
	w->done = true;
	if (!w->whole && w->to != w->pair->broken)
		code = end_half(w->to);
	if (code)
		pair_write_failed(w, code);
	else
		pair_check(w->pair);
}

/* All that can be written is; whether more may be read. */
static bool push_out(struct flow *w)
{
	int code = 0;
	size_t before = here(w);
	enum rio r = push(w, &code);

	if (w->pair->over)
		return false;
	if (here(w) < before)
		pair_busy(w->pair);
	w->blocked = r == RIO_WAIT;
	if (r == RIO_FAIL)
		pair_write_failed(w, code);
	return r == RIO_MORE && !resting(w) && !w->pair->over;
}

/* A file is read by its sink's readiness: what must wait is the write. */
static bool file_failed(struct flow *w, int code)
{
	if (w->by == BY_SENDFILE && (code == EPIPE || code == ECONNRESET ||
				     code == ETIMEDOUT || code == ENOTCONN)) {
		pair_write_failed(w, code);
		return true;
	}
	return false;
}

/* Whether it is worth to ask once more. */
static bool flow_take(struct flow *w)
{
	uint64_t before = w->bytes;
	int code = 0;
	enum rio r = pull(w, &code);

	switch (r) {
	case RIO_MORE:
		pair_busy(w->pair);
		return push_out(w) && w->bytes - before >= MUCH;
	case RIO_FULL:
		return true;
	case RIO_WAIT:
		w->blocked = w->by == BY_SENDFILE;
		return false;
	case RIO_END:
		flow_end(w);
		return false;
	case RIO_FAIL:
		if (!file_failed(w, code))
			pair_read_failed(w, code);
		return false;
	}
	return false;
}

/* How often it may be read before the loop says again that it is readable:
 * where that could block, not at all. */
static int rounds(const struct flow *w, bool readable)
{
	const struct end *from = w->from;

	if (from->messages || from->fed)
		return 0;
	if (!from->standard || w->by != BY_COPY || from->in_kind == FD_FILE ||
	    from->in_kind == FD_SOCKET)
		return ROUNDS;
	return readable ? 1 : 0;
}

void flow_step(struct flow *w, bool readable)
{
	if (!w->pair->begun || w->pair->over)
		return;
	/* What the kernel declines is copied from then on, and that may block.
	 */
	if (push_out(w))
		for (int i = 0; i < rounds(w, readable) && flow_wants_input(w);
		     i++)
			if (!flow_take(w))
				break;
	if (w->pair->over)
		return;
	flow_finish(w);
	/* The other way may be done, and wait for nothing but what lay here. */
	if (!w->done && w->pair->ways[DIR_UP].done)
		pair_check(w->pair);
	if (!w->pair->over)
		flow_touch(w);
}

void flow_feed(struct flow *w, struct bytes data)
{
	struct unit unit = {.data = data};
	struct err e;

	pair_busy(w->pair);
	pair_log(w, data);
	w->bytes += data.len;
	if (w->discards)
		return;
	if (w->to->messages) {
		if (w->to->reply_to &&
		    transport_send(w->to->reply_to, &unit, &e)) {
			if (e.kind == ERR_LIMIT || e.kind == ERR_USAGE)
				pipe_say(w->pair->pipe, e.text);
			else
				pair_lost(w->to, &e);
		}
		return;
	}
	if (buf_put(&w->held, data) < 0)
		pipe_say(w->pair->pipe, "a datagram was dropped: no "
					"memory");
	else
		flow_step(w, false);
}

void flow_end(struct flow *w)
{
	w->ended = true;
	if (w->from->standard)
		w->pair->pipe->input_ended = true;
	if (w->from->runs)
		pair_gone(w->from);
	if (w->pair->begun && !w->pair->over)
		flow_finish(w);
}

void flow_drop(struct flow *w)
{
	buf_clear(&w->held);
	splice_close(w);
	w->ended = w->done = true;
	w->blocked = false;
	flow_touch(w);
}

void flow_discard(struct flow *w)
{
	if (w->done)
		return;
	buf_clear(&w->held);
	splice_close(w);
	w->by = BY_COPY;
	w->discards = w->whole = true;
	w->blocked = false;
	flow_touch(w);
}
