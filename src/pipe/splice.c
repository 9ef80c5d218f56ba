/* SPDX-License-Identifier: ISC */
/*
 * Moves the bytes of one direction without a copy: with splice(2) through a
 * kernel pipe, or with sendfile(2) from a file. These calls support only some
 * kinds of ends; all other flows copy.
 *
 * An empty kernel pipe is lent to the next flow that reads, so that many
 * connections with little traffic share one.
 */
#include "pipe_own.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* Limit of one sendfile(2), so that other ends get their turn: a file is always
 * readable. */
#define FILE_MAX ((size_t)16 << 20)

static void close_both(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

void splice_init(struct pipe *pipe)
{
	pipe->spare[0] = pipe->spare[1] = -1;
}

void splice_fini(struct pipe *pipe)
{
	close_both(pipe->spare);
}

void splice_close(struct flow *w)
{
	close_both(w->kernel);
	w->in_kernel = 0;
}

void splice_choose(struct flow *w)
{
	const struct end *from = w->from, *to = w->to;

	const struct pipe *pipe = w->pair->pipe;

	if (!pipe->splices || pipe->dump || pipe->transcript || from->linked ||
	    to->linked || from->fed || w->to_crlf || w->line_pause ||
	    w->discards)
		return;
	/* splice(2) to these descriptors may block; a copy does not. */
	if (to->standard && (to->out_kind == FD_SOCKET ||
			     (to->small_writes && to->out_kind != FD_FIFO)))
		return;
	if (from->standard && from->in_kind == FD_FILE)
		w->by = BY_SENDFILE;
	else if (!from->standard || from->in_kind == FD_FIFO)
		w->by = BY_SPLICE;
}

static void move_pipe(int to[2], int from[2])
{
	memcpy(to, from, 2 * sizeof(*to));
	from[0] = from[1] = -1;
}

/* Takes a kernel pipe. Result: 0, or -1 if none can be opened. */
static int take_kernel_pipe(struct flow *w)
{
	struct pipe *pipe = w->pair->pipe;

	if (w->kernel[0] >= 0)
		return 0;
	if (pipe->spare[0] >= 0) {
		move_pipe(w->kernel, pipe->spare);
		return 0;
	}
	if (pipe2(w->kernel, O_CLOEXEC | O_NONBLOCK) < 0) {
		w->kernel[0] = w->kernel[1] = -1;
		return -1;
	}
	/* This fails above the user's limit; the kernel pipe then stays
	 * smaller. */
	fcntl(w->kernel[0], F_SETPIPE_SZ, (int)KERNEL_PIPE);
	return 0;
}

/* Makes the flow's empty kernel pipe the spare one, unless there is a spare one
 * already. */
static void return_kernel_pipe(struct flow *w)
{
	struct pipe *pipe = w->pair->pipe;

	if (!w->in_kernel && pipe->spare[0] < 0)
		move_pipe(pipe->spare, w->kernel);
}

/* Returns true for errors by which the kernel rejects these descriptors. */
static bool is_unsupported(int code)
{
	return code == EINVAL || code == ENOSYS || code == EOPNOTSUPP;
}

/* Falls back to copying; first moves the bytes in the kernel pipe to `held`. */
static enum rio fall_back(struct flow *w, int *code)
{
	w->by = BY_COPY;
	if (w->in_kernel) {
		uint8_t *at = buf_reserve(&w->held, w->in_kernel);
		ssize_t n = at ? read(w->kernel[0], at, w->in_kernel) : -1;

		if (n < 0 || (size_t)n != w->in_kernel) {
			*code = at ? EIO : ENOMEM;
			return RIO_FAIL;
		}
		buf_commit(&w->held, (size_t)n);
		w->in_kernel = 0;
	}
	return_kernel_pipe(w);
	splice_close(w);
	return RIO_FULL;
}

static enum rio splice_failed(struct flow *w, int *code)
{
	if (errno == EAGAIN || errno == EINTR)
		return RIO_WAIT;
	if (is_unsupported(errno))
		return fall_back(w, code);
	*code = errno;
	return RIO_FAIL;
}

enum rio splice_pull(struct flow *w, int *code)
{
	enum rio r = RIO_END;
	ssize_t n;

	if (take_kernel_pipe(w))
		return fall_back(w, code);
	do
		n = splice(w->from->in, NULL, w->kernel[1], NULL, KERNEL_PIPE,
			   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		r = splice_failed(w, code);
	if (n <= 0) {
		return_kernel_pipe(w);
		return r;
	}
	w->in_kernel = (size_t)n;
	w->bytes += (uint64_t)n;
	return RIO_MORE;
}

enum rio splice_push(struct flow *w, int *code)
{
	while (w->in_kernel) {
		ssize_t n = splice(w->kernel[0], NULL, w->to->out, NULL,
				   w->in_kernel,
				   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return splice_failed(w, code);
		if (!n) {
			*code = EIO;
			return RIO_FAIL;
		}
		w->in_kernel -= (size_t)n;
	}
	return_kernel_pipe(w);
	return RIO_MORE;
}

enum rio splice_file(struct flow *w, int *code)
{
	ssize_t n;

	do
		n = sendfile(w->to->out, w->from->in, NULL, FILE_MAX);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return splice_failed(w, code);
	w->bytes += (uint64_t)n;
	return n ? RIO_MORE : RIO_END;
}
