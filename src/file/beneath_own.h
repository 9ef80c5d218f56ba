/* SPDX-License-Identifier: ISC */
/*
 * The part of beneath.c that is used without openat2(2). Private to file.
 */
#ifndef RUNG_FILE_BENEATH_OWN_H
#define RUNG_FILE_BENEATH_OWN_H

/* Opens each segment by itself, and follows no link. Result: as for
 * beneath_open(), for any kind of file. */
int beneath_walk(int dir, const char *path);

#endif
