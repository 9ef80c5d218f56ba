/* SPDX-License-Identifier: ISC */
/*
 * A descriptor for the exit of a process (pidfd_open(2)). On kernels without
 * that call, or if RUNG_NO_PIDFD is set, child.c polls with waitid(2).
 */
#include "child_own.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int pidfd_of(pid_t pid)
{
	const char *no = getenv("RUNG_NO_PIDFD");

	if (no && *no)
		return -1;
#ifdef SYS_pidfd_open /* kernel headers before 5.3 lack it */
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}
