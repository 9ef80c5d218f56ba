/* SPDX-License-Identifier: ISC */
/*
 * The queue before the terminal: nothing is lost, out of order or waited for,
 * be the terminal stopped, full or gone. Both ways to it are tested, the one
 * that is opened anew and fd 1 itself.
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

/* What the queue holds, as outlet.c has it. */
#define QUEUE_MAX ((size_t)64 << 20)

/* fd 1 is a terminal as long as a test runs. */
struct terminal {
	int master, real, signals[2];
	struct tty_queue outlet;
};

static int open_slave(const struct terminal *t, int flags)
{
	int fd = open(ptsname(t->master), flags | O_NOCTTY);

	assert_true(fd >= 0);
	return fd;
}

/* As it is set, so it comes: newlines stay single bytes. */
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
	tty_queue_init(&t->outlet, t->signals[0]);
	/* It is not the one that controls us. */
	assert_int_equal(t->outlet.own, -1);
	*state = t;
	return 0;
}

static int setup_own(void **state)
{
	struct terminal *t;

	setup_shared(state);
	t = *state;
	t->outlet.own = open_slave(t, O_WRONLY | O_NONBLOCK);
	return 0;
}

static int teardown(void **state)
{
	struct terminal *t = *state;

	tty_queue_fini(&t->outlet);
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
	tty_queue_put(&t->outlet, bytes_str(text));
}

/* A terminal passes over NULs, which fill what room is too little. */
static bool comes(struct terminal *t, struct bytes want)
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

static void assert_comes(struct terminal *t, struct bytes want)
{
	assert_true(comes(t, want));
}

/* More than a terminal holds that nobody reads, each part unlike the others. */
static void make_much(struct buf *much)
{
	buf_init(much, BUF_SMALL);
	for (unsigned i = 0; buf_len(much) < 100000; i++)
		buf_printf(much, "%u ", i);
}

static void drain_gives_all_in_order(void **state)
{
	struct terminal *t = *state;

	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	put(t, "one ");
	fputs("two ", tty_queue_draw_stream(&t->outlet));
	put(t, "three ");
	fputs("fo", tty_queue_draw_stream(&t->outlet));
	fputs("ur", tty_queue_draw_stream(&t->outlet));
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	assert_comes(t, BYTES("one two three four"));

	/* The pen has begun anew. */
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	fputs("5", tty_queue_draw_stream(&t->outlet));
	assert_int_equal(tty_queue_finish(&t->outlet), RIO_MORE);
	assert_comes(t, BYTES("5"));
}

static void drain_keeps_what_a_stopped_terminal_refuses(void **state)
{
	struct terminal *t = *state;

	assert_true(tty_queue_open());
	tcflow(STDOUT_FILENO, TCOOFF);
	assert_false(tty_queue_open());
	put(t, "kept ");
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_WAIT);
	put(t, "too");
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_WAIT);
	assert_int_equal(rio_queued(&t->outlet.queue), strlen("kept too"));

	tcflow(STDOUT_FILENO, TCOON);
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	assert_comes(t, BYTES("kept too"));
}

static void drain_goes_on_where_the_terminal_was_full(void **state)
{
	struct terminal *t = *state;
	struct buf much;
	struct bytes rest;

	make_much(&much);
	rest = buf_bytes(&much);
	tty_queue_put(&t->outlet, rest);
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_WAIT);
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_WAIT);
	while (rest.len) {
		struct bytes some = bytes_head(rest, 1000);

		assert_comes(t, some);
		rest = bytes_skip(rest, some.len);
		assert_int_not_equal(tty_queue_drain(&t->outlet), RIO_FAIL);
	}
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	buf_fini(&much);
}

static void finish_waits_for_who_reads(void **state)
{
	struct terminal *t = *state;
	struct buf much;
	enum rio took;
	pid_t reader;
	int status;

	make_much(&much);
	reader = fork();
	if (!reader)
		_exit(!comes(t, buf_bytes(&much)));
	tty_queue_put(&t->outlet, buf_bytes(&much));
	/* The machine may have less time for the reader than it is given. */
	do
		took = tty_queue_finish(&t->outlet);
	while (took == RIO_WAIT);
	assert_int_equal(took, RIO_MORE);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
	buf_fini(&much);
}

