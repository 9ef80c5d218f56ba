/* SPDX-License-Identifier: ISC */
/*
 * Allocates small things that the program cannot do without, and aborts if
 * there is no memory. Data whose size a peer or a user chooses goes through
 * buf.c, which returns an error instead.
 */
#include "rung/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void)
{
	static const char words[] = "rung: out of memory\n";
	ssize_t n = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)n;
	abort();
}

void *xalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();

	size_t bytes = count * size;

	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(bytes_str(s));
}

char *xstrndup(struct bytes b)
{
	char *s = xrealloc(NULL, b.len + 1, 1);

	if (b.len)
		memcpy(s, b.at, b.len);
	s[b.len] = '\0';
	return s;
}
