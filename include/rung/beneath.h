/* SPDX-License-Identifier: ISC */
/*
 * Opens files below a directory, for names that a peer chooses.
 */
#ifndef RUNG_BENEATH_H
#define RUNG_BENEATH_H

#include <sys/stat.h>

/*
 * Opens a file or a directory below `dir` for reading. No part of the path
 * leads out of the directory: neither `..` nor a link. If the kernel has no
 * openat2(2), links are not followed at all. Does not wait for a FIFO.
 * `path`: relative, without an empty segment but for a slash at the end; empty:
 *         `dir` itself.
 * Result: a descriptor, and *st; -1 and errno: ENOENT also if the path leads
 *         out of the directory, and for a file of another kind.
 */
int beneath_open(int dir, const char *path, struct stat *st);

#endif
