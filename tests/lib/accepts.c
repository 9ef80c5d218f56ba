/* SPDX-License-Identifier: ISC */
/*
 * Replaces accept4(2) of the C library. The declaration differs from the C
 * library's, which uses a union of pointers that ISO C cannot express.
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
