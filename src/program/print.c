/* SPDX-License-Identifier: ISC */
/*
 * Prints without a front end: error lines, and texts such as the usage.
 */
#include "rung/out.h"
#include "rung/program.h"
#include "rung/rio.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* Prints an error line, escaped: names given by users and peers may contain any
 * byte. */
void print_error_line(const char *who, const char *words)
{
	struct text line;

	text_init(&line, BUF_SMALL, false);
	text_puts(&line, who);
	out_escape(&line, bytes_str(words));
	text_puts(&line, "\n");
	rio_writen(STDERR_FILENO, text_bytes(&line));
	text_fini(&line);
}

int program_error(const struct err *e)
{
	print_error_line("rung: ", e->text);
	return err_exit_code(e->kind);
}

int print_text(const struct buf *text)
{
	struct err e;
	int code;

	if (rio_writen(STDOUT_FILENO, buf_bytes(text)) == 0)
		return 0;
	code = errno;
	if (code == EPIPE)
		return 128 + SIGPIPE;
	err_set(&e, ERR_IO, code, "stdout: %s", err_strerror(code));
	return program_error(&e);
}
