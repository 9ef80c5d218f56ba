/* SPDX-License-Identifier: ISC */
/*
 * accept4(2) in the place of the C library's. Not declared as there: its header
 * has a union of pointers, which cannot be written down in ISO C.
 */
#include "tests/lib/accepts.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static int next;

int accept4(int fd, void *sa, void *len, int flags);

void accept_fails_next(int code)
{
	next = code;
}

int accept4(int fd, void *sa, void *len, int flags)
{
	int code = next;

	next = 0;
	if (!code)
		return (int)syscall(SYS_accept4, fd, sa, len, flags);
	errno = code;
	return -1;
}
