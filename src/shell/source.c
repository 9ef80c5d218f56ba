/* SPDX-License-Identifier: ISC */
/*
 * Reads files of commands: source_start() without blocking the loop
 * (file/file.c does the I/O), source_read_now() at once. shell.c parses the
 * text.
 */
#include "rung/source.h"

#include <errno.h>
#include <stdlib.h>

int source_check(struct bytes text, const char *name, unsigned line,
		 struct err *e)
{
	size_t nul = bytes_find_byte(text, 0, 0);
	size_t begin = 0;

	if (nul == BYTES_NOT_FOUND)
		return 0;
	for (size_t i = 0; i < nul; i++)
		if (text.at[i] == '\n') {
			line++;
			begin = i + 1;
		}
	if (!*name)
		return err_set(e, ERR_USAGE, 0,
			       "NUL byte in column %zu; write \\0",
			       nul - begin + 1);
	return err_set(e, ERR_USAGE, 0,
		       "%s:%u: not a script: NUL byte in column %zu", name,
		       line, nul - begin + 1);
}

/* Checks the text in `in`, which was read from a file, and appends it to `out`.
 * `code`: errno of the read, or 0. */
static int source_finish(struct rio_in *in, int code, const char *name,
			 struct buf *out, struct err *e)
{
	struct bytes all = rio_peek(in);

	if (code == EISDIR)
		return err_set(e, ERR_IO, code, "%s: is a directory", name);
	if (code)
		return err_set(e, ERR_IO, code, "%s: %s", name,
			       err_strerror(code));
	if (!rio_ended(in))
		return err_set(e, ERR_LIMIT, 0,
			       "%s: not a script: longer than 64 MiB", name);
	/* Skip the byte order mark of some editors. */
	if (bytes_starts(all, BYTES("\xef\xbb\xbf")))
		all = bytes_skip(all, 3);
	if (source_check(all, name, 1, e))
		return -1;
	if (buf_put(out, all))
		return err_set(e, ERR_LIMIT, ENOMEM, "%s: out of memory", name);
	return 0;
}

static void source_progress(struct file *file)
{
	struct source *s = list_entry(file, struct source, file);

	file_want(file);
	if (source_is_read(s))
		s->read(s);
}

void source_start(struct source *s, struct loop *loop, struct bytes path,
		  void (*read)(struct source *))
{
	s->path = xstrndup(path);
	s->read = read;
	file_read(&s->file, loop, s->path, SOURCE_MAX, source_progress);
	file_want(&s->file);
}

bool source_is_read(const struct source *s)
{
	return file_is_full(&s->file);
}

int source_take(struct source *s, struct buf *out, struct err *e)
{
	return source_finish(&s->file.in, s->file.error, s->path, out, e);
}

void source_cancel(struct source *s)
{
	file_cancel(&s->file);
	free(s->path);
	s->path = NULL;
}

int source_read_now(int fd, const char *name, struct buf *out, struct err *e)
{
	struct rio_in in;
	enum rio r;
	int bad;

	rio_in_init(&in, SOURCE_MAX);
	do
		r = rio_fill(&in, fd);
	while (r == RIO_MORE);
	if (r == RIO_WAIT)
		in.error = EAGAIN;
	bad = source_finish(&in, in.error, name, out, e);
	rio_in_fini(&in);
	return bad;
}
