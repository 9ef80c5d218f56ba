/* SPDX-License-Identifier: ISC */
/*
 * Tests rio: short counts, the end, the limit and the fence at every split,
 * over real pipes and sockets. loop_test.c tests waiting.
 * Long: all functions that take data are tested with the same feeds, which no
 *       other file uses.
 */
#include "rung/rio.h"

#include "tests/lib/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void no_wait(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

static void write_all(int fd, struct bytes b)
{
	assert_int_equal(rio_writen(fd, b), 0);
}

static void rio_fill_returns_more_wait_and_end(void **state)
{
	struct rio_in in = {.buf.limit = 100};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	no_wait(fds[0]);
	assert_int_equal(rio_fill(&in, fds[0]), RIO_WAIT);
	write_all(fds[1], BYTES("abc"));
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_int_equal(rio_fill(&in, fds[0]), RIO_WAIT);
	assert_false(rio_ended(&in));
	close(fds[1]);
	assert_int_equal(rio_fill(&in, fds[0]), RIO_END);
	assert_true(rio_ended(&in));
	close(fds[0]);
	/* A second fill reports the end again, and does not use the descriptor.
	 */
	assert_int_equal(rio_fill(&in, -1), RIO_END);
	assert_true(bytes_is(rio_peek(&in), "abc"));
	rio_in_fini(&in);
}

static void rio_fill_returns_full_at_the_limit(void **state)
{
	struct rio_in in;
	struct bytes b;
	int fds[2];

	(void)state;
	rio_in_init(&in, 4);
	assert_int_equal(pipe(fds), 0);
	write_all(fds[1], BYTES("abcdef"));
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_int_equal(rio_fill(&in, fds[0]), RIO_FULL);
	assert_true(rio_exactly(&in, 3, &b));
	assert_true(bytes_is(b, "abc"));
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_true(bytes_is(rio_peek(&in), "def"));
	close(fds[0]);
	close(fds[1]);
	rio_in_fini(&in);
}

static void rio_fill_fails_with_the_errno(void **state)
{
	struct rio_in in = {.buf.limit = 100};

	(void)state;
	assert_int_equal(rio_fill(&in, -1), RIO_FAIL);
	assert_int_equal(in.error, EBADF);
	assert_false(in.ended);
	rio_in_fini(&in);
}

static volatile sig_atomic_t alarms;
static int alarm_fd;

/* Ends the wait at the third alarm; the first two interrupt reads. */
static void on_alarm(int signo)
{
	(void)signo;
	if (++alarms == 3 && write(alarm_fd, "x", 1) != 1)
		abort();
}

static void rio_fill_continues_after_a_signal(void **state)
{
	struct rio_in in = {.buf.limit = 100};
	struct sigaction act = {.sa_handler = on_alarm}, old;
	struct itimerval soon = {{0, 2000}, {0, 2000}},
			 never = {{0, 0}, {0, 0}};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	alarm_fd = fds[1];
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	assert_true(alarms >= 3);
	assert_true(bytes_is(rio_peek(&in), "x"));
	close(fds[0]);
	close(fds[1]);
	rio_in_fini(&in);
}

