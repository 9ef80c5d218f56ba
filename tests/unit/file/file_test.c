/* SPDX-License-Identifier: ISC */
/*
 * Tests files with each engine of the loop: regular files, FIFOs and devices.
 * tests/wire/files_wait.sh tests the commands that use them.
 */
#include "rung/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <string.h>

static const struct loop_engine *engine;
static struct clock real;
static struct loop *loop;
static char dir[] = "/tmp/rung-file-XXXXXX";
static unsigned moves;

static void moved(struct file *f)
{
	(void)f;
	moves++;
}

/* Continues to read until the file is full or ended. */
static void moved_read_on(struct file *f)
{
	moves++;
	file_want(f);
}

static int setup(void **state)
{
	(void)state;
	loop = loop_new(engine, &real, NULL);
	assert_non_null(loop);
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	moves = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_free(loop);
	unlink("f");
	assert_int_equal(chdir("/"), 0);
	return rmdir(dir);
}

#define TURN_UNTIL(condition)                               \
	for (int turn = 0; !(condition); turn++) {          \
		assert_true(turn < 1000000);                \
		assert_int_equal(loop_turn(loop, NULL), 0); \
	}

static void write_file(struct bytes text)
{
	int fd = open("f", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_int_equal(write(fd, text.at, text.len), text.len);
	close(fd);
}

static void expect_file(struct bytes want)
{
	char got[64];
	int fd = open("f", O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got));

	close(fd);
	assert_int_equal(n, want.len);
	assert_memory_equal(got, want.at, want.len);
}

static void file_reads_a_regular_file(void **state)
{
	struct file f = {.loop = NULL};
	struct bytes all;

	(void)state;
	write_file(BYTES("one\ntwo\n"));
	file_read(&f, loop, "f", 100, moved_read_on);
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_int_equal(f.error, 0);
	assert_false(f.waits);
	assert_true(rio_some(&f.in, 100, &all));
	assert_true(bytes_is(all, "one\ntwo\n"));

	/* A rewound file is read again in full. */
	assert_int_equal(file_rewind(&f), 0);
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_true(bytes_is(rio_peek(&f.in), "one\ntwo\n"));
	file_cancel(&f);
	file_cancel(&f);
}

static void file_reads_up_to_its_limit(void **state)
{
	struct file f = {.loop = NULL};
	struct bytes some;

	(void)state;
	write_file(BYTES("0123456789"));
	file_read(&f, loop, "f", 4, moved_read_on);
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_true(bytes_is(rio_peek(&f.in), "0123"));
	assert_true(rio_some(&f.in, 3, &some));
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_true(bytes_is(rio_peek(&f.in), "3456"));
	file_cancel(&f);
}

static void expect_error(const char *path, int code)
{
	struct file f = {.loop = NULL};

	file_read(&f, loop, path, 100, moved_read_on);
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_int_equal(f.error, code);
	file_cancel(&f);
}

static void file_reports_read_errors(void **state)
{
	(void)state;
	expect_error("f", ENOENT);
	expect_error(".", EISDIR);
	expect_error("", ENOENT);
}

static bool fired;
static void fire(struct timer *t)
{
	(void)t;
	fired = true;
}

static void turn_a_moment(void)
{
	struct timer t = {.fire = fire};

	fired = false;
	loop_arm(loop, &t, loop_now(loop) + NS_PER_S / 100);
	TURN_UNTIL(fired);
}

static void file_waits_for_the_writer_of_a_fifo(void **state)
{
	struct file f = {.loop = NULL};
	int fd;

	(void)state;
	assert_int_equal(mkfifo("f", 0600), 0);
	file_read(&f, loop, "f", 100, moved_read_on);
	file_want(&f);
	TURN_UNTIL(f.opened);
	turn_a_moment();
	assert_false(file_is_full(&f));
	fd = open("f", O_WRONLY);
	assert_int_equal(write(fd, "ab", 2), 2);
	TURN_UNTIL(rio_peek(&f.in).len);
	turn_a_moment();
	assert_int_equal(write(fd, "c", 1), 1);
	close(fd);
	TURN_UNTIL(file_is_full(&f));
	assert_int_equal(f.error, 0);
	assert_true(bytes_is(rio_peek(&f.in), "abc"));
	file_cancel(&f);
}

static void file_can_be_cancelled_at_any_time(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("f", 0600), 0);
	for (int turns = 0; turns < 4; turns++) {
		struct file f = {.loop = NULL};
		unsigned before;

		file_read(&f, loop, "f", 100, moved);
		file_want(&f);
		for (int i = 0; i < turns && !f.opened; i++)
			assert_int_equal(loop_turn(loop, NULL), 0);
		before = moves;
		file_cancel(&f);
		turn_a_moment();
		assert_int_equal(moves, before);
	}
}

