/* SPDX-License-Identifier: ISC */
/*
 * Opens files below a directory. codec/webdir.c makes the paths.
 */
#include "rung/beneath.h"

#include "beneath_own.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

static int open_with_kernel(int dir, const char *path)
{
	struct open_how how = {
	    .flags = FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

/* Opens the next segment in `at`, which is closed unless it is `dir`. */
static int open_segment(int dir, int at, const char *name, int flags)
{
	int next = -1;
	if (strcmp(name, "..") != 0)
		next = openat(at, name, flags | O_NOFOLLOW);
	else
		errno = ENOENT;
	int error = errno;
	if (at != dir)
		close(at);
	errno = error;
	return next;
}

int beneath_walk(int dir, const char *path)
{
	char name[NAME_MAX + 1];
	int at = dir;
	while (at >= 0) {
		size_t len = strcspn(path, "/");
		const char *rest = path + len + strspn(path + len, "/");
		int flags = path[len] ? FLAGS | O_DIRECTORY : FLAGS;
		/* There is no file with a longer name. */
		if (len > NAME_MAX)
			return open_segment(dir, at, "..", flags);
		memcpy(name, path, len);
		name[len] = '\0';
		at = open_segment(dir, at, name, flags);
		if (!*rest)
			break;
		path = rest;
	}
	return at;
}

/* Closes a file of a kind that is not served. Result: -1 and errno. */
static int close_with(int fd, int error)
{
	close(fd);
	errno = error;
	return -1;
}

int beneath_open(int dir, const char *path, struct stat *st)
{
	if (!*path)
		path = ".";
	int fd = open_with_kernel(dir, path);
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = beneath_walk(dir, path);
	if (fd < 0) {
		if (errno == EXDEV || errno == ELOOP || errno == ENOTDIR ||
		    errno == ENXIO || errno == ENAMETOOLONG)
			errno = ENOENT;
		return -1;
	}
	if (fstat(fd, st))
		return close_with(fd, errno);
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return close_with(fd, ENOENT);
	return fd;
}