static void finish_ends_where_a_signal_is_to_be_told(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "never");
	assert_int_equal(write(t->signals[1], "x", 1), 1);
	assert_int_equal(tty_queue_finish(&t->outlet), RIO_WAIT);
	assert_int_equal(rio_queued(&t->outlet.queue), strlen("never"));
}

static void finish_is_not_patient_for_ever(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "never");
	assert_int_equal(tty_queue_finish(&t->outlet), RIO_WAIT);
	assert_int_equal(rio_queued(&t->outlet.queue), strlen("never"));
}

static void release_lets_a_stopped_terminal_go_on(void **state)
{
	struct terminal *t = *state;

	tty_queue_release(); /* which has no effect on one that is not */
	assert_true(tty_queue_open());
	tcflow(STDOUT_FILENO, TCOOFF);
	put(t, "later");
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_WAIT);
	tty_queue_release();
	assert_true(tty_queue_open());
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_MORE);
	assert_comes(t, BYTES("later"));
}

static void drain_fails_when_the_terminal_is_gone(void **state)
{
	struct terminal *t = *state;

	close(t->master);
	t->master = -1;
	put(t, "nobody");
	assert_int_equal(tty_queue_drain(&t->outlet), RIO_FAIL);
	assert_int_equal(t->outlet.queue.error, EIO);
	assert_int_equal(tty_queue_finish(&t->outlet), RIO_FAIL);
}

/* Through 64 MiB, one more. */
static void overfill(struct terminal *t)
{
	size_t len = QUEUE_MAX - 1;
	char *much = calloc(1, len);

	assert_non_null(much);
	put(t, "a");
	tty_queue_put(&t->outlet, bytes_of(much, len));
	assert_int_equal(rio_queued(&t->outlet.queue), QUEUE_MAX);
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
	assert_int_equal(rio_queued(&t->outlet.queue), 1);
	assert_int_equal(*buf_bytes(&t->outlet.queue.buf).at, 'z');
}

static void put_past_the_limit_is_lost_where_none_comes(void **state)
{
	struct terminal *t = *state;

	tcflow(STDOUT_FILENO, TCOOFF);
	assert_int_equal(write(t->signals[1], "x", 1), 1);
	overfill(t);
	assert_int_equal(rio_queued(&t->outlet.queue), QUEUE_MAX);
	assert_int_equal(*buf_bytes(&t->outlet.queue.buf).at, 'a');
}

static void init_opens_the_terminal_that_controls_us(void **state)
{
	struct terminal *t = *state;
	pid_t session = fork();
	int status;

	if (!session) {
		struct tty_queue o;
		bool opened;

		/* The terminal's end is a signal to those it controls. */
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
	assert_comes(t, BYTES("controlled"));
}

#define OWN(name) cmocka_unit_test_setup_teardown(name, setup_own, teardown)
#define SHARED(name) \
	cmocka_unit_test_setup_teardown(name, setup_shared, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    OWN(drain_gives_all_in_order),
	    SHARED(drain_gives_all_in_order),
	    OWN(drain_keeps_what_a_stopped_terminal_refuses),
	    SHARED(drain_keeps_what_a_stopped_terminal_refuses),
	    OWN(drain_goes_on_where_the_terminal_was_full),
	    SHARED(drain_goes_on_where_the_terminal_was_full),
	    OWN(finish_waits_for_who_reads),
	    SHARED(finish_waits_for_who_reads),
	    OWN(finish_ends_where_a_signal_is_to_be_told),
	    SHARED(finish_ends_where_a_signal_is_to_be_told),
	    OWN(finish_is_not_patient_for_ever),
	    OWN(release_lets_a_stopped_terminal_go_on),
	    SHARED(release_lets_a_stopped_terminal_go_on),
	    OWN(drain_fails_when_the_terminal_is_gone),
	    SHARED(drain_fails_when_the_terminal_is_gone),
	    SHARED(put_past_the_limit_waits_for_room),
	    OWN(put_past_the_limit_is_lost_where_none_comes),
	    SHARED(init_opens_the_terminal_that_controls_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