/* A fast stream is read in large pieces; a dialogue needs little memory. */
static void rio_fill_adapts_its_request(void **state)
{
	struct rio_in in;
	uint8_t *chunk = xalloc(RIO_CHUNK);
	int fds[2];

	(void)state;
	rio_in_init(&in, (size_t)16 << 20);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	no_wait(fds[1]);
	write_all(fds[1], BYTES("hello\n"));
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_true(in.buf.cap <= 4096);
	rio_skip(&in, 6);

	size_t most = 0;

	for (int i = 0; i < 200; i++) {
		while (write(fds[1], chunk, RIO_CHUNK) > 0)
			;
		assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
		if (buf_len(&in.buf) > most)
			most = buf_len(&in.buf);
		rio_skip(&in, buf_len(&in.buf));
	}
	assert_true(most >= (size_t)64 << 10);
	assert_true(in.buf.cap <= 2 * RIO_CHUNK);

	no_wait(fds[0]);
	while (rio_fill(&in, fds[0]) == RIO_MORE)
		rio_skip(&in, buf_len(&in.buf));
	for (int i = 0; i < 10; i++) {
		write_all(fds[1], BYTES("hello\n"));
		assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
		rio_skip(&in, 6);
		buf_free_idle(&in.buf, 0);
	}
	write_all(fds[1], BYTES("hello\n"));
	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_true(in.buf.cap <= 4096);
	close(fds[0]);
	close(fds[1]);
	free(chunk);
	rio_in_fini(&in);
}

/* A reader, the function to test, and the pieces that the function should
 * return. */
struct script {
	struct rio_in in;
	size_t limit, next;
	bool (*take)(struct rio_in *, struct bytes *out);
	const struct bytes *want;
	size_t wants;
};

/* Results of the replaced system calls: each call returns a count, or -1 and an
 * errno. */
static struct result {
	ssize_t n;
	int error;
} const *next_result;

static ssize_t take_result(void)
{
	errno = next_result->error;
	return next_result++->n;
}

static ssize_t fake_read(int fd, void *at, size_t n)
{
	assert_int_equal(fd, 7);
	memset(at, 'x', n);
	return take_result();
}

static ssize_t fake_write(int fd, const void *at, size_t n)
{
	assert_int_equal(fd, 7);
	(void)at;
	(void)n;
	return take_result();
}

static void rio_uses_the_owners_read_and_write(void **state)
{
	static const struct result reads[] = {
	    {-1, EINTR}, {-1, EINTR}, {3, 0}, {-1, EAGAIN}, {-1, EIO}, {0, 0},
	};
	static const struct result writes[] = {
	    {2, 0}, {-1, EINTR}, {1, 0}, {-1, EAGAIN}, {1, 0}, {1, 0}, {0, 0},
	};
	struct rio_in in = {.buf.limit = 100, .read = fake_read};
	struct rio_out out = {.buf.limit = 100, .write = fake_write};

	(void)state;
	next_result = reads;
	assert_int_equal(rio_fill(&in, 7), RIO_MORE);
	assert_true(bytes_is(rio_peek(&in), "xxx"));
	assert_int_equal(rio_fill(&in, 7), RIO_WAIT);
	assert_int_equal(rio_fill(&in, 7), RIO_FAIL);
	assert_int_equal(in.error, EIO);
	assert_int_equal(rio_fill(&in, 7), RIO_END);

	next_result = writes;
	assert_int_equal(rio_send(&out, 7, BYTES("abcde")), RIO_WAIT);
	assert_int_equal(rio_queued(&out), 2);
	assert_int_equal(rio_drain(&out, 7), RIO_MORE);
	/* A write that returns 0 makes no progress, so it is an error. */
	assert_int_equal(rio_send(&out, 7, BYTES("f")), RIO_FAIL);
	assert_int_equal(out.error, EIO);
	rio_in_fini(&in);
	rio_out_fini(&out);
}

static void script_begin(void *on)
{
	struct script *s = on;

	rio_in_init(&s->in, s->limit);
	s->next = 0;
}

static void script_take(struct script *s)
{
	struct bytes b;

	while (s->take(&s->in, &b)) {
		if (s->next >= s->wants || !bytes_equal(b, s->want[s->next]))
			fail_msg("piece %zu is wrong, %s", s->next, feed_how());
		s->next++;
	}
}

static void script_piece(void *on, struct bytes b)
{
	struct script *s = on;

	while (b.len) {
		struct bytes some = bytes_head(b, s->limit);

		while (rio_feed(&s->in, some) == RIO_FULL)
			some.len--;
		assert_true(some.len > 0);
		b = bytes_skip(b, some.len);
		script_take(s);
	}
}

