/* SPDX-License-Identifier: ISC */
/*
 * Tests of the terminal's queue: a stopped, full or closed terminal neither
 * loses nor reorders output, and blocks no caller. Most tests run twice: with a
 * reopened terminal and with fd 1 itself.
 */
#include "src/repl/tty_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

/* Equals the limit in tty_queue.c. */
#define QUEUE_MAX ((size_t)64 << 20)

/* A pseudo-terminal, which is fd 1 during a test. */
struct terminal {
	int master, real, signals[2];
	struct tty_queue tty;
};

static int open_slave(const struct terminal *t, int flags)
{
	int fd = open(ptsname(t->master), flags | O_NOCTTY);

	assert_true(fd >= 0);
	return fd;
}

/* Turns output processing off: newlines stay single bytes. */
static void set_raw(int fd)
{
	struct termios mode;

	assert_int_equal(tcgetattr(fd, &mode), 0);
	cfmakeraw(&mode);
	assert_int_equal(tcsetattr(fd, TCSANOW, &mode), 0);
}

static int setup_shared(void **state)
{
	struct terminal *t = xalloc(sizeof(*t));
	int slave;

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master) | unlockpt(t->master), 0);
	slave = open_slave(t, O_RDWR);
	set_raw(slave);
	t->real = dup(STDOUT_FILENO);
	assert_int_equal(dup2(slave, STDOUT_FILENO), STDOUT_FILENO);
	close(slave);
	assert_int_equal(pipe(t->signals), 0);
	tty_queue_init(&t->tty, t->signals[0]);
	/* The pseudo-terminal is not the controlling terminal. */
	assert_int_equal(t->tty.own, -1);
	*state = t;
	return 0;
}

static int setup_own(void **state)
{
	struct terminal *t;

	setup_shared(state);
	t = *state;
	t->tty.own = open_slave(t, O_WRONLY | O_NONBLOCK);
	return 0;
}

static int teardown(void **state)
{
	struct terminal *t = *state;

	tty_queue_fini(&t->tty);
	dup2(t->real, STDOUT_FILENO);
	close(t->real);
	if (t->master >= 0)
		close(t->master);
	close(t->signals[0]);
	close(t->signals[1]);
	free(t);
	return 0;
}

static void put(struct terminal *t, const char *text)
{
	tty_queue_put(&t->tty, bytes_str(text));
}

/* Returns true if the terminal receives this data. Skips NULs, which
 * tty_queue.c writes to use up the terminal's space. */
static bool receives(struct terminal *t, struct bytes want)
{
	char got[4096];

	while (want.len) {
		size_t most = want.len < sizeof(got) ? want.len : sizeof(got);
		ssize_t n = read(t->master, got, most);

		if (n <= 0)
			return false;
		for (ssize_t i = 0; i < n; i++) {
			if (!got[i])
				continue;
			if (got[i] != (char)*want.at)
				return false;
			want = bytes_skip(want, 1);
		}
	}
	return true;
}

static void assert_receives(struct terminal *t, struct bytes want)
{
	assert_true(receives(t, want));
}

/* Generates more data than a terminal buffers; no part repeats. */
static void fill(struct buf *much)
{
	buf_init(much, BUF_SMALL);
	for (unsigned i = 0; buf_len(much) < 100000; i++)
		buf_printf(much, "%u ", i);
}

static void drain_writes_all_in_order(void **state)
{
	struct terminal *t = *state;

	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	put(t, "one ");
	fputs("two ", tty_queue_draw_stream(&t->tty));
	put(t, "three ");
	fputs("fo", tty_queue_draw_stream(&t->tty));
	fputs("ur", tty_queue_draw_stream(&t->tty));
	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	assert_receives(t, BYTES("one two three four"));

	/* The draw stream is empty again. */
	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	fputs("5", tty_queue_draw_stream(&t->tty));
	assert_int_equal(tty_queue_finish(&t->tty), RIO_MORE);
	assert_receives(t, BYTES("5"));
}

static void drain_keeps_the_rest_for_a_stopped_terminal(void **state)
{
	struct terminal *t = *state;

	assert_true(tty_queue_open());
	tcflow(STDOUT_FILENO, TCOOFF);
	assert_false(tty_queue_open());
	put(t, "kept ");
	assert_int_equal(tty_queue_drain(&t->tty), RIO_WAIT);
	put(t, "too");
	assert_int_equal(tty_queue_drain(&t->tty), RIO_WAIT);
	assert_int_equal(rio_queued(&t->tty.queue), strlen("kept too"));

	tcflow(STDOUT_FILENO, TCOON);
	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	assert_receives(t, BYTES("kept too"));
}

static void drain_continues_after_a_full_terminal(void **state)
{
	struct terminal *t = *state;
	struct buf much;
	struct bytes rest;

	fill(&much);
	rest = buf_bytes(&much);
	tty_queue_put(&t->tty, rest);
	assert_int_equal(tty_queue_drain(&t->tty), RIO_WAIT);
	assert_int_equal(tty_queue_drain(&t->tty), RIO_WAIT);
	while (rest.len) {
		struct bytes some = bytes_head(rest, 1000);

		assert_receives(t, some);
		rest = bytes_skip(rest, some.len);
		assert_int_not_equal(tty_queue_drain(&t->tty), RIO_FAIL);
	}
	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	buf_fini(&much);
}

