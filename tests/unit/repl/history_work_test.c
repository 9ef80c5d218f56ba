/* SPDX-License-Identifier: ISC */
/*
 * Tests that a thread reads and writes the history file, so that the loop does
 * not wait. history_file_test.c tests the file's contents.
 */
#include "src/repl/history_work.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char dir[64], path[128];
	struct clock real;
	struct loop *loop;
	struct history history;
	unsigned calls; /* number of calls of done() */
	struct err error;
};

static void on_done(struct history *h, const struct err *e)
{
	struct world *w = list_entry(h, struct world, history);

	w->calls++;
	if (e)
		w->error = *e;
}

static int setup(void **state)
{
	struct world *w = xalloc(sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/history-work-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/rung/history", w->dir);
	setenv("XDG_STATE_HOME", w->dir, 1);
	w->loop = loop_new(loop_engines[0], &w->real, NULL);
	assert_non_null(w->loop);
	history_init(&w->history);
	w->history.done = on_done;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	history_fini(&w->history);
	loop_free(w->loop);
	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static void turn_until_idle(struct world *w)
{
	for (int turn = 0; w->history.job; turn++) {
		assert_true(turn < 1000000);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

static void load(struct world *w)
{
	history_load(&w->history, w->loop);
	turn_until_idle(w);
	assert_int_equal(w->calls, 1);
	assert_true(w->history.loaded);
}

static bool holds(struct world *w, const char *want)
{
	struct buf text;
	bool same;

	buf_init(&text, 0);
	assert_int_equal(history_file_read(w->path, &text, NULL), 0);
	same = bytes_is(buf_bytes(&text), want);
	buf_fini(&text);
	return same;
}

static void add(struct world *w, const char *entry)
{
	history_file_add(&w->history.file, bytes_str(entry));
}

/* Starts a process that locks the file until `release` is closed. */
static pid_t lock_file(const char *path, int *release)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int locked[2], until[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(locked), 0);
	assert_int_equal(pipe(until), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(path, O_RDWR);
		bool good = fcntl(fd, F_SETLK, &lock) == 0;

		close(until[1]);
		if (good && write(locked[1], "", 1) == 1)
			(void)!read(until[0], &byte, 1);
		_exit(0);
	}
	close(locked[1]);
	assert_int_equal(read(locked[0], &byte, 1), 1);
	close(locked[0]);
	close(until[0]);
	*release = until[1];
	return pid;
}

static void history_is_loaded_beside_the_loop(void **state)
{
	struct world *w = *state;

	load(w);
	assert_int_equal(buf_len(&w->history.text), 0);
	assert_string_equal(w->history.file.path, w->path);
	add(w, "one");
	history_save(&w->history, w->loop);
	turn_until_idle(w);
	assert_true(holds(w, "one\n"));

	struct history other;

	history_init(&other);
	other.done = w->history.done;
	history_fini(&w->history);
	w->history = other;
	w->calls = 0;
	load(w);
	assert_true(bytes_is(buf_bytes(&w->history.text), "one\n"));
}

static void history_locked_file_holds_up_no_turn(void **state)
{
	struct world *w = *state;
	struct stat it;
	int release;
	pid_t pid;

	load(w);
	add(w, "one");
	assert_int_equal(history_file_save(&w->history.file, NULL), 0);
	pid = lock_file(w->path, &release);
	add(w, "two");
	history_save(&w->history, w->loop);
	assert_non_null(w->history.job);
	assert_int_equal(stat(w->path, &it), 0);
	assert_int_equal(it.st_size, strlen("one\n"));
	/* Entries that come meanwhile wait for the next save. */
	add(w, "three");
	history_save(&w->history, w->loop);
	assert_int_equal(buf_len(&w->history.file.fresh), strlen("three\n"));
	close(release);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	turn_until_idle(w);
	history_save(&w->history, w->loop);
	turn_until_idle(w);
	assert_true(holds(w, "one\ntwo\nthree\n"));
}

static void history_finish_saves_what_is_left(void **state)
{
	struct world *w = *state;
	struct err e;

	load(w);
	add(w, "one");
	history_save(&w->history, w->loop);
	add(w, "two");
	assert_int_equal(history_finish(&w->history, w->loop, &e), 0);
	assert_true(holds(w, "one\ntwo\n"));
}

static void history_failed_save_is_reported(void **state)
{
	struct world *w = *state;

	load(w);
	assert_int_equal(mkdir(w->path, 0700), 0);
	add(w, "one");
	history_save(&w->history, w->loop);
	turn_until_idle(w);
	assert_int_equal(w->calls, 2);
	assert_non_null(strstr(w->error.text, "history: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(history_is_loaded_beside_the_loop,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(
		history_locked_file_holds_up_no_turn, setup, teardown),
	    cmocka_unit_test_setup_teardown(history_finish_saves_what_is_left,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(history_failed_save_is_reported,
					    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