static void script_done(void *on)
{
	struct script *s = on;

	rio_end(&s->in);
	script_take(s);
	if (s->next != s->wants)
		fail_msg("%zu pieces of %zu, %s", s->next, s->wants,
			 feed_how());
	rio_in_fini(&s->in);
}

static const struct feed script_feed = {script_begin, script_piece,
					script_done};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void rio_line_returns_each_line_at_every_split(void **state)
{
	const struct bytes want[] = {BYTES("one\n"), BYTES("\n"),
				     BYTES("two\r\n"), BYTES("\0\xff\n"),
				     BYTES("last")};
	struct bytes whole = BYTES("one\n\ntwo\r\n\0\xff\nlast");
	struct script s = {
	    .limit = 64, .take = rio_line, .want = want, .wants = COUNT(want)};

	(void)state;
	assert_int_equal(feed_every_split(&script_feed, &s, whole),
			 whole.len + 1);
}

static void rio_line_cuts_at_the_limit(void **state)
{
	const struct bytes want[] = {BYTES("abcd"), BYTES("efgh"),
				     BYTES("i\n"),  BYTES("jkl\n"),
				     BYTES("mnop"), BYTES("\n")};
	struct script s = {
	    .limit = 4, .take = rio_line, .want = want, .wants = COUNT(want)};

	(void)state;
	feed_every_split(&script_feed, &s, BYTES("abcdefghi\njkl\nmnop\n"));
}

static bool take_until_end(struct rio_in *in, struct bytes *out)
{
	return rio_until(in, BYTES("END"), out);
}

static void rio_until_finds_a_mark_cut_in_two(void **state)
{
	const struct bytes want[] = {BYTES("aEND"), BYTES("END"), BYTES("EEND"),
				     BYTES("ENENEND")};
	struct script s = {.limit = 64,
			   .take = take_until_end,
			   .want = want,
			   .wants = COUNT(want)};

	(void)state;
	feed_every_split(&script_feed, &s, BYTES("aENDENDEENDENENENDtail"));
}

static bool take_three(struct rio_in *in, struct bytes *out)
{
	return rio_exactly(in, 3, out);
}

static void rio_exactly_returns_all_or_nothing(void **state)
{
	const struct bytes want[] = {BYTES("abc"), BYTES("de\n"), BYTES("fgh")};
	struct script s = {
	    .limit = 8, .take = take_three, .want = want, .wants = COUNT(want)};

	(void)state;
	feed_every_split(&script_feed, &s, BYTES("abcde\nfghij"));
}

static void rio_some_returns_the_available_bytes(void **state)
{
	struct rio_in in = {.buf.limit = 100};
	struct bytes b;

	(void)state;
	assert_false(rio_some(&in, 10, &b));
	rio_feed(&in, BYTES("abcdef"));
	assert_false(rio_some(&in, 0, &b));
	assert_true(rio_some(&in, 4, &b));
	assert_true(bytes_is(b, "abcd"));
	assert_true(rio_some(&in, 4, &b));
	assert_true(bytes_is(b, "ef"));
	assert_false(rio_some(&in, 4, &b));
	assert_true(rio_exactly(&in, 0, &b));
	assert_int_equal(b.len, 0);
	rio_in_fini(&in);
}

static void rio_feed_takes_nothing_when_full(void **state)
{
	struct rio_in in = {.buf.limit = 4};

	(void)state;
	assert_int_equal(rio_feed(&in, BYTES("abc")), RIO_MORE);
	assert_int_equal(rio_feed(&in, BYTES("de")), RIO_FULL);
	assert_int_equal(rio_feed(&in, BYTES("d")), RIO_MORE);
	assert_true(bytes_is(rio_peek(&in), "abcd"));
	rio_in_fini(&in);
}