static void finish_waits_for_a_slow_reader(void **state)
{
	struct terminal *t = *state;
	struct buf much;
	enum rio took;
	pid_t reader;
	int status;

	fill(&much);
	reader = fork();
	if (!reader)
		_exit(!receives(t, buf_bytes(&much)));
	tty_queue_put(&t->tty, buf_bytes(&much));
	/* On a busy machine the reader may be slower than the wait. */
	do
		took = tty_queue_finish(&t->tty);
	while (took == RIO_WAIT);
	assert_int_equal(took, RIO_MORE);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
	buf_fini(&much);
}

static void finish_ends_at_a_pending_signal(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "never");
	assert_int_equal(write(t->signals[1], "x", 1), 1);
	assert_int_equal(tty_queue_finish(&t->tty), RIO_WAIT);
	assert_int_equal(rio_queued(&t->tty.queue), strlen("never"));
}

static void finish_times_out(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "never");
	assert_int_equal(tty_queue_finish(&t->tty), RIO_WAIT);
	assert_int_equal(rio_queued(&t->tty.queue), strlen("never"));
}

static void release_resumes_a_stopped_terminal(void **state)
{
	struct terminal *t = *state;

	tty_queue_release(); /* has no effect on a running terminal */
	assert_true(tty_queue_open());
	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "later");
	assert_int_equal(tty_queue_drain(&t->tty), RIO_WAIT);
	tty_queue_release();
	assert_true(tty_queue_open());
	assert_int_equal(tty_queue_drain(&t->tty), RIO_MORE);
	assert_receives(t, BYTES("later"));
}

static void drain_fails_when_the_terminal_is_gone(void **state)
{
	struct terminal *t = *state;

	close(t->master);
	t->master = -1;
	put(t, "nobody");
	assert_int_equal(tty_queue_drain(&t->tty), RIO_FAIL);
	assert_int_equal(t->tty.queue.error, EIO);
	assert_int_equal(tty_queue_finish(&t->tty), RIO_FAIL);
}

/* Queues 64 MiB, and one byte more. */
static void overfill(struct terminal *t)
{
	size_t len = QUEUE_MAX - 1;
	char *much = calloc(1, len);

	assert_non_null(much);
	put(t, "a");
	tty_queue_put(&t->tty, bytes_of(much, len));
	assert_int_equal(rio_queued(&t->tty.queue), QUEUE_MAX);
	free(much);
	put(t, "z");
}

static void put_past_the_limit_waits_for_room(void **state)
{
	struct terminal *t = *state;
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	close(null);
	overfill(t);
	assert_int_equal(rio_queued(&t->tty.queue), 1);
	assert_int_equal(*buf_bytes(&t->tty.queue.buf).at, 'z');
}

static void put_past_the_limit_is_lost_without_room(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	assert_int_equal(write(t->signals[1], "x", 1), 1);
	overfill(t);
	assert_int_equal(rio_queued(&t->tty.queue), QUEUE_MAX);
	assert_int_equal(*buf_bytes(&t->tty.queue.buf).at, 'a');
}

static void init_opens_the_controlling_terminal(void **state)
{
	struct terminal *t = *state;
	pid_t session = fork();
	int status;

	if (!session) {
		struct tty_queue o;
		bool opened;

		/* A controlling terminal sends SIGHUP when the session ends. */
		signal(SIGHUP, SIG_IGN);
		if (setsid() < 0 || ioctl(STDOUT_FILENO, TIOCSCTTY, 0) < 0)
			_exit(2);
		tty_queue_init(&o, t->signals[0]);
		opened = o.own >= 0 && fcntl(o.own, F_GETFL) & O_NONBLOCK &&
			 !(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK);
		tty_queue_put(&o, BYTES("controlled"));
		opened &= tty_queue_drain(&o) == RIO_MORE;
		tty_queue_fini(&o);
		_exit(!opened);
	}
	assert_int_equal(waitpid(session, &status, 0), session);
	assert_int_equal(status, 0);
	assert_receives(t, BYTES("controlled"));
}

#define OWN(name) cmocka_unit_test_setup_teardown(name, setup_own, teardown)
#define SHARED(name) \
	cmocka_unit_test_setup_teardown(name, setup_shared, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    OWN(drain_writes_all_in_order),
	    SHARED(drain_writes_all_in_order),
	    OWN(drain_keeps_the_rest_for_a_stopped_terminal),
	    SHARED(drain_keeps_the_rest_for_a_stopped_terminal),
	    OWN(drain_continues_after_a_full_terminal),
	    SHARED(drain_continues_after_a_full_terminal),
	    OWN(finish_waits_for_a_slow_reader),
	    SHARED(finish_waits_for_a_slow_reader),
	    OWN(finish_ends_at_a_pending_signal),
	    SHARED(finish_ends_at_a_pending_signal),
	    OWN(finish_times_out),
	    OWN(release_resumes_a_stopped_terminal),
	    SHARED(release_resumes_a_stopped_terminal),
	    OWN(drain_fails_when_the_terminal_is_gone),
	    SHARED(drain_fails_when_the_terminal_is_gone),
	    SHARED(put_past_the_limit_waits_for_room),
	    OWN(put_past_the_limit_is_lost_without_room),
	    SHARED(init_opens_the_controlling_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
