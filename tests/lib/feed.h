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
	/* Consumes the next piece, lent for the call. Each piece is allocated
	 * at its exact size, so that a sanitizer finds a read past its end. */
	void (*piece)(void *on, struct bytes);
	/* Called at the end of input: compares the result and frees the
	 * decoder. May be NULL. */
	void (*done)(void *on);
};

/*
 * Runs the check with `whole` in one piece, byte by byte, and cut in two at
 * each place. Result: number of runs.
 */
size_t feed_every_split(const struct feed *, void *on, struct bytes whole);

/* Returns the current way of cutting: "whole", "by bytes", "cut at 17". */
const char *feed_how(void);

#endif