/* A failed search for one mark does not narrow the search for another. */
static void rio_search_for_another_mark_restarts(void **state)
{
	struct rio_in in = {.buf.limit = 100};
	struct bytes b;

	(void)state;
	rio_feed(&in, BYTES("a;b||c"));
	assert_false(rio_line(&in, &b));
	assert_false(rio_until(&in, BYTES("xx"), &b));
	assert_true(rio_until(&in, BYTES(";"), &b));
	assert_true(bytes_is(b, "a;"));
	assert_false(rio_line(&in, &b));
	assert_true(rio_until(&in, BYTES("||"), &b));
	assert_true(bytes_is(b, "b||"));
	rio_in_fini(&in);
}

static void rio_search_reads_no_byte_twice(void **state)
{
	enum { PIECES = 1000 };
	struct rio_in in = {.buf.limit = SIZE_MAX};
	uint8_t piece[64];
	struct bytes b;

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (int i = 0; i < PIECES; i++) {
		rio_feed(&in, bytes_of(piece, sizeof(piece)));
		assert_false(rio_line(&in, &b));
		assert_int_equal(in.seen, buf_len(&in.buf));
	}
	for (int i = 0; i < PIECES; i++) {
		rio_feed(&in, bytes_of(piece, sizeof(piece)));
		assert_false(rio_until(&in, BYTES("x\r\n"), &b));
		assert_int_equal(in.seen, buf_len(&in.buf) - 2);
	}
	rio_feed(&in, BYTES("\r"));
	assert_false(rio_until(&in, BYTES("x\r\n"), &b));
	rio_feed(&in, BYTES("\n"));
	assert_true(rio_until(&in, BYTES("x\r\n"), &b));
	assert_int_equal(b.len, 2 * PIECES * sizeof(piece) + 2);
	assert_int_equal(in.seen, 0);
	rio_in_fini(&in);
}

static void rio_fence_is_an_end_for_every_take(void **state)
{
	struct rio_in in = {.buf.limit = 100};
	struct bytes b;

	(void)state;
	rio_feed(&in, BYTES("abc\ndef"));
	rio_fence(&in, 3);
	assert_true(bytes_is(rio_peek(&in), "abc"));
	assert_true(rio_ended(&in));
	assert_false(rio_exactly(&in, 4, &b));
	assert_false(rio_until(&in, BYTES("c\n"), &b));
	assert_true(rio_some(&in, 1, &b));
	assert_true(bytes_is(rio_peek(&in), "bc"));
	assert_true(rio_line(&in, &b));
	assert_true(bytes_is(b, "bc"));
	assert_false(rio_line(&in, &b));
	assert_int_equal(rio_peek(&in).len, 0);
	assert_true(rio_ended(&in));

	/* Without the fence the newline is found, even after a failed search
	 * with it. */
	rio_fence(&in, RIO_NO_FENCE);
	assert_true(rio_line(&in, &b));
	assert_true(bytes_is(b, "\n"));
	assert_false(rio_ended(&in));

	/* Test a fence at the end of an incomplete message, then one at the end
	 * of an empty message. */
	rio_fence(&in, 5);
	assert_false(rio_ended(&in));
	rio_feed(&in, BYTES("ghij"));
	assert_true(rio_ended(&in));
	assert_true(rio_some(&in, 9, &b));
	assert_true(bytes_is(b, "defgh"));
	rio_fence(&in, 0);
	assert_true(rio_ended(&in));
	assert_int_equal(rio_peek(&in).len, 0);
	assert_false(rio_some(&in, 9, &b));
	rio_fence(&in, RIO_NO_FENCE);
	assert_true(rio_some(&in, 9, &b));
	assert_true(bytes_is(b, "ij"));
	rio_in_fini(&in);
}

/* Makes a socket pair whose writing side has a small buffer. */
static void narrow_pair(int fds[2])
{
	int small = 1;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	no_wait(fds[0]);
	no_wait(fds[1]);
}

