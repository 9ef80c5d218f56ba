/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes descriptors through buffers. A caller asks the loop whether
 * a descriptor is ready.
 */
#include "rung/rio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes that the first fill requests; small, because many readers stay idle. */
#define ASK_FIRST ((size_t)4 << 10)
/* Limit of one write; Linux writes at most 0x7ffff000 bytes in a call. */
#define WRITE_MAX ((size_t)1 << 30)
/* The pipe capacity that Linux permits every user by default
 * (/proc/sys/fs/pipe-max-size). With the usual 64 KiB, writer and reader mostly
 * wait for each other. */
#define PIPE_LARGE (1 << 20)

void rio_in_init(struct rio_in *in, size_t limit)
{
	*in = (struct rio_in){.fence = RIO_NO_FENCE};
	buf_init(&in->buf, limit);
}

void rio_in_fini(struct rio_in *in)
{
	buf_fini(&in->buf);
	*in = (struct rio_in){.buf = in->buf, .fence = RIO_NO_FENCE};
}

void rio_out_init(struct rio_out *out, size_t limit)
{
	*out = (struct rio_out){.error = 0};
	buf_init(&out->buf, limit);
}

void rio_out_fini(struct rio_out *out)
{
	buf_fini(&out->buf);
	*out = (struct rio_out){.buf = out->buf};
}

/*
 * Adapts the size of the next request: doubles it after a full read, halves it
 * after a read that left most of the room empty. So a stream soon moves in
 * large pieces, and a dialogue does not pay for memory that it does not use.
 */
static void learn(struct rio_in *in, size_t asked, size_t got)
{
	if (got == asked && in->ask < RIO_CHUNK)
		in->ask *= 2;
	else if (got < in->ask / 4 && in->ask > ASK_FIRST)
		in->ask /= 2;
}

enum rio rio_fill(struct rio_in *in, int fd)
{
	size_t held = buf_len(&in->buf);

	if (in->ended)
		return RIO_END;
	if (held >= in->buf.limit)
		return RIO_FULL;
	if (!in->ask)
		in->ask = ASK_FIRST;

	size_t ask = in->buf.limit - held;

	if (ask > in->ask)
		ask = in->ask;

	uint8_t *at = buf_reserve(&in->buf, ask);

	if (!at) {
		in->error = ENOMEM;
		return RIO_FAIL;
	}

	ssize_t n;

	do
		n = in->read ? in->read(fd, at, ask) : read(fd, at, ask);
	while (n < 0 && errno == EINTR);

	if (n < 0) {
		in->error = errno;
		if (in->error == EAGAIN || in->error == EWOULDBLOCK)
			return RIO_WAIT;
		return RIO_FAIL;
	}
	if (!n) {
		in->ended = true;
		return RIO_END;
	}
	buf_commit(&in->buf, (size_t)n);
	learn(in, ask, (size_t)n);
	return RIO_MORE;
}

enum rio rio_feed(struct rio_in *in, struct bytes b)
{
	return buf_put(&in->buf, b) < 0 ? RIO_FULL : RIO_MORE;
}

void rio_end(struct rio_in *in)
{
	in->ended = true;
}

struct bytes rio_peek(const struct rio_in *in)
{
	struct bytes b = buf_bytes(&in->buf);

	return in->fenced ? bytes_head(b, in->fence) : b;
}

bool rio_ended(const struct rio_in *in)
{
	if (in->fenced && in->fence <= buf_len(&in->buf))
		return true;
	return in->ended;
}

void rio_skip(struct rio_in *in, size_t n)
{
	buf_drop(&in->buf, n);
	in->seen = in->seen > n ? in->seen - n : 0;
	if (in->fenced)
		in->fence -= n;
}

void rio_fence(struct rio_in *in, size_t n)
{
	in->fenced = n != RIO_NO_FENCE;
	in->fence = n;
}

static bool rio_take(struct rio_in *in, size_t n, struct bytes *out)
{
	*out = bytes_head(rio_peek(in), n);
	rio_skip(in, n);
	return true;
}