static void file_writes_a_capture(void **state)
{
	struct file f = {.loop = NULL};
	struct stat st;

	(void)state;
	write_file(BYTES("something longer"));
	file_write(&f, loop, "f", 0600, moved);
	assert_int_equal(file_put(&f, BYTES("one ")), 0);
	assert_int_equal(file_queued(&f), 4);
	TURN_UNTIL(!file_queued(&f));
	expect_file(BYTES("one "));
	assert_int_equal(file_put(&f, BYTES("two ")), 0);
	assert_int_equal(file_put(&f, BYTES("three")), 0);
	file_end(&f);
	assert_int_equal(file_queued(&f), 9);
	TURN_UNTIL(file_is_closed(&f));
	assert_int_equal(f.error, 0);
	expect_file(BYTES("one two three"));
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	file_cancel(&f);
}

static void file_reports_write_errors(void **state)
{
	struct file f = {.loop = NULL};

	(void)state;
	file_write(&f, loop, "/dev/full", 0600, moved);
	assert_int_equal(file_put(&f, BYTES("x")), 0);
	TURN_UNTIL(f.error);
	assert_int_equal(f.error, ENOSPC);
	file_end(&f);
	TURN_UNTIL(file_is_closed(&f));
	file_cancel(&f);

	/* A FIFO without a reader is an error. */
	assert_int_equal(mkfifo("f", 0600), 0);
	file_write(&f, loop, "f", 0600, moved);
	TURN_UNTIL(f.error);
	assert_int_equal(f.error, ENXIO);
	file_cancel(&f);
}

static void file_waits_for_the_reader_of_a_fifo(void **state)
{
	enum { LEN = 1 << 20 };
	struct file f = {.loop = NULL};
	uint8_t *data = calloc(1, LEN);
	size_t got = 0;
	int fd;

	(void)state;
	assert_int_equal(mkfifo("f", 0600), 0);
	fd = open("f", O_RDONLY | O_NONBLOCK);
	file_write(&f, loop, "f", 0600, moved);
	assert_int_equal(file_put(&f, bytes_of(data, LEN)), 0);
	TURN_UNTIL(f.opened);
	turn_a_moment();
	assert_true(file_queued(&f) > 0);
	assert_true(file_queued(&f) < LEN);
	file_end(&f);
	while (got < LEN) {
		ssize_t n = read(fd, data, LEN);

		if (n > 0)
			got += (size_t)n;
		assert_int_equal(loop_turn(loop, NULL), 0);
	}
	TURN_UNTIL(file_is_closed(&f));
	assert_int_equal(f.error, 0);
	assert_int_equal(read(fd, data, 1), 0);
	file_cancel(&f);
	close(fd);
	free(data);
}

static void file_cancel_drops_unwritten_bytes_of_a_fifo(void **state)
{
	enum { LEN = 1 << 20 };
	struct file f = {.loop = NULL};
	uint8_t *data = calloc(1, LEN);
	int fd;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(mkfifo("f", 0600), 0);
	fd = open("f", O_RDONLY | O_NONBLOCK);
	file_write(&f, loop, "f", 0600, moved);
	assert_int_equal(file_put(&f, bytes_of(data, LEN)), 0);
	TURN_UNTIL(f.opened);
	turn_a_moment();
	file_cancel(&f);
	turn_a_moment();

	/* After the reader closed, a write is an error. The test ignores
	 * SIGPIPE. */
	file_write(&f, loop, "f", 0600, moved);
	TURN_UNTIL(f.opened);
	close(fd);
	assert_int_equal(file_put(&f, BYTES("x")), 0);
	TURN_UNTIL(f.error);
	assert_int_equal(f.error, EPIPE);
	file_cancel(&f);
	signal(SIGPIPE, SIG_DFL);
	free(data);
}

/* A fake clock stands still while a thread opens and reads the file, so no
 * timer fires meanwhile. */
static void a_fake_clock_waits_for_a_regular_file(void **state)
{
	struct clock fake = {.fake = true, .at = NS_PER_S};
	struct timer t = {.fire = fire};
	struct file f = {.loop = NULL};

	(void)state;
	loop_free(loop);
	loop = loop_new(engine, &fake, NULL);
	write_file(BYTES("x"));
	fired = false;
	loop_arm(loop, &t, loop_now(loop) + NS_PER_S);
	file_read(&f, loop, "f", 100, moved_read_on);
	file_want(&f);
	TURN_UNTIL(file_is_full(&f));
	assert_false(fired);
	file_cancel(&f);
	TURN_UNTIL(fired);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(file_reads_a_regular_file),
	    TEST(file_reads_up_to_its_limit),
	    TEST(file_reports_read_errors),
	    TEST(file_waits_for_the_writer_of_a_fifo),
	    TEST(file_can_be_cancelled_at_any_time),
	    TEST(file_writes_a_capture),
	    TEST(file_reports_write_errors),
	    TEST(file_waits_for_the_reader_of_a_fifo),
	    TEST(file_cancel_drops_unwritten_bytes_of_a_fifo),
	    TEST(a_fake_clock_waits_for_a_regular_file),
	};
	int failed = 0;

	for (size_t i = 0; loop_engines[i]; i++) {
		engine = loop_engines[i];
		failed += cmocka_run_group_tests_name(loop_engine_name(engine),
						      tests, NULL, NULL);
	}
	return failed;
}