/* Reads and checks a counting pattern; calls rio_drain() if there is nothing to
 * read. */
static void read_pattern(int fds[2], struct rio_out *out, size_t from,
			 size_t to)
{
	size_t got = from;

	while (got < to) {
		uint8_t piece[1000];
		ssize_t n = read(fds[0], piece, sizeof(piece));

		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(piece[i], (got++ * 7) & 0xFF);
		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			assert_true(rio_queued(out) > 0);
			assert_int_not_equal(rio_drain(out, fds[1]), RIO_FAIL);
		}
	}
	assert_int_equal(got, to);
}

static uint8_t *pattern(size_t len)
{
	uint8_t *p = xalloc(len);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 7);
	return p;
}

static void rio_send_writes_at_once_and_queues_the_rest(void **state)
{
	enum { LEN = 1 << 20 };
	uint8_t *p = pattern(LEN);
	struct rio_out out = {.buf.limit = LEN};
	int fds[2];

	(void)state;
	narrow_pair(fds);
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p, 100)), RIO_MORE);
	assert_null(out.buf.data);
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p + 100, LEN - 200)),
			 RIO_WAIT);
	size_t queued = rio_queued(&out);
	assert_true(queued > 0);
	/* The socket has room again, but only rio_drain() writes the queued
	 * bytes. */
	read_pattern(fds, &out, 0, LEN - 100 - queued);
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p + LEN - 100, 100)),
			 RIO_WAIT);
	assert_int_equal(rio_queued(&out), queued + 100);
	read_pattern(fds, &out, LEN - 100 - queued, LEN);
	assert_int_equal(rio_drain(&out, fds[1]), RIO_MORE);
	assert_int_equal(rio_queued(&out), 0);
	close(fds[0]);
	close(fds[1]);
	free(p);
	rio_out_fini(&out);
}

static void rio_put_and_send_obey_the_limit(void **state)
{
	enum { LEN = 1 << 20 };
	uint8_t *p = pattern(LEN);
	struct rio_out out;
	int fds[2];

	(void)state;
	narrow_pair(fds);
	rio_out_init(&out, LEN - 1);
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p, LEN)), RIO_FULL);
	assert_int_equal(read(fds[0], p, 1), -1);
	assert_int_equal(rio_put(&out, bytes_of(p, LEN)), -1);
	assert_int_equal(rio_put(&out, bytes_of(p, LEN - 2)), 0);
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p, 2)), RIO_FULL);
	assert_int_equal(rio_queued(&out), LEN - 2);
	/* One more byte fits: the queue is then exactly at its limit. */
	assert_int_equal(rio_send(&out, fds[1], bytes_of(p + LEN - 2, 1)),
			 RIO_WAIT);
	assert_int_equal(rio_queued(&out), LEN - 1);
	read_pattern(fds, &out, 0, LEN - 1);
	close(fds[0]);
	close(fds[1]);
	free(p);
	rio_out_fini(&out);
}

static void rio_drain_fails_after_the_peer_closed(void **state)
{
	struct rio_out out = {.buf.limit = 100};
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	narrow_pair(fds);
	close(fds[0]);
	assert_int_equal(rio_drain(&out, fds[1]), RIO_MORE);
	assert_int_equal(rio_send(&out, fds[1], BYTES("abc")), RIO_FAIL);
	assert_int_equal(out.error, EPIPE);
	assert_int_equal(rio_put(&out, BYTES("abc")), 0);
	assert_int_equal(rio_drain(&out, fds[1]), RIO_FAIL);
	assert_int_equal(rio_queued(&out), 3);
	assert_int_equal(rio_writen(fds[1], BYTES("abc")), -1);
	assert_int_equal(errno, EPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);
	rio_out_fini(&out);
}

/* A child process reads. The writing side is non-blocking, so rio_writen() must
 * poll. */