bool rio_some(struct rio_in *in, size_t max, struct bytes *out)
{
	struct bytes b = bytes_head(rio_peek(in), max);

	return b.len && rio_take(in, b.len, out);
}

bool rio_exactly(struct rio_in *in, size_t n, struct bytes *out)
{
	return rio_peek(in).len >= n && rio_take(in, n, out);
}

/* Returns the mark's FNV-1a hash: in->seen is valid only for the mark whose
 * hash is in->scanned_for. */
static uint64_t mark_name(struct bytes mark)
{
	uint64_t h = 0xCBF29CE484222325;

	for (size_t i = 0; i < mark.len; i++)
		h = (h ^ mark.at[i]) * 0x100000001B3;
	return h;
}

/* Returns the offset at which the search for a mark resumes. `name`: the mark's
 * hash. */
static size_t search_from(struct rio_in *in, uint64_t name, size_t held)
{
	if (in->scanned_for != name)
		in->seen = 0;
	in->scanned_for = name;
	return in->seen < held ? in->seen : held;
}

bool rio_until(struct rio_in *in, struct bytes mark, struct bytes *out)
{
	struct bytes b = rio_peek(in);
	size_t from = search_from(in, mark_name(mark), b.len);
	size_t at = bytes_find(b, mark, from);

	if (at != BYTES_NOT_FOUND)
		return rio_take(in, at + mark.len, out);
	/* The mark may begin in the last bytes and end in the next fill. */
	if (b.len >= mark.len && b.len - mark.len + 1 > in->seen)
		in->seen = b.len - mark.len + 1;
	return false;
}

bool rio_line(struct rio_in *in, struct bytes *out)
{
	struct bytes b = rio_peek(in);
	size_t from = search_from(in, '\n', b.len);
	size_t at = bytes_find_byte(b, '\n', from);

	if (at != BYTES_NOT_FOUND)
		return rio_take(in, at + 1, out);
	if (b.len > in->seen)
		in->seen = b.len;
	if (b.len && (rio_ended(in) || b.len >= in->buf.limit))
		return rio_take(in, b.len, out);
	return false;
}

int rio_put(struct rio_out *out, struct bytes b)
{
	return buf_put(&out->buf, b);
}

/* Makes one write, repeated after EINTR. Result: WAIT, FAIL, or MORE with *n >
 * 0. */
static enum rio write_some(struct rio_out *out, int fd, struct bytes b,
			   size_t *n)
{
	ssize_t r;

	b = bytes_head(b, WRITE_MAX);
	do
		r = out->write ? out->write(fd, b.at, b.len)
			       : write(fd, b.at, b.len);
	while (r < 0 && errno == EINTR);

	if (r > 0) {
		*n = (size_t)r;
		return RIO_MORE;
	}
	/* A write that returns 0 makes no progress: do not retry it for ever.
	 */
	int error = r ? errno : EIO;

	if (error == EAGAIN || error == EWOULDBLOCK)
		return RIO_WAIT;
	out->error = error;
	return RIO_FAIL;
}

enum rio rio_drain(struct rio_out *out, int fd)
{
	while (buf_len(&out->buf)) {
		size_t n;
		enum rio r = write_some(out, fd, buf_bytes(&out->buf), &n);

		if (r != RIO_MORE)
			return r;
		buf_drop(&out->buf, n);
	}
	return RIO_MORE;
}

enum rio rio_drain_some(struct rio_out *out, int fd, size_t most)
{
	while (buf_len(&out->buf) && most) {
		size_t n;
		enum rio r = write_some(
		    out, fd, bytes_head(buf_bytes(&out->buf), most), &n);

		if (r != RIO_MORE)
			return r;
		buf_drop(&out->buf, n);
		most -= n;
	}
	return buf_len(&out->buf) ? RIO_WAIT : RIO_MORE;
}

enum rio rio_send(struct rio_out *out, int fd, struct bytes b)
{
	size_t queued = rio_queued(out);

	if (queued > out->buf.limit || b.len > out->buf.limit - queued)
		return RIO_FULL;
	if (queued)
		return rio_put(out, b) < 0 ? RIO_FULL : RIO_WAIT;

