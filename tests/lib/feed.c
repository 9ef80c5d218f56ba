/* SPDX-License-Identifier: ISC */
/*
 * Feeds a decoder with its input cut at every place. Linked into each unit test
 * that includes feed.h.
 */
#include "tests/lib/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text stays valid after a failed check, for a debugger or a message. */
static char how[40] = "none";

static void give(const struct feed *f, void *on, struct bytes b)
{
	uint8_t *copy = xrealloc(NULL, b.len, 1);

	if (b.len)
		memcpy(copy, b.at, b.len);
	f->piece(on, bytes_of(copy, b.len));
	free(copy);
}

static void begin(const struct feed *f, void *on, const char *way, size_t at)
{
	if (at)
		snprintf(how, sizeof(how), "%s %zu", way, at);
	else
		snprintf(how, sizeof(how), "%s", way);
	if (f->begin)
		f->begin(on);
}

static void done(const struct feed *f, void *on)
{
	if (f->done)
		f->done(on);
}

size_t feed_every_split(const struct feed *f, void *on, struct bytes whole)
{
	size_t runs = 2;

	begin(f, on, "whole", 0);
	give(f, on, whole);
	done(f, on);

	begin(f, on, "by bytes", 0);
	for (size_t i = 0; i < whole.len; i++)
		give(f, on, bytes_head(bytes_skip(whole, i), 1));
	done(f, on);

	for (size_t at = 1; at < whole.len; at++, runs++) {
		begin(f, on, "cut at", at);
		give(f, on, bytes_head(whole, at));
		give(f, on, bytes_skip(whole, at));
		done(f, on);
	}
	return runs;
}

const char *feed_how(void)
{
	return how;
}
