/* SPDX-License-Identifier: ISC */
/*
 * A descriptor that tells a process's end (Linux, pidfd_open(2)). Elsewhere, or
 * with RUNG_NO_PIDFD=1, there is none and who waits looks now and then.
 */
#include "child_own.h"

#include <stdlib.h>

#ifdef __linux__

#include <sys/syscall.h>
#include <unistd.h>

int pidfd_of(pid_t pid)
{
	const char *no = getenv("RUNG_NO_PIDFD");

	if (no && *no)
		return -1;
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

#else

int pidfd_of(pid_t pid)
{
	(void)pid;
	return -1;
}

#endif