	while (b.len) {
		size_t n;
		enum rio r = write_some(out, fd, b, &n);

		if (r == RIO_WAIT && rio_put(out, b) < 0) {
			out->error = ENOMEM;
			return RIO_FAIL;
		}
		if (r != RIO_MORE)
			return r;
		b = bytes_skip(b, n);
	}
	return RIO_MORE;
}

size_t rio_queued(const struct rio_out *out)
{
	return buf_len(&out->buf);
}

int rio_capture(const char *path, int flags, mode_t mode)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags,
		      mode);

	/* Ignore a failure of fchmod(): some file systems have no modes. */
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid())
		(void)fchmod(fd, (st.st_mode & mode) | 0600);
	return fd;
}

bool rio_same(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !stat(path, &named) &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

int rio_writen(int fd, struct bytes b)
{
	struct rio_out none = {.error = 0};

	while (b.len) {
		size_t n;
		enum rio r = write_some(&none, fd, b, &n);

		if (r == RIO_FAIL) {
			errno = none.error;
			return -1;
		}
		if (r == RIO_MORE) {
			b = bytes_skip(b, n);
			continue;
		}
		/* Another process that shares the terminal may have made it
		 * non-blocking. */
		struct pollfd room = {.fd = fd, .events = POLLOUT};

		poll(&room, 1, -1);
	}
	return 0;
}

/* A terminal that poll(2) reports as writable has room for at least this many
 * bytes. */
#define TERMINAL_PIECE 256

/*
 * Returns how many bytes a writable descriptor accepts without blocking:
 * TERMINAL_PIECE for a terminal, any number for files and other character
 * devices, the capacity of an empty pipe, else PIPE_BUF.
 */
static size_t at_once(int fd)
{
	struct stat st;
	int held = 1;

	if (fstat(fd, &st) < 0)
		return PIPE_BUF;
	if (isatty(fd))
		return TERMINAL_PIECE;
	if (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode))
		return WRITE_MAX;
	if (S_ISFIFO(st.st_mode) && !ioctl(fd, FIONREAD, &held) && !held) {
		int size = fcntl(fd, F_GETPIPE_SZ);

		if (size > PIPE_BUF)
			return (size_t)size;
	}
	return PIPE_BUF;
}

int rio_await(int fd, short events, int stop)
{
	struct pollfd both[] = {{.fd = fd, .events = events},
				{.fd = stop, .events = POLLIN}};

	while (poll(both, 2, -1) < 0)
		if (errno != EINTR)
			return -1;
	if (both[0].revents)
		return 0;
	errno = EINTR;
	return -1;
}

int rio_writen_until(int fd, struct bytes b, int stop)
{
	struct rio_out none = {.error = 0};
	bool blocks = !(fcntl(fd, F_GETFL) & O_NONBLOCK);
	enum rio r = RIO_MORE;

	while (b.len) {
		size_t n;

		if ((blocks || r == RIO_WAIT) &&
		    rio_await(fd, POLLOUT, stop) < 0)
			return -1;
		if (blocks)
			n = at_once(fd);
		else
			n = b.len;
		r = write_some(&none, fd, bytes_head(b, n), &n);
		if (r == RIO_FAIL) {
			errno = none.error;
			return -1;
		}
		if (r == RIO_MORE)
			b = bytes_skip(b, n);
	}
	return 0;
}

enum rio rio_drain_shared(struct rio_out *out, int fd)
{
	while (buf_len(&out->buf)) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		struct bytes b = bytes_head(buf_bytes(&out->buf), at_once(fd));
		size_t n;

		if (poll(&room, 1, 0) <= 0)
			return RIO_WAIT;

		enum rio r = write_some(out, fd, b, &n);

		if (r != RIO_MORE)
			return r;
		buf_drop(&out->buf, n);
	}
	return RIO_MORE;
}

int rio_reopen(int fd)
{
	char path[32];
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);

	int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (own >= 0)
		(void)fcntl(own, F_SETPIPE_SZ, PIPE_LARGE);
	return own;
}
