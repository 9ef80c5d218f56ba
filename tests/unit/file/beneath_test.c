/* SPDX-License-Identifier: ISC */
/*
 * Tests of opening files below a directory, with openat2(2) and without.
 */
#include "../../../src/file/beneath_own.h"
#include "rung/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "beneath-XXXXXX";
static int dir;

static void make_file(const char *path)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, path, 1), 1);
	close(fd);
}

/* Makes top/www, which is served, beside top/secret. */
static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	int above = open(top, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(above, "www", 0700), 0);
	dir = openat(above, "www", O_RDONLY | O_DIRECTORY);
	assert_true(above >= 0 && dir >= 0);
	close(above);
	make_file("../secret");
	make_file("a");
	assert_int_equal(mkdirat(dir, "sub", 0700), 0);
	make_file("sub/b");
	assert_int_equal(symlinkat("a", dir, "inside"), 0);
	assert_int_equal(symlinkat("../secret", dir, "outside"), 0);
	assert_int_equal(symlinkat("..", dir, "up"), 0);
	assert_int_equal(symlinkat("/etc", dir, "etc"), 0);
	assert_int_equal(symlinkat("loop", dir, "loop"), 0);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	return 0;
}

static int teardown(void **state)
{
	static const char *const files[] = {"a",       "sub/b", "inside",
					    "outside", "up",    "etc",
					    "loop",    "fifo",  "../secret"};
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlinkat(dir, files[i], 0);
	unlinkat(dir, "sub", AT_REMOVEDIR);
	close(dir);
	int above = open(top, O_RDONLY | O_DIRECTORY);
	unlinkat(above, "www", AT_REMOVEDIR);
	close(above);
	return rmdir(top);
}

static void files_below_are_opened(void **state)
{
	static const char *const paths[] = {"a", "sub/b", "sub/", "sub", ""};
	struct stat st;
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		int fd = beneath_open(dir, paths[i], &st);
		assert_true(fd >= 0);
		assert_int_equal(S_ISDIR(st.st_mode), i > 1);
		close(fd);
		fd = beneath_walk(dir, *paths[i] ? paths[i] : ".");
		assert_true(fd >= 0);
		close(fd);
	}
}

static void links_inside_are_followed(void **state)
{
	struct stat st;
	(void)state;
	int fd = beneath_open(dir, "inside", &st);
	/* A kernel without openat2(2) follows none. */
	assert_true(fd >= 0 || errno == ENOENT);
	if (fd >= 0)
		close(fd);
}

static void nothing_outside_is_opened(void **state)
{
	static const char *const paths[] = {
	    "../secret",  "sub/../../secret", "outside", "up/secret",
	    "etc/passwd", "/etc/passwd",      "loop",    "a/",
	    "missing",    "sub/missing/x",    ".."};
	struct stat st;
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_int_equal(beneath_open(dir, paths[i], &st), -1);
		assert_int_equal(errno, ENOENT);
		assert_int_equal(beneath_walk(dir, paths[i]), -1);
	}
	assert_int_equal(beneath_walk(dir, "inside"), -1);
}

static void other_files_are_refused_at_once(void **state)
{
	struct stat st;
	(void)state;
	assert_int_equal(beneath_open(dir, "fifo", &st), -1);
	assert_int_equal(errno, ENOENT);
}

static void long_names_are_missing(void **state)
{
	char path[1000];
	struct stat st;
	(void)state;
	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_int_equal(beneath_open(dir, path, &st), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(beneath_walk(dir, path), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_below_are_opened),
	    cmocka_unit_test(links_inside_are_followed),
	    cmocka_unit_test(nothing_outside_is_opened),
	    cmocka_unit_test(other_files_are_refused_at_once),
	    cmocka_unit_test(long_names_are_missing),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
