/* SPDX-License-Identifier: ISC */
/*
 * Tests of the history file: contents, permissions, and concurrent use by
 * several processes.
 */
#include "src/repl/history_file.h"

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
	char dir[64];
	char path[128];
	struct history_file history;
	struct buf read; /* entries, each as `[entry]` */
	unsigned count;
};

static int setup(void **state)
{
	struct world *w = xalloc(sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/history-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/rung/history", w->dir);
	setenv("XDG_STATE_HOME", w->dir, 1);
	buf_init(&w->read, (size_t)64 << 20);
	assert_int_equal(history_file_init(&w->history, NULL), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	history_file_fini(&w->history);
	buf_fini(&w->read);
	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static void add(struct world *w, const char *entry)
{
	history_file_add(&w->history, bytes_str(entry));
}

static void save(struct world *w)
{
	struct err e = {.text = ""};

	if (history_file_save(&w->history, &e) < 0)
		fail_msg("%s", e.text);
}

static void append_entry(void *ctx, struct bytes entry)
{
	struct world *w = ctx;

	buf_putc(&w->read, '[');
	buf_put(&w->read, entry);
	buf_putc(&w->read, ']');
	w->count++;
}

static const char *load(struct world *w)
{
	buf_clear(&w->read);
	w->count = 0;

	struct buf text;

	buf_init(&text, 0);
	assert_int_equal(history_file_read(w->path, &text, NULL), 0);
	history_file_each(buf_bytes(&text), append_entry, w);
	buf_fini(&text);
	return buf_cstr(&w->read);
}

static unsigned mode_of(const char *path)
{
	struct stat it;

	assert_int_equal(stat(path, &it), 0);
	return it.st_mode & 0777;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void entries_are_loaded_in_order(void **state)
{
	struct world *w = *state;

	assert_string_equal(load(w), "");
	add(w, "one");
	add(w, "two words");
	save(w);
	add(w, "three");
	save(w);
	save(w);
	assert_string_equal(load(w), "[one][two words][three]");
}

static void entry_of_many_lines_stays_one(void **state)
{
	struct world *w = *state;

	add(w, "send \"a\nb\n\nc\"");
	add(w, "echo a \\\n  b");
	add(w, "ends in \\\\");
	add(w, "after");
	save(w);
	assert_string_equal(load(w), "[send \"a\nb\n\nc\"][echo a \\\n  b]"
				     "[ends in \\\\ ][after]");
}

static void only_the_owner_may_read_the_file(void **state)
{
	struct world *w = *state;

	umask(0);
	add(w, "secret");
	save(w);
	assert_int_equal(mode_of(w->path), 0600);
	*strrchr(w->path, '/') = 0;
	assert_int_equal(mode_of(w->path), 0700);
	w->path[strlen(w->path)] = '/';

	/* The file's mode is corrected to owner-only. */
	assert_int_equal(chmod(w->path, 0644), 0);
	add(w, "more");
	save(w);
	assert_int_equal(mode_of(w->path), 0600);
}

static void trim_keeps_the_newest_entries(void **state)
{
	struct world *w = *state;
	char entry[64];

	for (unsigned i = 0; i < HISTORY_MAX + 500; i++) {
		snprintf(entry, sizeof(entry), i % 2 ? "n%u" : "n%u \\\nx", i);
		add(w, entry);
	}
	save(w);
	assert_int_equal(history_file_trim(&w->history, NULL), 0);
	load(w);
	assert_int_equal(w->count, HISTORY_MAX);
	assert_memory_equal(buf_bytes(&w->read).at, "[n500 \\\nx]", 10);
	assert_int_equal(mode_of(w->path), 0600);

	/* A trim does not replace a file of at most HISTORY_MAX entries. */
	struct stat before, after;

	assert_int_equal(stat(w->path, &before), 0);
	assert_int_equal(history_file_trim(&w->history, NULL), 0);
	assert_int_equal(stat(w->path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

/* Saves 200 entries, one at a time, and sometimes trims the file. */
static void save_entries(struct world *w, unsigned who)
{
	char entry[64];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(entry, sizeof(entry), "%u-%u", who, i);
		add(w, entry);
		if (history_file_save(&w->history, NULL) < 0)
			_exit(1);
		if (i % 50 == 0 && history_file_trim(&w->history, NULL) < 0)
			_exit(2);
	}
	_exit(0);
}

static void concurrent_rungs_lose_nothing(void **state)
{
	struct world *w = *state;
	pid_t pids[4];
	char entry[64];

	/* Starts with a full file, so that each trim replaces it. */
	for (unsigned i = 0; i < HISTORY_MAX; i++)
		add(w, "old");
	save(w);
	for (unsigned i = 0; i < 4; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i])
			save_entries(w, i);
	}
	for (unsigned i = 0; i < 4; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	load(w);
	for (unsigned i = 0; i < 800; i++) {
		snprintf(entry, sizeof(entry), "[%u-%u]", i / 200, i % 200);
		assert_true(bytes_find(buf_bytes(&w->read), bytes_str(entry),
				       0) != BYTES_NOT_FOUND);
	}
	assert_in_range(w->count, HISTORY_MAX, HISTORY_MAX + 800);
}

static void link_to_a_device_disables_the_history(void **state)
{
	struct world *w = *state;

	assert_int_equal(symlink("/dev/null", w->path), 0);
	add(w, "one");
	save(w);
	assert_int_equal(history_file_trim(&w->history, NULL), 0);
	assert_string_equal(load(w), "");
}

static void trim_keeps_a_link_to_a_file(void **state)
{
	struct world *w = *state;
	char target[128];
	struct stat it;

	snprintf(target, sizeof(target), "%s/elsewhere", w->dir);
	write_file(target, "");
	assert_int_equal(symlink(target, w->path), 0);
	history_file_fini(&w->history);
	assert_int_equal(history_file_init(&w->history, NULL), 0);
	for (unsigned i = 0; i < HISTORY_MAX + 1; i++)
		add(w, "x");
	save(w);
	assert_int_equal(history_file_trim(&w->history, NULL), 0);
	assert_int_equal(lstat(w->path, &it), 0);
	assert_true(S_ISLNK(it.st_mode));
	load(w);
	assert_int_equal(w->count, HISTORY_MAX);
}

static void directory_in_its_place_is_an_error(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_int_equal(mkdir(w->path, 0700), 0);
	add(w, "one");
	assert_int_equal(history_file_save(&w->history, &e), -1);
	assert_int_equal(e.kind, ERR_IO);
	assert_non_null(strstr(e.text, w->path));
}

static void missing_home_is_no_error(void **state)
{
	struct world *w = *state;
	struct history_file none;

	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	assert_int_equal(history_file_init(&none, NULL), 0);
	assert_null(none.path);
	history_file_add(&none, BYTES("x"));
	assert_int_equal(history_file_save(&none, NULL), 0);
	assert_int_equal(history_file_trim(&none, NULL), 0);
	history_file_fini(&none);

	/* The XDG specification says to ignore a relative path. */
	setenv("XDG_STATE_HOME", "state", 1);
	setenv("HOME", w->dir, 1);
	assert_int_equal(history_file_init(&none, NULL), 0);
	assert_non_null(strstr(none.path, "/.local/state/rung/history"));
	history_file_fini(&none);
}

static void too_long_entries_are_not_saved(void **state)
{
	struct world *w = *state;
	struct bytes zeros = {xalloc(HISTORY_ENTRY_MAX + 1),
			      HISTORY_ENTRY_MAX + 1};

	memset((void *)(uintptr_t)zeros.at, 'x', zeros.len);
	history_file_add(&w->history, zeros);
	history_file_add(&w->history, BYTES_NONE);
	add(w, "short");
	save(w);
	assert_string_equal(load(w), "[short]");
	free((void *)(uintptr_t)zeros.at);
}

static void file_without_a_last_newline_is_read(void **state)
{
	struct world *w = *state;

	write_file(w->path, "one\n\ntwo\\");
	assert_string_equal(load(w), "[one][two\\]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(entries_are_loaded_in_order),
	    TEST(entry_of_many_lines_stays_one),
	    TEST(only_the_owner_may_read_the_file),
	    TEST(trim_keeps_the_newest_entries),
	    TEST(concurrent_rungs_lose_nothing),
	    TEST(link_to_a_device_disables_the_history),
	    TEST(trim_keeps_a_link_to_a_file),
	    TEST(directory_in_its_place_is_an_error),
	    TEST(missing_home_is_no_error),
	    TEST(too_long_entries_are_not_saved),
	    TEST(file_without_a_last_newline_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