static void rio_writen_waits_on_a_nonblocking_fd(void **state)
{
	enum { LEN = 1 << 20 };
	uint8_t *p = pattern(LEN);
	int fds[2];

	(void)state;
	narrow_pair(fds);
	fcntl(fds[0], F_SETFL, 0);

	pid_t child = fork();

	if (!child) {
		struct rio_in in = {.buf.limit = LEN};

		close(fds[1]);
		while (rio_fill(&in, fds[0]) == RIO_MORE)
			;
		_exit(!bytes_equal(rio_peek(&in), bytes_of(p, LEN - 1)));
	}
	assert_true(child > 0);
	close(fds[0]);
	write_all(fds[1], bytes_of(p, LEN - 1));
	close(fds[1]);

	int how = -1;

	assert_int_equal(waitpid(child, &how, 0), child);
	assert_int_equal(how, 0);
	free(p);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void rio_capture_does_not_wait_for_a_reader(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(rio_capture(path, O_TRUNC | O_NONBLOCK, 0600), -1);
	assert_int_equal(errno, ENXIO);
	unlink(path);
}

static void rio_capture_makes_an_existing_file_private(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "longer", 6), 6);
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
	fd = rio_capture(path, O_APPEND, 0600);
	assert_true(fd >= 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 6);
	assert_int_equal(mode_of(path), 0600);
	close(fd);
	assert_int_equal(chmod(path, 0666), 0);
	fd = rio_capture(path, O_TRUNC, 0600);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	assert_int_equal(mode_of(path), 0600);
	close(fd);
	unlink(path);
}

static void rio_capture_keeps_the_x_of_a_script(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	close(rio_capture(path, O_TRUNC, 0700));
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(chmod(path, 0755), 0);
	close(rio_capture(path, O_TRUNC, 0700));
	assert_int_equal(mode_of(path), 0700);
	close(rio_capture(path, O_TRUNC, 0600));
	assert_int_equal(mode_of(path), 0600);
	unlink(path);
	close(rio_capture(path, O_TRUNC, 0700));
	assert_int_equal(mode_of(path), 0700);
	unlink(path);
}

