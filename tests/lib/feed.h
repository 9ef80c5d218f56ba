/* SPDX-License-Identifier: ISC */
/*
 * Feeding a decoder in every way that a network may cut its input. Decides
 * nothing: what is right is the check's business.
 */
#ifndef TESTS_LIB_FEED_H
#define TESTS_LIB_FEED_H

#include "rung/bytes.h"

/* One check, run anew for each way of cutting. */
struct feed {
	/* A fresh decoder. May be NULL. */
	void (*begin)(void *on);
	/* The next piece, lent for the call, in memory of just its size: under
	 * a sanitizer one byte read too far is an error. */
	void (*piece)(void *on, struct bytes);
	/* Nothing follows: compare, and free the decoder. May be NULL. */
	void (*done)(void *on);
};

/*
 * Runs the check with `whole` in one piece, byte by byte, and cut in two at
 * each place. Result: how many times it ran.
 */
size_t feed_every_split(const struct feed *, void *on, struct bytes whole);

/* The way of cutting that is running: "whole", "by bytes", "cut at 17". */
const char *feed_how(void);

#endif
