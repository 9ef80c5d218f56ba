/* SPDX-License-Identifier: ISC */
/*
 * Feeds a decoder with its input cut at every place. The caller's functions do
 * the checks.
 */
#ifndef TESTS_LIB_FEED_H
#define TESTS_LIB_FEED_H

#include "rung/bytes.h"

/* One check, repeated for each way to cut the input. */
struct feed {
	/* Creates a decoder. May be NULL. */
	void (*begin)(void *on);
	/* Takes the next piece, lent for the call. The piece has memory of
	 * exactly its size, so that a sanitizer finds a read past its end. */
	void (*piece)(void *on, struct bytes);
	/* Called at the end of input: compares, and frees the decoder. May be
	 * NULL. */
	void (*done)(void *on);
};

/*
 * Runs the check with `whole` in one piece, byte by byte, and cut in two at
 * each place. Returns the number of runs.
 */
size_t feed_every_split(const struct feed *, void *on, struct bytes whole);

/* Returns the cut in progress: "whole", "by bytes", "cut at 17". */
const char *feed_how(void);

#endif