static void rio_capture_keeps_the_mode_of_a_fifo(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX";
	int fd = mkstemp(path), reader;

	(void)state;
	close(fd);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(chmod(path, 0644), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	fd = rio_capture(path, O_TRUNC | O_NONBLOCK, 0600);
	assert_true(fd >= 0);
	assert_int_equal(mode_of(path), 0644);
	close(fd);
	close(reader);
	unlink(path);
}

static void rio_same_knows_all_names_of_a_file(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX", other[sizeof(path) + 1];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	snprintf(other, sizeof(other), "%s2", path);
	assert_false(rio_same(fd, other));
	assert_int_equal(link(path, other), 0);
	assert_true(rio_same(fd, path));
	assert_true(rio_same(fd, other));
	assert_false(rio_same(fd, "/dev/null"));
	close(fd);
	assert_false(rio_same(fd, path));
	unlink(path);
	unlink(other);
}

static void rio_reopen_opens_a_pipe_again(void **state)
{
	enum { LEN = 4 << 20 };
	uint8_t *p = pattern(LEN);
	int fds[2], stop[2], file = open("/dev/null", O_WRONLY);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(stop), 0);

	int own = rio_reopen(fds[1]);

	assert_true(own >= 0);
	assert_true(fcntl(own, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(own, F_GETFD) & FD_CLOEXEC);
	assert_false(fcntl(fds[1], F_GETFL) & O_NONBLOCK);

	/* The second write fills the pipe, and ends because `stop` is readable.
	 */
	assert_int_equal(rio_writen_until(own, BYTES("abc"), stop[0]), 0);
	write_all(stop[1], BYTES("x"));
	assert_int_equal(rio_writen_until(own, bytes_of(p, LEN), stop[0]), -1);
	assert_int_equal(errno, EINTR);

	int held = 0;

	assert_int_equal(ioctl(fds[0], FIONREAD, &held), 0);
	/* The first page holds only the first write. */
	assert_true(held >= fcntl(own, F_GETPIPE_SZ) - 4096 + 3);

	signal(SIGPIPE, SIG_IGN);
	close(fds[0]);
	assert_int_equal(rio_writen_until(own, BYTES("abc"), stop[0]), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(rio_reopen(file), -1);
	signal(SIGPIPE, SIG_DFL);
	close(own);
	close(fds[1]);
	close(stop[0]);
	close(stop[1]);
	close(file);
	free(p);
}

/* Uses blocking pipes, because a program's stdout is usually blocking. */
static void rio_writen_until_stops_on_request(void **state)
{
	enum { LEN = 1 << 20 };
	uint8_t *p = pattern(LEN);
	int fds[2], stop[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(stop), 0);
	write_all(stop[1], BYTES("x"));

	/* The second write fills the pipe, and ends because `stop` is readable.
	 */
	assert_int_equal(rio_writen_until(fds[1], BYTES("abc"), stop[0]), 0);
	assert_int_equal(rio_writen_until(fds[1], bytes_of(p, LEN), stop[0]),
			 -1);
	assert_int_equal(errno, EINTR);

	struct rio_in in = {.buf.limit = LEN};

	assert_int_equal(rio_fill(&in, fds[0]), RIO_MORE);
	assert_true(bytes_equal(bytes_head(rio_peek(&in), 3), BYTES("abc")));
	assert_int_equal(p[0], rio_peek(&in).at[3]);
	rio_in_fini(&in);

	signal(SIGPIPE, SIG_IGN);
	close(fds[0]);
	assert_int_equal(rio_writen_until(fds[1], BYTES("abc"), stop[0]), -1);
	assert_int_equal(errno, EPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);
	close(stop[0]);
	close(stop[1]);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rio_fill_returns_more_wait_and_end),
	    cmocka_unit_test(rio_fill_returns_full_at_the_limit),
	    cmocka_unit_test(rio_fill_fails_with_the_errno),
	    cmocka_unit_test(rio_fill_continues_after_a_signal),
	    cmocka_unit_test(rio_fill_adapts_its_request),
	    cmocka_unit_test(rio_uses_the_owners_read_and_write),
	    cmocka_unit_test(rio_line_returns_each_line_at_every_split),
	    cmocka_unit_test(rio_line_cuts_at_the_limit),
	    cmocka_unit_test(rio_until_finds_a_mark_cut_in_two),
	    cmocka_unit_test(rio_exactly_returns_all_or_nothing),
	    cmocka_unit_test(rio_some_returns_the_available_bytes),
	    cmocka_unit_test(rio_feed_takes_nothing_when_full),
	    cmocka_unit_test(rio_search_for_another_mark_restarts),
	    cmocka_unit_test(rio_search_reads_no_byte_twice),
	    cmocka_unit_test(rio_fence_is_an_end_for_every_take),
	    cmocka_unit_test(rio_send_writes_at_once_and_queues_the_rest),
	    cmocka_unit_test(rio_put_and_send_obey_the_limit),
	    cmocka_unit_test(rio_drain_fails_after_the_peer_closed),
	    cmocka_unit_test(rio_writen_waits_on_a_nonblocking_fd),
	    cmocka_unit_test(rio_writen_until_stops_on_request),
	    cmocka_unit_test(rio_capture_does_not_wait_for_a_reader),
	    cmocka_unit_test(rio_capture_makes_an_existing_file_private),
	    cmocka_unit_test(rio_capture_keeps_the_x_of_a_script),
	    cmocka_unit_test(rio_capture_keeps_the_mode_of_a_fifo),
	    cmocka_unit_test(rio_same_knows_all_names_of_a_file),
	    cmocka_unit_test(rio_reopen_opens_a_pipe_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
